import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOfBigint } from '../../../src/bytes/encoding.ts'
import { RsaKey } from '../../../src/crypto/rsa.ts'

const bitsOf = (value: bigint): number => value.toString(2).length

function powerOf(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let power = 1n % modulus
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) power = (power * square) % modulus
    square = (square * square) % modulus
  }
  return power
}

/** Moduli at both ends of each length, with bits of every kind between, and lengths that are no multiple of 8 or of 2. */
const lengths = [5, 8, 9, 15, 16, 17, 63, 64, 65, 127, 1023, 1024, 1025, 2047, 2048]
const moduli: readonly bigint[] = lengths.flatMap((bits) => {
  const top = 1n << BigInt(bits - 1)
  return [top + 1n, top + 3n, 2n * top - 1n, top + (top >> 1n) + 1n, ((4n * top) / 3n) | 1n]
})

const recover = (modulus: bigint, exponent: number, value: bigint): bigint | undefined =>
  new RsaKey(modulus, exponent, bitsOf(modulus)).recover(bytesOfBigint(value, Math.ceil(bitsOf(modulus) / 8)))

describe('RSA public keys', () => {
  it.each([3, 5, 17, 257, 65537, 65539, 0x80000001, 0xffffffff])('raise to the power of %i', (exponent) => {
    for (const modulus of moduli) {
      for (const value of [0n, 1n, 2n, modulus - 1n, modulus - 2n, modulus >> 1n, (modulus * 2n) / 3n]) {
        const wanted = powerOf(value, BigInt(exponent), modulus)
        if (recover(modulus, exponent, value) !== wanted) expect.fail(`${value}^${exponent} modulo ${modulus}`)
      }
    }
  })

  it('are right for random numbers of every length', () => {
    const pair = fc.integer({ min: 3, max: 700 }).chain((bits) => {
      const top = 1n << BigInt(bits - 1)
      return fc.tuple(fc.bigInt({ min: 0n, max: top - 1n }), fc.bigInt({ min: 0n, max: 2n * top })).map(([low, value]) => {
        const modulus = top | low | 1n
        return [modulus, value % modulus] as const
      })
    })
    fc.assert(
      fc.property(pair, fc.constantFrom(3, 7, 65537, 0xfffffffd), ([modulus, value], exponent) => {
        expect(recover(modulus, exponent, value)).toBe(powerOf(value, BigInt(exponent), modulus))
      }),
      { numRuns: 2000 },
    )
  })

  it('reduce every product that a power can lead to: up to 4n² with less than n too much', () => {
    for (const modulus of moduli) {
      const key = new RsaKey(modulus, 3, bitsOf(modulus))
      key.recover(new Uint8Array(Math.ceil(bitsOf(modulus) / 8)))
      const reduction = key['cachedReduction']!
      const limit = 4n * modulus * modulus
      const edges = [0n, 1n, modulus - 1n, modulus, modulus + 1n, 2n * modulus, modulus * modulus, limit - 1n, limit - modulus]
      const steps = Array.from({ length: 200 }, (_, i) => (limit * BigInt(i)) / 200n)
      const multiples = steps.flatMap((step) => [step - (step % modulus), step - (step % modulus) + modulus - 1n])
      for (const x of [...edges, ...steps, ...multiples]) {
        const rest = reduction.apply(x)
        if (rest < 0n || rest >= 2n * modulus || (x - rest) % modulus !== 0n) expect.fail(`${x} modulo ${modulus}: ${rest}`)
      }
    }
  })

  it('refuse a signature of another length, and one that is not below the modulus', () => {
    const modulus = (1n << 1023n) + 12345n
    const key = new RsaKey(modulus, 3, 1024)
    expect(key.recover(bytesOfBigint(2n, 128))).toBe(8n)
    expect(key.recover(bytesOfBigint(2n, 127))).toBeUndefined()
    expect(key.recover(bytesOfBigint(2n, 129))).toBeUndefined()
    expect(key.recover(bytesOfBigint(modulus - 1n, 128))).toBe(modulus - 1n)
    expect(key.recover(bytesOfBigint(modulus, 128))).toBeUndefined()
    expect(key.recover(bytesOfBigint(modulus + 2n, 128))).toBeUndefined()
    expect(key.recover(bytesOfBigint((1n << 1024n) - 1n, 128))).toBeUndefined()
  })
})
