import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, type Verdict, verifyChain } from '../../src/index.ts'
import { type ChainRecipe, chainRecipe, describeChain, mintChain } from '../support/arbitraries.ts'
import type { Minted } from '../support/mint.ts'

/** `practical`, because generated chains need not follow RFC 5280's rules for issuers. */
const rfc5280: Policy = { ...profiles.rfc5280, conformance: 'practical' }

function expectAccepted(verdict: Verdict, chain: readonly Minted[]): void {
  if (!verdict.ok) throw new Error(`${verdict.code}: ${verdict.message}\n${describeChain(chain)}`)
  expect(verdict.path.map(({ raw }) => Buffer.from(raw).toString('hex'))).toEqual(
    [...chain].reverse().map(({ der }) => Buffer.from(der).toString('hex')),
  )
}

describe('a valid chain is', () => {
  it('accepted with every CA in the truststore, by profiles.apiGateway', () => {
    fc.assert(
      fc.property(chainRecipe, (recipe: ChainRecipe) => {
        const chain = mintChain(recipe)
        const store = buildTruststore(chain.slice(0, -1).map(({ der }) => der))
        expectAccepted(verifyChain(store, chain.at(-1)!.der), chain)
      }),
      { numRuns: 80 },
    )
  })

  it('accepted with the root in the truststore and presented intermediates, by profiles.rfc5280', () => {
    fc.assert(
      fc.property(chainRecipe, (recipe: ChainRecipe) => {
        const chain = mintChain(recipe)
        const store = buildTruststore(chain[0]!.pem, { policy: rfc5280 })
        const presented = [chain.at(-1)!, ...chain.slice(1, -1)].map(({ der }) => der)
        expectAccepted(verifyChain(store, presented), chain)
      }),
      { numRuns: 80 },
    )
  })

  it('rejected if it is one certificate longer than the policy allows', () => {
    fc.assert(
      fc.property(chainRecipe, (recipe: ChainRecipe) => {
        const chain = mintChain(recipe)
        const policy = { ...profiles.apiGateway, maxChainLength: chain.length - 2 }
        const store = buildTruststore(
          chain.slice(0, -1).map(({ der }) => der),
          { policy },
        )
        expect(verifyChain(store, chain.at(-1)!.der)).toMatchObject({ ok: false, code: 'chain_too_long' })
      }),
      { numRuns: 25 },
    )
  })
})
