import { p256, p384 } from '@noble/curves/nist.js'
import type { Accumulator } from '../../src/crypto/curve/accumulator.ts'
import { type CurveName, curves } from '../../src/crypto/curve/curves.ts'
import type { Field } from '../../src/crypto/curve/field.ts'
import { type Limbs, limbsOf } from '../../src/crypto/curve/limbs.ts'
import { numberOf } from './field-numbers.ts'

/** Points by noble, which tests compare our curves with, and their limbs. What differs between curves is a Record. */

export type NoblePoint = typeof p256.Point.BASE

const nobleCurves: Record<CurveName, typeof p256> = { 'P-256': p256, 'P-384': p384 }

export function nobleOf(curve: CurveName): typeof p256 {
  return nobleCurves[curve]
}

/** The usual hash on each curve, which is as strong as the curve. */
export const usualHash: Record<CurveName, 'sha256' | 'sha384' | 'sha512'> = { 'P-256': 'sha256', 'P-384': 'sha384' }

/** scalar · G for any scalar, 0 and negative ones too. */
export function multipleOf(curve: CurveName, scalar: bigint, base: NoblePoint = nobleOf(curve).Point.BASE): NoblePoint {
  const reduced = modulo(scalar, curves[curve].n)
  return reduced === 0n ? nobleOf(curve).Point.ZERO : base.multiplyUnsafe(reduced)
}

export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** value⁻¹ by Fermat, so independently of Euclid's algorithm. */
export function inverseOf(value: bigint, prime: bigint): bigint {
  let power = 1n
  let square = modulo(value, prime)
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) power = (power * square) % prime
    square = (square * square) % prime
  }
  return power
}

export function enterNumber(field: Field, value: bigint): Limbs {
  const out = limbsOf(value, field.limbs)
  field.enter(out, out)
  return out
}

/** The value of a number in Montgomery form. */
export function leaveNumber(curve: CurveName, field: Field, limbs: ArrayLike<number>): bigint {
  const { p } = curves[curve]
  const known = inversesOfR.get(curve) ?? inverseOf(1n << BigInt(24 * field.digits), p)
  inversesOfR.set(curve, known)
  return modulo(numberOf(limbs) * known, p)
}

const inversesOfR = new Map<CurveName, bigint>()

export function enterPoint(field: Field, point: NoblePoint): readonly [x: Limbs, y: Limbs] {
  const { x, y } = point.toAffine()
  return [enterNumber(field, x), enterNumber(field, y)]
}

/** The point of an accumulator, computed by noble. Throws if its coordinates are not on the curve. */
export function pointOf(curve: CurveName, field: Field, sum: Accumulator): NoblePoint {
  const { Point } = nobleOf(curve)
  if (sum.isEmpty) return Point.ZERO
  const { p } = curves[curve]
  const [x, y, zz, zzz] = [sum.x, sum.y, sum.zz, sum.zzz].map((limbs) => leaveNumber(curve, field, limbs)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  if (zz === 0n || modulo(zz ** 3n, p) !== modulo(zzz ** 2n, p)) throw new Error('ZZ and ZZZ do not go together')
  const point = Point.fromAffine({ x: modulo(x * inverseOf(zz, p), p), y: modulo(y * inverseOf(zzz, p), p) })
  point.assertValidity()
  return point
}

/** Uncompressed. */
export function encodePoint(point: NoblePoint): Uint8Array {
  return point.toBytes(false)
}
