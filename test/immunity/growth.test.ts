import { describe, expect, it } from 'vitest'
import { growingCases, shareOf } from '../support/growth/cases.ts'
import { countOf } from '../support/growth/count.ts'

/**
 * Work that grows faster than the input: names that are equal only when folded, runs of combining marks, long OIDs, many of anything.
 * The work is counted, not timed, so that the answer is the same on every machine. `npm run bench:hostile` has all cases, with times.
 */

const cases = shareOf(growingCases, 45)

describe('what a stranger can send more of', () => {
  it('is in every place where bytes are looked at twice', () => {
    expect(growingCases.length).toBeGreaterThan(2000)
    expect(cases.length).toBeGreaterThan(60)
  })

  it.each(cases.map((growing) => [growing.name, growing] as const))('%s: costs no more than in proportion', (_name, growing) => {
    expect(countOf(growing).problem).toBeUndefined()
  })
})
