import { Accumulator, Batch } from './accumulator.ts'
import type { Group } from './group.ts'
import type { Limbs } from './limbs.ts'
import { OddMultiples } from './odd-multiples.ts'
import { fixedDigits } from './scalars.ts'

/** Scalar multiplication with tables for frequently used points. */

/** A point that is multiplied by many scalars. */
export interface FixedPoint {
  /** Started once the point is used often. It can be used when it is complete. */
  readonly table: FixedTable | undefined
  /** Multiples for use until then. */
  oddMultiples(): OddMultiples
}

/** Sets `sum` to Σ scalar · point. Points with a table need no doublings; all others share their doublings. */
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
    for (let i = 8 * group.bytes; i >= 0; i--) {
      sum.double()
      for (const multiples of slow) multiples.addDigit(sum, i)
    }
  }
  for (const [{ table }, scalar] of products) if (table?.isComplete === true) table.addMultiple(sum, scalar)
}

/** The generator of a curve. All keys share its table, which is built once any of them is used often. */
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

/** Bits per digit. Wider digits need fewer additions; each bit doubles the memory. */
const width = 10
const columnPoints = 2 ** (width - 1)

/** Points that are made affine together. This is also one step of building a table. */
const batchSize = 64

const batches = new Map<Group, Batch>()

/**
 * The multiples d · 2^(width · column) · P of a point for every digit d. With them, a scalar multiplication takes one addition
 * per digit and no doublings. Building a table takes about ten milliseconds, so it is done in small steps.
 */
export class FixedTable {
  private readonly group: Group
  private readonly columns: Int32Array[] = []
  private readonly columnCount: number
  private readonly digits: Int16Array
  /** State of the construction; `undefined` when the table is complete. */
  private progress: { readonly run: Accumulator; readonly x: Limbs; readonly y: Limbs; multiple: number } | undefined

  constructor(group: Group, x: Limbs, y: Limbs) {
    this.group = group
    // One more bit for the carry out of the highest digit.
    this.columnCount = Math.ceil((8 * group.bytes + 1) / width)
    this.digits = new Int16Array(this.columnCount)
    this.progress = { run: new Accumulator(group.field), x: x.slice(), y: y.slice(), multiple: 0 }
  }

  /** The size of a complete table in bytes. */
  static bytes({ bytes, field }: Group): number {
    return Math.ceil((8 * bytes + 1) / width) * columnPoints * 2 * field.limbs * Int32Array.BYTES_PER_ELEMENT
  }

  get isComplete(): boolean {
    return this.progress === undefined
  }

  /** Computes the next `batchSize` points. */
  advance(): void {
    const { progress, group, columns } = this
    if (progress === undefined) return
    const { run, x, y } = progress
    if (progress.multiple === 0) columns.push(new Int32Array(columnPoints * 2 * group.field.limbs))
    const column = columns[columns.length - 1]!
    const batch = batchOf(group)
    const first = progress.multiple
    while (batch.count < batch.size) {
      progress.multiple++
      if (progress.multiple === 1) run.setAffine(x, y)
      else if (progress.multiple === 2) run.double()
      else run.add(x, y)
      batch.add(run)
    }
    batch.drain((i, affineX, affineY) => {
      const start = (first + i) * 2 * group.field.limbs
      column.set(affineX, start)
      column.set(affineY, start + group.field.limbs)
    })
    if (progress.multiple < columnPoints) return
    if (columns.length === this.columnCount) {
      this.progress = undefined
      return
    }
    run.double()
    run.toAffine(x, y)
    progress.multiple = 0
  }

  /** Adds scalar · P to `sum`. */
  addMultiple(sum: Accumulator, scalar: Limbs): void {
    const { group, columns, digits } = this
    const { x, y } = group.scratch
    const { limbs } = group.field
    fixedDigits(digits, scalar, width)
    for (let i = 0; i < digits.length; i++) {
      const digit = digits[i]!
      if (digit === 0) continue
      const column = columns[i]!
      const sign = digit < 0 ? -1 : 1
      const start = (sign * digit - 1) * 2 * limbs
      for (let k = 0; k < limbs; k++) {
        x[k] = column[start + k]!
        y[k] = sign * column[start + limbs + k]!
      }
      sum.add(x, y)
    }
  }
}

function batchOf(group: Group): Batch {
  let batch = batches.get(group)
  if (batch === undefined) {
    batch = new Batch(group.field, batchSize)
    batches.set(group, batch)
  }
  return batch
}
