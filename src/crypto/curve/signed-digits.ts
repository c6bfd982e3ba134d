import type { Limbs } from './limbs.ts'

/**
 * Scalars as signed digits, which halve the tables: a point is negated for nothing. Digits are lowest first; the scalar is
 * Σ digit[i] · 2^(width · i), or Σ digit[i] · 2^i in non-adjacent form.
 */

/** Digits of a fixed width from −2^(width − 1) + 1 to 2^(width − 1); there are enough of them for the last carry. */
export function fixedDigits(out: Int16Array, scalar: Limbs, width: number): void {
  const full = 2 ** width
  let carry = 0
  for (let i = 0; i < out.length; i++) {
    const digit = bitsAt(scalar, i * width, width) + carry
    carry = digit > full / 2 ? 1 : 0
    out[i] = digit - carry * full
  }
}

/** Width-w non-adjacent form: odd digits below 2^(width − 1) in size, at least width − 1 zeros between them. */
export function nonAdjacentDigits(out: Int16Array, scalar: Limbs, width: number): void {
  const full = 2 ** width
  out.fill(0)
  let carry = 0
  for (let i = 0; i < out.length; ) {
    if ((bitsAt(scalar, i, 1) ^ carry) === 0) {
      i++
      continue
    }
    const digit = bitsAt(scalar, i, width) + carry
    carry = digit > full / 2 ? 1 : 0
    out[i] = digit - carry * full
    i += width
  }
}

/** Up to 24 bits from a position; beyond the highest limb there are zeros. */
function bitsAt(scalar: Limbs, position: number, count: number): number {
  const limb = Math.floor(position / 24)
  const offset = position - 24 * limb
  const low = limb < scalar.length ? scalar[limb]! : 0
  const high = limb + 1 < scalar.length ? scalar[limb + 1]! : 0
  return ((low >>> offset) | (high << (24 - offset))) & (2 ** count - 1)
}
