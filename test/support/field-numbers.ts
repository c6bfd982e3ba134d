import type { Limbs } from '../../src/crypto/curve/limbs.ts'

/** Numbers in signed limbs, for tests of the kernels: made at the ends of bounds, and read back without rounding. */

export function numberOf(limbs: ArrayLike<number>): bigint {
  let value = 0n
  for (let i = limbs.length - 1; i >= 0; i--) value = (value << 24n) + BigInt(limbs[i]!)
  return value
}

/** A number in normal limbs: from −2^23 to 2^23, and whatever is left in the highest. */
export function balancedLimbs(value: bigint, limbs: number): Limbs {
  const out = new Float64Array(limbs)
  let rest = value
  for (let i = 0; i < limbs - 1; i++) {
    const limb = BigInt.asIntN(24, rest)
    out[i] = Number(limb)
    rest = (rest - limb) >> 24n
  }
  out[limbs - 1] = Number(rest)
  return out
}

/** Which limbs are at their lower end, and which are 0. */
type Signs = (limb: number) => -1 | 0 | 1

export function kernelInput(limits: ArrayLike<number>, sign: Signs): Limbs {
  return Float64Array.from({ length: limits.length }, (_, i) => sign(i) * limits[i]!)
}

/**
 * Combinations of signs for so many inputs: all the same, alternating, in blocks, only the lowest or the highest limb. Sums
 * are longest where all products of a column have one sign, which all the same and alternating ones reach.
 */
export function signPatterns(inputs: number, limbs: number): readonly (readonly Signs[])[] {
  const patterns: readonly Signs[] = [
    () => 1,
    () => -1,
    (i) => (i % 2 === 0 ? 1 : -1),
    (i) => (i % 3 === 0 ? -1 : 1),
    (i) => (i < limbs / 2 ? 1 : -1),
    (i) => (i === 0 ? 1 : 0),
    (i) => (i === limbs - 1 ? -1 : 0),
  ]
  let combinations: (readonly Signs[])[] = [[]]
  for (let i = 0; i < inputs; i++) combinations = combinations.flatMap((some) => patterns.map((pattern) => [...some, pattern]))
  return combinations
}
