import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { bigintOf, type Limbs, limbsOf } from '../../../../src/crypto/curve/limbs.ts'
import { Scalars } from '../../../../src/crypto/curve/scalars.ts'
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
