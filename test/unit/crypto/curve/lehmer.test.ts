import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { invert } from '../../../../src/crypto/curve/lehmer.ts'
import { bigintOf, limbsOf } from '../../../../src/crypto/curve/limbs.ts'

describe.each(curveNames)('inverses modulo the primes of %s', (curve) => {
  const { p, n, bytes } = curves[curve]
  const limbs = Math.ceil(bytes / 3)
  const bits = BigInt(8 * bytes)

  function check(value: bigint, prime: bigint): void {
    const out = limbsOf(value, limbs)
    const order = limbsOf(prime, limbs)
    invert(out, out, order)
    const inverse = bigintOf(out)
    if (inverse < 1n || inverse >= prime || (inverse * value) % prime !== 1n) expect.fail(`1 / ${value} modulo ${prime}`)
    for (const limb of out) if (!(limb >= 0 && limb < 2 ** 24)) expect.fail(`limb ${limb} of 1 / ${value}`)
    expect(bigintOf(order)).toBe(prime)
  }

  it.each([
    ['n', n],
    ['p', p],
  ])('of random numbers modulo %s', (_what, prime) => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: prime - 1n }), (value) => check(value, prime)),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['n', n],
    ['p', p],
  ])('of numbers at the ends, and of powers of two and their neighbours, modulo %s', (_what, prime) => {
    for (let small = 1n; small <= 300n; small++) {
      check(small, prime)
      check(prime - small, prime)
      check(prime / (small + 1n), prime)
      check(prime - prime / (small + 1n), prime)
    }
    for (let power = 2n; power < bits; power++) {
      for (const by of [-1n, 0n, 1n]) check((1n << power) + by, prime)
      check((prime >> power) + 1n, prime)
    }
  })

  it('where a quotient is larger than what leading bits can tell', () => {
    // Close to a fraction of the prime, the remainders collapse after as many steps as the fraction has.
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n, max: 2n ** 60n }),
        fc.bigInt({ min: 1n, max: 2n ** 60n }),
        fc.bigInt({ min: -3n, max: 3n }),
        (k, h, by) => {
          const value = (n * (h % k)) / k + by
          fc.pre(value > 0n && value < n)
          check(value, n)
        },
      ),
      { numRuns: 2000 },
    )
    // Quotients of every size, at every place of the limbs.
    for (let power = 1n; power < bits - 1n; power++) {
      const value = n / (1n << power)
      if (value > 1n) check(value, n)
      check((n >> 1n) + (1n << power) > n - 1n ? 3n : (n >> 1n) + (1n << power), n)
    }
  })

  it('where digits of both numbers are all ones or zeros', () => {
    const pattern = fc.array(fc.constantFrom<bigint[]>(0n, 1n, 0xffffffn, 0x800000n, 0x7fffffn, 0xfffffen), {
      minLength: limbs,
      maxLength: limbs,
    })
    fc.assert(
      fc.property(pattern, (digits) => {
        const value = digits.reduce((sum, digit) => (sum << 24n) + digit, 0n) % n
        fc.pre(value > 0n)
        check(value, n)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a prime that is short', () => {
  it('has inverses too: where all steps are exact, and every pair of remainders occurs', () => {
    for (const prime of [3n, 5n, 257n, 65537n, 2n ** 24n - 3n, 2n ** 31n - 1n, 2n ** 47n - 115n]) {
      const values = prime < 1000n ? Array.from({ length: Number(prime) - 1 }, (_, i) => BigInt(i + 1)) : [1n, 2n, prime - 1n]
      for (let i = 1n; i < 500n; i++) values.push(((i * prime) / 503n) % prime || 1n)
      for (const value of values) {
        const out = limbsOf(value, 2)
        invert(out, out, limbsOf(prime, 2))
        expect((bigintOf(out) * value) % prime).toBe(1n)
      }
    }
  })
})
