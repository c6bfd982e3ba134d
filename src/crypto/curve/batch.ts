import { type Accumulator, scaleToAffine } from './accumulator.ts'
import type { Field } from './field.ts'
import type { Limbs } from './limbs.ts'

/** Points collected to be made affine together: one inversion for all of them (Montgomery's trick). */
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

  /** Hands out the points' affine coordinates, last one first, and is empty again. None may be undefined. */
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
