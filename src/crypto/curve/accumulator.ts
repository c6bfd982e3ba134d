import type { Field } from './field.ts'
import type { Limbs } from './limbs.ts'

/** Sums of points, and their affine coordinates. */

/**
 * The quick part of the test whether a difference is 0 modulo p. The lowest limb of k·p is −k for small k, because p is −1
 * modulo 2^24. So a larger lowest limb means that the difference is not 0. |k| is at most 2 in the formulas below, as
 * test/unit/crypto/curve/bounds.test.ts proves.
 */
export const maxMultiple = 8

/**
 * A point in the coordinates (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ and ZZ³ = ZZZ², for curves with a = −3. These are the
 * coordinates with the cheapest known addition of an affine point (Explicit-Formulas Database, short Weierstrass, xyzz).
 *
 * The addition formula requires two different x-coordinates. Equal ones never occur by chance, but a signature can be made to
 * cause them. So they are detected, and every sum is correct. An empty accumulator is the point at infinity. No point is its
 * own inverse, because these curves have odd order.
 */
export class Accumulator {
  readonly x: Limbs
  readonly y: Limbs
  readonly zz: Limbs
  readonly zzz: Limbs
  isEmpty = true
  private readonly field: Field
  private readonly p: Limbs
  private readonly r: Limbs
  private readonly pp: Limbs
  private readonly ppp: Limbs
  private readonly q: Limbs

  constructor(field: Field) {
    const limbs = (): Limbs => new Float64Array(field.limbs)
    this.field = field
    this.x = limbs()
    this.y = limbs()
    this.zz = limbs()
    this.zzz = limbs()
    this.p = limbs()
    this.r = limbs()
    this.pp = limbs()
    this.ppp = limbs()
    this.q = limbs()
  }

  clear(): void {
    this.isEmpty = true
  }

  setAffine(x: Limbs, y: Limbs): void {
    this.x.set(x)
    this.y.set(y)
    this.zz.set(this.field.one)
    this.zzz.set(this.field.one)
    this.isEmpty = false
  }

  /** Adds an affine point (madd-2008-s: 8 multiplications, 2 squarings). */
  add(x2: Limbs, y2: Limbs): void {
    if (this.isEmpty) {
      this.setAffine(x2, y2)
      return
    }
    const { x, y, zz, zzz, p, r, pp, ppp, q, field } = this
    field.multiplySubtract(p, x2, zz, x)
    field.multiplySubtract(r, y2, zzz, y)
    if (Math.abs(p[0]!) <= maxMultiple && field.isZero(p, pp)) {
      if (field.isZero(r, pp)) this.double()
      else this.clear()
      return
    }
    field.square(pp, p)
    field.multiply(ppp, p, pp)
    field.multiply(q, x, pp)
    field.squareSubtract(x, r, ppp, q)
    field.multiply(y, y, ppp)
    field.subtract(q, q, x)
    field.multiplySubtract(y, r, q, y)
    field.multiply(zz, zz, pp)
    field.multiply(zzz, zzz, ppp)
  }

  /** Doubles the point (dbl-2008-s-1 with a = −3: 3X² + a·ZZ² = 3(X − ZZ)(X + ZZ)). */
  double(): void {
    if (this.isEmpty) return
    const { x, y, zz, zzz, p: u, r: m, pp: v, ppp: w, q: s, field } = this
    field.add(u, y, y)
    field.square(v, u)
    field.multiply(w, u, v)
    field.multiply(s, x, v)
    field.subtract(u, x, zz)
    field.tripleSum(m, x, zz)
    field.multiply(m, u, m)
    field.squareSubtract(x, m, field.zero, s)
    field.multiply(y, w, y)
    field.subtract(s, s, x)
    field.multiplySubtract(y, m, s, y)
    field.multiply(zz, v, zz)
    field.multiply(zzz, w, zzz)
  }

  /** Sets x and y to the affine coordinates. The point must not be at infinity. */
  toAffine(x: Limbs, y: Limbs): void {
    const { field, zz, zzz, p: inverse, r: scale } = this
    field.invert(inverse, zzz)
    scaleToAffine(field, x, y, this.x, this.y, zz, inverse, scale)
  }
}

/** Computes x = X/ZZ and y = Y/ZZZ from 1/ZZZ, using 1/ZZ = (ZZ/ZZZ)². */
export function scaleToAffine(
  field: Field,
  x: Limbs,
  y: Limbs,
  fromX: Limbs,
  fromY: Limbs,
  zz: Limbs,
  inverseZzz: Limbs,
  scratch: Limbs,
): void {
  field.multiply(scratch, zz, inverseZzz)
  field.square(scratch, scratch)
  field.multiply(x, fromX, scratch)
  field.multiply(y, fromY, inverseZzz)
}

/** Makes several points affine with a single inversion (Montgomery's trick). */
export class Batch {
  readonly size: number
  count = 0
  private readonly field: Field
  private readonly points: readonly (readonly [x: Limbs, y: Limbs, zz: Limbs, zzz: Limbs, product: Limbs])[]
  private readonly inverse: Limbs
  private readonly own: Limbs
  private readonly scratch: Limbs

  constructor(field: Field, size: number) {
    const limbs = (): Limbs => new Float64Array(field.limbs)
    this.size = size
    this.field = field
    this.points = Array.from({ length: size }, () => [limbs(), limbs(), limbs(), limbs(), limbs()] as const)
    this.inverse = limbs()
    this.own = limbs()
    this.scratch = limbs()
  }

  add(point: Accumulator): void {
    const [x, y, zz, zzz, product] = this.points[this.count]!
    x.set(point.x)
    y.set(point.y)
    zz.set(point.zz)
    zzz.set(point.zzz)
    if (this.count === 0) product.set(zzz)
    else this.field.multiply(product, this.points[this.count - 1]![4], zzz)
    this.count++
  }

  /** Calls `take` with the affine coordinates of each point, in reverse order, and empties the batch. */
  drain(take: (index: number, x: Limbs, y: Limbs) => void): void {
    const { field, points, inverse, own, scratch } = this
    if (this.count === 0) return
    field.invert(inverse, points[this.count - 1]![4])
    for (let i = this.count - 1; i >= 0; i--) {
      const [x, y, zz, zzz] = points[i]!
      if (i === 0) own.set(inverse)
      else {
        field.multiply(own, inverse, points[i - 1]![4])
        field.multiply(inverse, inverse, zzz)
      }
      scaleToAffine(field, x, y, x, y, zz, own, scratch)
      take(i, x, y)
    }
    this.count = 0
  }
}
