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
 * Key identifiers that lie. Anybody may write any identifier into a certificate, so that they must decide nothing: who issued
 * a certificate is who made its signature (RFC 5280 4.2.1.1, 6.1.3 (a)(1)).
 */

const rootA = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root A' })
const rootB = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Root B' })
const crossName = 'O=Immunity,CN=Cross'
const crossKey = keyPair('p256', 2)
const past = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') }
const noKeyIds: CertificateSpec = { subjectKeyId: false, authorityKeyId: false }
const other = Uint8Array.of(0xbe, 0xef)

/** What a subject key identifier may look like beside the right one. */
const identifiers: readonly (readonly [string, CertificateSpec])[] = [
  ['the right identifier', {}],
  ['no identifier', { subjectKeyId: false }],
  ['another identifier', { subjectKeyId: other }],
]

function client(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

/** The verdicts in either order of the bundle, which must be one. */
function inEitherOrder(certificates: readonly Minted[], chain: readonly Minted[], policy: Policy = profiles.apiGateway): string {
  const verdicts = new Set([certificates, certificates.toReversed()].map((bundle) => judge(storeFor(policy, ...bundle), chain)))
  return [...verdicts].join(' or ')
}

describe('a CA with an expired certificate and one by another root', () => {
  const expired = mint({ ca: true, subject: crossName, key: crossKey, ...past }, rootA)
  const sub = mint({ ca: true, subject: 'O=Immunity,CN=Sub', key: keyPair('p256', 3) }, expired)

  it.each(identifiers)('with %s in the second', (_, spec) => {
    const crossed = mint({ ca: true, subject: crossName, key: crossKey, ...spec }, rootB)
    const bundle = [rootA, rootB, expired, crossed]
    const below = client(sub)
    expect(inEitherOrder(bundle, [client(expired)])).toBe('accepted')
    expect(inEitherOrder([...bundle, sub], [below])).toBe('accepted')
    expect(inEitherOrder(bundle, [below, sub], presented)).toBe('accepted')
    expect(inEitherOrder([...bundle, sub], [below, sub], presented)).toBe('accepted')
  })

  it.each(identifiers)('with %s in the second, where the client is listed itself', (_, spec) => {
    const crossed = mint({ ca: true, subject: crossName, key: crossKey, ...spec }, rootB)
    const listed = client(expired)
    expect(inEitherOrder([rootA, rootB, expired, crossed, listed], [listed])).toBe('accepted')
  })

  it.each(identifiers)('with %s in the second, whose clients are counted when versions are compared', (_, spec) => {
    const crossed = mint({ ca: true, subject: crossName, key: crossKey, ...spec }, rootB)
    const before = storeOf(rootA, rootB, expired, crossed, sub)
    expect(diffTruststores(before, storeOf(rootB, expired, crossed, sub)).droppedIssuers).toEqual(['CN=Root A,O=Immunity'])
  })
})

describe('a root that was renewed with its key', () => {
  const spec = { ca: true, subject: 'O=Immunity,CN=Renewed', key: keyPair('p256', 4) } as const
  const old = mint({ ...spec, ...past })

  it.each(identifiers)('with %s in the renewal, which names the old identifier as its issuer', (_, identifier) => {
    const renewed = mint({ ...spec, ...identifier }, old)
    const below = client(old)
    expect(inEitherOrder([old, renewed], [below])).toBe('accepted')
    expect(inEitherOrder([renewed], [below])).toBe('accepted')
    const { findings } = lintTruststore([old.der, renewed.der])
    expect(findings.map(({ code }) => code)).not.toContain('incomplete_chain')
  })
})

describe('a CA whose issuer has many namesakes', () => {
  const toyRoot = mint(toySigned(rootB.spec))
  const genuine = mint(toySigned({ ...rootA.spec, ...noKeyIds }))
  /** More of them than anybody needs, with keys of their own. */
  const crowd = Array.from({ length: 40 }, (_, i) =>
    mint(toySigned({ ...genuine.spec, key: keyPair('p256', 500 + i) }, toyRoot), toyRoot),
  )
  const subOf = (issuer: Minted, spec: CertificateSpec = {}): Minted =>
    mint(toySigned({ ca: true, subject: 'O=Immunity,CN=Sub', key: keyPair('p256', 3), ...spec }, issuer), issuer)

  /** Of a client of this CA, wherever among the others one of them stands, and in the reverse order. */
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

  it('is below its issuer, whether it names an identifier that nobody has or none', () => {
    expect(wherever(genuine, crowd, subOf(genuine, { authorityKeyId: false }))).toBe('accepted')
    expect(wherever(genuine, crowd, subOf(genuine, { authorityKeyId: other }))).toBe('accepted')
  })

  it('is below its issuer where every namesake has the identifier that it names', () => {
    const same = crowd.map(({ spec }) => mint(toySigned({ ...spec, subjectKeyId: other }, toyRoot), toyRoot))
    expect(wherever(genuine, same, subOf(genuine, { authorityKeyId: other }))).toBe('accepted')
  })

  it('is below its issuer where that has as many certificates, of which one is valid and has another identifier', () => {
    const renewal = (spec: CertificateSpec): Minted =>
      mint(toySigned({ ca: true, subject: crossName, key: crossKey, ...spec }, toyRoot), toyRoot)
    const old = crowd.map((_, i) => renewal({ ...past, subjectKeyId: Uint8Array.of(i % 4) }))
    expect(wherever(renewal({ subjectKeyId: other }), old, subOf(old[0]!))).toBe('accepted')
  })

  it('is a root among them all the same', () => {
    expect(wherever(genuine, crowd, genuine)).toBe('accepted')
  })
})

describe('whoever gets a CA listed under the name and key identifier of another one', () => {
  const genuine = mint({ ca: true, subject: crossName, key: crossKey }, rootA)
  const sub = mint({ ca: true, subject: 'O=Immunity,CN=Sub', key: keyPair('p256', 3) }, genuine)
  const posing = { ca: true, subject: crossName, subjectKeyId: genuine.keyId! } as const

  it('neither takes over its CAs nor drives them out', () => {
    const poser = mint({ ...posing, key: keyPair('p256', 5) }, rootB)
    expect(inEitherOrder([rootA, rootB, genuine, poser, sub], [client(sub)])).toBe('accepted')
    for (const policy of [profiles.rfc5280, { ...presented, trust: 'every-certificate' as const }]) {
      expect(inEitherOrder([rootA, rootB, poser, sub], [client(sub)], policy)).toBe('accepted')
    }
    expect(inEitherOrder([rootA, rootB, poser, sub], [client(sub), genuine], { ...presented, trust: 'roots' })).toBe('accepted')
  })

  it('not even with a key that was made to fit the signature', () => {
    const poser = mint({ ...posing, ...past, spki: fittingKey(sub, crossKey) }, rootB)
    // Its key does fit: by itself it is the issuer.
    expect(lintTruststore([rootB.der, poser.der, sub.der]).findings.map(({ code }) => code)).not.toContain('incomplete_chain')
    expect(inEitherOrder([rootA, rootB, genuine, poser, sub], [client(sub)])).toBe('accepted')
  })
})

/** The other P-256 key under which an ECDSA signature is right; nobody knows the private one (SEC 1, 4.1.6). */
function fittingKey({ der }: Minted, genuine: KeyPair): Uint8Array {
  const { tbs, signature } = readWithAsn1js(der)
  const hash = new Uint8Array(createHash('sha256').update(tbs).digest())
  const prefix = genuine.spki.slice(0, -65)
  const fitting = [0, 1]
    .map((bit) => p256.Signature.fromBytes(signature, 'der').addRecoveryBit(bit).recoverPublicKey(hash).toBytes(false))
    .map((point) => Buffer.concat([prefix, point]))
  return fitting.find((spki) => !spki.equals(genuine.spki))!
}
