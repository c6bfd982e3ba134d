import { type CurveName, curves } from '../../src/crypto/curve/curves.ts'
import { Field, type FieldKernels } from '../../src/crypto/curve/field.ts'
import type { Limbs } from '../../src/crypto/curve/limbs.ts'
import { boundsOf, carryOf, reducedBound, roundedLimit, valueBound } from '../../tools/kernels/bounds.ts'
import { type FieldPlan, kernelsOf, plans } from '../../tools/kernels/plan.ts'

/** One call of a kernel: the bounds of its inputs' limbs and of its results. */
export interface KernelCall {
  readonly kernel: KernelName
  readonly inputs: readonly (readonly number[])[]
  readonly columns: readonly number[]
  readonly out: readonly number[]
}

export type KernelName = 'multiplySubtract' | 'squareSubtract'

export function planOf(curve: CurveName): FieldPlan {
  const plan = plans.find(({ name }) => name === curve)
  if (plan === undefined) throw new Error(`tools/kernels/plan.ts has no plan for ${curve}`)
  return plan
}

/** Bounds of the limbs of a number that was read from bytes or fully carried. */
export function plainBounds(curve: CurveName): Limbs {
  const { bytes } = curves[curve]
  const { limbs } = planOf(curve)
  return new Float64Array(limbs).fill(2 ** 24 - 1).fill(2 ** (8 * bytes - 24 * (limbs - 1)) - 1, limbs - 1)
}

/**
 * A field whose numbers are bounds: limb i stands for anything from −|limb| to |limb|. Formulas that run on it prove, for
 * all operands within the given bounds, that every step is exact; they throw if
 * one might not be. Constants have their exact values, which are bounds too.
 */
export class BoundedField extends Field {
  /** The calls, without those whose bounds occurred before. */
  readonly calls: KernelCall[]
  /** Above all plain numbers, so that any bounds that are compared with it are valid. */
  override readonly prime: Limbs
  private readonly curve: CurveName

  constructor(curve: CurveName) {
    const calls: KernelCall[] = []
    super(boundedKernels(planOf(curve), calls), curves[curve].p)
    this.curve = curve
    this.calls = calls
    this.prime = plainBounds(curve)
    this.prime[0] = 2 ** 24
  }

  override subtract(out: Limbs, a: Limbs, b: Limbs): void {
    this.add(out, a, b)
  }

  override add(out: Limbs, a: Limbs, b: Limbs): void {
    for (let i = 0; i < out.length; i++) out[i] = exact(Math.abs(a[i]!) + Math.abs(b[i]!))
  }

  /** As Field does it: limbs are rounded like columns, and the highest takes the last carry. */
  override tripleSum(out: Limbs, a: Limbs, b: Limbs): void {
    let carry = 0
    for (let i = 0; i < out.length; i++) {
      const limb = exact(3 * (Math.abs(a[i]!) + Math.abs(b[i]!)) + carry)
      carry = carryOf(limb)
      out[i] = i === out.length - 1 ? limb : Math.min(limb, roundedLimit)
    }
  }

  /** Proves that the number divided by R lies between −p and p. Returns false, so that formulas continue. */
  override isZero(a: Limbs, scratch: Limbs): boolean {
    this.reduceFully(scratch, a)
    return false
  }

  override invert(out: Limbs, a: Limbs): void {
    this.reduceFully(out, a)
    // Between 0 and p after adding p at most, and so is the inverse.
    this.enter(out, plainBounds(this.curve))
  }

  private reduceFully(out: Limbs, a: Limbs): void {
    const { p } = curves[this.curve]
    if (reducedBound(planOf(this.curve), p, valueBound(a)) >= p) throw new RangeError('a number that isZero cannot judge')
    const one = new Float64Array(out.length)
    one[0] = 1
    this.multiply(out, a, one)
  }
}

function boundedKernels(plan: FieldPlan, calls: KernelCall[]): FieldKernels {
  const own = kernelsOf(plan)
  const bounded = (name: KernelName, out: Limbs, inputs: readonly Limbs[]): void => {
    let call = calls.find((known) => known.kernel === name && known.inputs.every((sizes, i) => isOfSizes(inputs[i]!, sizes)))
    if (call === undefined) {
      const kernel = own.find((each) => each.name === name)!
      call = { kernel: name, inputs: inputs.map((input) => Array.from(input, Math.abs)), ...boundsOf(plan, kernel, inputs) }
      calls.push(call)
    }
    out.set(call.out)
  }
  return {
    limbs: plan.limbs,
    digits: plan.digits,
    multiplySubtract: (out, a, b, c) => bounded('multiplySubtract', out, [a, b, c]),
    ...(own.some(({ name }) => name === 'squareSubtract') && {
      squareSubtract: (out: Limbs, a: Limbs, b: Limbs, c: Limbs) => bounded('squareSubtract', out, [a, b, c]),
    }),
  }
}

function isOfSizes(numbers: Limbs, sizes: readonly number[]): boolean {
  for (let i = sizes.length - 1; i >= 0; i--) if (Math.abs(numbers[i]!) !== sizes[i]) return false
  return true
}

function exact(value: number): number {
  if (value < 2 ** 53) return value
  throw new RangeError(`a limb can reach 2^${Math.log2(value)}`)
}
