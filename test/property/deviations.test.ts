import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, parseRevocationList, profiles, type Verdict, verifyChain } from '../../src/index.ts'
import { type Deviating, deviatingCas, deviatingLeaves } from '../support/deviating.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'

/**
 * A certificate with deviations is judged like its twin in correct DER, by every policy with `practical` conformance. `strict` rejects
 * it. Another fault beside a deviation is never accepted because of it.
 */

/** What is wrong, or not, besides deviations. It applies to the certificate and its twin. */
const faults: readonly CertificateSpec[] = [
  { notAfter: new Date('2020-01-01T00:00:00Z'), notBefore: new Date('2019-01-01T00:00:00Z') },
  { extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] },
  { version: 2, keyUsage: [], extendedKeyUsage: [], subjectKeyId: false, authorityKeyId: false },
  { signWith: keyPair('p256', 99) },
  { extendedKeyUsage: ['serverAuth'] },
  { keyUsage: ['keyEncipherment'] },
  { nameConstraints: { excluded: [{ dns: 'client.example' }] } },
  { crlDistributionPoints: ['http://crl.example/a'] },
]

const ownFields = { crlDistributionPoints: '2.5.29.31', nameConstraints: '2.5.29.30', certificatePolicies: '2.5.29.32' } as const

/** Merges specs. Their extensions are added up. Undefined if an extension would occur twice, or in version 2. */
function merged(specs: readonly CertificateSpec[]): CertificateSpec | undefined {
  const extensions = specs.flatMap((spec) => spec.extensions ?? [])
  const fields = specs.flatMap((spec) => Object.entries(ownFields).filter(([field]) => Object.hasOwn(spec, field)))
  const oids = [...fields.map(([, oid]) => oid), ...extensions.map(({ oid }) => String(oid))]
  if (new Set(oids).size < oids.length || (oids.length > 0 && specs.some(({ version }) => version === 2))) return undefined
  const critical = Object.assign({}, ...specs.map((spec) => spec.critical ?? {}))
  return { ...Object.assign({}, ...specs), extensions, critical }
}

interface Pair {
  readonly bent: CertificateSpec
  readonly twin: CertificateSpec
  readonly isBent: boolean
}

const bends = (all: readonly Deviating[]): fc.Arbitrary<Pair> =>
  fc
    .tuple(
      fc.subarray([...all], { maxLength: 3 }),
      fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fc.constantFrom(...faults)),
    )
    .map(([chosen, fault]) => {
      const bent = merged([...chosen.map((one) => one.bent), fault])
      const twin = merged([...chosen.map((one) => one.twin), fault])
      return bent && twin && { bent, twin, isBent: chosen.length > 0 }
    })
    .filter((pair) => pair !== undefined)

interface Infrastructure {
  readonly root: Minted
  readonly ca: Minted
  readonly leaf: Minted
}

function infrastructure(ca: CertificateSpec, leaf: CertificateSpec): Infrastructure {
  const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root' })
  const caIssued = mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=CA', ...ca }, root)
  const signWith = leaf.signWith ?? keyPair('p256', 2)
  const subjectAltNames = leaf.subjectAltNames ?? [{ dns: 'client.example' }]
  return {
    root,
    ca: caIssued,
    leaf: mint({ key: keyPair('p256', 3), subject: 'CN=a', ...leaf, subjectAltNames, signWith }, caIssued),
  }
}

function judge({ root, ca, leaf }: Infrastructure, policy: Policy, listsFor: 'none' | 'leaf'): Verdict {
  const store = buildTruststore([root.der, ca.der], { policy })
  if (listsFor === 'none') return verifyChain(store, leaf.der)
  const list = parseRevocationList(mintCrl({ issuer: { ...ca, key: keyPair('p256', 2) } }).der)
  if (!list.ok) throw new Error(list.message)
  return verifyChain(store, leaf.der, { revocation: { lists: [list.value], depth: 'leaf' } })
}

const codeOf = (verdict: Verdict): string => (verdict.ok ? 'accepted' : verdict.code)

/** Extensions of which the verdict needs the content. */
const isNeeded = ({ extensions = [] }: CertificateSpec): boolean =>
  extensions.some(({ oid }) => oid === '2.5.29.31' || oid === '2.5.29.46')

describe('a certificate with deviations', () => {
  it('is judged like its twin in correct DER', () => {
    const counts = { accepted: 0, bent: 0 }
    fc.assert(
      fc.property(bends(deviatingCas), bends(deviatingLeaves), fc.constantFrom('none', 'leaf'), (ca, leaf, listsFor) => {
        const bent = codeOf(judge(infrastructure(ca.bent, leaf.bent), profiles.apiGateway, listsFor))
        const twin = codeOf(judge(infrastructure(ca.twin, leaf.twin), profiles.apiGateway, listsFor))
        if (listsFor === 'leaf' && isNeeded(leaf.bent) && twin === 'accepted') expect(bent).toBe('revocation_unknown')
        else expect(bent).toBe(twin)
        if (bent === 'accepted') counts.accepted++
        if (ca.isBent || leaf.isBent) counts.bent++
      }),
      { numRuns: 400 },
    )
    expect(counts.accepted).toBeGreaterThan(40)
    expect(counts.bent).toBeGreaterThan(200)
  })

  it('is rejected by strict conformance', () => {
    let counted = 0
    fc.assert(
      fc.property(bends(deviatingCas), bends(deviatingLeaves), fc.constantFrom('strict', 'web-pki'), (ca, leaf, conformance) => {
        if (!ca.isBent && !leaf.isBent) return
        const policy: Policy = { ...profiles.apiGateway, conformance }
        const bent = judge(infrastructure(ca.bent, leaf.bent), policy, 'none')
        if (bent.ok) throw new Error('accepted')
        if (!judge(infrastructure(ca.twin, leaf.twin), policy, 'none').ok) return
        counted++
        expect(bent.code).toBe('nonconforming')
        expect(bent.message).toMatch(/deviates from DER .*: [a-z_]+ \(byte \d+\)/)
      }),
      { numRuns: 400 },
    )
    expect(counted).toBeGreaterThan(20)
  })

  it('needs everything that verification demands, whatever other byte is changed', () => {
    let accepted = 0
    fc.assert(
      fc.property(fc.constantFrom(...deviatingLeaves), fc.nat(), fc.integer({ min: 1, max: 255 }), ({ bent }, where, change) => {
        const bendTbs = (tbs: Uint8Array): Uint8Array => tbs.map((byte, i) => (i === where % tbs.length ? byte ^ change : byte))
        const verdict = judge(infrastructure({}, { ...bent, bendTbs }), profiles.apiGateway, 'none')
        if (!verdict.ok) return
        accepted++
        const { issuer, keyUsage = ['digitalSignature'], extendedKeyUsage = ['clientAuth'], notBefore, notAfter } = verdict.leaf
        expect(issuer).toBe('CN=CA')
        expect(keyUsage.some((use) => use === 'digitalSignature' || use === 'keyAgreement')).toBe(true)
        expect(extendedKeyUsage.some((use) => use === 'clientAuth' || use === 'anyExtendedKeyUsage')).toBe(true)
        expect(notBefore.getTime()).toBeLessThan(Date.now())
        expect(notAfter.getTime()).toBeGreaterThan(Date.now())
      }),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(10)
  })
})
