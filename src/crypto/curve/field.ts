import { invert } from './lehmer.ts'
import { base, type Limbs, limbsOf, rounder } from './limbs.ts'

/** The generated functions of a prime field. `out` may be one of the inputs. */
export interface FieldKernels {
  readonly limbs: number
  /** Base-2^24 digits of Montgomery's R. */
  readonly digits: number
  /** a·b − c */
  multiplySubtract(out: Limbs, a: Limbs, b: Limbs, c: Limbs): void
  /** a² − b − 2c. Only generated if the speed is worth the size. */
  readonly squareSubtract?: ((out: Limbs, a: Limbs, b: Limbs, c: Limbs) => void) | undefined
}

/** The integers modulo p, in Montgomery form. */
export class Field {
  readonly limbs: number
  /** Base-2^24 digits of Montgomery's R. */
  readonly digits: number
  readonly zero: Limbs
  readonly one: Limbs
  readonly prime: Limbs
  private readonly kernels: FieldKernels
  private readonly plainOne: Limbs
  private readonly work: Limbs
  private readonly rSquared: Limbs

  constructor(kernels: FieldKernels, p: bigint) {
    const { limbs } = kernels
    const r = 1n << BigInt(24 * kernels.digits)
    this.limbs = limbs
    this.digits = kernels.digits
    // Without this own property, a `squareSubtract` on `Object.prototype` would be used.
    this.kernels = { squareSubtract: undefined, ...kernels }
    this.zero = new Float64Array(limbs)
    this.one = limbsOf(r % p, limbs)
    this.prime = limbsOf(p, limbs)
    this.plainOne = limbsOf(1n, limbs)
    this.work = new Float64Array(limbs)
    this.rSquared = limbsOf((r * r) % p, limbs)
  }

  multiply(out: Limbs, a: Limbs, b: Limbs): void {
    this.kernels.multiplySubtract(out, a, b, this.zero)
  }

  square(out: Limbs, a: Limbs): void {
    const { kernels, zero } = this
    if (kernels.squareSubtract === undefined) kernels.multiplySubtract(out, a, a, zero)
    else kernels.squareSubtract(out, a, zero, zero)
  }

  /** a·b − c */
  multiplySubtract(out: Limbs, a: Limbs, b: Limbs, c: Limbs): void {
    this.kernels.multiplySubtract(out, a, b, c)
  }

  /** a² − b − 2c */
  squareSubtract(out: Limbs, a: Limbs, b: Limbs, c: Limbs): void {
    const { kernels, work } = this
    if (kernels.squareSubtract !== undefined) {
      kernels.squareSubtract(out, a, b, c)
      return
    }
    for (let i = 0; i < work.length; i++) work[i] = b[i]! + 2 * c[i]!
    kernels.multiplySubtract(out, a, a, work)
  }

  /** a + b without carries. Use the result only as a factor. */
  add(out: Limbs, a: Limbs, b: Limbs): void {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! + b[i]!
  }

  /** a − b without carries. Use the result only as a factor. */
  subtract(out: Limbs, a: Limbs, b: Limbs): void {
    for (let i = 0; i < out.length; i++) out[i] = a[i]! - b[i]!
  }

  /** 3(a + b) with normal limbs. */
  tripleSum(out: Limbs, a: Limbs, b: Limbs): void {
    const last = out.length - 1
    let carry = 0
    for (let i = 0; i < last; i++) {
      const limb = 3 * (a[i]! + b[i]!) + carry
      const high = limb + rounder - rounder
      out[i] = limb - high
      carry = high / base
    }
    out[last] = 3 * (a[last]! + b[last]!) + carry
  }

  /** Converts a plain number to Montgomery form. */
  enter(out: Limbs, plain: Limbs): void {
    this.multiply(out, plain, this.rSquared)
  }

  /** Whether a ≡ 0 modulo p. a/R is between −p and p, where 0 is the only multiple of p, and all limbs of 0 are zero. */
  isZero(a: Limbs, scratch: Limbs): boolean {
    this.multiply(scratch, a, this.plainOne)
    for (let i = 0; i < scratch.length; i++) if (scratch[i] !== 0) return false
    return true
  }

  /** 1 / a. a must not be 0. */
  invert(out: Limbs, a: Limbs): void {
    this.multiply(out, a, this.plainOne)
    if (!carryUpwards(out)) {
      for (let i = 0; i < out.length; i++) out[i]! += this.prime[i]!
      carryUpwards(out)
    }
    invert(out, out, this.prime)
    this.enter(out, out)
  }
}

/**
 * Carries, so that all limbs but the highest are from 0 to 2^24 − 1. The highest is negative if the number is.
 *
 * @returns whether the number is not negative
 */
function carryUpwards(a: Limbs): boolean {
  const last = a.length - 1
  let carry = 0
  for (let i = 0; i < last; i++) {
    const limb = a[i]! + carry
    carry = Math.floor(limb / base)
    a[i] = limb - carry * base
  }
  a[last]! += carry
  return a[last]! >= 0
}
