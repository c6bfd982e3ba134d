import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, type Truststore, type Verdict, verifyChain } from '../../src/index.ts'
import { infrastructures, inOrder, mintInfrastructure, order } from '../support/infrastructure.ts'
import type { Minted } from '../support/mint.ts'
import { toySignatures } from '../support/toy-signatures.ts'

function build(certificates: readonly Minted[], policy: Policy): Truststore {
  return buildTruststore(
    certificates.map(({ der }) => der),
    { policy, signatures: toySignatures },
  )
}

function essence(verdict: Verdict): string {
  return verdict.ok ? 'ok' : verdict.code
}

describe('order does not matter', () => {
  it.each([
    ['roots', profiles.apiGateway],
    ['every CA', { ...profiles.apiGateway, trust: 'every-ca' as const }],
  ])('of the entries of a bundle, trusting %s: it changes the fingerprint, but no verdict', (_, policy) => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(infrastructures, order, (infrastructure, places) => {
        const { authorities, leaf } = mintInfrastructure(infrastructure)
        const one = build(authorities, policy)
        const two = build(inOrder(authorities, places), policy)
        const verdict = essence(verifyChain(one, leaf.der))
        seen.add(verdict)
        expect(essence(verifyChain(two, leaf.der))).toBe(verdict)
        const prints = one.certificates.map(({ fingerprint }) => fingerprint)
        const otherPrints = two.certificates.map(({ fingerprint }) => fingerprint)
        expect([...otherPrints].sort()).toEqual([...prints].sort())
        expect(two.fingerprint === one.fingerprint).toBe(prints.join() === otherPrints.join())
      }),
      { numRuns: 300 },
    )
    // Otherwise the infrastructures are too simple to prove anything.
    expect([...seen]).toContain('ok')
    expect(seen.size).toBeGreaterThan(4)
  })

  it('of the certificates that the peer presents after the leaf', () => {
    const seen = new Set<string>()
    const policy: Policy = { ...profiles.rfc5280, conformance: 'practical' }
    fc.assert(
      fc.property(infrastructures, order, (infrastructure, places) => {
        const { authorities, leaf } = mintInfrastructure(infrastructure)
        const store = build(authorities.slice(0, 1), policy)
        const rest = authorities.slice(1)
        const [one, two] = [rest, inOrder(rest, places)].map((sent) =>
          essence(
            verifyChain(
              store,
              [leaf, ...sent].map(({ der }) => der),
            ),
          ),
        )
        seen.add(one!)
        expect(two).toBe(one)
      }),
      { numRuns: 500 },
    )
    expect([...seen]).toContain('ok')
    expect(seen.size).toBeGreaterThan(4)
  })
})
