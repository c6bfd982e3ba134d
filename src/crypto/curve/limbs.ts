import type { Span } from '../../bytes/span.ts'

/**
 * A number in limbs of 24 bits, lowest first. Scalars have limbs from 0 to 2^24 − 1. Field elements have signed limbs and are
 * in Montgomery form; see tools/kernels/plan.ts.
 */
export type Limbs = Float64Array

/** The base of the limbs. */
export const base: number = 2 ** 24

/**
 * Adding this number and subtracting it again rounds a double below 2^75 to a multiple of 2^24, because that is the weight of
 * the sum's last bit.
 */
export const rounder: number = 1.5 * 2 ** 76

export function limbsOf(value: bigint, limbs: number): Limbs {
  const out = new Float64Array(limbs)
  writeBigint(out, value)
  return out
}

/** Sets limbs to a number, which must fit. */
export function writeBigint(out: Limbs, value: bigint): void {
  for (let i = 0; i < out.length; i++) out[i] = Number((value >> BigInt(24 * i)) & 0xffffffn)
}

export function bigintOf(limbs: Limbs): bigint {
  let value = 0n
  for (let i = limbs.length - 1; i >= 0; i--) value = value * 0x1000000n + BigInt(limbs[i]!)
  return value
}

/** Reads a big-endian number, which must fit. */
export function readLimbs(out: Limbs, { bytes, start, end }: Span): void {
  let at = end
  for (let i = 0; i < out.length; i++, at -= 3) {
    const low = at > start ? bytes[at - 1]! : 0
    const middle = at - 1 > start ? bytes[at - 2]! : 0
    const high = at - 2 > start ? bytes[at - 3]! : 0
    out[i] = low + middle * 256 + high * 65536
  }
}

/** Whether a < b, with limbs from 0 to 2^24 − 1. */
export function isBelow(a: Limbs, b: Limbs): boolean {
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return a[i]! < b[i]!
  return false
}

/** out = a − b for a ≥ b, with limbs from 0 to 2^24 − 1. The highest limb of a may be larger. */
export function subtractLimbs(out: Limbs, a: Limbs, b: Limbs): void {
  let borrow = 0
  for (let i = 0; i < out.length; i++) {
    const limb = a[i]! - b[i]! - borrow
    borrow = limb < 0 ? 1 : 0
    out[i] = limb + borrow * base
  }
}
