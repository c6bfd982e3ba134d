import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { bigintOf, type Limbs, limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { fixedDigits, nonAdjacentDigits, Scalars } from '../../../../src/crypto/curve/scalars.ts'
import { inverseOf } from '../../../support/curve-points.ts'

it('of more limbs than their arithmetic is exact for are refused', () => {
  expect(() => new Scalars(2n ** 521n - 1n, 22)).toThrow(RangeError)
})

describe.each(curveNames)('scalars of %s', (curve) => {
  const { n, bytes } = curves[curve]
  const limbs = Math.ceil(bytes / 3)
  const scalars = new Scalars(n, limbs)
  const whole = 1n << BigInt(8 * bytes)
  const edges = [1n, 2n, n - 1n, n - 2n, (n + 1n) / 2n, 2n ** 24n - 1n, 2n ** 24n, 2n ** 240n - 1n]
  const scalar = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 1n, max: n - 1n }))
  const digest = fc.oneof(fc.constantFrom(0n, ...edges, n, n + 1n, whole - 1n), fc.bigInt({ min: 0n, max: whole - 1n }))

  it('divide digest and r by s, with results below n', () => {
    fc.assert(
      fc.property(digest, scalar, scalar, (e, r, s) => {
        const [u1, u2] = [new Float64Array(limbs), new Float64Array(limbs)]
        scalars.divide(u1, u2, limbsOf(e, limbs), limbsOf(r, limbs), limbsOf(s, limbs))
        const inverse = inverseOf(s, n)
        expect(bigintOf(u1)).toBe((e * inverse) % n)
        expect(bigintOf(u2)).toBe((r * inverse) % n)
      }),
      { numRuns: 500 },
    )
  })

  it('multiply with all limbs at their longest, and are below n where one operand is', () => {
    const r = 1n << BigInt(24 * limbs)
    const multiply = (a: Limbs, b: Limbs): bigint => {
      const out = new Float64Array(limbs)
      scalars['multiply'](out, a, b)
      for (const limb of out) expect(limb >= 0 && limb < 2 ** 24).toBe(true)
      return bigintOf(out)
    }
    for (const a of [r - 1n, n - 1n, n, whole - 1n, 0n, 1n]) {
      for (const b of [n - 1n, n - 2n, 1n, 0n]) {
        const product = multiply(limbsOf(a, limbs), limbsOf(b, limbs))
        expect((product * r) % n).toBe((a * b) % n)
        expect(product).toBeLessThan(n)
      }
    }
  })
})

describe.each(curveNames.map((curve) => 8 * curves[curve].bytes))('scalars of %i bits', (bits) => {
  const limbs = Math.ceil(bits / 24)
  const top = 2n ** BigInt(bits)
  const powers = Array.from({ length: bits }, (_, i) => 1n << BigInt(i))
  const scalars = [
    0n,
    top - 1n,
    ...powers,
    ...powers.map((power) => power - 1n),
    ...powers.map((power) => top - power),
    ...powers.map((power) => ((top - 1n) / 3n) ^ power),
  ]
  const random = fc.bigInt({ min: 0n, max: top - 1n })

  const sumOf = (digits: Int16Array, width: number): bigint =>
    digits.reduceRight((sum, digit) => (sum << BigInt(width)) + BigInt(digit), 0n)

  it.each([2, 4, 8, 9, 10, 11, 12])('are sums of digits of %i bits, none out of range', (width) => {
    const digits = new Int16Array(Math.ceil((bits + 1) / width))
    const check = (scalar: bigint): void => {
      fixedDigits(digits, limbsOf(scalar, limbs), width)
      expect(sumOf(digits, width)).toBe(scalar)
      const isInRange = digits.every((digit) => digit > -(2 ** (width - 1)) && digit <= 2 ** (width - 1))
      if (!isInRange) expect.fail(`digits of ${scalar}: ${digits.join()}`)
    }
    for (const scalar of scalars) check(scalar)
    fc.assert(fc.property(random, check))
  })

  it.each([2, 5, 7])('have a non-adjacent form of width %i', (width) => {
    const digits = new Int16Array(bits + 1).fill(5)
    const check = (scalar: bigint): void => {
      nonAdjacentDigits(digits, limbsOf(scalar, limbs), width)
      expect(sumOf(digits, 1)).toBe(scalar)
      let last = -width
      digits.forEach((digit, i) => {
        if (digit === 0) return
        if (digit % 2 === 0 || Math.abs(digit) >= 2 ** (width - 1)) expect.fail(`digit ${digit} of ${scalar}`)
        if (i - last < width) expect.fail(`digits ${last} and ${i} of ${scalar}`)
        last = i
      })
    }
    for (const scalar of scalars) check(scalar)
    fc.assert(fc.property(random, check))
  })
})
