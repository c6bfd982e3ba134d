import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  parseRevocationList,
  profiles,
  type RevocationList,
  type VerifyOptions,
  verifyChain,
} from '../../../src/index.ts'
import { encode, sequence } from '../../support/asn1.ts'
import { ecdsaWithNull } from '../../support/deviating.ts'
import { type CertificateSpec, type CrlSpec, keyPair, mint, mintCrl } from '../../support/mint.ts'

/** Extensions that cannot be read are ignored until a verdict needs them. */

const empty = encode(sequence())
const points: CertificateSpec = { extensions: [{ oid: '2.5.29.31', value: empty }] }
const freshest: CertificateSpec = { extensions: [{ oid: '2.5.29.46', value: empty }] }
const policies: CertificateSpec = { extensions: [{ oid: '2.5.29.32', value: empty }] }
const access: CertificateSpec = { extensions: [{ oid: '1.3.6.1.5.5.7.1.1', value: empty }] }

const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root' })
const leaf = (spec: CertificateSpec): ReturnType<typeof mint> => mint({ key: keyPair('p256', 2), subject: 'CN=a', ...spec }, root)
const store = buildTruststore(root.der)

function listOf(spec: Omit<CrlSpec, 'issuer'> = {}): RevocationList {
  const parsed = parseRevocationList(mintCrl({ issuer: root, ...spec }).der)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

function codeOf(der: Uint8Array, options: VerifyOptions = {}, truststore = store): string {
  const verdict = verifyChain(truststore, der, options)
  return verdict.ok ? 'accepted' : verdict.code
}

describe('distribution points that cannot be read', () => {
  it.each([points, freshest])('are ignored if revocation is not checked', (spec) => {
    expect(codeOf(leaf(spec).der)).toBe('accepted')
  })

  it.each([points, freshest])('reject the certificate if it is, even if unknown is allowed and there is no list', (spec) => {
    const { der } = leaf(spec)
    for (const unknown of ['allow', 'refuse'] as const) {
      for (const lists of [[], [listOf()]]) expect(codeOf(der, { revocation: { lists, unknown } })).toBe('revocation_unknown')
    }
    const verdict = verifyChain(store, der, { revocation: { lists: [], unknown: 'allow' } })
    expect(!verdict.ok && verdict.message).toMatch(/its (cRLDistributionPoints|freshestCRL) cannot be read/)
  })

  it('do not hide that a list names the certificate', () => {
    const revoked = leaf(points)
    expect(codeOf(revoked.der, { revocation: { lists: [listOf({ revoked: [{ serial: revoked.serial }] })] } })).toBe('revoked')
  })

  it('count for CAs, too, unless only the leaf is checked', () => {
    const ca = mint({ ca: true, key: keyPair('p256', 3), subject: 'CN=CA', ...points }, root)
    const below = mint({ subject: 'CN=b' }, ca)
    const both = buildTruststore([root.der, ca.der])
    const own = parseRevocationList(mintCrl({ issuer: ca }).der)
    if (!own.ok) throw new Error(own.message)
    const lists = [listOf(), own.value]
    expect(codeOf(below.der, { revocation: { lists } }, both)).toBe('revocation_unknown')
    expect(codeOf(below.der, { revocation: { lists, depth: 'leaf' } }, both)).toBe('accepted')
  })
})

describe('certificate policies that cannot be read', () => {
  it('are ignored if no policy is needed', () => {
    expect(codeOf(leaf(policies).der)).toBe('accepted')
  })

  it('reject the certificate if the caller asks for policies', () => {
    for (const certificatePolicies of [{}, { initialPolicies: ['1.2.3'] }, { requireExplicitPolicy: true }]) {
      expect(codeOf(leaf(policies).der, { certificatePolicies })).toBe('policy_violation')
    }
  })

  it('reject the certificate if a CA requires a policy, wherever they are', () => {
    const ca = mint(
      {
        ca: true,
        key: keyPair('p256', 4),
        subject: 'CN=CA',
        certificatePolicies: ['1.2.3'],
        policyConstraints: { requireExplicitPolicy: 0 },
      },
      root,
    )
    const both = buildTruststore([root.der, ca.der])
    const below = (spec: CertificateSpec): Uint8Array => mint({ subject: 'CN=b', ...spec }, ca).der
    expect(codeOf(below({ certificatePolicies: ['1.2.3'] }), {}, both)).toBe('accepted')
    expect(codeOf(below(policies), {}, both)).toBe('policy_violation')
  })

  it('are ignored below a CA that only maps policies', () => {
    const ca = mint(
      {
        ca: true,
        key: keyPair('p256', 5),
        subject: 'CN=CA',
        certificatePolicies: ['1.2.3'],
        policyMappings: [['1.2.3', '1.2.4']],
      },
      root,
    )
    expect(codeOf(mint({ subject: 'CN=b', ...policies }, ca).der, {}, buildTruststore([root.der, ca.der]))).toBe('accepted')
  })
})

describe('other extensions that cannot be read', () => {
  it('are never needed', () => {
    const { der } = leaf(access)
    expect(codeOf(der, { revocation: { lists: [listOf()] }, certificatePolicies: {} })).toBe('accepted')
  })
})

describe('a list with deviations', () => {
  const clear = leaf({})
  const strict = buildTruststore(root.der, { policy: { ...profiles.apiGateway, conformance: 'strict' } })
  const bent: Omit<CrlSpec, 'issuer'> = { signatureAlgorithm: ecdsaWithNull }

  it('clears certificates by practical conformance, and none by strict', () => {
    expect(codeOf(clear.der, { revocation: { lists: [listOf(bent)] } })).toBe('accepted')
    expect(codeOf(clear.der, { revocation: { lists: [listOf()] } }, strict)).toBe('accepted')
    expect(codeOf(clear.der, { revocation: { lists: [listOf(bent)] } }, strict)).toBe('revocation_unknown')
    expect(codeOf(clear.der, { revocation: { lists: [listOf({ emptyRevoked: true })] } })).toBe('accepted')
  })

  it('revokes what it names by both', () => {
    const lists = [listOf({ ...bent, revoked: [{ serial: clear.serial }] })]
    expect(codeOf(clear.der, { revocation: { lists } })).toBe('revoked')
    expect(codeOf(clear.der, { revocation: { lists } }, strict)).toBe('revoked')
  })

  it('does not undo by strict conformance what an earlier one says', () => {
    const revoking = listOf({ revoked: [{ serial: clear.serial }], crlNumber: 1 })
    const later = listOf({ ...bent, crlNumber: 2 })
    expect(codeOf(clear.der, { revocation: { lists: [revoking, later] } })).toBe('accepted')
    expect(codeOf(clear.der, { revocation: { lists: [revoking, later] } }, strict)).toBe('revoked')
  })

  it('may be signed by a certificate with deviations, by practical conformance', () => {
    const spec: CertificateSpec = { key: keyPair('p256', 6), subject: root.subject, keyUsage: ['cRLSign'], extendedKeyUsage: [] }
    const judge = (more: CertificateSpec, conformance: 'practical' | 'strict'): string => {
      const [forDelegate, forClient] = ['http://crl.example/a', 'http://crl.example/b'] as const
      const delegate = mint({ ...spec, crlDistributionPoints: [forDelegate], ...more }, root)
      const client = leaf({ crlDistributionPoints: [forClient] })
      const signed = { signWith: delegate.key, authorityKeyId: delegate.keyId!, idp: { uri: forClient } }
      const lists = [listOf({ idp: { uri: forDelegate } }), listOf(signed)]
      const policy = { ...profiles.apiGateway, intermediates: 'presented', conformance } as const
      const options: VerifyOptions = { revocation: { lists } }
      const verdict = verifyChain(buildTruststore(root.der, { policy }), [client.der, delegate.der], options)
      return verdict.ok ? 'accepted' : verdict.code
    }
    expect(judge({}, 'practical')).toBe('accepted')
    expect(judge({}, 'strict')).toBe('accepted')
    expect(judge({ signatureAlgorithm: ecdsaWithNull }, 'practical')).toBe('accepted')
    expect(judge({ signatureAlgorithm: ecdsaWithNull }, 'strict')).toBe('revocation_unknown')
  })
})
