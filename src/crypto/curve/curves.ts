import type { FieldKernels } from './field.ts'
import { p256Kernels } from './p256-kernels.ts'
import { p384Kernels } from './p384-kernels.ts'

/** The supported curves (FIPS 186-5; secp256r1 and secp384r1 in SEC 2). */
export type CurveName = 'P-256' | 'P-384'

interface Curve {
  /** Bytes of a field element, and of r and s. */
  readonly bytes: number
  /** The field's prime. */
  readonly p: bigint
  /** The coefficient b of y² = x³ − 3x + b. */
  readonly b: bigint
  /** The order of the group. */
  readonly n: bigint
  /** The generator. */
  readonly x: bigint
  readonly y: bigint
  /** RFC 5480 2.1.1.1 */
  readonly oid: string
  readonly kernels: FieldKernels
  /** The measured cost of a verification, relative to P-256. */
  readonly cost: number
}

/** Everything that differs between the curves. Domain parameters: SP 800-186 section 3.2.1. */
export const curves: Readonly<Record<CurveName, Curve>> = {
  'P-256': {
    bytes: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    oid: '1.2.840.10045.3.1.7',
    kernels: p256Kernels,
    cost: 1,
  },
  'P-384': {
    bytes: 48,
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
    y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    oid: '1.3.132.0.34',
    kernels: p384Kernels,
    cost: 2.6,
  },
}

export const curveNames: readonly CurveName[] = /* @__PURE__ */ Object.keys(curves) as CurveName[]

export function isCurveName(name: string): name is CurveName {
  return (curveNames as readonly string[]).includes(name)
}
