import type { Field } from './field.ts'
import type { Limbs } from './limbs.ts'

/**
 * A point in the coordinates (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ, ZZ³ = ZZZ²: of those known the ones with the cheapest
 * addition of an affine point (Explicit-Formulas Database, short Weierstrass, xyzz). For curves with a = −3.
 *
 * The formulas are not complete. Where points are equal or opposite that they take for different ones, ZZ becomes 0, and
 * stays 0 whatever follows: who asks for the result finds it undefined and computes it another way.
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
    const { kernels } = field
    kernels.multiplySubtract(p, x2, zz, x)
    kernels.multiplySubtract(r, y2, zzz, y)
    field.square(pp, p)
    field.multiply(ppp, p, pp)
    field.multiply(q, x, pp)
    kernels.squareSubtract(x, r, ppp, q)
    field.subtract(q, q, x)
    kernels.multiplyDifference(y, r, q, y, ppp)
    field.multiply(zz, zz, pp)
    field.multiply(zzz, zzz, ppp)
  }

  /** Doubles the point (dbl-2008-s-1 with a = −3: 3X² + a·ZZ² = 3(X − ZZ)(X + ZZ)). */
  double(): void {
    if (this.isEmpty) return
    const { x, y, zz, zzz, p: u, r: m, pp: v, ppp: w, q: s, field } = this
    const { kernels } = field
    field.add(u, y, y)
    field.square(v, u)
    field.multiply(w, u, v)
    field.multiply(s, x, v)
    field.subtract(u, x, zz)
    field.add(m, x, zz)
    field.multiply(m, u, m)
    field.triple(m, m)
    kernels.squareSubtract(x, m, field.zero, s)
    field.subtract(s, s, x)
    kernels.multiplyDifference(y, m, s, w, y)
    field.multiply(zz, v, zz)
    field.multiply(zzz, w, zzz)
  }

  /** The affine coordinates of a point that is not undefined. */
  toAffine(x: Limbs, y: Limbs): void {
    const { field, zz, zzz, p: inverse, r: scale } = this
    field.invert(inverse, zzz)
    scaleToAffine(field, x, y, this.x, this.y, zz, inverse, scale)
  }
}

/** x = X/ZZ and y = Y/ZZZ from 1/ZZZ, since 1/ZZ = (ZZ/ZZZ)². */
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
