/**
 * The steps of the generated field kernels, as data. `emit.ts` prints them as TypeScript; `bounds.ts` proves that every
 * intermediate is an exact integer. To change a kernel, edit this file, run `npx tsx tools/generate-kernels.ts` and run the
 * tests in test/unit/crypto/curve, which check the proof and the results. `npm run check` fails if the files are out of date.
 *
 * **Representation.** A field element x is held in Montgomery form as `limbs` doubles, x·R = Σ limb[i] · 2^(24 i), R =
 * 2^(24 · digits). Limbs are signed. A normal limb lies in [-2^23, 2^23]; only the highest may be larger.
 *
 * **Products** are the schoolbook sum of limb products by column. Both primes are -1 modulo 2^24, so the multiple of p that
 * clears the lowest column is that column's low digit q: q·p = q·(p + 1) - q, and p + 1 is a sum of four powers of two.
 * The reduction therefore multiplies by powers of two only, which is exact.
 *
 * **Why 24 bits.** Sums have to stay below 2^53, where doubles are exact. Eleven (P-256) or sixteen (P-384) products of
 * normal limbs add up to 2^50 at most. That leaves three bits, so an operand may be a sum of two or three numbers, and the
 * point formulas need no carries in between. A limb is three bytes, and 2^96, 2^192 and 2^384, which occur in the primes,
 * are limb boundaries.
 *
 * **The bounds.** For all operands that the library can pass, in any sequence of operations on points:
 *
 * | intermediate                                             | P-256   | P-384   |
 * | -------------------------------------------------------- | ------- | ------- |
 * | a quotient digit                                         | 2^23    | 2^23    |
 * | the sum of the quotient digits' terms in a column        | 2^39.01 | 2^32.01 |
 * | a limb of an operand (P-384: highest limb of 3(X + ZZ))  | 2^25    | 2^26.91 |
 * | the largest sum                                          | 2^51.81 | 2^52.25 |
 * | a carry                                                  | 2^27.81 | 2^28.25 |
 * | a coordinate, in multiples of p                          | 2.03    | 2.01    |
 * | a difference that is compared with zero, in the same     | 2.53    | 2.51    |
 *
 * Rounding works up to 2^75, far above every sum. test/unit/crypto/curve/bounds.test.ts fails if a bound is exceeded.
 */
export interface FieldPlan {
  readonly name: 'P-256' | 'P-384'
  readonly limbs: number
  /** Columns that Montgomery reduction clears: one more than there are limbs if p fills its limbs and leaves no room. */
  readonly digits: number
  /** Kernels to generate. P-384 has no squaring: it takes a third less work than a product, but costs a kilobyte. */
  readonly kernels: readonly KernelName[]
  /** p + 1 as signed powers of two: [sign, exponent]. */
  readonly primePlusOne: readonly (readonly [1 | -1, number])[]
}

type KernelName = 'multiplySubtract' | 'squareSubtract'

export const limbBits = 24

export const plans: readonly FieldPlan[] = [
  {
    name: 'P-256',
    limbs: 11,
    digits: 11,
    kernels: ['multiplySubtract', 'squareSubtract'],
    primePlusOne: [
      [1, 96],
      [1, 192],
      [-1, 224],
      [1, 256],
    ],
  },
  {
    name: 'P-384',
    limbs: 16,
    digits: 17,
    kernels: ['multiplySubtract'],
    primePlusOne: [
      [1, 32],
      [-1, 96],
      [-1, 128],
      [1, 384],
    ],
  },
]

/** One term of a column: ± factor · left · right, where factor is a power of two or a small integer. */
export interface Term {
  readonly sign: 1 | -1
  readonly factor: number
  readonly left: string
  readonly right?: string
}

export interface Kernel {
  readonly name: KernelName
  readonly formula: string
  readonly inputs: readonly string[]
  /** The input whose doubled limbs are computed once, in separate variables. */
  readonly doubled?: string
  /** Products and linear terms of a column, before reduction. */
  terms(plan: FieldPlan, column: number): readonly Term[]
}

function product(plan: FieldPlan, column: number, left: string, right: string): readonly Term[] {
  const terms: Term[] = []
  for (let i = Math.max(0, column - plan.limbs + 1); i <= Math.min(column, plan.limbs - 1); i++) {
    terms.push({ sign: 1, factor: 1, left: `${left}${i}`, right: `${right}${column - i}` })
  }
  return terms
}

/** Each cross product once, with its lower limb doubled. */
function square(plan: FieldPlan, column: number, name: string, doubled: string): readonly Term[] {
  const terms: Term[] = []
  for (let i = Math.ceil(column / 2); i <= Math.min(column, plan.limbs - 1); i++) {
    const isMiddle = 2 * i === column
    terms.push({ sign: 1, factor: 1, left: `${name}${i}`, right: `${isMiddle ? name : doubled}${column - i}` })
  }
  return terms
}

/** A summand is not divided by R, so its limbs belong to the columns that remain after the reduction. */
function summand(plan: FieldPlan, column: number, factor: number, name: string): readonly Term[] {
  const limb = column - plan.digits
  return limb >= 0 && limb < plan.limbs ? [{ sign: -1, factor, left: `${name}${limb}` }] : []
}

/** In the point formulas, subtractions follow most products. Computing both in one kernel saves a pass of carries. */
export const kernels: readonly Kernel[] = [
  {
    name: 'multiplySubtract',
    formula: 'a·b − c',
    inputs: ['a', 'b', 'c'],
    terms: (plan, column) => [...product(plan, column, 'a', 'b'), ...summand(plan, column, 1, 'c')],
  },
  {
    name: 'squareSubtract',
    formula: 'a² − b − 2c',
    inputs: ['a', 'b', 'c'],
    doubled: 'a',
    terms: (plan, column) => [
      ...square(plan, column, 'a', 'd'),
      ...summand(plan, column, 1, 'b'),
      ...summand(plan, column, 2, 'c'),
    ],
  },
]

/** The columns to which the multiple of p that clears a column adds the quotient digit: [column, sign, factor]. */
export function reductionOf(plan: FieldPlan, column: number): readonly (readonly [number, 1 | -1, number])[] {
  return plan.primePlusOne.map(([sign, exponent]) => {
    const target = Math.floor(exponent / limbBits)
    return [column + target, sign, 2 ** (exponent - limbBits * target)] as const
  })
}

export function kernelsOf(plan: FieldPlan): readonly Kernel[] {
  return kernels.filter(({ name }) => plan.kernels.includes(name))
}
