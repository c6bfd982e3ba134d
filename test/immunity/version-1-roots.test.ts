import { describe, expect, it } from 'vitest'
import { buildTruststore, diffTruststores, lintTruststore, type Policy, profiles, verifyChain } from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../support/mint.ts'

/**
 * `openssl x509 -req -signkey` makes roots of version 1. They may issue only if the operator lists them, if their own key signed them,
 * and by a policy that says so. Nothing that a peer sends becomes a CA by it.
 */

const version1: CertificateSpec = { version: 1, keyUsage: [], extendedKeyUsage: [], subjectKeyId: false, authorityKeyId: false }
const root = mint({ ...version1, key: keyPair('p256', 1), subject: 'CN=Old Root' })
const leaf = mint({ key: keyPair('p256', 2), subject: 'CN=client' }, root)
const modern = mint({ ca: true, key: keyPair('p256', 3), subject: 'CN=Root' })

function codeOf(listed: readonly Minted[], chain: readonly Minted[], policy: Partial<Policy> = {}): string {
  const store = buildTruststore(
    listed.map(({ der }) => der),
    { policy: { ...profiles.apiGateway, ...policy } },
  )
  const verdict = verifyChain(
    store,
    chain.map(({ der }) => der),
  )
  return verdict.ok ? 'accepted' : verdict.code
}

describe('a listed self-signed certificate of version 1', () => {
  it('may issue, by the policies that say so', () => {
    expect(codeOf([root], [leaf])).toBe('accepted')
    expect(codeOf([root], [leaf], { trust: 'every-ca' })).toBe('accepted')
    expect(codeOf([root], [leaf], { version1Roots: false })).toBe('not_a_ca')
    expect(codeOf([root], [leaf], { trust: 'every-certificate' })).toBe('not_a_ca')
    for (const policy of [profiles.rfc5280, profiles.webServer]) {
      expect(codeOf([root], [leaf], { ...policy, conformance: 'practical', purpose: 'client' })).toBe('not_a_ca')
    }
  })

  it('is the only field of profiles that says so, and absent means no', () => {
    expect([profiles.apiGateway.version1Roots, profiles.rfc5280.version1Roots, profiles.webServer.version1Roots]).toEqual([
      true,
      false,
      false,
    ])
    const { version1Roots: _, ...without } = profiles.apiGateway
    const verdict = verifyChain(buildTruststore(root.der, { policy: without }), leaf.der)
    expect(verdict.ok).toBe(false)
    expect(() => buildTruststore(root.der, { policy: { ...without, version1Roots: 'yes' as never } })).toThrow(
      'policy.version1Roots must be one of true, false',
    )
  })

  it('issues CAs, too, that version 3 still limits', () => {
    const ca = mint({ ca: true, pathLength: 0, key: keyPair('p256', 4), subject: 'CN=CA' }, root)
    const below = mint({ subject: 'CN=a' }, ca)
    expect(codeOf([root, ca], [below])).toBe('accepted')
    const deep = mint({ ca: true, key: keyPair('p256', 5), subject: 'CN=Deep' }, ca)
    expect(codeOf([root, ca, deep], [mint({ subject: 'CN=a' }, deep)])).toBe('path_length_exceeded')
  })

  it('is a warning that names the danger, wherever it may issue', () => {
    const found = (policy: Partial<Policy>): unknown =>
      lintTruststore(root.der, { policy: { ...profiles.apiGateway, ...policy } }).findings.find(({ code }) => code === 'v1_ca')
    const danger = 'may issue any client; version 1 cannot say otherwise'
    expect(found({})).toMatchObject({ severity: 'warning', message: danger })
    expect(found({ trust: 'every-certificate', enforceAnchorConstraints: false })).toMatchObject({ message: danger })
    expect(found({ version1Roots: false })).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('no basicConstraints'),
    })
    expect(buildTruststore(root.der).warnings).toEqual([expect.stringContaining(danger)])
  })

  it('counts as a CA in diffs', () => {
    const store = buildTruststore([root.der, modern.der])
    expect(diffTruststores(store, buildTruststore(modern.der)).droppedIssuers).toEqual(['CN=Old Root'])
    const renewed = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Old Root' })
    expect(diffTruststores(store, buildTruststore([renewed.der, modern.der])).renewed).toHaveLength(1)
  })
})

describe('a certificate of version 1 is no CA', () => {
  it('if the peer sends it, even beside the same one that is listed', () => {
    const policy: Partial<Policy> = { intermediates: 'presented' }
    expect(codeOf([modern], [leaf, root], policy)).not.toBe('accepted')
    const below = mint({ ...version1, key: keyPair('p256', 6), subject: 'CN=Below' }, modern)
    expect(codeOf([modern], [mint({ subject: 'CN=a' }, below), below], policy)).toBe('not_a_ca')
  })

  it('if another key signed it', () => {
    const below = mint({ ...version1, key: keyPair('p256', 7), subject: 'CN=Below' }, modern)
    expect(codeOf([modern, below], [mint({ subject: 'CN=a' }, below)])).toBe('not_a_ca')
    const crossed = mint({ ...version1, key: keyPair('p256', 8), subject: 'CN=Root', signWith: modern.key })
    expect(codeOf([modern, crossed], [mint({ subject: 'CN=a', signWith: keyPair('p256', 8) }, crossed)])).not.toBe('accepted')
  })

  it('if it has version 2', () => {
    const second = mint({ ...version1, version: 2, key: keyPair('p256', 9), subject: 'CN=Second' })
    expect(codeOf([second], [mint({ subject: 'CN=a' }, second)])).toBe('not_a_ca')
  })

  it('if its name and key are those of a listed root, below another one', () => {
    const again = mint({ ...version1, key: keyPair('p256', 1), subject: 'CN=Old Root' }, modern)
    expect(codeOf([modern, again], [leaf])).toBe('not_a_ca')
  })
})
