import { describe, expect, it } from 'vitest'
import { type DeviationCode, pureSignatures } from '../../src/index.ts'
import { parseCertificateDer } from '../../src/x509/parse-certificate.ts'
import { parseRevocationListDer } from '../../src/x509/parse-revocation-list.ts'
import { tlv } from '../support/der.ts'
import { derMutations, typeOf } from '../support/der-mutations.ts'
import { certificateSpecimens, listSpecimens } from '../support/der-specimens.ts'
import { type DerNode, decodedExtensionNames, derTree, rewritten } from '../support/der-tree.ts'
import { algorithmIdentifier, signBytes } from '../support/keys.ts'
import { keyPair, mint, mintCrl } from '../support/mint.ts'
import { refusal } from '../support/refusal.ts'

/** Every element of a certificate or list must be DER, except for the documented deviations and leniencies. */

/** An element that is not DER and was accepted. */
interface Accepted {
  readonly path: string
  readonly tag: number
  readonly mutation: string
  /** The deviations that the parser reported. */
  readonly reported: readonly DeviationCode[]
}

/** Open types, which must be DER and are otherwise unknown: otherName, x400Address, ediPartyName, qualifiers, parameters. */
const generalNames = '(subjectAltName|issuerAltName|certificateIssuer|nameConstraints/\\[[01]\\]/\\d+)'
const openType = new RegExp(`^(${generalNames}/\\[[035]\\]/|certificatePolicies/\\d+/1/\\d+/1\\b|(1|0/1)/1\\b)`)
/** The values of the name that has every type, as issuer and as alternative name. */
const attributeValue = /^(0\/3|subjectAltName\/\[4\]\/0)\/0\/\d+\//

const anyCharacter = ['a byte that is no character of its type', 'a printable character that is not of its type']
const printableString = 0x13

/** What is accepted although it is not DER; docs/architecture.md gives the reasons. */
const leniencies: readonly (readonly [string, (accepted: Accepted) => boolean])[] = [
  [
    'FALSE written out in basicConstraints',
    ({ path, mutation }) => path === 'basicConstraints/0' && mutation === 'a default value',
  ],
  ['trailing zero bits in keyUsage', ({ path, mutation }) => path === 'keyUsage' && mutation === 'trailing zero bits'],
  [
    'trailing zero bits in the reasons of a distribution point',
    ({ path, mutation }) =>
      /^((cRLDistributionPoints|freshestCRL)\/\d+\/\[1\]|issuingDistributionPoint\/\[3\])$/.test(path) &&
      mutation === 'trailing zero bits',
  ],
  ['the elements of a SET in any order', ({ tag, mutation }) => tag === 0x31 && mutation === 'a SET in another order'],
  [
    'printable ASCII in a PrintableString of a name',
    ({ path, tag, mutation }) => tag === printableString && mutation === anyCharacter[1] && !openType.test(path),
  ],
  [
    'any character in the strings of an open type, unless their encoding has rules',
    ({ path, tag, mutation }) =>
      openType.test(path) && [0x12, printableString, 0x16, 0x1a].includes(tag) && anyCharacter.includes(mutation),
  ],
  [
    'either form with a non-universal tag in an open type, because the tag does not determine the type',
    ({ path, tag, mutation }) =>
      tag >= 0x40 && (openType.test(path) || attributeValue.test(path)) && /^the (constructed|primitive) form/.test(mutation),
  ],
]

const unusedExtension =
  /^(authorityInfoAccess|subjectInfoAccess|cRLDistributionPoints|freshestCRL|certificatePolicies|issuerAltName)\b/

/** Faults in the content of a primitive element, whose tag and length are right. */
const contentFaults = [
  'eight unused bits',
  'an unused bit that is set',
  'unused bits of no byte',
  'an empty BIT STRING',
  'an empty OID',
  'an OID with a padded arc',
  'an OID that is cut off',
]

/** What is accepted as a deviation, by the code that the parser must report. */
const deviations: readonly (readonly [DeviationCode, (accepted: Accepted) => boolean])[] = [
  ['boolean_not_ff', ({ tag, mutation }) => tag === 0x01 && mutation === 'BOOLEAN TRUE as 01'],
  ['critical_false_encoded', ({ path, mutation }) => path !== 'basicConstraints/0' && mutation === 'a default value'],
  ['non_ascii_string', ({ path, mutation }) => mutation === anyCharacter[0] && !openType.test(path)],
  ['unused_extension_fault', ({ path, mutation }) => unusedExtension.test(path) && contentFaults.includes(mutation)],
]

type Parse = typeof parseCertificateDer | typeof parseRevocationListDer

/** Whether the node is the `critical` of an Extension. */
function isCritical({ tag }: DerNode, siblings: readonly DerNode[]): boolean {
  return tag === 0x01 && siblings[0]?.tag === 0x06 && siblings.length === 3
}

/** Encodes each element in every wrong way, one at a time, and returns what was accepted. `readingOf` returns `undefined` for a rejection. */
function deviationsRead(
  der: Uint8Array,
  readingOf: (bent: Uint8Array) => readonly DeviationCode[] | undefined,
  tried = new Set<string>(),
): readonly Accepted[] {
  const tree = derTree(der)
  const read: Accepted[] = []
  const visit = (node: DerNode, siblings: readonly DerNode[]): void => {
    const { path, tag } = node
    tried.add(path.replace(/\/.*/, ''))
    const place = { type: typeOf(node, isCritical(node, siblings)), isLast: siblings.at(-1) === node }
    for (const { name, write } of derMutations) {
      const replacement = write(node, place)
      if (replacement === undefined || Buffer.compare(replacement, node.der) === 0) continue
      tried.add(name)
      const reported = readingOf(rewritten(tree, node, replacement))
      if (reported !== undefined) read.push({ path, tag, mutation: name, reported })
    }
    for (const child of node.children ?? []) visit(child, node.children ?? [])
  }
  visit(tree, [tree])
  return read
}

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Elements,CN=Root', pathLength: 1 })
const client = mint(
  { key: keyPair('rsa2048', 1), pss: true, subject: 'O=Elements,CN=Client', subjectAltNames: [{ dns: 'a' }] },
  root,
)
const list = mintCrl({ issuer: root, revoked: [{ serial: client.serial, reason: 1 }], idp: { uri: 'http://a/', indirect: true } })

const specimens: readonly (readonly [string, Uint8Array, Parse])[] = [
  ...Object.entries(certificateSpecimens).map(([what, der]) => [what, der, parseCertificateDer] as const),
  ...Object.entries(listSpecimens).map(([what, der]) => [what, der, parseRevocationListDer] as const),
  ['a minted CA', root.der, parseCertificateDer],
  ['a minted client', client.der, parseCertificateDer],
  ['a minted list', list.der, parseRevocationListDer],
]

describe('one element that is not DER', () => {
  const tried = new Set<string>()
  const seen = new Set<string>()

  it.each(specimens)('is rejected in %s', (_what, der, parse) => {
    expect(refusal(parse(der))).toBe('read')
    const readingOf = (bent: Uint8Array): readonly DeviationCode[] | undefined => {
      const parsed = parse(bent)
      if (!parsed.ok && parsed.offset > bent.length) throw new Error(parsed.message)
      return parsed.ok ? parsed.value.deviations.map(({ code }) => code) : undefined
    }
    const before = readingOf(der)!
    const unexplained = deviationsRead(der, readingOf, tried).filter((accepted) => {
      const added = accepted.reported.filter((code) => !before.includes(code))
      const table = added.length === 0 ? leniencies : deviations.filter(([code]) => added.every((one) => one === code))
      const [name] = table.find(([, covers]) => covers(accepted)) ?? []
      if (name !== undefined) seen.add(name)
      return name === undefined
    })
    expect(unexplained).toEqual([])
  })

  it('was tried in every decoded extension, and in every way', () => {
    const all = [...decodedExtensionNames, ...derMutations.map(({ name }) => name)]
    expect(all.filter((one) => !tried.has(one))).toEqual([])
  })

  it.each([...leniencies, ...deviations].map(([what]) => what))('is accepted as documented: %s', (what) => {
    expect(seen).toContain(what)
  })
})

describe('one element inside a BIT STRING that is not DER', () => {
  const data = Uint8Array.of(1, 2, 3)
  const ec = keyPair('p256')

  it.each<readonly [string, Uint8Array]>([
    ['RSA', keyPair('rsa2048', 1).spki],
    ['ECDSA', ec.spki],
  ])('makes a key for %s unusable', (_what, spki) => {
    const isUsable = (key: Uint8Array): readonly DeviationCode[] | undefined => pureSignatures.importKey(key) && []
    expect(isUsable(spki)).toEqual([])
    expect(deviationsRead(spki, isUsable)).toEqual([])
    const tree = derTree(spki)
    const [, bits] = tree.children!
    const inBits = (key: Uint8Array): Uint8Array => rewritten(tree, bits!, tlv(0x03, [0], key))
    if (bits!.content[1] === 0x30) expect(deviationsRead(bits!.content.subarray(1), (key) => isUsable(inBits(key)))).toEqual([])
  })

  it('makes an ECDSA signature invalid', () => {
    const key = pureSignatures.importKey(ec.spki)!
    const signature = signBytes(ec, 'sha256', false, data)
    const isTrue = (bent: Uint8Array): readonly DeviationCode[] | undefined =>
      key.verify(algorithmIdentifier(ec, 'sha256', false), data, bent) ? [] : undefined
    expect(isTrue(signature)).toEqual([])
    expect(deviationsRead(signature, isTrue)).toEqual([])
  })
})
