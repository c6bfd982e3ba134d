import { expect, test } from 'vitest'
import { fuzz } from '../../bench/fuzz/run.ts'

/** A small part of `npm run fuzz`, with mutations that are the same in every run. */
test('10,000 mutated certificates, lists and texts: no throw, no slow call, no altered certificate accepted', () => {
  const { inputs, counts, findings } = fuzz(10_000, 20_260_101)
  expect(findings).toEqual([])
  expect(inputs).toBe(10_000)
  // The inputs must get somewhere, or they show nothing.
  expect(counts.parsed).toBeGreaterThan(1500)
  expect(counts.built).toBeGreaterThan(1500)
  expect(counts.accepted).toBeGreaterThan(500)
  expect(counts.refused).toBeGreaterThan(5000)
}, 120_000)
