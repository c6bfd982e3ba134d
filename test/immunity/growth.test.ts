import { beforeAll, describe, expect, it } from 'vitest'
import { type Counted, counted } from '../support/growth/counted.ts'

/**
 * Work that grows faster than the input: names that are equal only when folded, runs of combining marks, long OIDs, many of anything.
 * The work is counted, not timed, so that the answer is the same on every machine. `npm run bench:hostile` has all cases, with times.
 */

let result: Counted
beforeAll(async () => {
  result = await counted('', 21)
}, 300_000)

describe('what a stranger can send more of', () => {
  it('costs no more than in proportion', () => {
    expect(result.counts.length).toBeGreaterThan(100)
    expect(result.counts.filter(({ problem }) => problem !== undefined)).toEqual([])
  })

  it('is counted so that work which grows faster would show', () => {
    const { bad, good } = result.controls
    expect([bad.length, good.length]).toEqual([5, 3])
    expect(bad.filter(({ problem }) => problem === undefined)).toEqual([])
    expect(good.filter(({ problem }) => problem !== undefined)).toEqual([])
  })
})
