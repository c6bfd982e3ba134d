import { beforeAll, describe, expect, it } from 'vitest'
import { type Counted, counted } from '../support/growth/counted.ts'

/**
 * Work must not grow faster than the input: names that are equal only when folded, runs of combining marks, long OIDs, many of
 * anything. It is counted, not timed, so that the result is the same on every machine. `npm run bench:hostile` has all cases,
 * with times.
 */

let result: Counted
beforeAll(async () => {
  result = await counted('', 21)
}, 300_000)

describe('the work for input of an unknown client', () => {
  it('grows no faster than the input', () => {
    expect(result.counts.length).toBeGreaterThan(100)
    expect(result.counts.filter(({ problem }) => problem !== undefined)).toEqual([])
  })

  it('is counted in a way that shows faster growth', () => {
    const { bad, good } = result.controls
    expect([bad.length, good.length]).toEqual([5, 3])
    expect(bad.filter(({ problem }) => problem === undefined)).toEqual([])
    expect(good.filter(({ problem }) => problem !== undefined)).toEqual([])
  })
})
