import { expect, test } from 'vitest'
import { fuzzOperations } from '../../bench/fuzz-curves/operations.ts'
import { fuzzSignatures } from '../../bench/fuzz-curves/signatures.ts'
import { curveNames } from '../../src/crypto/curve/curves.ts'

/** A small part of `npm run fuzz:curves`, the same in every run. */
const seed = 20_260_101

test('16,000 field operations at the bounds of their operands give the same results as BigInt', () => {
  const { counts, findings } = fuzzOperations(16_000, seed)
  expect(findings).toEqual([])
  for (const [operation, count] of Object.entries(counts)) expect(count, operation).toBeGreaterThan(50)
})

test('2,000 signatures, half of them altered, get the verdicts of OpenSSL and noble, with tables and without', () => {
  const { counts, findings } = fuzzSignatures(2000, seed)
  expect(findings).toEqual([])
  for (const curve of curveNames) expect(counts[curve], curve).toBeGreaterThanOrEqual(400)
  expect(counts.noble).toBeGreaterThanOrEqual(20)
  // The genuine signatures, and altered ones with n − s, which are valid.
  expect(counts.accepted).toBeGreaterThan(750)
  expect(counts.refused).toBeGreaterThan(900)
})
