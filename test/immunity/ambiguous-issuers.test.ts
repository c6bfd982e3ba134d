import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  diffTruststores,
  type Policy,
  parseRevocationList,
  profiles,
  type RevocationList,
  verifyChain,
} from '../../src/index.ts'
import { rsaKeyWithoutNull } from '../support/deviating.ts'
import { type CrlSpec, keyPair, type Minted, mint, mintCrl, type NameSpec } from '../support/mint.ts'

/**
 * Names with bytes above 7F equal only the same bytes. A list must not fail to revoke because it, a certificate or an entry writes such a
 * name in another way: what may be named is rejected.
 */

const clean: NameSpec = [['CN', 'Müller', 'utf8']]
const spellings: readonly (readonly [string, NameSpec])[] = [
  ['Latin-1 in PrintableString', [['CN', 'Müller', 'printable']]],
  ['UTF-8 in PrintableString', [['CN', Buffer.from('Müller').toString('latin1'), 'printable']]],
  ['Latin-1 in IA5String', [['CN', 'Müller', 'ia5']]],
]

const policies: readonly (readonly [string, Policy])[] = [
  ['practical', { ...profiles.apiGateway, intermediates: 'presented' }],
  ['strict', { ...profiles.apiGateway, intermediates: 'presented', conformance: 'strict' }],
]

function listOf(spec: CrlSpec): RevocationList {
  const parsed = parseRevocationList(mintCrl(spec).der)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

function judge(listed: readonly Minted[], chain: readonly Minted[], lists: readonly RevocationList[], policy: Policy): string {
  const verdict = verifyChain(
    buildTruststore(
      listed.map(({ der }) => der),
      { policy },
    ),
    chain.map(({ der }) => der),
    { revocation: { lists, unknown: 'allow', depth: 'leaf' } },
  )
  return verdict.ok ? 'accepted' : verdict.code
}

const rejected = expect.stringMatching(/^(revoked|revocation_unknown|nonconforming)$/)

describe.each(policies)('by %s conformance, a client that a list names is rejected', (_conformance, policy) => {
  const ca = mint({ ca: true, key: keyPair('p256', 1), subject: clean })
  const client = mint({ key: keyPair('p256', 2), subject: 'CN=a' }, ca)
  const older = listOf({ issuer: ca, crlNumber: 1 })

  it('control: by a list in the same spelling, and not by one that names another', () => {
    const list = listOf({ issuer: ca, crlNumber: 2, revoked: [{ serial: client.serial }] })
    expect(judge([ca], [client], [older, list], policy)).toBe('revoked')
    expect(judge([ca], [client], [older], policy)).toBe('accepted')
  })

  it.each(spellings)('if the list writes its issuer as %s', (_what, name) => {
    const list = listOf({ issuer: ca, issuerName: name, crlNumber: 2, revoked: [{ serial: client.serial }] })
    expect(judge([ca], [client], [list], policy)).toEqual(rejected)
    expect(judge([ca], [client], [older, list], policy)).toEqual(rejected)
    const other = listOf({ issuer: ca, issuerName: name, crlNumber: 2, revoked: [{ serial: 99n }] })
    expect(judge([ca], [client], [older, other], policy)).toBe('accepted')
  })

  it.each(spellings)('if an entry of an indirect list writes its issuer as %s', (_what, name) => {
    const revoked = [{ serial: client.serial, certificateIssuer: name }]
    const list = listOf({ issuer: ca, crlNumber: 2, idp: { indirect: true }, revoked })
    expect(judge([ca], [client], [older, list], policy)).toEqual(rejected)
  })

  it.each(spellings)('if its CA is called %s, and the list writes it correctly', (_what, name) => {
    const bent = mint({ ca: true, key: keyPair('p256', 3), subject: name })
    const leaf = mint({ key: keyPair('p256', 2), subject: 'CN=a' }, bent)
    const list = listOf({ issuer: bent, issuerName: clean, revoked: [{ serial: leaf.serial }] })
    expect(judge([bent], [leaf], [list], policy)).toEqual(rejected)
  })

  it.each(spellings)('if its distribution point calls the CRL issuer %s', (_what, name) => {
    const root = mint({ ca: true, key: keyPair('p256', 4), subject: 'CN=Root' })
    const signer = mint({ key: keyPair('p256', 5), subject: clean, keyUsage: ['cRLSign'], extendedKeyUsage: [] }, root)
    const leaf = mint({ subject: 'CN=a', crlDistributionPoints: [{ uri: 'http://x/', crlIssuer: name }] }, root)
    const revoked = [{ serial: leaf.serial, certificateIssuer: 'CN=Root' }]
    const list = listOf({ issuer: signer, idp: { uri: 'http://x/', indirect: true }, revoked })
    const own = listOf({ issuer: root })
    for (const lists of [[list], [list, own]]) {
      expect(judge([root], [leaf, signer], lists, policy)).toEqual(rejected)
      expect(judge([root, signer], [leaf], lists, policy)).toEqual(rejected)
    }
  })

  it.each(spellings)('if the signer of the list is called %s, and the list writes it correctly', (_what, name) => {
    const delegate = mint({ key: keyPair('p256', 6), subject: name, keyUsage: ['cRLSign'], extendedKeyUsage: [] }, ca)
    const list = listOf({ issuer: delegate, issuerName: clean, crlNumber: 2, revoked: [{ serial: client.serial }] })
    expect(judge([ca, delegate], [client], [older, list], policy)).toEqual(rejected)
    expect(judge([ca], [client, delegate], [older, list], policy)).toEqual(rejected)
  })

  it('and a list of a similar name that another key signed rejects nobody', () => {
    const other = mint({ ca: true, key: keyPair('p256', 7), subject: 'CN=Other' })
    const list = listOf({ issuer: other, issuerName: spellings[0]![1], crlNumber: 2, revoked: [{ serial: client.serial }] })
    expect(judge([ca, other], [client], [older, list], policy)).toBe('accepted')
  })
})

describe('an RSA key without NULL is the key with it', () => {
  const key = keyPair('rsa2048', 9)
  const spec = { ca: true, key, subject: 'CN=R', subjectKeyId: false, authorityKeyId: false } as const
  const expired = { notBefore: new Date('2019-01-01T00:00:00Z'), notAfter: new Date('2020-01-01T00:00:00Z') }

  it('in diffs and links', () => {
    const before = mint({ ...spec, ...expired })
    const after = mint({ ...spec, spki: rsaKeyWithoutNull })
    const diff = diffTruststores(buildTruststore(before.der), buildTruststore(after.der))
    expect([diff.renewed.length, diff.rekeyed.length, diff.droppedIssuers]).toEqual([1, 0, []])
    const ca = mint({ ca: true, key: keyPair('p256', 8), subject: 'CN=I', authorityKeyId: false }, before)
    const store = buildTruststore([before.der, after.der, ca.der])
    expect(verifyChain(store, mint({ subject: 'CN=a' }, ca).der).ok).toBe(true)
  })
})
