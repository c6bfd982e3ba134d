import { describe, expect, it } from 'vitest'
import { buildTruststore, lintTruststore, type Policy, profiles, TruststoreError, verifyChain } from '../../../src/index.ts'
import { type CertificateSpec, type Minted, mint } from '../../support/mint.ts'

const { apiGateway } = profiles
const day = 86_400_000
const root = mint({ ca: true, subject: 'CN=Root' })
const sub = mint({ ca: true, subject: 'CN=Sub' }, root)
const leaf = mint({ subject: 'CN=Leaf', extendedKeyUsage: ['clientAuth'] }, root)
const everyCa: Policy = { ...apiGateway, trust: 'every-ca' }
const pinning: Policy = { ...apiGateway, trust: 'every-certificate' }
const strict: Policy = { ...apiGateway, conformance: 'strict' }

function selfSigned(spec: CertificateSpec): Minted {
  return mint({ subject: 'CN=Self', ...spec })
}

const expired = { notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - 3 * day) }
const serverOnly = { extendedKeyUsage: ['serverAuth'] }

/** What is listed, the policy, and the finding about the whole bundle. */
const cases: readonly (readonly [string, readonly Minted[], Policy, 'no_trust_anchor' | 'no_valid_anchor' | undefined])[] = [
  ['a root', [root], apiGateway, undefined],
  ['an intermediate', [sub], apiGateway, 'no_trust_anchor'],
  ['an intermediate, where every CA is an anchor', [sub], everyCa, undefined],
  ['a leaf', [leaf], apiGateway, 'no_trust_anchor'],
  ['a leaf and an intermediate', [leaf, sub], apiGateway, 'no_trust_anchor'],
  ['a leaf, where every CA is an anchor', [leaf], everyCa, 'no_trust_anchor'],
  ['a leaf, where leaves are pinned', [leaf], pinning, undefined],
  ['a self-signed leaf', [selfSigned({})], apiGateway, undefined],
  ['a self-signed leaf and an intermediate', [selfSigned({}), sub], apiGateway, undefined],
  ['a self-signed server certificate', [selfSigned(serverOnly)], apiGateway, 'no_trust_anchor'],
  [
    'a self-signed server certificate for a policy for servers',
    [selfSigned(serverOnly)],
    { ...apiGateway, purpose: 'server' },
    undefined,
  ],
  ['a self-signed leaf that only encrypts', [selfSigned({ keyUsage: ['keyEncipherment'] })], apiGateway, 'no_trust_anchor'],
  [
    'a self-signed leaf without the purpose required',
    [selfSigned({ extendedKeyUsage: [] })],
    { ...apiGateway, requireEku: true },
    'no_trust_anchor',
  ],
  ['a self-signed leaf that does not conform', [selfSigned({ serial: new Uint8Array(21).fill(1) })], strict, 'no_trust_anchor'],
  ['a root of version 1', [selfSigned({ version: 1 })], { ...apiGateway, requireEku: true }, undefined],
  [
    'a root of version 1 that may not issue',
    [selfSigned({ version: 1 })],
    { ...apiGateway, requireEku: true, version1Roots: false },
    'no_trust_anchor',
  ],
  ['a root for servers', [selfSigned({ ca: true, ...serverOnly })], apiGateway, 'no_trust_anchor'],
  [
    'a root for servers, whose limits do not count',
    [selfSigned({ ca: true, ...serverOnly })],
    { ...apiGateway, enforceAnchorConstraints: false },
    undefined,
  ],
  ['a root that does not conform', [selfSigned({ ca: true, critical: { basicConstraints: false } })], strict, 'no_trust_anchor'],
  ['a root where no CA has a place', [root], { ...apiGateway, maxChainLength: 0, requireEku: true }, 'no_trust_anchor'],
  ['an expired root', [selfSigned({ ca: true, ...expired })], apiGateway, 'no_valid_anchor'],
  ['an expired root above a valid intermediate', [selfSigned({ ca: true, ...expired }), sub], apiGateway, 'no_valid_anchor'],
  [
    'an expired root whose dates do not count',
    [selfSigned({ ca: true, ...expired })],
    { ...apiGateway, checkAnchorValidity: false },
    undefined,
  ],
  ['an expired pinned leaf', [selfSigned(expired)], { ...apiGateway, checkAnchorValidity: false }, 'no_valid_anchor'],
  ['an expired root and a valid one', [selfSigned({ ca: true, ...expired }), root], apiGateway, undefined],
]

function accepts(listed: readonly Minted[], policy: Policy, at: number): boolean {
  const store = buildTruststore(
    listed.map(({ der }) => der),
    { policy },
  )
  return listed.some((entry) => {
    const spec = { extendedKeyUsage: ['clientAuth'], notBefore: new Date(0), notAfter: new Date('2049-01-01') }
    const client = mint({ subject: 'CN=Client', ...spec }, entry)
    return [client, entry].some(({ der }) => verifyChain(store, der, { at, purpose: policy.purpose }).ok)
  })
}

describe('a truststore of', () => {
  it.each(cases)('%s', (_, listed, policy, code) => {
    const input = listed.map(({ der }) => der)
    const { findings, accepted } = lintTruststore(input, { policy })
    const found = findings.filter((finding) => finding.code === 'no_trust_anchor' || finding.code === 'no_valid_anchor')
    expect(found.map((finding) => [finding.code, finding.severity])).toEqual(code === undefined ? [] : [[code, 'error']])
    expect(accepted).toBe(code === undefined)
    expect(lintTruststore(buildTruststore(input, { policy }), { policy }).findings).toEqual(findings)
    const build = (): unknown => buildTruststore(input, { policy, strict: true })
    if (code === 'no_trust_anchor') expect(build).toThrow(TruststoreError)
    else expect(build).not.toThrow()
  })

  it.each(cases)('%s accepts somebody if nothing else is found', (_, listed, policy, code) => {
    const now = Date.now()
    expect(accepts(listed, policy, now)).toBe(code === undefined)
    expect([now, now - 5 * day].some((at) => accepts(listed, policy, at))).toBe(code !== 'no_trust_anchor')
  })

  it('nothing usable has no such finding: others say why', () => {
    expect(lintTruststore('').findings.map(({ code }) => code)).toEqual(['empty_bundle'])
  })
})
