import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from './agreement.ts'
import { calls } from './generate.ts'

/** `npm run specification -- COUNT [SEED]` compares as many as you like. */
const count = 1_000

describe('verifyChain and the specification', () => {
  it(`agree on ${count} random calls, and on the reason for each rejection`, () => {
    let judged = 0
    let accepted = 0
    fc.assert(
      fc.property(calls, (call) => {
        const { verdict, disagreement } = compare(call)
        judged++
        if (verdict.ok) accepted++
        if (disagreement !== undefined) throw new Error(disagreement)
      }),
      { numRuns: count },
    )
    // Otherwise most calls fail for reasons that have nothing to do with each other, and little is compared.
    expect(accepted / judged).toBeGreaterThanOrEqual(0.25)
  })
})
