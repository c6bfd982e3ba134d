import { FixedTable } from './fixed-table.ts'
import type { Group } from './group.ts'
import type { Limbs } from './limbs.ts'
import { OddMultiples } from './odd-multiples.ts'

/** A point that scalars are multiplied with, now and then or often. */
export interface FixedPoint {
  /** Made when the point is in frequent use; of use when complete. */
  readonly table: FixedTable | undefined
  /** What multiplies it until then. */
  oddMultiples(): OddMultiples
}

/** Sets sum to Σ scalar · point: tables need no doublings, and all points without one share theirs. */
export function sumOfProducts(group: Group, products: readonly (readonly [FixedPoint, Limbs])[]): void {
  const { sum } = group.scratch
  const slow: OddMultiples[] = []
  for (const [point, scalar] of products) {
    if (point.table?.isComplete === true) continue
    const multiples = point.oddMultiples()
    multiples.setScalar(scalar)
    slow.push(multiples)
  }
  sum.clear()
  if (slow.length > 0) {
    for (let i = group.bits; i >= 0; i--) {
      sum.double()
      for (const multiples of slow) multiples.addDigit(sum, i)
    }
  }
  for (const [{ table }, scalar] of products) if (table?.isComplete === true) table.addMultiple(sum, scalar)
}

/** The generator of a curve. Its table is shared by all keys, and made as soon as one of them is in frequent use. */
export class Generator implements FixedPoint {
  readonly table: FixedTable
  private readonly group: Group
  private multiples: OddMultiples | undefined = undefined

  constructor(group: Group) {
    this.group = group
    this.table = new FixedTable(group, group.generatorX, group.generatorY)
  }

  oddMultiples(): OddMultiples {
    if (this.multiples === undefined) {
      this.multiples = new OddMultiples(this.group, 7)
      this.multiples.setPoint(this.group.generatorX, this.group.generatorY)
    }
    return this.multiples
  }
}
