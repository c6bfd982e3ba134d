import { expect, test } from 'vitest'
import { fuzzOperations } from '../../bench/fuzz-curves/operations.ts'
import { fuzzSignatures } from '../../bench/fuzz-curves/signatures.ts'

/** A small part of `npm run fuzz:curves`, the same in every run. */
const seed = 20_260_101

test('16,000 field operations at the bounds of their operands are what BigInt says', () => {
  const { counts, findings } = fuzzOperations(16_000, seed)
  expect(findings).toEqual([])
  for (const [operation, count] of Object.entries(counts)) expect(count, operation).toBeGreaterThan(50)
})

test('2,000 signatures, half of them bent, are what OpenSSL and noble say, with tables and without', () => {
  const { counts, findings } = fuzzSignatures(2000, seed)
  expect(findings).toEqual([])
  expect(counts).toMatchObject({ 'P-256': 1500, 'P-384': 500, noble: 20 })
  // Genuine ones, and those with the other s.
  expect(counts.accepted).toBeGreaterThan(750)
  expect(counts.refused).toBeGreaterThan(900)
})
