import { describe, expect, it } from 'vitest'
import type { Policy, PolicyInputs } from '../../src/index.ts'
import { implicit, integer, oid, sequence, utf8 } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { atOnce, fastestOf, judge } from './judge.ts'

/** Certificate policies: exponential trees, and requirements that are silently dropped. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeFor(presented, root)
const gold = '1.3.6.1.4.1.99999.1'
const silver = '1.3.6.1.4.1.99999.2'
const anyPolicy = '2.5.29.32.0'

function ca(slot: number, issuer: Minted, spec: CertificateSpec): Minted {
  return mint({ ca: true, key: keyPair('p256', slot), subject: `O=Immunity,CN=CA ${slot}`, ...spec }, issuer)
}

function client(issuer: Minted, spec: CertificateSpec): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

/** A client below CAs with these specs, the first issued by the root. */
function under(specs: readonly CertificateSpec[], leaf: CertificateSpec, certificatePolicies?: PolicyInputs): string {
  const chain: Minted[] = []
  let issuer = root
  specs.forEach((spec, i) => {
    issuer = ca(i + 1, issuer, spec)
    chain.unshift(issuer)
  })
  return judge(store, [client(issuer, leaf), ...chain], certificatePolicies && { certificatePolicies })
}

const required: PolicyInputs = { initialPolicies: [gold], requireExplicitPolicy: true }

describe('exponential policy trees (CVE-2023-0464, CVE-2026-32281)', () => {
  /** `depth` CAs, each with all policies, each policy mapped to some others, and a client of the last. */
  function bomb(count: number, mapped: number, depth: number): readonly Minted[] {
    const policies = Array.from({ length: count }, (_, i) => `1.3.6.1.4.1.99999.9.${i}`)
    const steps = Array.from({ length: mapped }, (_, step) => step + 1)
    const policyMappings = policies.flatMap((from, i) => steps.map((step) => [from, policies[(i + step) % count]!] as const))
    const chain: Minted[] = []
    let issuer = root
    for (let slot = 1; slot <= depth; slot++) {
      issuer = ca(slot, issuer, {
        certificatePolicies: policies,
        policyMappings,
        policyConstraints: { requireExplicitPolicy: 0 },
      })
      chain.unshift(issuer)
    }
    return [client(issuer, { certificatePolicies: policies }), ...chain]
  }

  it('control: a small one is processed', () => {
    expect(judge(store, bomb(3, 2, 3))).toBe('accepted')
  })

  it.each<readonly [string, readonly Minted[]]>([
    ['two policies, each mapped to both, nine CAs', bomb(2, 2, 9)],
    ['10 policies, each mapped to all, nine CAs', bomb(10, 10, 9)],
    ['100 policies, 1,000 mappings, five CAs', bomb(100, 10, 5)],
    ['40 policies, 1,600 mappings, three CAs', bomb(40, 40, 3)],
    ['1,000 policies, 1,000 mappings', bomb(1000, 1, 1)],
  ])('%s', (_what, chain) => {
    const options = { certificatePolicies: {} }
    expect(fastestOf(() => expect(judge(store, chain, options)).toMatch(/^(accepted|budget_exhausted 0)$/))).toBeLessThan(atOnce)
    expect(fastestOf(() => expect(judge(store, chain)).toMatch(/^(accepted|budget_exhausted 0)$/))).toBeLessThan(atOnce)
  })

  it('a budget that is exhausted in the middle of the graph is no acceptance', () => {
    const chain = bomb(5, 2, 3)
    const verdicts = [5, 20, 40, 60, 80, 100, 1000].map((nameComparisons) => {
      const policy: Policy = { ...presented, budget: { ...presented.budget, nameComparisons } }
      return judge(storeFor(policy, root), chain, { certificatePolicies: required })
    })
    // The client has none of the required policies, which only the largest budget finds out.
    expect(new Set(verdicts)).toEqual(new Set(['budget_exhausted 0', 'policy_violation 0']))
  })
})

describe('policies that are required and not checked (CVE-2023-0466)', () => {
  it('by the caller', () => {
    expect(under([{ certificatePolicies: [gold] }], { certificatePolicies: [gold] }, required)).toBe('accepted')
    expect(under([{ certificatePolicies: [anyPolicy] }], { certificatePolicies: [gold] }, required)).toBe('accepted')
    expect(under([{ certificatePolicies: [silver] }], { certificatePolicies: [silver] }, required)).toBe('policy_violation 0')
    expect(under([{ certificatePolicies: [silver] }], { certificatePolicies: [gold] }, required)).toBe('policy_violation 0')
    expect(under([{}], { certificatePolicies: [gold] }, required)).toBe('policy_violation 1')
    expect(under([{ certificatePolicies: [gold] }], {}, required)).toBe('policy_violation 0')
  })

  it('by a CA, if the caller does not use policies', () => {
    const insists = { certificatePolicies: [gold], policyConstraints: { requireExplicitPolicy: 0 } }
    expect(under([insists], { certificatePolicies: [gold] })).toBe('accepted')
    expect(under([insists], {})).toBe('policy_violation 0')
    expect(under([insists], { certificatePolicies: [silver] })).toBe('policy_violation 0')
    expect(under([{ ...insists, policyConstraints: { requireExplicitPolicy: 1 } }], {})).toBe('policy_violation 0')
    expect(under([{ ...insists, policyConstraints: { requireExplicitPolicy: 2 } }], {})).toBe('accepted')
  })

  it('by an anchor (RFC 5937)', () => {
    const anchor = mint({
      ca: true,
      key: keyPair('p256', 1),
      subject: 'CN=Anchor',
      certificatePolicies: [gold],
      policyConstraints: { requireExplicitPolicy: 0 },
    })
    const listed = storeFor(presented, anchor)
    expect(judge(listed, [client(anchor, { certificatePolicies: [gold] })])).toBe('accepted')
    expect(judge(listed, [client(anchor, { certificatePolicies: [silver] })])).toBe('policy_violation 0')
    expect(judge(listed, [client(anchor, {})])).toBe('policy_violation 0')
  })

  it('with mapping or anyPolicy inhibited', () => {
    const maps: CertificateSpec = { certificatePolicies: [gold], policyMappings: [[gold, silver]] }
    const any: CertificateSpec = { certificatePolicies: [anyPolicy] }
    const has = (policy: string): CertificateSpec => ({ certificatePolicies: [policy] })
    expect(under([maps], has(silver), required)).toBe('accepted')
    expect(under([maps], has(gold), required)).toBe('policy_violation 0')
    expect(under([maps], has(silver), { ...required, inhibitPolicyMapping: true })).toBe('policy_violation 0')
    expect(under([{ ...has(gold), policyConstraints: { inhibitPolicyMapping: 0 } }, maps], has(silver), required)).toBe(
      'policy_violation 0',
    )
    expect(under([any], has(gold), required)).toBe('accepted')
    expect(under([any], has(gold), { ...required, inhibitAnyPolicy: true })).toMatch(/^policy_violation /)
    expect(under([{ ...any, inhibitAnyPolicy: 0 }, any], has(gold), required)).toMatch(/^policy_violation /)
    expect(under([{ ...any, inhibitAnyPolicy: 0 }], any, required)).toBe('policy_violation 0')
  })
})

describe('invalid policies (CVE-2023-0465)', () => {
  const raw = (id: string, value: Uint8Array): CertificateSpec => ({ extensions: [{ oid: id, critical: true, value }] })
  const listOf = (...policies: readonly string[]): Uint8Array => sequence(...policies.map((policy) => sequence(oid(policy))))

  it('are not skipped: the certificate is rejected', () => {
    const judgeLeaf = (value: Uint8Array): string => judge(store, [client(root, raw('2.5.29.32', value))])
    expect(judgeLeaf(listOf(gold, silver))).toBe('accepted')
    const qualified = (qualifier: string): Uint8Array =>
      sequence(sequence(oid(gold), sequence(sequence(oid(qualifier), utf8('a')))))
    expect(judgeLeaf(qualified('1.3.6.1.5.5.7.2.1'))).toBe('accepted')
    expect(judgeLeaf(qualified('1.3.6.1.4.1.99999.3'))).toBe('unknown_critical_extension 0')
    for (const wrong of [
      listOf(gold, gold),
      listOf(),
      sequence(oid(gold)),
      sequence(sequence()),
      sequence(sequence(oid(gold), utf8('a'))),
    ]) {
      expect(judgeLeaf(wrong)).toBe('malformed 0')
    }
  })

  it('anyPolicy is mapped neither from nor to', () => {
    for (const mapping of [
      [anyPolicy, gold],
      [gold, anyPolicy],
    ] as const) {
      const spec: CertificateSpec = { certificatePolicies: [gold, anyPolicy], policyMappings: [mapping] }
      expect(under([spec], { certificatePolicies: [gold] }, required)).toBe('policy_violation 1')
    }
  })

  it('counters are small whole numbers', () => {
    const judgeCa = (spec: CertificateSpec): string => under([spec], {})
    const constraint = (value: Uint8Array): CertificateSpec => raw('2.5.29.36', sequence(value))
    const skip = (number: bigint | number): Uint8Array => implicit(0, integer(number).subarray(2))
    expect(judgeCa(constraint(skip(5)))).toBe('accepted')
    expect(judgeCa(raw('2.5.29.54', integer(5)))).toBe('accepted')
    for (const number of [-1, 256, 2n ** 31n, 2n ** 32n, 2n ** 64n]) {
      expect(judgeCa(constraint(skip(number)))).toBe('unknown_issuer 0')
      expect(judgeCa(raw('2.5.29.54', integer(number)))).toBe('unknown_issuer 0')
    }
    expect(judgeCa(raw('2.5.29.36', sequence()))).toBe('unknown_issuer 0')
  })
})
