import { Accumulator, Batch } from './accumulator.ts'
import type { Group } from './group.ts'
import type { Limbs } from './limbs.ts'
import { OddMultiples } from './odd-multiples.ts'
import { fixedDigits } from './scalars.ts'

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

/** Bits of a digit: wider ones save additions and cost memory, twice as much for each bit. */
const width = 10
const columnPoints = 2 ** (width - 1)

/** Points made affine together, which is also the least step of the work. */
const batchSize = 64

const batches = new Map<Group, Batch>()

/**
 * Every multiple of a point that one signed digit can ask for: d · 2^(width · column) · P. With it a scalar multiplication
 * is one addition a digit and no doubling at all. It takes some ten milliseconds to make, so it is made in small steps.
 */
export class FixedTable {
  private readonly group: Group
  private readonly columns: Int32Array[] = []
  private readonly columnCount: number
  private readonly digits: Int16Array
  /** What the next steps need; dropped when all are done. */
  private progress: { readonly run: Accumulator; readonly x: Limbs; readonly y: Limbs; multiple: number } | undefined

  constructor(group: Group, x: Limbs, y: Limbs) {
    this.group = group
    // The carry out of the highest bit needs a place too.
    this.columnCount = Math.ceil((group.bits + 1) / width)
    this.digits = new Int16Array(this.columnCount)
    this.progress = { run: new Accumulator(group.field), x: x.slice(), y: y.slice(), multiple: 0 }
  }

  /** Bytes of a complete table. */
  static bytes({ bits, field }: Group): number {
    return Math.ceil((bits + 1) / width) * columnPoints * 2 * field.limbs * Int32Array.BYTES_PER_ELEMENT
  }

  get isComplete(): boolean {
    return this.progress === undefined
  }

  /** Computes the next points, `batchSize` of them. */
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

  /** Adds scalar · P. */
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
