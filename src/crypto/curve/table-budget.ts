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
