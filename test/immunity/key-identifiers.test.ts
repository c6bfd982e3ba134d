import { createHash } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { describe, expect, it } from 'vitest'
import { buildTruststore, diffTruststores, lintTruststore, type Policy, profiles } from '../../src/index.ts'
import { readWithAsn1js } from '../support/asn1js-certificate.ts'
import { type CertificateSpec, type KeyPair, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { toySignatures, toySigned } from '../support/toy-signatures.ts'
import { judge } from './judge.ts'

/**
 * Wrong key identifiers. Anyone can write any identifier into a certificate, so they must decide nothing: the issuer is the CA
 * that made the signature (RFC 5280 4.2.1.1, 6.1.3 (a)(1)).
 */

const rootA = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root A' })
const rootB = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Root B' })
const crossName = 'O=Immunity,CN=Cross'
const crossKey = keyPair('p256', 2)
const past = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') }
const noKeyIds: CertificateSpec = { subjectKeyId: false, authorityKeyId: false }
const other = Uint8Array.of(0xbe, 0xef)

/** Right, missing and wrong subject key identifiers. */
const identifiers: readonly (readonly [string, CertificateSpec])[] = [
  ['the right identifier', {}],
  ['no identifier', { subjectKeyId: false }],
  ['another identifier', { subjectKeyId: other }],
]

function client(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

/** The verdicts with both orders of the bundle, which must be equal. */
function inEitherOrder(certificates: readonly Minted[], chain: readonly Minted[], policy: Policy = profiles.apiGateway): string {
  const verdicts = new Set([certificates, certificates.toReversed()].map((bundle) => judge(storeFor(policy, ...bundle), chain)))
  return [...verdicts].join(' or ')
}

describe('a CA with an expired certificate and a valid one by another root', () => {
  const expired = mint({ ca: true, subject: crossName, key: crossKey, ...past }, rootA)
  const sub = mint({ ca: true, subject: 'O=Immunity,CN=Sub', key: keyPair('p256', 3) }, expired)

  it.each(identifiers)('with %s in the valid one', (_, spec) => {
    const crossed = mint({ ca: true, subject: crossName, key: crossKey, ...spec }, rootB)
    const bundle = [rootA, rootB, expired, crossed]
    const below = client(sub)
    expect(inEitherOrder(bundle, [client(expired)])).toBe('accepted')
    expect(inEitherOrder([...bundle, sub], [below])).toBe('accepted')
    expect(inEitherOrder(bundle, [below, sub], presented)).toBe('accepted')
    expect(inEitherOrder([...bundle, sub], [below, sub], presented)).toBe('accepted')
  })

  it.each(identifiers)('accepts a listed client, with %s in the valid one', (_, spec) => {
    const crossed = mint({ ca: true, subject: crossName, key: crossKey, ...spec }, rootB)
    const listed = client(expired)
    expect(inEitherOrder([rootA, rootB, expired, crossed, listed], [listed])).toBe('accepted')
  })

  it.each(identifiers)('counts as an issuer when truststores are compared, with %s in the valid one', (_, spec) => {
    const crossed = mint({ ca: true, subject: crossName, key: crossKey, ...spec }, rootB)
    const before = storeOf(rootA, rootB, expired, crossed, sub)
    expect(diffTruststores(before, storeOf(rootB, expired, crossed, sub)).droppedIssuers).toEqual(['CN=Root A,O=Immunity'])
  })
})

describe('a root that was renewed with the same key', () => {
  const spec = { ca: true, subject: 'O=Immunity,CN=Renewed', key: keyPair('p256', 4) } as const
  const old = mint({ ...spec, ...past })

  it.each(identifiers)(
    'accepts clients, with %s in the renewal, which names the old identifier as its issuer',
    (_, identifier) => {
      const renewed = mint({ ...spec, ...identifier }, old)
      const below = client(old)
      expect(inEitherOrder([old, renewed], [below])).toBe('accepted')
      expect(inEitherOrder([renewed], [below])).toBe('accepted')
      const { findings } = lintTruststore([old.der, renewed.der])
      expect(findings.map(({ code }) => code)).not.toContain('incomplete_chain')
    },
  )
})

describe('a CA with many other CAs of its issuer’s name', () => {
  const toyRoot = mint(toySigned(rootB.spec))
  const genuine = mint(toySigned({ ...rootA.spec, ...noKeyIds }))
  /** More CAs with the same subject than a truststore needs, each with its own key. */
  const namesakes = Array.from({ length: 40 }, (_, i) =>
    mint(toySigned({ ...genuine.spec, key: keyPair('p256', 500 + i) }, toyRoot), toyRoot),
  )
  const subOf = (issuer: Minted, spec: CertificateSpec = {}): Minted =>
    mint(toySigned({ ca: true, subject: 'O=Immunity,CN=Sub', key: keyPair('p256', 3), ...spec }, issuer), issuer)

  /** The verdicts on a client of this CA, with `one` at several positions among the others, in both orders. */
  function wherever(one: Minted, others: readonly Minted[], issuer: Minted): string {
    const below = mint(toySigned({ key: leafKey }, issuer), issuer)
    const verdicts = [0, 16, 33, 40].flatMap((place) => {
      const bundle = [...others.toSpliced(place, 0, one), ...[toyRoot, issuer].filter((certificate) => certificate !== one)]
      return [bundle, bundle.toReversed()].map((certificates) => {
        const ders = certificates.map(({ der }) => der)
        return judge(buildTruststore(ders, { signatures: toySignatures }), [below])
      })
    })
    return [...new Set(verdicts)].join(' or ')
  }

  it('is linked to its issuer, with an unknown authority key identifier or none', () => {
    expect(wherever(genuine, namesakes, subOf(genuine, { authorityKeyId: false }))).toBe('accepted')
    expect(wherever(genuine, namesakes, subOf(genuine, { authorityKeyId: other }))).toBe('accepted')
  })

  it('is linked to its issuer if every other CA has the identifier that it names', () => {
    const same = namesakes.map(({ spec }) => mint(toySigned({ ...spec, subjectKeyId: other }, toyRoot), toyRoot))
    expect(wherever(genuine, same, subOf(genuine, { authorityKeyId: other }))).toBe('accepted')
  })

  it('is linked to its issuer if that has as many certificates, of which the only valid one has another identifier', () => {
    const renewal = (spec: CertificateSpec): Minted =>
      mint(toySigned({ ca: true, subject: crossName, key: crossKey, ...spec }, toyRoot), toyRoot)
    const old = namesakes.map((_, i) => renewal({ ...past, subjectKeyId: Uint8Array.of(i % 4) }))
    expect(wherever(renewal({ subjectKeyId: other }), old, subOf(old[0]!))).toBe('accepted')
  })

  it('may be a root among them', () => {
    expect(wherever(genuine, namesakes, genuine)).toBe('accepted')
  })
})

describe('a listed CA with the name and key identifier of another one', () => {
  const genuine = mint({ ca: true, subject: crossName, key: crossKey }, rootA)
  const sub = mint({ ca: true, subject: 'O=Immunity,CN=Sub', key: keyPair('p256', 3) }, genuine)
  const posing = { ca: true, subject: crossName, subjectKeyId: genuine.keyId! } as const

  it('neither becomes the issuer of its CAs nor hides their issuer', () => {
    const poser = mint({ ...posing, key: keyPair('p256', 5) }, rootB)
    expect(inEitherOrder([rootA, rootB, genuine, poser, sub], [client(sub)])).toBe('accepted')
    for (const policy of [profiles.rfc5280, { ...presented, trust: 'every-certificate' as const }]) {
      expect(inEitherOrder([rootA, rootB, poser, sub], [client(sub)], policy)).toBe('accepted')
    }
    expect(inEitherOrder([rootA, rootB, poser, sub], [client(sub), genuine], { ...presented, trust: 'roots' })).toBe('accepted')
  })

  it('does not replace a root with wrong identifiers, even with a key that fits the root’s signature', () => {
    const root = mint({ ca: true, subject: crossName, key: crossKey, authorityKeyId: other })
    const poser = mint({ ca: true, subject: crossName, subjectKeyId: other, ...past, spki: fittingKey(root, crossKey) }, rootB)
    expect(inEitherOrder([rootB, root, poser], [client(root)])).toBe('accepted')
  })

  it('does not replace it even with a key that fits the signature', () => {
    const poser = mint({ ...posing, ...past, spki: fittingKey(sub, crossKey) }, rootB)
    // Its key does fit: without the other one it is the issuer.
    expect(lintTruststore([rootB.der, poser.der, sub.der]).findings.map(({ code }) => code)).not.toContain('incomplete_chain')
    expect(inEitherOrder([rootA, rootB, genuine, poser, sub], [client(sub)])).toBe('accepted')
  })
})

/** The other P-256 key that verifies an ECDSA signature. Its private key is unknown (SEC 1, 4.1.6). */
function fittingKey({ der }: Minted, genuine: KeyPair): Uint8Array {
  const { tbs, signature } = readWithAsn1js(der)
  const hash = new Uint8Array(createHash('sha256').update(tbs).digest())
  const prefix = genuine.spki.slice(0, -65)
  const fitting = [0, 1]
    .map((bit) => p256.Signature.fromBytes(signature, 'der').addRecoveryBit(bit).recoverPublicKey(hash).toBytes(false))
    .map((point) => Buffer.concat([prefix, point]))
  return fitting.find((spki) => !spki.equals(genuine.spki))!
}
