import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { groupOf } from '../../../../src/crypto/curve/group.ts'
import { type Limbs, limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { enterNumber, inverseOf, leaveNumber, modulo } from '../../../support/curve-points.ts'
import { numberOf } from '../../../support/field-numbers.ts'

describe.each(curveNames)('the field of %s', (curve) => {
  const { p } = curves[curve]
  const { field } = groupOf(curve)
  const r = 1n << BigInt(24 * field.digits)
  const blank = (): Limbs => new Float64Array(field.limbs)
  const value = (limbs: Limbs): bigint => leaveNumber(curve, field, limbs)

  const edges = [0n, 1n, 2n, p - 1n, p - 2n, (p - 1n) / 2n, r % p, p - (r % p), 2n ** 96n, 2n ** 192n - 1n, 2n ** 224n]
  const number = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...edges) },
    { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: p - 1n }) },
  )
  /** Any limbs that products can have. */
  const limbs: fc.Arbitrary<Limbs> = fc
    .array(
      fc.oneof(
        fc.integer({ min: -(2 ** 23), max: 2 ** 23 }),
        fc.constantFrom(-(2 ** 23), -(2 ** 23) + 1, -1, 0, 1, 2 ** 23 - 1, 2 ** 23),
      ),
      {
        minLength: field.limbs,
        maxLength: field.limbs,
      },
    )
    .map((all) => Float64Array.from(all).fill(all.at(-1)! % 2 ** 15, field.limbs - 1))

  it('multiplies, squares and subtracts as BigInt does', () => {
    fc.assert(
      fc.property(limbs, limbs, limbs, (a, b, c) => {
        const out = blank()
        field.multiply(out, a, b)
        expect(modulo(numberOf(out) * r - numberOf(a) * numberOf(b), p)).toBe(0n)
        field.square(out, a)
        expect(modulo(numberOf(out) * r - numberOf(a) ** 2n, p)).toBe(0n)
        field.multiplySubtract(out, a, b, c)
        expect(modulo((numberOf(out) + numberOf(c)) * r - numberOf(a) * numberOf(b), p)).toBe(0n)
        field.squareSubtract(out, a, b, c)
        expect(modulo((numberOf(out) + numberOf(b) + 2n * numberOf(c)) * r - numberOf(a) ** 2n, p)).toBe(0n)
        field.add(out, a, b)
        expect(numberOf(out)).toBe(numberOf(a) + numberOf(b))
        field.subtract(out, a, b)
        expect(numberOf(out)).toBe(numberOf(a) - numberOf(b))
      }),
      { numRuns: 500 },
    )
  })

  it('may write the result over any operand', () => {
    fc.assert(
      fc.property(limbs, limbs, limbs, (a, b, c) => {
        for (const kernel of ['multiplySubtract', 'squareSubtract'] as const) {
          const wanted = blank()
          field[kernel](wanted, a, b, c)
          for (const at of [0, 1, 2]) {
            const operands = [a.slice(), b.slice(), c.slice()] as const
            field[kernel](operands[at]!, ...operands)
            expect([...operands[at]!]).toEqual([...wanted])
          }
        }
        const sum = blank()
        field.tripleSum(sum, a, b)
        for (const at of [0, 1]) {
          const operands = [a.slice(), b.slice()] as const
          field.tripleSum(operands[at]!, ...operands)
          expect([...operands[at]!]).toEqual([...sum])
        }
      }),
      { numRuns: 100 },
    )
  })

  it('triples sums with normal limbs, exactly', () => {
    fc.assert(
      fc.property(limbs, limbs, (a, b) => {
        const out = blank()
        field.tripleSum(out, a, b)
        expect(numberOf(out)).toBe(3n * (numberOf(a) + numberOf(b)))
        for (const limb of out.subarray(0, -1)) expect(Math.abs(limb)).toBeLessThanOrEqual(2 ** 23)
      }),
    )
  })

  it('converts numbers to Montgomery form and back', () => {
    fc.assert(
      fc.property(number, (a) => {
        expect(value(enterNumber(field, a))).toBe(a)
      }),
    )
    expect(value(field.one)).toBe(1n)
    expect(value(field.zero)).toBe(0n)
    expect(numberOf(field.prime)).toBe(p)
  })

  it('knows every form of zero, and nothing else', () => {
    const scratch = blank()
    for (let k = -40n; k <= 40n; k++) {
      // Multiples of p, as digits from 0 and as digits to both sides of it.
      const plain = limbsOf(k < 0n ? -k * p : k * p, field.limbs).map((limb) => (k < 0n ? -limb : limb))
      plain[field.limbs - 1]! += Number((k < 0n ? -1n : 1n) * (((k < 0n ? -k : k) * p) >> BigInt(24 * field.limbs))) * 2 ** 24
      expect(numberOf(plain)).toBe(k * p)
      const carried = blank()
      field.tripleSum(carried, plain, field.zero)
      expect(field.isZero(plain, scratch)).toBe(true)
      expect(field.isZero(carried, scratch)).toBe(true)
      for (const at of [0, 1, field.limbs - 1]) {
        for (const by of [1, -1]) {
          const near = plain.slice()
          near[at]! += by
          expect(field.isZero(near, scratch)).toBe(false)
        }
      }
    }
    expect(field.isZero(new Float64Array(field.limbs).fill(-0), scratch)).toBe(true)
    fc.assert(
      fc.property(number, (a) => {
        expect(field.isZero(enterNumber(field, a), scratch)).toBe(a === 0n)
      }),
    )
  })

  it('inverts', () => {
    fc.assert(
      fc.property(number, (a) => {
        const out = enterNumber(field, a)
        field.invert(out, out)
        expect(value(out)).toBe(inverseOf(a, p))
      }),
    )
  })

  it('inverts negative numbers, and numbers with p added', () => {
    fc.assert(
      fc.property(limbs, fc.integer({ min: -2, max: 2 }), (a, times) => {
        const shifted = blank()
        for (let i = 0; i < shifted.length; i++) shifted[i] = a[i]! + times * field.prime[i]!
        fc.pre(!field.isZero(shifted, blank()))
        const out = blank()
        field.invert(out, shifted)
        field.multiply(out, out, shifted)
        expect(value(out)).toBe(1n)
      }),
    )
  })
})
