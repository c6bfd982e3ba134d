import { Span } from '../../bytes/span.ts'
import type { CurveName } from './curves.ts'
import { type FixedPoint, FixedTable, Generator, sumOfProducts } from './fixed-table.ts'
import { type Group, groupOf, readPoint } from './group.ts'
import type { Limbs } from './limbs.ts'
import { OddMultiples } from './odd-multiples.ts'

/** Public keys as points, and the memory for their tables. */

/** A key whose table may be dropped. */
export interface TableOwner {
  readonly tableBytes: number
  /** The time of the last use, on the budget's clock. */
  readonly lastUse: number
  dropTable(): void
}

/** Default of `TruststoreOptions.tableBudgetBytes`: 13 keys on P-256, or 6 on P-384. */
export const defaultTableBytes: number = 16 * 1024 * 1024

/** How often a key must ask before a table is dropped for it that was not used in the meantime. */
const minRequests = 16

/**
 * Memory for the tables of frequently used keys. If it is full, the least recently used tables are dropped, but only for a key
 * that is used clearly more often. So if more keys take turns than fit, some keep their tables, and no table is built in vain.
 * A backend that delegates to `pureSignatures` must pass this on.
 */
export class TableBudget {
  private readonly limit: number
  private readonly owners = new Set<TableOwner>()
  private used = 0
  private clock = 0

  constructor(bytes: number) {
    this.limit = bytes
  }

  /** Advances the clock, which counts uses of keys, and returns the new time. */
  tick(): number {
    return ++this.clock
  }

  /** Whether there is room without dropping a table. */
  hasRoom(bytes: number): boolean {
    return this.used + bytes <= this.limit
  }

  /**
   * Reserves room for a table, if necessary by dropping others.
   *
   * @param waitingSince when the owner first asked
   * @param requests how often it has asked since
   * @returns whether there is room
   */
  take(owner: TableOwner, bytes: number, waitingSince: number, requests: number): boolean {
    if (!this.hasRoom(bytes) && requests >= minRequests && bytes <= this.limit) this.evict(waitingSince, bytes)
    if (!this.hasRoom(bytes)) return false
    this.owners.add(owner)
    this.used += bytes
    return true
  }

  /** Drops tables that have not been used since then, least recently used first, until there is room. */
  private evict(since: number, bytes: number): void {
    const idle = [...this.owners].filter(({ lastUse }) => lastUse < since).sort((a, b) => a.lastUse - b.lastUse)
    for (const owner of idle) {
      if (this.hasRoom(bytes)) return
      this.used -= owner.tableBytes
      this.owners.delete(owner)
      owner.dropTable()
    }
  }
}

/** A key that is used more often than this gets a table. */
const hotUses = 3

/** Steps of table building per verification: about half a millisecond, or one on P-384. */
const stepsPerUse = 8

/** Shared by all keys of a curve. */
interface Shared {
  readonly generator: Generator
  /** Overwritten by each key that has no table. */
  readonly multiples: OddMultiples
}

const sharedByGroup = new Map<Group, Shared>()

/** A public key as a point, with a table of its multiples while it is used often. */
export class PointKey implements FixedPoint, TableOwner {
  table: FixedTable | undefined = undefined
  lastUse = 0
  readonly group: Group
  private readonly budget: TableBudget
  private readonly x: Limbs
  private readonly y: Limbs
  private uses = 0
  private waitingSince = 0

  /** @param point uncompressed, known to be on the curve */
  constructor(curve: CurveName, point: Uint8Array, budget: TableBudget) {
    const group = groupOf(curve)
    this.group = group
    this.budget = budget
    this.x = new Float64Array(group.field.limbs)
    this.y = new Float64Array(group.field.limbs)
    readPoint(group, this.x, this.y, new Span(point))
  }

  get tableBytes(): number {
    return FixedTable.bytes(this.group)
  }

  dropTable(): void {
    this.table = undefined
    this.uses = 0
  }

  oddMultiples(): OddMultiples {
    const { multiples } = sharedOf(this.group)
    multiples.setPoint(this.x, this.y)
    return multiples
  }

  /** Builds the tables now, if the budget has room. */
  warmUp(): void {
    const { generator } = sharedOf(this.group)
    if (this.table === undefined && !this.startTable()) return
    while (!generator.table.isComplete) generator.table.advance()
    while (this.table?.isComplete === false) this.table.advance()
  }

  /** Sets group.scratch.sum to u1·G + u2·Q. */
  combine(u1: Limbs, u2: Limbs): void {
    const { generator } = sharedOf(this.group)
    this.lastUse = this.budget.tick()
    this.uses++
    if (this.uses > hotUses && (this.table !== undefined || this.startTable())) this.advanceTables(generator)
    sumOfProducts(this.group, [
      [this, u2],
      [generator, u1],
    ])
  }

  private startTable(): boolean {
    if (this.uses <= hotUses + 1) this.waitingSince = this.lastUse
    if (!this.budget.take(this, this.tableBytes, this.waitingSince, this.uses - hotUses)) return false
    this.table = new FixedTable(this.group, this.x, this.y)
    return true
  }

  private advanceTables(generator: Generator): void {
    for (let steps = 0; steps < stepsPerUse; steps++) {
      if (!generator.table.isComplete) generator.table.advance()
      else if (this.table?.isComplete === false) this.table.advance()
      else return
    }
  }
}

function sharedOf(group: Group): Shared {
  let shared = sharedByGroup.get(group)
  if (shared === undefined) {
    shared = { generator: new Generator(group), multiples: new OddMultiples(group, 5) }
    sharedByGroup.set(group, shared)
  }
  return shared
}
