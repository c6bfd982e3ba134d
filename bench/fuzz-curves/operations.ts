import { type CurveName, curveNames, curves } from '../../src/crypto/curve/curves.ts'
import type { Field } from '../../src/crypto/curve/field.ts'
import { groupOf } from '../../src/crypto/curve/group.ts'
import { invert } from '../../src/crypto/curve/lehmer.ts'
import { type Limbs, limbsOf } from '../../src/crypto/curve/limbs.ts'
import type { KernelCall } from '../../test/support/bounded-field.ts'
import { boundedPoints } from '../../test/support/bounded-points.ts'
import { balancedLimbs } from '../../test/support/field-numbers.ts'
import { Random } from '../fuzz/random.ts'

/** Stops after this many findings. */
const enough = 20

interface Setting {
  readonly curve: CurveName
  readonly field: Field
  readonly p: bigint
  readonly r: bigint
  readonly calls: readonly KernelCall[]
  readonly inputs: readonly [Limbs, Limbs, Limbs]
  readonly out: Limbs
}

/**
 * Compares field operations with BigInt. Operands cover everything that the library can pass, above all the largest and
 * smallest values. Nine of ten operations are kernels; the others are inversions, the test for zero, and tripling.
 */
export function fuzzOperations(count: number, seed: number): { counts: Record<string, number>; findings: string[] } {
  const random = new Random(seed)
  const settings = curveNames.map(settingOf)
  const counts = { multiplySubtract: 0, squareSubtract: 0, tripleSum: 0, isZero: 0, invert: 0 }
  const findings: string[] = []
  for (let i = 0; i < count && findings.length < enough; i++) {
    const setting = settings[i % settings.length]!
    const kind = random.below(200)
    const operation = kind < 180 ? undefined : kind < 190 ? 'tripleSum' : kind < 199 ? 'isZero' : 'invert'
    const call = random.pick(setting.calls)
    const isRight =
      operation === undefined ? kernelIsRight(setting, call, random) : otherIsRight(setting, operation, call.inputs[0]!, random)
    counts[operation ?? call.kernel]++
    if (!isRight) {
      const operands = setting.inputs.map((limbs) => limbs.join(' ')).join('; ')
      findings.push(`${setting.curve} ${operation ?? call.kernel}, operation ${i}: ${operands}`)
    }
  }
  return { counts, findings }
}

function settingOf(curve: CurveName): Setting {
  const { field } = groupOf(curve)
  const blank = (): Limbs => new Float64Array(field.limbs)
  const r = 1n << BigInt(24 * field.digits)
  const { p } = curves[curve]
  const { calls } = boundedPoints(curve)
  return { curve, field, p, r, calls, inputs: [blank(), blank(), blank()], out: blank() }
}

function kernelIsRight({ field, p, r, inputs, out }: Setting, call: KernelCall, random: Random): boolean {
  const [a, b, c] = inputs
  for (let i = 0; i < 3; i++) fill(inputs[i]!, call.inputs[i]!, random)
  field[call.kernel](out, a, b, c)
  for (let i = 0; i < out.length; i++) if (!(Math.abs(out[i]!) <= call.out[i]!)) return false
  const got = numberOf(out)
  if (call.kernel === 'multiplySubtract') return ((got + numberOf(c)) * r - numberOf(a) * numberOf(b)) % p === 0n
  const base = numberOf(a)
  return ((got + numberOf(b) + 2n * numberOf(c)) * r - base * base) % p === 0n
}

function otherIsRight(setting: Setting, operation: string, bounds: readonly number[], random: Random): boolean {
  const { field, p, inputs, out } = setting
  const [a, scratch] = inputs
  fill(a, bounds, random)
  const value = numberOf(a)
  if (operation === 'tripleSum') {
    fill(scratch, bounds, random)
    field.tripleSum(out, a, scratch)
    return numberOf(out) === 3n * (value + numberOf(scratch))
  }
  if (operation === 'isZero') {
    // Half of the operands are multiples of p, or next to one.
    if (random.oneIn(2)) a.set(balancedLimbs(BigInt(random.below(9) - 4) * p + BigInt(random.pick([0, 0, 1, -1])), a.length))
    return field.isZero(a, scratch) === (numberOf(a) % p === 0n)
  }
  const prime = random.oneIn(2) ? p : curves[setting.curve].n
  const plain = edgeNumber(prime, random)
  const order = limbsOf(prime, a.length)
  a.set(limbsOf(plain, a.length))
  invert(out, a, order)
  return plain !== 0n && (numberOf(out) * plain) % prime === 1n && numberOf(out) < prime
}

/** A number from 1 to prime − 1: small, near the prime, a power of two or a fraction of the prime, or random. */
function edgeNumber(prime: bigint, random: Random): bigint {
  const kind = random.below(8)
  const small = BigInt(random.below(1000)) + 1n
  if (kind === 0) return small
  if (kind === 1) return prime - small
  if (kind === 2) return (1n << BigInt(1 + random.below(250))) + BigInt(random.below(3) - 1) || 1n
  if (kind === 3) return prime / (small + 1n) + BigInt(random.below(3))
  let value = 0n
  while (value < prime) value = (value << 32n) | BigInt(random.bits())
  return (value % (prime - 1n)) + 1n
}

/** Limbs within bounds: at or near the bounds, sometimes mixed with zeros, or random. */
function fill(out: Limbs, bounds: readonly number[], random: Random): void {
  const kind = random.below(6)
  const signs = random.bits()
  for (let i = 0; i < out.length; i++) {
    const bound = bounds[i]!
    const sign = (signs >>> i) & 1 ? -1 : 1
    if (kind === 0) out[i] = sign * bound
    else if (kind === 1) out[i] = bound
    else if (kind === 2) out[i] = random.oneIn(3) ? sign * bound : 0
    else if (kind === 3) out[i] = sign * Math.max(0, bound - random.below(3))
    else out[i] = sign * Math.floor((random.bits() / 2 ** 32) * (bound + 1))
  }
}

/** Adds two limbs at a time, which have at most 50 bits together. */
function numberOf(limbs: Limbs): bigint {
  let value = 0n
  let i = limbs.length - 1
  if (i % 2 === 0) value = BigInt(limbs[i--]!)
  for (; i > 0; i -= 2) value = (value << 48n) + BigInt(limbs[i]! * 2 ** 24 + limbs[i - 1]!)
  return value
}
