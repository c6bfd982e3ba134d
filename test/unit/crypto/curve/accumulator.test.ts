import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Accumulator, Batch } from '../../../../src/crypto/curve/accumulator.ts'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { groupOf } from '../../../../src/crypto/curve/group.ts'
import type { Limbs } from '../../../../src/crypto/curve/limbs.ts'
import { enterPoint, inverseOf, leaveNumber, modulo, multipleOf, pointOf } from '../../../support/curve-points.ts'
import { balancedLimbs, numberOf } from '../../../support/field-numbers.ts'

describe.each(curveNames)('sums of points on %s', (curve) => {
  const { n, p } = curves[curve]
  const { field } = groupOf(curve)
  const scalar = fc.oneof(fc.constantFrom(1n, 2n, 3n, n - 1n, n - 2n, (n + 1n) / 2n), fc.bigInt({ min: 1n, max: n - 1n }))

  /** An accumulator that holds scalar · G with coordinates that are no longer 1, unless the scalar is 1. */
  function accumulated(value: bigint): Accumulator {
    const sum = new Accumulator(field)
    const [x, y] = enterPoint(field, multipleOf(curve, 1n))
    for (let bit = BigInt(value.toString(2).length - 1); bit >= 0n; bit--) {
      sum.double()
      if (((value >> bit) & 1n) === 1n) sum.add(x, y)
    }
    return sum
  }

  const expectPoint = (sum: Accumulator, value: bigint): void => {
    expect(pointOf(curve, field, sum).equals(multipleOf(curve, value))).toBe(true)
  }

  it('doubles and adds', () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const sum = accumulated(a)
        expectPoint(sum, a)
        sum.add(...enterPoint(field, multipleOf(curve, b)))
        expectPoint(sum, a + b)
        sum.double()
        expectPoint(sum, 2n * (a + b))
      }),
      { numRuns: 40 },
    )
  })

  it('doubles a point that is added to itself, whatever its coordinates', () => {
    for (const value of [1n, 2n, 3n, 5n, n - 1n, n - 2n, n / 3n]) {
      const sum = accumulated(value)
      sum.add(...enterPoint(field, multipleOf(curve, value)))
      expectPoint(sum, 2n * value)
      sum.add(...enterPoint(field, multipleOf(curve, 2n * value)))
      expectPoint(sum, 4n * value)
    }
  })

  it('is at infinity after opposite points, and goes on from there', () => {
    for (const value of [1n, 2n, 3n, 5n, n - 1n, n / 3n]) {
      const sum = accumulated(value)
      sum.add(...enterPoint(field, multipleOf(curve, -value)))
      expect(sum.isEmpty).toBe(true)
      sum.double()
      expect(sum.isEmpty).toBe(true)
      sum.add(...enterPoint(field, multipleOf(curve, 7n)))
      expectPoint(sum, 7n)
      sum.double()
      expectPoint(sum, 14n)
    }
  })

  /** The same number, so many times p more, if that lies between −limit·p and limit·p. */
  function shifted(limbs: Limbs, times: bigint, limit: bigint): Limbs {
    const value = numberOf(limbs) + times * p
    return value < limit * p && value > -limit * p ? balancedLimbs(value, field.limbs) : limbs
  }

  it('recognises equal and opposite points by any multiple of p that their difference can be', () => {
    for (const value of [1n, 2n, 9n, n - 3n]) {
      const [x, y] = enterPoint(field, multipleOf(curve, value))
      const [, minusY] = enterPoint(field, multipleOf(curve, -value))
      for (const byX of [-1n, 0n, 1n]) {
        for (const byY of [-1n, 0n, 1n]) {
          for (const own of [-2n, -1n, 0n, 1n, 2n]) {
            const same = accumulated(value)
            same.x.set(shifted(same.x, own, 2n))
            same.add(shifted(x, byX, 1n), shifted(y, byY, 1n))
            expectPoint(same, 2n * value)
            const opposite = accumulated(value)
            opposite.x.set(shifted(opposite.x, own, 2n))
            opposite.add(shifted(x, byX, 1n), shifted(minusY, byY, 1n))
            expect(opposite.isEmpty).toBe(true)
          }
        }
      }
    }
  })

  it('does not take a small difference for none', () => {
    // Points whose x differ by −8 to 8 in Montgomery form have a difference that looks like a multiple of p at its low limb.
    const { b } = curves[curve]
    const r = 1n << BigInt(24 * field.digits)
    const [baseX, baseY] = enterPoint(field, multipleOf(curve, 1n))
    let found = 0
    for (let by = -40n; by <= 40n; by++) {
      if (by === 0n) continue
      // x·R ≡ R·Gx + by, so that the lowest limbs differ by little.
      const x = modulo(leaveNumber(curve, field, baseX) + by * inverseOf(r, p), p)
      const square = modulo(x ** 3n - 3n * x + b, p)
      const y = power(square, (p + 1n) / 4n, p)
      if (modulo(y * y, p) !== square) continue
      const Point = multipleOf(curve, 1n).constructor as unknown as {
        fromAffine(at: { x: bigint; y: bigint }): ReturnType<typeof multipleOf>
      }
      const near = Point.fromAffine({ x, y })
      const sum = new Accumulator(field)
      sum.setAffine(baseX, baseY)
      sum.add(...enterPoint(field, near))
      expect(pointOf(curve, field, sum).equals(multipleOf(curve, 1n).add(near))).toBe(true)
      found++
    }
    expect(found).toBeGreaterThan(10)
  })

  it('has affine coordinates', () => {
    fc.assert(
      fc.property(scalar, (value) => {
        const [x, y] = [new Float64Array(field.limbs), new Float64Array(field.limbs)]
        accumulated(value).toAffine(x, y)
        const wanted = multipleOf(curve, value).toAffine()
        expect([leaveNumber(curve, field, x), leaveNumber(curve, field, y)]).toEqual([wanted.x, wanted.y])
      }),
      { numRuns: 20 },
    )
  })

  it('starts anew when cleared', () => {
    const sum = accumulated(5n)
    sum.clear()
    expect(sum.isEmpty).toBe(true)
    sum.add(...enterPoint(field, multipleOf(curve, 3n)))
    expectPoint(sum, 3n)
  })
})

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % modulus) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
  }
  return result
}

describe.each(curveNames)('points of %s made affine together', (curve) => {
  const { field } = groupOf(curve)
  const batch = new Batch(field, 5)

  it.each([0, 1, 2, 5, 3])('come with their indexes, %i of them, the last first', (count) => {
    const [x, y] = enterPoint(field, multipleOf(curve, 1n))
    const sum = new Accumulator(field)
    sum.setAffine(x, y)
    sum.double()
    for (let i = 0; i < count; i++) {
      sum.add(x, y)
      batch.add(sum)
    }
    const places: number[] = []
    batch.drain((i, affineX, affineY) => {
      places.push(i)
      const wanted = multipleOf(curve, BigInt(i + 3)).toAffine()
      expect([leaveNumber(curve, field, affineX), leaveNumber(curve, field, affineY)]).toEqual([wanted.x, wanted.y])
    })
    expect(places).toEqual(Array.from({ length: count }, (_, i) => count - 1 - i))
    expect(batch.count).toBe(0)
  })
})
