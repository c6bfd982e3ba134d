import { describe, expect, it } from 'vitest'
import { type Policy, type PolicyInputs, verifyChain } from '../../../src/index.ts'
import type { CertificateSpec, Minted } from '../../support/mint.ts'
import {
  any,
  bronze,
  ca,
  chainOf,
  explicit,
  gold,
  judgeIn,
  refused,
  type Says,
  silver,
  store,
} from '../../support/policy-chains.ts'
import { leaf, presented, root, storeFor } from '../../support/rejected-chain.ts'

/** Certificate policies: RFC 5280 6.1 on the graph of RFC 9618. */

const judge = (inputs: PolicyInputs, ...says: readonly Says[]): string => judgeIn(store, chainOf(root, ...says), inputs)

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

  it('are reported only on request', () => {
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

  it('applies even if the caller requires nothing', () => {
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

  it('does not apply to self-issued CAs, but to self-issued leaves', () => {
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

  it('are inhibited by the caller, which removes the policies that they map', () => {
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
