import { expect, test } from 'vitest'
import { fuzz } from '../../bench/fuzz/run.ts'

/** A small part of `npm run fuzz`, with the same mutations in every run. */
test('10,000 mutated certificates, lists and texts: none throws, takes too long, or is accepted although altered', () => {
  const { inputs, counts, findings } = fuzz(10_000, 20_260_101)
  expect(findings).toEqual([])
  expect(inputs).toBe(10_000)
  // Enough inputs must get past the parsers, or this proves nothing.
  expect(counts.parsed).toBeGreaterThan(1500)
  expect(counts.built).toBeGreaterThan(1500)
  expect(counts.accepted).toBeGreaterThan(500)
  expect(counts.refused).toBeGreaterThan(5000)
}, 120_000)
