import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { fixedDigits, nonAdjacentDigits } from '../../../../src/crypto/curve/scalars.ts'

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
