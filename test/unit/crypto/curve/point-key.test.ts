import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { FixedTable } from '../../../../src/crypto/curve/fixed-table.ts'
import { groupOf } from '../../../../src/crypto/curve/group.ts'
import { limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { defaultTableBytes, PointKey, TableBudget, type TableOwner } from '../../../../src/crypto/curve/point-key.ts'
import { encodePoint, multipleOf, pointOf } from '../../../support/curve-points.ts'

const stateOf = ({ table }: PointKey): string => (table === undefined ? 'none' : table.isComplete ? 'complete' : 'begun')

/** The first curve must be one whose generator has no table yet. */
describe.each(curveNames)('a key on %s', (curve) => {
  const group = groupOf(curve)
  const { n } = curves[curve]
  const oneTable = FixedTable.bytes(group)
  let uses = 0n

  const keyOf = (factor: bigint, budget: TableBudget): PointKey =>
    new PointKey(curve, encodePoint(multipleOf(curve, factor)), budget)

  /** Uses the key once, with new scalars each time, and checks the result. */
  function use(key: PointKey, factor: bigint): void {
    uses += 2n
    const [u1, u2] = [n - uses ** 9n, (uses + 1n) ** 11n]
    key.combine(limbsOf(u1, group.field.limbs), limbsOf(u2, group.field.limbs))
    expect(pointOf(curve, group.field, group.scratch.sum).equals(multipleOf(curve, u1 + u2 * factor))).toBe(true)
  }

  it('is correct in every state: cold, hot, with a partial, complete or evicted table', () => {
    const budget = new TableBudget(oneTable)
    const [first, second] = [keyOf(11n, budget), keyOf(12n, budget)]
    for (let i = 0; i < 3; i++) use(first, 11n)
    expect(stateOf(first)).toBe('none')
    use(first, 11n)
    expect(stateOf(first)).toBe('begun')
    let steps = 0
    for (; stateOf(first) === 'begun' && steps < 200; steps++) use(first, 11n)
    expect(stateOf(first)).toBe('complete')
    // The generator's table comes first; eight steps at every use.
    expect(steps).toBeGreaterThanOrEqual(Math.ceil((8 * group.bytes + 1) / 10) - 1)
    expect(steps).toBeLessThan(2 * Math.ceil((8 * group.bytes + 1) / 10) + 2)
    use(first, 11n)

    // Another key takes over while the first is unused, after a wait.
    for (let i = 0; i < 3 + 15; i++) use(second, 12n)
    expect([stateOf(first), stateOf(second)]).toEqual(['complete', 'none'])
    use(second, 12n)
    expect([stateOf(first), stateOf(second)]).toEqual(['none', 'begun'])
    use(first, 11n)
    use(second, 12n)

    // Evicted while the table is being made.
    for (let i = 0; i < 40 && stateOf(first) === 'none'; i++) use(first, 11n)
    expect([stateOf(first), stateOf(second)]).toEqual(['begun', 'none'])
    use(second, 12n)
    while (stateOf(first) === 'begun') use(first, 11n)
    use(first, 11n)
    expect(budget.hasRoom(1)).toBe(false)
  })

  it('keeps its table while it is used as often as others', () => {
    const budget = new TableBudget(oneTable)
    const keys = [21n, 22n, 23n].map((factor) => ({ factor, key: keyOf(factor, budget) }))
    for (let i = 0; i < 30; i++) for (const { factor, key } of keys) use(key, factor)
    expect(keys.map(({ key }) => stateOf(key) === 'none')).toEqual([false, true, true])
  })

  it('can be warmed up while there is room', () => {
    const budget = new TableBudget(2 * oneTable)
    const keys = [31n, 32n, 33n].map((factor) => ({ factor, key: keyOf(factor, budget) }))
    for (const { key } of keys) key.warmUp()
    expect(keys.map(({ key }) => stateOf(key))).toEqual(['complete', 'complete', 'none'])
    for (const { factor, key } of keys) use(key, factor)
    // Asked again, it takes no more room than before.
    for (const { key } of keys.slice(0, 2)) key.warmUp()
    expect(budget.hasRoom(1)).toBe(false)
    const roomy = new TableBudget(3 * oneTable)
    const begun = keyOf(34n, roomy)
    for (let i = 0; i < 5; i++) use(begun, 34n)
    expect(stateOf(begun)).toBe('begun')
    begun.warmUp()
    expect(stateOf(begun)).toBe('complete')
    expect(roomy.hasRoom(2 * oneTable)).toBe(true)
    use(begun, 34n)
  })

  it('without memory has no table, however often it is used', () => {
    const key = keyOf(41n, new TableBudget(oneTable - 1))
    key.warmUp()
    for (let i = 0; i < 40; i++) use(key, 41n)
    expect(stateOf(key)).toBe('none')
  })
})

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

  it('is not taken from keys used since the other began to wait', () => {
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

  it('is not taken for a table that would never fit', () => {
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

  it('is never exceeded, in any order of requests', () => {
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
