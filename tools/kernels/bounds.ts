import { type FieldPlan, type Kernel, limbBits, reductionOf } from './plan.ts'

/**
 * Proves that a kernel computes exactly: interval arithmetic over the same plan that `emit.ts` prints. It starts from
 * bounds on the limbs of the inputs, computes bounds on every column's sum and carry, and throws if a sum could be
 * inexact. test/unit/crypto/curve/bounds.test.ts runs the library's point formulas on bounds instead of numbers, so this
 * proof covers every kernel call that the library can make.
 *
 * The proof rests on three facts about integers t that are held as doubles:
 *
 * 1. Every integer below 2^53 is a double. A column's terms are integers, and so are its partial sums, in any order. No
 *    partial sum exceeds the sum of the terms' absolute values. If that is below 2^53, all of them are exact.
 * 2. For |t| < 2^75, t + 1.5 · 2^76 lies between 2^76 and 2^77, where doubles are the multiples of 2^24. Rounding takes it
 *    to the nearest multiple, and subtracting 1.5 · 2^76 is exact. So h is a multiple of 2^24 and |t − h| ≤ 2^23.
 * 3. The carry h · 2^-24 is therefore an integer of at most (|t| + 2^23) / 2^24, and multiplying by powers of two is exact.
 */

/** Limits of an operand's limbs: limb i lies between −bounds[i] and bounds[i]. */
export type Bounds = ArrayLike<number>

export interface KernelBounds {
  /** The bound of each column's sum, lowest column first. The highest column is the highest limb of the result. */
  readonly columns: readonly number[]
  readonly out: readonly number[]
}

/** Every integer below it is a double. */
export const exactLimit: number = 2 ** 53

/** The bound of a remainder after rounding to a multiple of 2^24: of quotient digits, and of limbs after their carry. */
export const roundedLimit: number = 2 ** (limbBits - 1)

/**
 * The bounds of everything that a kernel computes from inputs within these bounds.
 *
 * The bounds are doubles as well. Below 2^53 they are exact, and rounding never takes a larger sum below 2^53.
 *
 * @throws RangeError naming the column, if a sum could reach 2^53
 */
export function boundsOf(plan: FieldPlan, kernel: Kernel, inputs: readonly Bounds[]): KernelBounds {
  const sizeOf = (operand: string): number => {
    const doubled = kernel.doubled !== undefined && operand.startsWith('d')
    const input = inputs[kernel.inputs.indexOf(doubled ? kernel.doubled : operand[0]!)]!
    return Math.abs(input[Number(operand.slice(1))]!) * (doubled ? 2 : 1)
  }
  const last = plan.digits + plan.limbs - 1
  const quotients = quotientBounds(plan)
  const columns: number[] = []
  const out: number[] = []
  let carry = 0
  for (let column = 0; column <= last; column++) {
    let sum = carry + quotients[column]!
    for (const { factor, left, right } of kernel.terms(plan, column)) {
      sum += factor * sizeOf(left) * (right === undefined ? 1 : sizeOf(right))
    }
    if (!(sum < exactLimit)) {
      throw new RangeError(`${plan.name} ${kernel.name}: column ${column} can reach 2^${Math.log2(sum).toFixed(3)}`)
    }
    columns.push(sum)
    if (column >= plan.digits) out.push(column === last ? sum : Math.min(sum, roundedLimit))
    carry = carryOf(sum)
  }
  return { columns, out }
}

/** The largest carry of a column whose sum is at most this. */
export function carryOf(sum: number): number {
  return Math.floor((sum + roundedLimit) / 2 ** limbBits)
}

/** The most that quotient digits can add to each column. */
function quotientBounds(plan: FieldPlan): readonly number[] {
  const bounds = new Array<number>(plan.digits + plan.limbs).fill(0)
  for (let digit = 0; digit < plan.digits; digit++) {
    for (const [column, , factor] of reductionOf(plan, digit)) bounds[column]! += factor * roundedLimit
  }
  return bounds
}

/** The largest number that limbs within these bounds can represent. */
export function valueBound(bounds: Bounds): bigint {
  let value = 0n
  for (let i = bounds.length - 1; i >= 0; i--) value = (value << BigInt(limbBits)) + BigInt(Math.abs(bounds[i]!))
  return value
}

/**
 * The largest value of a reduced product: (|a·b| + |Q|·p) / R, where Q is the number that the quotient digits form. When
 * one factor is 1, the result is below p. The test for zero relies on this.
 */
export function reducedBound(plan: FieldPlan, prime: bigint, product: bigint): bigint {
  const quotient = valueBound(new Array<number>(plan.digits).fill(roundedLimit))
  return (product + quotient * prime) / (1n << BigInt(limbBits * plan.digits)) + 1n
}
