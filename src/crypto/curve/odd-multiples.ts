import { type Accumulator, Batch } from './accumulator.ts'
import type { Group } from './group.ts'
import type { Limbs } from './limbs.ts'
import { nonAdjacentDigits } from './scalars.ts'

/**
 * The multiples P, 3P, 5P … of a point, for scalars in non-adjacent form. They are computed in microseconds, which suits keys
 * that are used rarely.
 */
export class OddMultiples {
  private readonly group: Group
  private readonly width: number
  private readonly points: readonly (readonly [x: Limbs, y: Limbs])[]
  private readonly digits: Int16Array
  private readonly batch: Batch

  constructor(group: Group, width: number) {
    const { field, bytes } = group
    const limbs = (): Limbs => new Float64Array(field.limbs)
    this.group = group
    this.width = width
    this.points = Array.from({ length: 2 ** (width - 2) }, () => [limbs(), limbs()] as const)
    this.digits = new Int16Array(8 * bytes + 1)
    this.batch = new Batch(field, this.points.length)
  }

  setPoint(x: Limbs, y: Limbs): void {
    const { batch, points, group } = this
    const { sum, x: twiceX, y: twiceY } = group.scratch
    sum.setAffine(x, y)
    sum.double()
    sum.toAffine(twiceX, twiceY)
    sum.setAffine(x, y)
    for (let i = 0; i < points.length; i++) {
      if (i > 0) sum.add(twiceX, twiceY)
      batch.add(sum)
    }
    batch.drain((i, affineX, affineY) => {
      points[i]![0].set(affineX)
      points[i]![1].set(affineY)
    })
  }

  /** Computes the digits of a scalar, for `addDigit`. */
  setScalar(scalar: Limbs): void {
    nonAdjacentDigits(this.digits, scalar, this.width)
  }

  /** Adds digit[i] · P to `sum`. */
  addDigit(sum: Accumulator, i: number): void {
    const digit = this.digits[i]!
    if (digit === 0) return
    const [x, y] = this.points[Math.abs(digit) >> 1]!
    if (digit > 0) {
      sum.add(x, y)
      return
    }
    const { y: negative } = this.group.scratch
    for (let k = 0; k < y.length; k++) negative[k] = -y[k]!
    sum.add(x, negative)
  }
}
