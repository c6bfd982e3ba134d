import { describe, expect, it } from 'vitest'
import { type Policy, profiles, type Truststore, verifyChain } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'
import { leaf, root, storeFor } from '../../support/rejected-chain.ts'

/** The effect of the policy's `conformance` on a chain. `test/unit/x509/profile/profile.test.ts` tests each rule. */

const levels = ['practical', 'strict', 'web-pki'] as const

function trusting(conformance: Policy['conformance'], anchor: Minted, more: Partial<Policy> = {}): Truststore {
  return storeFor({ ...profiles.rfc5280, purpose: 'any', conformance, ...more }, anchor)
}

function judge(store: Truststore, chain: readonly Minted[]): string {
  const verdict = verifyChain(
    store,
    chain.map(({ der }) => der),
  )
  return verdict.ok ? 'accepted' : `${verdict.code} ${verdict.index}`
}

const server: CertificateSpec = {
  subject: 'CN=a.example',
  subjectAltNames: [{ dns: 'a.example' }],
  extendedKeyUsage: ['serverAuth'],
}
const lower = (spec: CertificateSpec = {}): Minted =>
  mint({ ca: true, key: keyPair('p256', 120), subject: 'O=Conformance,CN=Lower', ...spec }, root)

/** The verdict on a chain at each level. */
function underEach(anchor: Minted, chain: readonly Minted[], more: Partial<Policy> = {}): readonly string[] {
  return levels.map((level) => judge(trusting(level, anchor, more), chain))
}

const accepted = 'accepted'

describe('conformance', () => {
  it('accepts conforming certificates', () => {
    expect(underEach(root, [leaf(server)])).toEqual([accepted, accepted, accepted])
    expect(underEach(root, [leaf(server, lower()), lower()])).toEqual([accepted, accepted, accepted])
  })

  it.each<readonly [string, CertificateSpec, string, string]>([
    ['no authority key id', { authorityKeyId: false }, 'nonconforming 0', 'nonconforming 0'],
    ['a serial number of 0', { serial: 0n }, 'nonconforming 0', 'nonconforming 0'],
    [
      'a DNS name with underscore',
      { subjectAltNames: [{ dns: 'a_b.example' }], subject: 'O=x' },
      'nonconforming 0',
      'nonconforming 0',
    ],
    ['a critical subject key id', { critical: { subjectKeyId: true } }, 'nonconforming 0', 'nonconforming 0'],
    ['unique identifiers', { subjectUniqueId: Uint8Array.of(1) }, 'nonconforming 0', 'nonconforming 0'],
    ['keyCertSign', { keyUsage: ['digitalSignature', 'keyCertSign'] }, 'nonconforming 0', 'nonconforming 0'],
    ['no alternative names', { subject: 'O=x', subjectAltNames: [] }, accepted, 'nonconforming 0'],
    ['a common name that is not listed', { subject: 'CN=b.example' }, accepted, 'nonconforming 0'],
    ['no extendedKeyUsage', { extendedKeyUsage: [] }, accepted, 'nonconforming 0'],
    ['anyExtendedKeyUsage', { extendedKeyUsage: ['serverAuth', 'any'] }, accepted, 'nonconforming 0'],
    ['cA', { ca: true, keyUsage: ['digitalSignature'] }, accepted, 'nonconforming 0'],
  ])('checks a leaf with %s', (_what, spec, strict, webPki) => {
    expect(underEach(root, [leaf({ ...server, ...spec })])).toEqual([accepted, strict, webPki])
  })

  it.each<readonly [string, CertificateSpec, string, string]>([
    ['no subject key id', { subjectKeyId: false }, 'nonconforming 1', 'nonconforming 1'],
    ['basicConstraints that are not critical', { critical: { basicConstraints: false } }, 'nonconforming 1', 'nonconforming 1'],
    [
      'inhibitAnyPolicy that is not critical',
      { inhibitAnyPolicy: 5, critical: { inhibitAnyPolicy: false } },
      'nonconforming 1',
      'nonconforming 1',
    ],
    ['a leading dot', { nameConstraints: { permitted: [{ dns: '.example' }] } }, 'nonconforming 1', 'nonconforming 1'],
    [
      'nameConstraints that are not critical',
      { nameConstraints: { permitted: [{ dns: 'example' }] }, critical: { nameConstraints: false } },
      'nonconforming 1',
      accepted,
    ],
  ])('checks an intermediate with %s', (_what, spec, strict, webPki) => {
    const ca = lower(spec)
    expect(underEach(root, [leaf({ ...server, authorityKeyId: ca.keyId ?? Uint8Array.of(1) }, ca), ca])).toEqual([
      accepted,
      strict,
      webPki,
    ])
  })

  it.each<readonly [string, CertificateSpec, string, string]>([
    ['no subject key id', { subjectKeyId: false, authorityKeyId: false }, 'nonconforming 1', 'nonconforming 1'],
    ['a serial number of 0', { serial: 0n }, accepted, accepted],
    ['extendedKeyUsage', { extendedKeyUsage: ['serverAuth'] }, accepted, 'nonconforming 1'],
    ['another key’s id', { authorityKeyId: Uint8Array.of(1) }, accepted, 'nonconforming 1'],
  ])('checks an anchor with %s, if its constraints are enforced', (_what, spec, strict, webPki) => {
    const anchor = mint({ ...root.spec, ...spec })
    const chain = [leaf(server, root)]
    expect(underEach(anchor, chain)).toEqual([accepted, strict, webPki])
    expect(underEach(anchor, chain, { enforceAnchorConstraints: false })).toEqual([accepted, accepted, accepted])
  })

  it('has its citation in the message', () => {
    const verdict = verifyChain(trusting('strict', root), leaf({ ...server, serial: 0n }).der)
    expect(verdict).toMatchObject({
      code: 'nonconforming',
      message:
        'leaf certificate CN=a.example: the certificate does not conform: the serial number must be positive (RFC 5280 4.1.2.2)',
    })
  })

  it('takes second place behind what is wrong with the certificate otherwise', () => {
    const old = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') }
    expect(underEach(root, [leaf({ ...server, ...old, serial: 0n })])).toEqual(['expired 0', 'expired 0', 'expired 0'])
  })
})
