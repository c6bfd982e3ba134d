import { type FieldPlan, type Kernel, limbBits, reductionOf } from './plan.ts'

/**
 * The proof that a kernel computes exactly: interval arithmetic over the same plan that `emit.ts` prints. Given how long
 * the limbs of the inputs can be, it follows every column's sum and carry, and refuses inputs that could make a sum
 * inexact. test/unit/crypto/curve/bounds.test.ts runs the library's own point formulas on bounds in place of numbers, so
 * that every call there is stays within what is proven here.
 *
 * Three facts carry it, for integers t that are held as doubles:
 *
 * 1. Below 2^53 all integers are doubles. A column's terms are integers, and so is every partial sum in whatever order it
 *    is added; none is larger than the sum of the terms' sizes, so that sum below 2^53 makes all of them exact.
 * 2. For |t| < 2^75, t + 1.5 · 2^76 lies between 2^76 and 2^77, where doubles are the multiples of 2^24: rounding takes it
 *    to the nearest one, and subtracting 1.5 · 2^76 is exact again. So h is a multiple of 2^24 and |t − h| ≤ 2^23.
 * 3. The carry h · 2^-24 is therefore an integer of at most (|t| + 2^23) / 2^24, and multiplying by powers of two is exact.
 */

/** How long limbs can be: limb i lies between −bounds[i] and bounds[i]. */
export type Bounds = ArrayLike<number>

export interface KernelBounds {
  /** Of each column's sum, lowest first; the highest is the highest limb of the result. */
  readonly columns: readonly number[]
  readonly out: readonly number[]
}

/** Where doubles stop being all integers. */
export const exactLimit: number = 2 ** 53

/** A quotient digit, and a limb that was carried out of: what is left after rounding to a multiple of 2^24. */
export const roundedLimit: number = 2 ** (limbBits - 1)

/**
 * The bounds of all that a kernel computes from inputs within these bounds.
 *
 * Sums are doubles here too: below 2^53 they are exact, and what is not below is not rounded to below.
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

/** What a column of this size can carry into the next one. */
export function carryOf(sum: number): number {
  return Math.floor((sum + roundedLimit) / 2 ** limbBits)
}

/** What quotient digits add to each column at most. */
function quotientBounds(plan: FieldPlan): readonly number[] {
  const bounds = new Array<number>(plan.digits + plan.limbs).fill(0)
  for (let digit = 0; digit < plan.digits; digit++) {
    for (const [column, , factor] of reductionOf(plan, digit)) bounds[column]! += factor * roundedLimit
  }
  return bounds
}

/** The largest number that limbs within bounds can make. */
export function valueBound(bounds: Bounds): bigint {
  let value = 0n
  for (let i = bounds.length - 1; i >= 0; i--) value = (value << BigInt(limbBits)) + BigInt(Math.abs(bounds[i]!))
  return value
}

/**
 * How large a product can be, as a number: (|a·b| + |Q|·p) / R, where Q is made of the quotient digits. Times one, this is
 * below p, which is what telling zero from multiples of p stands on.
 */
export function reducedBound(plan: FieldPlan, prime: bigint, product: bigint): bigint {
  const quotient = valueBound(new Array<number>(plan.digits).fill(roundedLimit))
  return (product + quotient * prime) / (1n << BigInt(limbBits * plan.digits)) + 1n
}
