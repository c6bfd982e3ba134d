import { base, bigintOf, type Limbs, subtractLimbs, writeBigint } from './limbs.ts'

/**
 * The inverse modulo an odd prime by Lehmer's form of Euclid's algorithm (Knuth, volume 2, 4.5.2, algorithm L): many
 * quotients are found from the leading 48 bits alone, where doubles are exact, and applied to all limbs at once.
 *
 * With a and b the two remainders, a ≡ ±u·s and b ≡ ∓v·s hold throughout; u and v only grow, so their signs are one flag.
 */

/** Cofactors stay at or below this: times a limb, and two of those products added, they are exact. */
const largestCofactor = 2 ** 24

/** The steps that one window of leading bits allows: a' = p·a − q·b, b' = s·b − r·a, or both negated if `odd`. */
const step = { p: 1, q: 0, r: 0, s: 1, odd: false }

/** One set of numbers a length, so that an inversion allocates nothing. */
const workspaces = new Map<number, readonly [Limbs, Limbs, Limbs, Limbs]>()

/**
 * Sets out to 1 / s modulo the prime.
 *
 * @param s from 1 to prime − 1, limbs from 0 to 2^24 − 1; may be `out`
 */
export function invert(out: Limbs, s: Limbs, prime: Limbs): void {
  const size = prime.length
  const [a, b, u, v] = workspace(size)
  a.set(prime)
  b.set(s)
  u.fill(0)
  v.fill(0)
  v[0] = 1
  // The sign of u; v has the other.
  let isNegative = true
  let top = size - 1
  for (;;) {
    while (a[top] === 0 && b[top] === 0) top--
    if (isZero(b, top)) break
    if (leadingSteps(a, b, top)) {
      const { p, q, r, s: t, odd } = step
      // Signs in the matrix alternate, so the remainders are differences and the cofactors sums.
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

/** Finds as many steps as the leading 48 bits of a ≥ b determine; `false` if not even one. */
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
    // Collins: the quotient is that of the whole numbers too, whatever bits follow.
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

/** The 48 bits from the highest of a downwards. */
function leadingBits(x: Limbs, top: number, unit: number): number {
  const middle = top > 0 ? x[top - 1]! : 0
  const low = top > 1 ? x[top - 2]! : 0
  return (x[top]! * base + middle) * unit + Math.floor((low * unit) / base)
}

/** (x, y) = (p·x + q·y, r·x + s·y), neither negative. */
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

/** One step of Euclid's algorithm with a quotient of any size: about one number in 2^22 needs it. */
function divide(a: Limbs, b: Limbs, u: Limbs, v: Limbs): void {
  const [A, B, U, V] = [bigintOf(a), bigintOf(b), bigintOf(u), bigintOf(v)]
  const quotient = A / B
  writeBigint(a, B)
  writeBigint(b, A - quotient * B)
  writeBigint(u, V)
  writeBigint(v, U + quotient * V)
}
