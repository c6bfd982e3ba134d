import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { type FixedPoint, FixedTable, Generator, sumOfProducts } from '../../../../src/crypto/curve/fixed-table.ts'
import { groupOf } from '../../../../src/crypto/curve/group.ts'
import { limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { OddMultiples } from '../../../../src/crypto/curve/odd-multiples.ts'
import { enterPoint, multipleOf, pointOf } from '../../../support/curve-points.ts'

describe.each(curveNames)('multiples of points on %s', (curve) => {
  const { n } = curves[curve]
  const group = groupOf(curve)
  const { field } = group
  const limbs = (value: bigint) => limbsOf(value, field.limbs)

  /** factor · G as a point of its own, with a table that is missing, begun or complete. */
  class Multiple implements FixedPoint {
    readonly table: FixedTable | undefined
    private readonly width: number
    private readonly factor: bigint

    constructor(factor: bigint, table: 'none' | 'begun' | 'complete', width = 5) {
      this.factor = factor
      this.width = width
      const [x, y] = enterPoint(field, multipleOf(curve, factor))
      this.table = table === 'none' ? undefined : new FixedTable(group, x, y)
      for (let steps = 0; table !== 'none' && !this.table!.isComplete; steps++) {
        if (table === 'begun' && steps === 100) break
        this.table!.advance()
      }
    }

    oddMultiples(): OddMultiples {
      const multiples = new OddMultiples(group, this.width)
      multiples.setPoint(...enterPoint(field, multipleOf(curve, this.factor)))
      return multiples
    }
  }

  const cold = new Generator(group)
  const warm = new Multiple(1n, 'complete')
  const half = 5n ** 40n
  const coldKey = new Multiple(half, 'none')
  const begunKey = new Multiple(half, 'begun')
  const warmKey = new Multiple(half, 'complete')
  const pairs: readonly (readonly [string, FixedPoint, FixedPoint])[] = [
    ['neither with a table', cold, coldKey],
    ['one with a table', warm, coldKey],
    ['the other one with a table', cold, warmKey],
    ['a table that is not complete', warm, begunKey],
    ['both with tables', warm, warmKey],
  ]

  const sumIs = (one: FixedPoint, u1: bigint, other: FixedPoint, factor: bigint, u2: bigint): void => {
    sumOfProducts(group, [
      [other, limbs(u2)],
      [one, limbs(u1)],
    ])
    const wanted = multipleOf(curve, u1 + u2 * factor)
    if (!pointOf(curve, field, group.scratch.sum).equals(wanted)) expect.fail(`${u1} · G + ${u2} · ${factor} · G`)
  }

  it.each(pairs)('are added, %s', (_what, one, other) => {
    const scalar = fc.oneof(
      fc.constantFrom(0n, 1n, 2n, 511n, 512n, 513n, 1023n, 1024n, n - 1n, n - 2n, n / 2n, (1n << 250n) - 1n),
      fc.bigInt({ min: 0n, max: n - 1n }),
      fc.nat(250).map((bit) => 1n << BigInt(bit)),
    )
    fc.assert(
      fc.property(scalar, scalar, (u1, u2) => sumIs(one, u1, other, half, u2)),
      { numRuns: 60 },
    )
  })

  it('add up to nothing for scalars of zero', () => {
    for (const [, one, other] of pairs) sumIs(one, 0n, other, half, 0n)
    sumOfProducts(group, [])
    expect(group.scratch.sum.isEmpty).toBe(true)
  })

  it('tables hold every multiple that a digit can ask for, in every column', () => {
    const columns = Math.ceil((8 * group.bytes + 1) / 10)
    for (let column = 0; column < columns - 1; column++) {
      for (const digit of [1n, 2n, 255n, 511n, 512n]) {
        const scalar = digit << BigInt(10 * column)
        if (scalar < n) sumIs(warm, scalar, warmKey, half, 0n)
        if (scalar < n) sumIs(warm, 0n, warmKey, half, n - scalar)
      }
    }
    // All digits that there are, in the lowest column.
    for (let digit = 1n; digit <= 1024n; digit += 37n) sumIs(warm, digit, warmKey, half, n - digit)
  })

  it('tables use the stated memory, and are complete after a bounded number of steps', () => {
    const table = new FixedTable(group, group.generatorX, group.generatorY)
    const columns = Math.ceil((8 * group.bytes + 1) / 10)
    let steps = 0
    for (; !table.isComplete && steps < 1000; steps++) table.advance()
    expect(steps).toBe(columns * 8)
    table.advance()
    expect(table.isComplete).toBe(true)
    expect(FixedTable.bytes(group)).toBe(columns * 512 * 2 * field.limbs * 4)
    const held = (table['columns'] as readonly Int32Array[]).reduce((sum, { byteLength }) => sum + byteLength, 0)
    expect(held).toBe(FixedTable.bytes(group))
  })

  it('are correct if equal or opposite points are added on the way', () => {
    const factors = [1n, 2n, 3n, 15n, 16n, 512n, 1n << 20n]
    const scalars = [1n, 3n, 512n, n - 2n]
    for (const factor of [...factors, ...factors.map((each) => n - each)]) {
      const key = new Multiple(factor, 'none')
      for (const u1 of scalars) {
        for (const u2 of scalars) sumIs(u1 % 3n === 0n ? cold : warm, u1, key, factor, u2)
        // u1 · G = ± u2 · Q: a doubling, and the point at infinity.
        sumIs(warm, (u1 * factor) % n, key, factor, u1)
        sumIs(cold, (u1 * factor) % n, key, factor, u1)
        sumIs(warm, n - ((u1 * factor) % n), key, factor, u1)
        sumIs(cold, n - ((u1 * factor) % n), key, factor, u1)
      }
    }
    for (const factor of [1n, n - 1n, 1024n]) {
      const key = new Multiple(factor, 'complete')
      for (const u1 of scalars) {
        for (const u2 of scalars) sumIs(warm, u1, key, factor, u2)
        sumIs(warm, (u1 * factor) % n, key, factor, u1)
        sumIs(warm, n - ((u1 * factor) % n), key, factor, u1)
        sumIs(cold, n - ((u1 * factor) % n), key, factor, u1)
      }
    }
  })
})
