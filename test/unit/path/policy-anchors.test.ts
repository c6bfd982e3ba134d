import { describe, expect, it } from 'vitest'
import type { Policy, PolicyInputs } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'
import { any, bronze, chainOf, explicit, gold, judgeIn, refused, type Says, silver } from '../../support/policy-chains.ts'
import { leaf, presented, root, storeFor } from '../../support/rejected-chain.ts'

/** Certificate policies of a trust anchor, and of a leaf that is its own anchor. */

describe('the anchor', () => {
  const anchorOf = (spec: CertificateSpec): Minted => mint({ ...root.spec, ...spec })
  const under = (enforceAnchorConstraints: boolean, anchor: Minted, ...says: readonly Says[]): string =>
    judgeIn(storeFor({ ...presented, enforceAnchorConstraints }, anchor), chainOf(anchor, ...says))

  it.each<readonly [string, CertificateSpec, readonly Says[], string, string]>([
    [
      'policies',
      { certificatePolicies: [gold] },
      [
        [gold, silver],
        [gold, silver],
      ],
      'gold / gold',
      'gold+silver / gold+silver',
    ],
    ['no policies', {}, [[gold], [gold]], 'gold / gold', 'gold / gold'],
    ['anyPolicy', { certificatePolicies: [any] }, [[gold], [gold]], 'gold / gold', 'gold / gold'],
    ['requireExplicitPolicy', { policyConstraints: { requireExplicitPolicy: 0 } }, [[gold], [silver]], refused, ' / '],
    ['inhibitAnyPolicy', { inhibitAnyPolicy: 0 }, [[any], [gold]], ' / ', 'gold / gold'],
    [
      'inhibitPolicyMapping',
      { policyConstraints: { inhibitPolicyMapping: 0 } },
      [{ certificatePolicies: [gold], policyMappings: [[gold, silver]] }, [silver]],
      ' / ',
      'gold / gold',
    ],
    [
      'mappings',
      { certificatePolicies: [gold], policyMappings: [[gold, silver]] },
      [[silver], [silver]],
      'gold / gold',
      'silver / silver',
    ],
  ])('has %s, which count only if the policy enforces them', (_what, spec, says, counted, ignored) => {
    expect(under(true, anchorOf(spec), ...says)).toBe(counted)
    expect(under(false, anchorOf(spec), ...says)).toBe(ignored)
  })

  it('may have anyPolicy even if the caller inhibits it for the path, whether it is self-issued or not', () => {
    const above = mint({ ...root.spec, subject: 'O=Verify,CN=Above' })
    const cross = mint({ ...root.spec, certificatePolicies: [any] }, above)
    const inputs: PolicyInputs = { ...explicit, inhibitAnyPolicy: true }
    for (const anchor of [anchorOf({ certificatePolicies: [any] }), cross]) {
      const store = storeFor({ ...presented, trust: 'every-ca' }, anchor)
      expect(judgeIn(store, chainOf(anchor, [gold], [gold]), inputs)).toBe('gold / gold')
      expect(judgeIn(store, chainOf(anchor, [any], [gold]), inputs)).toBe('policy_violation 1')
    }
  })
})

describe('a pinned leaf', () => {
  const key = keyPair('p256', 70)
  const specs: readonly CertificateSpec[] = [
    {},
    { certificatePolicies: [gold] },
    { certificatePolicies: [gold, silver] },
    { certificatePolicies: [any] },
    { certificatePolicies: [any], inhibitAnyPolicy: 0 },
    ...[0, 1].flatMap((requireExplicitPolicy) => [
      { policyConstraints: { requireExplicitPolicy } },
      { policyConstraints: { requireExplicitPolicy }, certificatePolicies: [silver] },
    ]),
    { certificatePolicies: [gold], policyMappings: [[gold, silver]] },
  ]
  const wanted = [undefined, [], [gold], [silver], [any], [gold, bronze]]
  const inputs: readonly (PolicyInputs | null)[] = [
    null,
    ...wanted.flatMap((initialPolicies) =>
      [{}, explicit, { inhibitAnyPolicy: true }, { ...explicit, inhibitAnyPolicy: true }].map((flags) => ({
        ...flags,
        ...(initialPolicies && { initialPolicies }),
      })),
    ),
  ]

  it.each([true, false])(
    'is valid for the policies for which it is below a CA that says nothing, enforcing anchors: %s',
    (enforce) => {
      const policy: Policy = { ...presented, enforceAnchorConstraints: enforce }
      const seen = new Set<string>()
      for (const spec of specs) {
        const self = mint({ key, subject: 'CN=Pinned', ...spec })
        const issued = leaf(spec)
        const below = storeFor(policy, root)
        const alone = storeFor({ ...policy, trust: 'every-certificate' }, issued)
        const itself = storeFor(policy, self)
        for (const each of inputs) {
          const expected = judgeIn(below, [issued], each)
          expect([spec, each, judgeIn(alone, [issued], each)]).toEqual([spec, each, expected])
          expect([spec, each, judgeIn(itself, [self], each)]).toEqual([spec, each, expected])
          seen.add(expected)
        }
      }
      expect(seen.size).toBeGreaterThan(7)
    },
  )

  it('needs no policy that nobody asks for', () => {
    const pinned = mint({ key, subject: 'CN=Pinned' })
    expect(judgeIn(storeFor(presented, pinned), [pinned], {})).toBe(' / ')
    expect(judgeIn(storeFor(presented, pinned), [pinned], { initialPolicies: [gold] })).toBe(' / ')
    expect(judgeIn(storeFor(presented, pinned), [pinned], explicit)).toBe(refused)
  })
})
