/**
 * What the generated field kernels compute, step by step, as data: `emit.ts` writes it as TypeScript, `bounds.ts` proves of
 * it that every intermediate is an exact integer. Change it here, run `npx tsx tools/generate-kernels.ts`, and let
 * test/unit/crypto/curve say whether the proof and the results still hold; `npm run check` says whether files are in sync.
 *
 * **Representation.** A field element x is held in Montgomery form as `limbs` doubles, x·R = Σ limb[i] · 2^(24 i), R =
 * 2^(24 · digits). Limbs are signed: a normal one lies in [-2^23, 2^23], only the highest may be longer.
 *
 * **Products** are the schoolbook sum of limb products by column. Both primes are -1 modulo 2^24, so the multiple of p that
 * clears the lowest column is that column's own low digit q: q·p = q·(p + 1) - q, and p + 1 is a sum of four powers of two.
 * That reduction costs no multiplications but by powers of two, which are exact.
 *
 * **Why 24 bits.** Sums have to stay below 2^53, where doubles are exact. Eleven (P-256) or sixteen (P-384) products of
 * normal limbs make 2^50 at most, which leaves three bits for operands that are sums of two or three numbers: the point
 * formulas need no carrying between. Three bytes make a limb; and 2^96, 2^192 and 2^384, powers that the primes are made
 * of, are limb boundaries.
 *
 * **The bounds.** Over all operands that the library can ever pass, in any sequence of operations on points:
 *
 * | intermediate                                             | P-256   | P-384   |
 * | -------------------------------------------------------- | ------- | ------- |
 * | a quotient digit                                         | 2^23    | 2^23    |
 * | what quotient digits add to a column                     | 2^39.01 | 2^32.01 |
 * | a limb of an operand, the highest of 3(X + ZZ) on P-384  | 2^25    | 2^26.91 |
 * | the longest sum                                          | 2^51.81 | 2^52.25 |
 * | a carry                                                  | 2^27.81 | 2^28.25 |
 * | a coordinate, in multiples of p                          | 2.03    | 2.01    |
 * | a difference that may be a multiple of p, in those       | 2.53    | 2.51    |
 *
 * Rounding works up to 2^75, and no sum is near. test/unit/crypto/curve/bounds.test.ts computes these and fails above them.
 */
export interface FieldPlan {
  readonly name: 'P-256' | 'P-384'
  readonly limbs: number
  /** Columns that Montgomery reduction clears. One more than limbs where p fills its limbs and would leave no room. */
  readonly digits: number
  /** Kernels to generate. A squaring saves a third of its product and costs a kilobyte on P-384, which is fast enough without. */
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
  /** Limbs of an input that are used doubled are given a name of their own. */
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

/** Each cross product once, with the side of the lower limb doubled. */
function square(plan: FieldPlan, column: number, name: string, doubled: string): readonly Term[] {
  const terms: Term[] = []
  for (let i = Math.ceil(column / 2); i <= Math.min(column, plan.limbs - 1); i++) {
    const isMiddle = 2 * i === column
    terms.push({ sign: 1, factor: 1, left: `${name}${i}`, right: `${isMiddle ? name : doubled}${column - i}` })
  }
  return terms
}

/** A summand is no product, so it belongs to the columns that remain. */
function summand(plan: FieldPlan, column: number, factor: number, name: string): readonly Term[] {
  const limb = column - plan.digits
  return limb >= 0 && limb < plan.limbs ? [{ sign: -1, factor, left: `${name}${limb}` }] : []
}

/** Fused with the subtractions that follow them in the point formulas, products need no separate pass to carry. */
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

/** Where the multiple of p that clears a column adds its quotient digit: [column, sign, factor]. */
export function reductionOf(plan: FieldPlan, column: number): readonly (readonly [number, 1 | -1, number])[] {
  return plan.primePlusOne.map(([sign, exponent]) => {
    const target = Math.floor(exponent / limbBits)
    return [column + target, sign, 2 ** (exponent - limbBits * target)] as const
  })
}

export function kernelsOf(plan: FieldPlan): readonly Kernel[] {
  return kernels.filter(({ name }) => plan.kernels.includes(name))
}
