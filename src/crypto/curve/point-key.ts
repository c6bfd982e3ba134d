import { Span } from '../../bytes/span.ts'
import type { CurveName } from './curves.ts'
import { type FixedPoint, FixedTable, Generator, sumOfProducts } from './fixed-table.ts'
import { type Group, groupOf, readPoint } from './group.ts'
import type { Limbs } from './limbs.ts'
import { OddMultiples } from './odd-multiples.ts'

/** Who holds a table that can be taken back. */
export interface TableOwner {
  readonly tableBytes: number
  /** The budget's clock at the last use. */
  readonly lastUse: number
  dropTable(): void
}

/** Default of `TruststoreOptions.tableBudgetBytes`: 13 keys on P-256, or 6 on P-384. */
export const defaultTableBytes: number = 16 * 1024 * 1024

/** Uses of a key without a table that another key must have slept through to lose its own. */
const patience = 16

/**
 * Memory for the tables of the keys in use. When it is full the table that was used least recently gives way, but only to
 * a key that is used clearly more often: with more keys in turn than fit, some keep their tables and none are made in vain.
 * A backend that hands keys on to `pureSignatures` hands this on as well.
 */
export class TableBudget {
  private readonly limit: number
  private readonly owners = new Set<TableOwner>()
  private used = 0
  private clock = 0

  constructor(bytes: number) {
    this.limit = bytes
  }

  /** The time of one use: they are counted. */
  tick(): number {
    return ++this.clock
  }

  /** Room that needs nobody's table. */
  hasRoom(bytes: number): boolean {
    return this.used + bytes <= this.limit
  }

  /**
   * Takes room for a table, from others where that is fair.
   *
   * @param waitingSince when the owner first asked; it has asked `requests` times since
   */
  take(owner: TableOwner, bytes: number, waitingSince: number, requests: number): boolean {
    if (!this.hasRoom(bytes) && requests >= patience && bytes <= this.limit) this.evict(waitingSince, bytes)
    if (!this.hasRoom(bytes)) return false
    this.owners.add(owner)
    this.used += bytes
    return true
  }

  /** Drops tables that were not used since, least recently used first, until there is room. */
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

/** A key used this often gets a table. */
const hotUses = 3

/** Steps towards tables that one verification takes: about half a millisecond, P-384 one. */
const stepsPerUse = 8

/** What the keys of a curve share. */
interface Shared {
  readonly generator: Generator
  /** For keys without a table, one after the other. */
  readonly multiples: OddMultiples
}

const sharedByGroup = new Map<Group, Shared>()

/** A public key as a point: with a table of its multiples while it is in frequent use. */
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

  /** Makes the tables now, as far as the budget has room for them. */
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
