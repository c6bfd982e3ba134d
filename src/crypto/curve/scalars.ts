import { invert } from './lehmer.ts'
import { base, isBelow, type Limbs, limbsOf, subtractLimbs } from './limbs.ts'

/** With more limbs, {@link Scalars.multiply} would not be exact. */
const maxLimbs = 16

/** The integers modulo the order n of a curve. ECDSA computes u1 and u2 with them. */
export class Scalars {
  readonly limbs: number
  readonly order: Limbs
  private readonly rSquared: Limbs
  /** −1/n modulo 2^24. */
  private readonly quotientFactor: number
  private readonly columns: Limbs

  constructor(n: bigint, limbs: number) {
    if (limbs > maxLimbs) throw new RangeError('too many limbs')
    const r = 1n << BigInt(24 * limbs)
    this.limbs = limbs
    this.order = limbsOf(n, limbs)
    this.rSquared = limbsOf((r * r) % n, limbs)
    this.quotientFactor = Number(inverseOfPowerOfTwo(n))
    this.columns = new Float64Array(limbs)
  }

  /** u1 = e / s and u2 = r / s. s must not be 0. */
  divide(u1: Limbs, u2: Limbs, e: Limbs, r: Limbs, s: Limbs): void {
    invert(u2, s, this.order)
    this.multiply(u2, u2, this.rSquared)
    this.multiply(u1, u2, e)
    this.multiply(u2, u2, r)
  }

  /**
   * out = a·b/R modulo n, and below n if b is below n. Montgomery multiplication, one limb of a at a time. A column is the sum
   * of two products below (2^24 − 1)² per limb and a carry below 2^29. This must stay below 2^53.
   */
  private multiply(out: Limbs, a: Limbs, b: Limbs): void {
    const { limbs, order, columns, quotientFactor } = this
    columns.fill(0)
    for (let i = 0; i < limbs; i++) {
      const limb = a[i]!
      const lowest = columns[0]! + limb * b[0]!
      const product = (lowest - Math.floor(lowest / base) * base) * quotientFactor
      const quotient = product - Math.floor(product / base) * base
      for (let j = 1; j < limbs; j++) columns[j - 1] = columns[j]! + limb * b[j]! + quotient * order[j]!
      columns[limbs - 1] = 0
      columns[0]! += (lowest + quotient * order[0]!) / base
    }
    let carry = 0
    for (let i = 0; i < limbs - 1; i++) {
      const column = columns[i]! + carry
      carry = Math.floor(column / base)
      out[i] = column - carry * base
    }
    // The result may be up to 2n here, one bit more than fits the limbs.
    out[limbs - 1] = columns[limbs - 1]! + carry
    if (!isBelow(out, order)) subtractLimbs(out, out, order)
  }
}

/** −1/n modulo 2^24 for odd n, by Newton's iteration. */
function inverseOfPowerOfTwo(n: bigint): bigint {
  let inverse = 1n
  for (let i = 0; i < 5; i++) inverse = BigInt.asUintN(24, inverse * (2n - n * inverse))
  return BigInt.asUintN(24, -inverse)
}

/**
 * Signed digits of a scalar, lowest first. They halve the size of tables, because negating a point is free. The scalar is
 * Σ digit[i] · 2^(width · i), or Σ digit[i] · 2^i in non-adjacent form.
 */

/** Digits of a fixed width, from −2^(width − 1) + 1 to 2^(width − 1). `out` must have room for the last carry. */
export function fixedDigits(out: Int16Array, scalar: Limbs, width: number): void {
  const full = 2 ** width
  let carry = 0
  for (let i = 0; i < out.length; i++) {
    const digit = bitsAt(scalar, i * width, width) + carry
    carry = digit > full / 2 ? 1 : 0
    out[i] = digit - carry * full
  }
}

/** Width-w non-adjacent form: odd digits of size below 2^(width − 1), separated by at least width − 1 zeros. */
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

/** Up to 24 bits from a position. Bits beyond the highest limb are zero. */
function bitsAt(scalar: Limbs, position: number, count: number): number {
  const limb = Math.floor(position / 24)
  const offset = position - 24 * limb
  const low = limb < scalar.length ? scalar[limb]! : 0
  const high = limb + 1 < scalar.length ? scalar[limb + 1]! : 0
  return ((low >>> offset) | (high << (24 - offset))) & (2 ** count - 1)
}
