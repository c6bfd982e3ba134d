import { base, bigintOf, type Limbs, subtractLimbs, writeBigint } from './limbs.ts'

/**
 * Inverses modulo an odd prime, by Lehmer's variant of Euclid's algorithm (Knuth, volume 2, 4.5.2, algorithm L). It computes
 * many quotients from the leading 48 bits alone, where doubles are exact, and then applies them to all limbs at once.
 *
 * Invariant: the remainders a and b satisfy a ≡ ±u·s and b ≡ ∓v·s. The signs are opposite, so one flag stores both.
 */

/** The limit of cofactors. The sum of two products of a cofactor and a limb is then exact. */
const largestCofactor = 2 ** 24

/** Several steps combined: a' = p·a − q·b and b' = s·b − r·a, both negated if `odd`. Reused, so that nothing is allocated. */
const step = { p: 1, q: 0, r: 0, s: 1, odd: false }

/** Working memory by number of limbs, so that an inversion allocates nothing. */
const workspaces = new Map<number, readonly [Limbs, Limbs, Limbs, Limbs]>()

/**
 * Sets `out` to 1 / s modulo the prime.
 *
 * @param s from 1 to prime − 1, with limbs from 0 to 2^24 − 1; may be the same array as `out`
 */
export function invert(out: Limbs, s: Limbs, prime: Limbs): void {
  const size = prime.length
  const [a, b, u, v] = workspace(size)
  a.set(prime)
  b.set(s)
  u.fill(0)
  v.fill(0)
  v[0] = 1
  // Whether u is negative. v has the opposite sign.
  let isNegative = true
  let top = size - 1
  for (;;) {
    while (a[top] === 0 && b[top] === 0) top--
    if (isZero(b, top)) break
    if (leadingSteps(a, b, top)) {
      const { p, q, r, s: t, odd } = step
      // Signs alternate: the remainders are differences, the cofactors are sums.
      combine(a, b, odd ? -p : p, odd ? q : -q, odd ? r : -r, odd ? -t : t, top)
      combine(u, v, p, q, r, t, size - 1)
      if (odd) isNegative = !isNegative
    } else {
      divide(a, b, u, v)
      isNegative = !isNegative
    }
  }
  // Now a is 1, the greatest common divisor.
  if (isNegative) subtractLimbs(out, prime, u)
  else out.set(u)
}

function workspace(size: number): readonly [Limbs, Limbs, Limbs, Limbs] {
  let known = workspaces.get(size)
  if (known === undefined) {
    known = [new Float64Array(size), new Float64Array(size), new Float64Array(size), new Float64Array(size)]
    workspaces.set(size, known)
  }
  return known
}

function isZero(a: Limbs, top: number): boolean {
  for (let i = 0; i <= top; i++) if (a[i] !== 0) return false
  return true
}

/** Finds all steps that the leading 48 bits of a ≥ b determine. Returns `false` if there is none. */
function leadingSteps(a: Limbs, b: Limbs, top: number): boolean {
  const unit = 2 ** (Math.clz32(a[top]!) - 8)
  const isExact = top < 2
  let x = leadingBits(a, top, unit)
  let y = leadingBits(b, top, unit)
  let p = 1
  let q = 0
  let r = 0
  let s = 1
  let odd = false
  while (y > 0) {
    const quotient = Math.floor(x / y)
    const remainder = x - quotient * y
    const nextR = p + quotient * r
    const nextS = q + quotient * s
    if (nextS > largestCofactor) break
    // Collins's condition: while it holds, the quotient of the leading bits is that of the complete numbers.
    if (!isExact && (remainder < nextS || y - remainder < s + nextS)) break
    x = y
    y = remainder
    p = r
    q = s
    r = nextR
    s = nextS
    odd = !odd
  }
  step.p = p
  step.q = q
  step.r = r
  step.s = s
  step.odd = odd
  return r !== 0 || odd
}

/** The 48 leading bits of x. `unit` shifts the highest limb of a to 24 bits. */
function leadingBits(x: Limbs, top: number, unit: number): number {
  const middle = top > 0 ? x[top - 1]! : 0
  const low = top > 1 ? x[top - 2]! : 0
  return (x[top]! * base + middle) * unit + Math.floor((low * unit) / base)
}

/** Sets (x, y) to (p·x + q·y, r·x + s·y). Neither may be negative. */
function combine(x: Limbs, y: Limbs, p: number, q: number, r: number, s: number, top: number): void {
  let carryX = 0
  let carryY = 0
  for (let i = 0; i <= top; i++) {
    const a = x[i]!
    const b = y[i]!
    const nextX = p * a + q * b + carryX
    const nextY = r * a + s * b + carryY
    carryX = Math.floor(nextX / base)
    carryY = Math.floor(nextY / base)
    x[i] = nextX - carryX * base
    y[i] = nextY - carryY * base
  }
}

/** One step of Euclid's algorithm with a quotient of any size. About one inversion in 2^22 needs it. */
function divide(a: Limbs, b: Limbs, u: Limbs, v: Limbs): void {
  const [A, B, U, V] = [bigintOf(a), bigintOf(b), bigintOf(u), bigintOf(v)]
  const quotient = A / B
  writeBigint(a, B)
  writeBigint(b, A - quotient * B)
  writeBigint(u, V)
  writeBigint(v, U + quotient * V)
}
