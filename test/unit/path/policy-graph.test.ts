import { describe, expect, it } from 'vitest'
import { type Policy, type PolicyInputs, type Truststore, verifyChain } from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'
import { leaf, presented, root, storeFor } from '../../support/rejected-chain.ts'

/** Certificate policies: RFC 5280 6.1 on the graph of RFC 9618. */

const gold = '1.3.6.1.4.1.99999.1'
const silver = '1.3.6.1.4.1.99999.2'
const bronze = '1.3.6.1.4.1.99999.3'
const any = '2.5.29.32.0'
const store = storeFor(presented, root)

function ca(slot: number, issuer: Minted, spec: CertificateSpec): Minted {
  return mint({ ca: true, key: keyPair('p256', 60 + slot), subject: `O=Policies,CN=CA ${slot}`, ...spec }, issuer)
}

/** Policies alone, or all that a certificate says. */
type Says = readonly string[] | CertificateSpec

function specOf(says: Says): CertificateSpec {
  return Array.isArray(says) ? { certificatePolicies: says as readonly string[] } : (says as CertificateSpec)
}

/** A chain below the root, written from the top down; the last is the leaf. */
function chainOf(from: Minted, ...says: readonly Says[]): readonly Minted[] {
  const chain: Minted[] = []
  let issuer = from
  for (const [i, each] of says.slice(0, -1).entries()) {
    issuer = ca(i, issuer, specOf(each))
    chain.unshift(issuer)
  }
  return [leaf(specOf(says.at(-1)!), issuer), ...chain]
}

/** `authority / user` sets, or the code and index of the refusal. */
function judgeIn(trust: Truststore, chain: readonly Minted[], inputs: PolicyInputs | null = {}): string {
  const verdict = verifyChain(
    trust,
    chain.map(({ der }) => der),
    inputs === null ? {} : { certificatePolicies: inputs },
  )
  if (!verdict.ok) return `${verdict.code} ${verdict.index}`
  const shown = (set: readonly string[] = []): string =>
    set.map((policy) => (policy === any ? 'any' : ['gold', 'silver', 'bronze'][Number(policy.at(-1)) - 1])).join('+')
  return `${shown(verdict.policies?.authorityConstrained)} / ${shown(verdict.policies?.userConstrained)}`
}

const judge = (inputs: PolicyInputs, ...says: readonly Says[]): string => judgeIn(store, chainOf(root, ...says), inputs)
const explicit: PolicyInputs = { requireExplicitPolicy: true }
const refused = 'policy_violation 0'

describe('the valid policies', () => {
  it.each<readonly [string, readonly Says[], string]>([
    ['one that all have', [[gold], [gold]], 'gold / gold'],
    [
      'those that all have',
      [
        [gold, silver],
        [silver, bronze, gold],
      ],
      'gold+silver / gold+silver',
    ],
    ['none in common', [[gold], [silver]], ' / '],
    ['none at all', [{}, {}], ' / '],
    ['a CA without', [{}, [gold]], ' / '],
    ['a leaf without', [[gold], {}], ' / '],
    ['anyPolicy above', [[any], [gold]], 'gold / gold'],
    ['anyPolicy below', [[gold], [any]], 'gold / gold'],
    ['anyPolicy all the way', [[any], [any], [any]], 'any / any'],
    [
      'anyPolicy beside another above',
      [
        [any, gold],
        [silver, gold],
      ],
      'gold+silver / gold+silver',
    ],
    [
      'anyPolicy beside another below',
      [
        [gold, silver],
        [gold, any],
      ],
      'gold+silver / gold+silver',
    ],
    ['anyPolicy in between', [[gold, silver], [any], [silver]], 'silver / silver'],
    ['anyPolicy before a narrower one', [[any], [gold], [any]], 'gold / gold'],
    ['a single certificate', [[gold]], 'gold / gold'],
  ])('of %s', (_what, says, sets) => {
    expect(judge({}, ...says)).toBe(sets)
    const at = Array.isArray(says[0]) ? 0 : 1
    expect(judge(explicit, ...says)).toBe(sets === ' / ' ? `policy_violation ${at}` : sets)
  })

  it.each<readonly [string, readonly string[], readonly Says[], string]>([
    [
      'one that is wanted',
      [gold],
      [
        [gold, silver],
        [gold, silver],
      ],
      'gold+silver / gold',
    ],
    ['one that is not', [bronze], [[gold], [gold]], 'gold / '],
    ['anyPolicy, which has what is wanted', [bronze, gold], [[any], [any]], 'any / gold+bronze'],
    ['any, where anyPolicy is among those wanted', [any, bronze], [[gold], [gold]], 'gold / gold'],
    ['something, where nothing is wanted', [], [[gold], [gold]], 'gold / '],
  ])('as the caller constrains them: %s', (_what, initialPolicies, says, sets) => {
    const sorted = judge({ initialPolicies }, ...says)
    expect(sorted).toBe(sets)
    expect(judge({ initialPolicies, ...explicit }, ...says)).toBe(sets.endsWith('/ ') ? refused : sets)
  })

  it('are told only where they are asked for', () => {
    const verdict = verifyChain(
      store,
      chainOf(root, [gold], [gold]).map(({ der }) => der),
    )
    expect(verdict).toMatchObject({ ok: true })
    expect(verdict).not.toHaveProperty('policies')
  })
})

describe('requireExplicitPolicy', () => {
  const requires = (requireExplicitPolicy: number, more: CertificateSpec = {}): CertificateSpec => ({
    policyConstraints: { requireExplicitPolicy },
    ...more,
  })

  it('of a CA holds for what is below it, after so many certificates', () => {
    expect(judge({}, requires(0, { certificatePolicies: [gold] }), [gold])).toBe('gold / gold')
    expect(judge({}, requires(0, { certificatePolicies: [gold] }), [silver])).toBe(refused)
    expect(judge({}, requires(1), {})).toBe(refused)
    expect(judge({}, requires(2), {})).toBe(' / ')
    expect(judge({}, requires(1), {}, {})).toBe(refused)
    expect(judge({}, requires(3), {}, {})).toBe(' / ')
    expect(judge({}, requires(0), {}, {})).toBe('policy_violation 1')
  })

  it('holds where the caller asked for nothing', () => {
    const bad = chainOf(root, requires(0, { certificatePolicies: [gold] }), [silver])
    expect(judgeIn(store, bad, null)).toBe(refused)
    expect(judgeIn(store, chainOf(root, requires(0, { certificatePolicies: [gold] }), [gold]), null)).toBe(' / ')
  })

  it('of 0 on the leaf counts, a larger number does not', () => {
    expect(judge({}, [gold], requires(0, { certificatePolicies: [silver] }))).toBe(refused)
    expect(judge({}, [gold], requires(1, { certificatePolicies: [silver] }))).toBe(' / ')
    expect(judge({}, [gold], requires(0, { certificatePolicies: [gold] }))).toBe('gold / gold')
  })

  it('cannot be raised further below', () => {
    expect(judge({}, requires(0, { certificatePolicies: [gold] }), requires(5, { certificatePolicies: [gold] }), {})).toBe(
      refused,
    )
  })

  it('does not count down over self-issued certificates', () => {
    const top = ca(0, root, requires(1))
    const own = ca(1, top, { subject: top.subject })
    const other = ca(1, top, {})
    const below = (issuer: Minted): readonly Minted[] => {
      const last = ca(2, issuer, {})
      return [leaf({}, last), last, issuer, top]
    }
    expect(judgeIn(store, below(other))).toBe('policy_violation 1')
    expect(judgeIn(store, below(own))).toBe('policy_violation 0')
    expect(judgeIn(store, below(own), null)).toBe('policy_violation 0')
  })
})

describe('inhibitAnyPolicy', () => {
  it('of the caller takes anyPolicy for nothing', () => {
    const inputs: PolicyInputs = { inhibitAnyPolicy: true }
    expect(judge(inputs, [any], [gold])).toBe(' / ')
    expect(judge(inputs, [gold], [any])).toBe(' / ')
    expect(judge(inputs, [gold, any], [gold])).toBe('gold / gold')
    expect(judge({ ...inputs, ...explicit }, [gold], [any])).toBe(refused)
  })

  it('of a CA holds for what is below it, after so many certificates', () => {
    const inhibits = (inhibitAnyPolicy: number): CertificateSpec => ({ certificatePolicies: [gold], inhibitAnyPolicy })
    expect(judge({}, inhibits(0), [any])).toBe(' / ')
    expect(judge({}, inhibits(1), [any])).toBe('gold / gold')
    expect(judge({}, inhibits(1), [any], [any])).toBe(' / ')
    expect(judge({}, inhibits(2), [any], [any])).toBe('gold / gold')
    expect(judge({}, { ...inhibits(0), certificatePolicies: [any] }, [gold])).toBe('gold / gold')
  })

  it('lets self-issued CAs have it, self-issued leaves not', () => {
    const top = ca(0, root, { certificatePolicies: [gold], inhibitAnyPolicy: 0 })
    const own = ca(1, top, { subject: top.subject, certificatePolicies: [any] })
    const other = ca(1, top, { certificatePolicies: [any] })
    expect(judgeIn(store, [leaf({ certificatePolicies: [gold] }, own), own, top])).toBe('gold / gold')
    expect(judgeIn(store, [leaf({ certificatePolicies: [gold] }, other), other, top])).toBe(' / ')
    const selfIssued = leaf({ subject: top.subject, certificatePolicies: [any] }, top)
    expect(judgeIn(store, [selfIssued, top])).toBe(' / ')
  })
})

describe('policyMappings', () => {
  const maps = (...policyMappings: readonly (readonly [string, string])[]): CertificateSpec => ({
    certificatePolicies: [...new Set(policyMappings.map(([from]) => from))],
    policyMappings,
  })

  it.each<readonly [string, readonly Says[], string]>([
    ['lead on', [maps([gold, silver]), [silver]], 'gold / gold'],
    ['lead away', [maps([gold, silver]), [gold]], ' / '],
    ['lead to several', [maps([gold, silver], [gold, bronze]), [bronze]], 'gold / gold'],
    ['lead from several to one', [maps([gold, bronze], [silver, bronze]), [bronze]], 'gold+silver / gold+silver'],
    ['swap', [maps([gold, silver], [silver, gold]), [gold]], 'silver / silver'],
    ['follow one another', [maps([gold, silver]), maps([silver, bronze]), [bronze]], 'gold / gold'],
    [
      'start at what anyPolicy stands for',
      [{ certificatePolicies: [any], policyMappings: [[gold, silver]] }, [silver]],
      'gold / gold',
    ],
    ['start at what nobody has', [{ certificatePolicies: [bronze], policyMappings: [[gold, silver]] }, [silver]], ' / '],
    ['reach anyPolicy below', [maps([gold, silver]), [any]], 'gold / gold'],
  ])('%s', (_what, says, sets) => {
    expect(judge({}, ...says)).toBe(sets)
  })

  it.each([
    ['from', any, gold],
    ['to', gold, any],
  ])('%s anyPolicy are refused', (_what, from, to) => {
    const spec: CertificateSpec = { certificatePolicies: [gold, any], policyMappings: [[from, to]] }
    expect(judge({}, spec, [gold])).toBe('policy_violation 1')
    expect(judgeIn(store, chainOf(root, spec, [gold]), null)).toBe('policy_violation 1')
    // On a leaf they mean nothing.
    expect(judge({}, [gold], { certificatePolicies: [gold], policyMappings: [[from, to]] })).toBe('gold / gold')
  })

  it('are inhibited by the caller, and then take away what they map', () => {
    const inputs: PolicyInputs = { inhibitPolicyMapping: true }
    expect(judge(inputs, maps([gold, silver]), [silver])).toBe(' / ')
    expect(judge(inputs, maps([gold, silver]), [gold])).toBe(' / ')
    const beside: CertificateSpec = { certificatePolicies: [gold, bronze], policyMappings: [[gold, silver]] }
    expect(judge(inputs, beside, [gold, bronze])).toBe('bronze / bronze')
    expect(judge({}, beside, [silver, bronze])).toBe('gold+bronze / gold+bronze')
    expect(judge({ ...inputs, ...explicit }, maps([gold, silver]), [silver])).toBe(refused)
  })

  it('are inhibited by a CA, after so many certificates', () => {
    const inhibits = (inhibitPolicyMapping: number): CertificateSpec => ({
      certificatePolicies: [gold],
      policyConstraints: { inhibitPolicyMapping },
    })
    expect(judge({}, inhibits(0), maps([gold, silver]), [silver])).toBe(' / ')
    expect(judge({}, inhibits(1), maps([gold, silver]), [silver])).toBe('gold / gold')
    expect(judge({}, inhibits(1), [gold], maps([gold, silver]), [silver])).toBe(' / ')
    expect(judge({}, inhibits(2), [gold], maps([gold, silver]), [silver])).toBe('gold / gold')
  })

  it('do not make the graph grow without bound', () => {
    const all = Array.from({ length: 40 }, (_, i) => `1.3.6.1.4.1.99999.4.${i}`)
    const everything: CertificateSpec = {
      certificatePolicies: all,
      policyMappings: all.flatMap((from) => all.map((to) => [from, to] as const)),
    }
    const chain = chainOf(root, everything, everything, everything, all).map(({ der }) => der)
    const options = { certificatePolicies: {} }
    const verdict = verifyChain(store, chain, options)
    expect(verdict.ok && verdict.policies?.authorityConstrained).toHaveLength(40)
    const poor: Policy = { ...presented, budget: { ...presented.budget, nameComparisons: 3000 } }
    expect(verifyChain(storeFor(poor, root), chain, options)).toMatchObject({ code: 'budget_exhausted', index: 0 })
  })

  it.each([0, 1, 2, 3, 4, 5, 6])('stop with a budget of %d, whatever loop that is in', (nameComparisons) => {
    const poor: Policy = { ...presented, budget: { ...presented.budget, nameComparisons } }
    const chain = chainOf(root, maps([gold, silver]), [silver])
    expect(judgeIn(storeFor(poor, root), chain)).toBe(nameComparisons < 6 ? 'budget_exhausted 0' : 'gold / gold')
  })
})

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
  ])('has %s, which count where the policy says so', (_what, spec, says, counted, ignored) => {
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

describe('a pinned leaf, which no CA stands above', () => {
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
