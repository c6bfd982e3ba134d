import { beforeAll, describe, expect, it, vi } from 'vitest'
import { maxMultiple } from '../../../../src/crypto/curve/accumulator.ts'
import { type CurveName, curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import type { Group } from '../../../../src/crypto/curve/group.ts'
import { type Limbs, limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { TableBudget } from '../../../../src/crypto/curve/point-key.ts'
import { EcdsaKey } from '../../../../src/crypto/ecdsa.ts'
import { boundsOf, exactLimit, reducedBound, roundedLimit, valueBound } from '../../../../tools/kernels/bounds.ts'
import { kernels } from '../../../../tools/kernels/plan.ts'
import { type BoundedField, type KernelCall, planOf } from '../../../support/bounded-field.ts'
import { type BoundedPoints, boundedPoints } from '../../../support/bounded-points.ts'
import { bytes, sequence, tlv } from '../../../support/der.ts'
import { kernelInput, numberOf, signPatterns } from '../../../support/field-numbers.ts'

/**
 * No sum in a kernel can reach 2^53 in any verification: the real point formulas run on bounds instead of numbers. The
 * kernels also compute correctly at those bounds.
 */

const bounded = vi.hoisted(() => ({ groups: new Map<string, Group>() }))
vi.mock('../../../../src/crypto/curve/group.ts', async (original) => ({
  ...(await original<typeof import('../../../../src/crypto/curve/group.ts')>()),
  groupOf: (curve: CurveName) => bounded.groups.get(curve),
}))

/** As tools/kernels/plan.ts states it. */
const longestSum: Record<CurveName, number> = { 'P-256': 2 ** 51.81, 'P-384': 2 ** 52.25 }
const longestLimb: Record<CurveName, number> = { 'P-256': 2 ** 25, 'P-384': 2 ** 26.91 }

const largest = (calls: readonly KernelCall[]): number => Math.max(...calls.flatMap(({ columns }) => columns))

describe.each(curveNames)('%s', (curve) => {
  const { p, bytes: width, kernels: real } = curves[curve]
  const plan = planOf(curve)
  let points: BoundedPoints
  beforeAll(() => {
    points = boundedPoints(curve)
    bounded.groups.set(curve, points.group)
  })

  it('is planned for its prime, which is −1 modulo 2^24 and has room in its limbs', () => {
    expect(plan.primePlusOne.reduce((sum, [sign, exponent]) => sum + BigInt(sign) * 2n ** BigInt(exponent), -1n)).toBe(p)
    expect(BigInt.asUintN(24, p + 1n)).toBe(0n)
    expect(p < 1n << BigInt(24 * plan.limbs)).toBe(true)
  })

  it('keeps all sums exact in any sequence of operations on points', () => {
    expect(points.rounds).toBeLessThan(10)
    expect(points.calls.length).toBeGreaterThan(20)
    expect(largest(points.calls)).toBeLessThan(longestSum[curve])
    expect(Math.max(...points.calls.flatMap(({ inputs }) => inputs.flat()))).toBeLessThanOrEqual(longestLimb[curve])
  })

  it('is tight: a limb more than two bits longer is refused', () => {
    const field = points.group.field as BoundedField
    const long = points.sum.x.map((limb) => 4 * limb)
    expect(() => field.square(new Float64Array(plan.limbs), long)).toThrow(
      /(multiply|square)Subtract: column \d+ can reach 2\^53/,
    )
    expect(() => field.tripleSum(new Float64Array(plan.limbs), long.fill(exactLimit / 2), field.zero)).toThrow(RangeError)
    // isZero is right for all that limbs can hold; only products need a look.
    const r = 1n << BigInt(24 * plan.digits)
    expect(reducedBound(plan, p, (p * r) / 4n)).toBeLessThan(p)
    expect(reducedBound(plan, p, (p * r) / 2n)).toBeGreaterThan(p)
  })

  it('has limbs of points that a table can hold', () => {
    expect(Math.max(...points.affineX, ...points.affineY)).toBeLessThan(2 ** 31)
  })

  /** How many times p a number within bounds can be at most. */
  const multiples = (of: Limbs): number => Number((valueBound(of) * 1000n) / p) / 1000

  it('has differences of equal coordinates that are small multiples of p', () => {
    const { group, sum, affineX, affineY } = points
    const difference = new Float64Array(plan.limbs)
    for (const [affine, scale, own] of [
      [affineX, sum.zz, sum.x],
      [affineY, sum.zzz, sum.y],
    ] as const) {
      group.field.multiplySubtract(difference, affine, scale, own)
      expect(multiples(difference)).toBeLessThan(2.53)
      expect(maxMultiple).toBeGreaterThanOrEqual(3)
      // Throws if isZero could not judge it.
      expect(group.field.isZero(difference, new Float64Array(plan.limbs))).toBe(false)
    }
  })

  it('verifies any signature within these bounds, by a key seen once and by one with tables', () => {
    const before = points.calls.length
    const any = tlv(0x02, [0], new Uint8Array(width).fill(0xff))
    const point = bytes([4], new Uint8Array(2 * width).fill(0xff))
    for (const budget of [0, 2 ** 30]) {
      const key = new EcdsaKey(curve, point, new TableBudget(budget))
      // With scalars of ones alone a digit is added in hardly any column; how often does not matter for bounds.
      expect(key.verify('sha512', new Uint8Array(), sequence(any, any))).toBe(false)
      key.warmUp()
      expect(key.verify('sha512', new Uint8Array(), sequence(any, any))).toBe(false)
    }
    // The comparison with r + n, at least, is nothing that points do among themselves.
    expect(points.calls.length).toBeGreaterThan(before)
    expect(largest(points.calls)).toBeLessThan(longestSum[curve])
    expect(Math.max(...points.calls.flatMap(({ inputs }) => inputs.flat()))).toBeLessThanOrEqual(longestLimb[curve])
  })

  it('computes correctly with all limbs at the bounds', () => {
    const r = 1n << BigInt(24 * plan.digits)
    let cases = 0
    for (const { kernel, inputs, out: limits } of points.calls) {
      for (const signs of signPatterns(inputs.length, plan.limbs)) {
        const [a, b, c] = inputs.map((limits, i) => kernelInput(limits, signs[i]!)) as [Limbs, Limbs, Limbs]
        const out = new Float64Array(plan.limbs)
        real[kernel]!(out, a, b, c)
        const [x, y, z] = [numberOf(a), numberOf(b), numberOf(c)]
        const wanted = kernel === 'multiplySubtract' ? x * y - z * r : x * x - (y + 2n * z) * r
        if ((numberOf(out) * r - wanted) % p !== 0n) expect.fail(`${kernel} is wrong at ${a.join()}; ${b.join()}; ${c.join()}`)
        for (const [i, limb] of out.entries()) if (!(Math.abs(limb) <= limits[i]!)) expect.fail(`limb ${i} of ${kernel}: ${limb}`)
        cases++
      }
    }
    expect(cases).toBeGreaterThan(500)
  })
})

describe('boundsOf', () => {
  const plan = planOf('P-384')
  const full = (size: number): Limbs => new Float64Array(plan.limbs).fill(size)
  const square = kernels.find(({ name }) => name === 'squareSubtract')!

  it('finds the column that could be inexact', () => {
    expect(() => boundsOf(plan, square, [full(2 ** 24.5), full(0), full(0)])).toThrow(/P-384 squareSubtract: column 1\d can/)
    expect(() => boundsOf(plan, square, [full(0), full(Number.NaN), full(0)])).toThrow(RangeError)
    expect(boundsOf(plan, square, [full(2 ** 24), full(0), full(0)]).columns.every((sum) => sum < exactLimit)).toBe(true)
  })

  it('counts every term: columns are exact for the largest inputs and quotient digits', () => {
    const limb = 2 ** 22
    const { columns, out } = boundsOf(plan, square, [full(limb), full(limb), full(limb)])
    expect(columns[0]).toBe(limb ** 2)
    expect(columns[15]! - carry(columns[14]!)).toBe(16 * limb ** 2 + digits([1, 2 ** 8], [4, 1], [5, 2 ** 8]))
    // From column 17 on the two subtrahends count as well, and 16 columns below each q · 2^384.
    expect(columns[17]! - carry(columns[16]!)).toBe(14 * limb ** 2 + 3 * limb + digits([1, 2 ** 8], [4, 1], [5, 2 ** 8], [16, 1]))
    expect(out.slice(0, -1).every((bound) => bound <= roundedLimit)).toBe(true)
  })

  const carry = (sum: number): number => Math.floor((sum + 2 ** 23) / 2 ** 24)
  const digits = (...terms: readonly (readonly [number, number])[]): number =>
    terms.reduce((sum, [, factor]) => sum + factor * 2 ** 23, 0)

  it('uses the exact value of constants', () => {
    const one = limbsOf(1n, plan.limbs)
    const { columns } = boundsOf(plan, kernels[0]!, [full(2 ** 24), one, full(0)])
    expect(columns[0]).toBe(2 ** 24)
  })
})
