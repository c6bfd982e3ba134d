import { weierstrass } from '@noble/curves/abstract/weierstrass.js'
import { hexOf } from '../../bytes/hex.ts'
import { type CurveName, curveConstants } from './constants.ts'
import { bigintOf, type Limbs } from './limbs.ts'

/**
 * The same by @noble/curves, whose formulas are complete: for sums that ours cannot add. That needs a coincidence or a
 * signature made for it, so no speed is lost by it.
 *
 * @returns whether the x-coordinate of u1·G + u2·Q is r modulo n; false for the point at infinity
 */
export function referenceSum(curve: CurveName, point: Uint8Array, u1: Limbs, u2: Limbs, r: Limbs): boolean {
  const { p, b, n, x, y } = curveConstants[curve]
  const Point = weierstrass({ p, n, h: 1n, a: p - 3n, b, Gx: x, Gy: y })
  const multiple = (base: InstanceType<typeof Point>, scalar: bigint) =>
    scalar === 0n ? Point.ZERO : base.multiplyUnsafe(scalar)
  const sum = multiple(Point.BASE, bigintOf(u1)).add(multiple(Point.fromHex(hexOf(point)), bigintOf(u2)))
  return !sum.is0() && sum.toAffine().x % n === bigintOf(r)
}
