import { millisecondsOf } from '../refusal.ts'

/** The fewest milliseconds of several runs, each with everything set up anew. */
export function leastOf(runs: number, setUp: () => () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) least = Math.min(least, millisecondsOf(setUp()))
  return least
}
