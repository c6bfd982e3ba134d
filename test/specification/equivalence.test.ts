import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from './agreement.ts'
import { everyCall } from './exhaustive.ts'
import { calls } from './generate.ts'

/** `npm run specification` compares as many random calls as you like, or all small infrastructures. */
const count = 5000
const oneIn = 499
const timeout = 300_000

describe('verifyChain and the specification', () => {
  it(
    `agree on ${count} random calls, and on the reason for each rejection`,
    () => {
      let accepted = 0
      fc.assert(
        fc.property(calls, (call) => {
          const { verdict, disagreement } = compare(call)
          if (verdict.ok) accepted++
          if (disagreement !== undefined) throw new Error(disagreement)
        }),
        { numRuns: count },
      )
      // Otherwise most calls fail for reasons that have nothing to do with each other, and little is compared.
      expect(accepted / count).toBeGreaterThanOrEqual(0.25)
    },
    timeout,
  )

  it(
    `agree on one in ${oneIn} of all infrastructures of up to three CAs with one unusual certificate`,
    () => {
      let number = 0
      let compared = 0
      for (const call of everyCall()) {
        if (number++ % oneIn !== 0) continue
        expect(compare(call).disagreement).toBeUndefined()
        compared++
      }
      expect(compared).toBeGreaterThan(900)
    },
    timeout,
  )
})
