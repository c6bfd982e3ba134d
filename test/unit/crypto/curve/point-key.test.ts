import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { FixedTable } from '../../../../src/crypto/curve/fixed-table.ts'
import { groupOf } from '../../../../src/crypto/curve/group.ts'
import { limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { PointKey, TableBudget } from '../../../../src/crypto/curve/point-key.ts'
import { encodePoint, multipleOf, pointOf } from '../../../support/curve-points.ts'

const stateOf = ({ table }: PointKey): string => (table === undefined ? 'none' : table.isComplete ? 'complete' : 'begun')

/** P-256 first, with whose generator nothing has begun. */
describe.each(curveNames)('a key on %s', (curve) => {
  const group = groupOf(curve)
  const { n } = curves[curve]
  const oneTable = FixedTable.bytes(group)
  let uses = 0n

  const keyOf = (factor: bigint, budget: TableBudget): PointKey =>
    new PointKey(curve, encodePoint(multipleOf(curve, factor)), budget)

  /** Uses the key once, with scalars that are always others, and looks at the result. */
  function use(key: PointKey, factor: bigint): void {
    uses += 2n
    const [u1, u2] = [n - uses ** 9n, (uses + 1n) ** 11n]
    key.combine(limbsOf(u1, group.field.limbs), limbsOf(u2, group.field.limbs))
    expect(pointOf(curve, group.field, group.scratch.sum).equals(multipleOf(curve, u1 + u2 * factor))).toBe(true)
  }

  it('is right in every state: cold, hot, with a table begun and complete, evicted, and again', () => {
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
    expect(steps).toBeGreaterThanOrEqual(Math.ceil((group.bits + 1) / 10) - 1)
    expect(steps).toBeLessThan(2 * Math.ceil((group.bits + 1) / 10) + 2)
    use(first, 11n)

    // Another key takes over while the first one sleeps, and not before it has waited.
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

  it('can be warmed up, as far as there is room', () => {
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
