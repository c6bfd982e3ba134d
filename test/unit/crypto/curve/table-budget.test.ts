import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultTableBytes, TableBudget, type TableOwner } from '../../../../src/crypto/curve/point-key.ts'

class Owner implements TableOwner {
  readonly tableBytes: number
  lastUse = 0
  hasTable = false
  dropped = 0

  constructor(bytes: number) {
    this.tableBytes = bytes
  }

  use(budget: TableBudget): void {
    this.lastUse = budget.tick()
  }

  take(budget: TableBudget, since = 0, requests = 0): boolean {
    this.hasTable = budget.take(this, this.tableBytes, since, requests)
    return this.hasTable
  }

  dropTable(): void {
    this.hasTable = false
    this.dropped++
  }
}

const patience = 16

describe('the memory for tables', () => {
  it('is given out to its last byte', () => {
    const budget = new TableBudget(100)
    expect(budget.hasRoom(100)).toBe(true)
    expect(budget.hasRoom(101)).toBe(false)
    expect([60, 40, 1].map((bytes) => new Owner(bytes).take(budget))).toEqual([true, true, false])
  })

  it('of no bytes gives nothing, however long one asks', () => {
    const budget = new TableBudget(0)
    expect(new Owner(1).take(budget, 0, 1000)).toBe(false)
    expect(defaultTableBytes).toBe(2 ** 24)
  })

  it('is taken from the least recently used, and from no more than needed', () => {
    const budget = new TableBudget(30)
    const owners = [new Owner(10), new Owner(10), new Owner(10)]
    for (const owner of owners) owner.take(budget)
    for (const at of [1, 0, 2]) owners[at]!.use(budget)
    const late = new Owner(10)
    late.use(budget)
    const since = late.lastUse
    expect(late.take(budget, since, patience - 1)).toBe(false)
    expect(late.take(budget, since, patience)).toBe(true)
    expect(owners.map(({ hasTable }) => hasTable)).toEqual([true, false, true])
    expect(new Owner(11).take(budget, since, patience)).toBe(true)
    expect(owners.map(({ hasTable }) => hasTable)).toEqual([false, false, false])
    expect(late.hasTable).toBe(true)
  })

  it('is not taken from whoever used theirs since the other began to wait', () => {
    const budget = new TableBudget(10)
    const owner = new Owner(10)
    owner.take(budget)
    const late = new Owner(10)
    const since = budget.tick()
    owner.use(budget)
    expect(late.take(budget, since, 1000)).toBe(false)
    expect(owner.hasTable).toBe(true)
    expect(late.take(budget, budget.tick(), patience)).toBe(true)
    expect(owner).toMatchObject({ hasTable: false, dropped: 1 })
  })

  it('is not taken in vain for a table that would not fit at all', () => {
    const budget = new TableBudget(10)
    const owner = new Owner(10)
    owner.take(budget)
    expect(new Owner(11).take(budget, budget.tick(), 1000)).toBe(false)
    expect(owner.hasTable).toBe(true)
  })

  it('counts uses', () => {
    const budget = new TableBudget(0)
    expect([budget.tick(), budget.tick(), budget.tick()]).toEqual([1, 2, 3])
  })

  it('is never exceeded, whoever asks in whatever order', () => {
    const step = fc.record({ who: fc.nat(7), requests: fc.constantFrom(-1, 0, 15, 16, 40), waited: fc.nat(10) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(100), (steps, limit) => {
        const budget = new TableBudget(limit)
        const owners = Array.from({ length: 8 }, (_, i) => new Owner(5 + 6 * i))
        for (const { who, requests, waited } of steps) {
          const owner = owners[who]!
          owner.use(budget)
          if (!owner.hasTable) owner.take(budget, owner.lastUse - waited, requests)
          const held = owners.filter(({ hasTable }) => hasTable).reduce((sum, { tableBytes }) => sum + tableBytes, 0)
          expect(held).toBeLessThanOrEqual(limit)
          expect(budget.hasRoom(limit - held)).toBe(true)
          expect(budget.hasRoom(limit - held + 1)).toBe(false)
        }
      }),
    )
  })
})
