import { describe, expect, it, vi } from 'vitest'
import { curveNames, curves } from '../../../src/crypto/curve/curves.ts'
import { TableBudget } from '../../../src/crypto/curve/point-key.ts'
import { EcdsaKey } from '../../../src/crypto/ecdsa.ts'
import { encodePoint, inverseOf, modulo, multipleOf, type NoblePoint, nobleOf } from '../../support/curve-points.ts'
import { integer, sequence } from '../../support/der.ts'

/**
 * Signatures that do not occur by chance. The signed bytes are used as the digest, so that e, r, s and with them
 * u1 = e/s and u2 = r/s can be chosen freely. Each result is compared with noble's, and with the expected one if the
 * signature was made to be valid or invalid.
 */
vi.mock('../../../src/crypto/digest.ts', async (original) => ({
  ...(await original<typeof import('../../../src/crypto/digest.ts')>()),
  digest: (_hash: string, data: Uint8Array) => data,
}))

describe.each(curveNames)('signatures made for their sums on %s', (curve) => {
  const { n, p, b, bytes: width } = curves[curve]
  const { Point } = nobleOf(curve)
  const digestOf = (e: bigint): Uint8Array => Uint8Array.from(Buffer.from(e.toString(16).padStart(2 * width, '0'), 'hex'))

  interface Signature {
    readonly e: bigint
    readonly r: bigint
    readonly s: bigint
  }

  const made = new Map<string, Signature | undefined>()

  /** The signature with these u1 and u2, and an r that may be given where the sum has none; made once for all states of the key. */
  function signatureOf(point: NoblePoint, u1: bigint, u2: bigint, r?: bigint): Signature | undefined {
    const name = [point.toHex(), u1, u2, r].join(' ')
    if (!made.has(name)) made.set(name, makeSignature(point, u1, u2, r))
    return made.get(name)
  }

  function makeSignature(point: NoblePoint, u1: bigint, u2: bigint, r?: bigint): Signature | undefined {
    const sum = multipleOf(curve, u1).add(multipleOf(curve, u2, point))
    const chosen = r ?? (sum.is0() ? 0n : sum.toAffine().x % n)
    if (chosen === 0n) return undefined
    const s = modulo(chosen * inverseOf(u2, n), n)
    return { e: modulo(u1 * s, n), r: chosen, s }
  }

  const nobleSays = (point: NoblePoint, { e, r, s }: Signature): boolean => {
    const compact = Uint8Array.from([...digestOf(r), ...digestOf(s)])
    return nobleOf(curve).verify(compact, digestOf(e), encodePoint(point), { prehash: false, lowS: false, format: 'compact' })
  }

  const verifies = (key: EcdsaKey, { e, r, s }: Signature): boolean =>
    key.verify('sha256', digestOf(e), sequence(integer(r), integer(s)))

  /** The same key in the state that the suite is at. */
  let makeKey = (point: NoblePoint): EcdsaKey => new EcdsaKey(curve, encodePoint(point), new TableBudget(0))

  /** The x-coordinate of u · G, which a signature of it without any key would have for r. */
  const xOf = (u: bigint): bigint => {
    const known = coordinates.get(u) ?? multipleOf(curve, u).toAffine().x
    coordinates.set(u, known)
    return known
  }
  const coordinates = new Map<bigint, bigint>()

  const factors = [1n, 2n, 3n, 16n, 512n, 1024n, n - 1n, n - 2n, n - 512n]
  const scalars = [1n, 2n, 3n, 31n, 512n, 1n << 100n, n - 1n, n - 3n]

  function meetsPoints(): void {
    let infinities = 0
    for (const factor of factors) {
      const point = multipleOf(curve, factor)
      const { x } = point.toAffine()
      const key = makeKey(point)
      const check = (u1: bigint, u2: bigint): void => {
        const good = signatureOf(point, u1, u2)
        if (good !== undefined) {
          if (!verifies(key, good)) expect.fail(`${u1} · G + ${u2} · ${factor} · G is not verified`)
          if (verifies(key, { ...good, r: modulo(good.r + 1n, n) })) expect.fail(`a bent r at ${u1}, ${u2}, ${factor}`)
          if (verifies(key, { ...good, e: modulo(good.e + 1n, n) })) expect.fail(`a bent e at ${u1}, ${u2}, ${factor}`)
          return
        }
        infinities++
        // The point at infinity has no coordinate, whatever is claimed: not 0, nor what the points before it had.
        for (const r of [1n, 2n, n - 1n, x % n, xOf(u1) % n, p % n]) {
          const claimed = signatureOf(point, u1, u2, r)
          if (claimed !== undefined && verifies(key, claimed)) expect.fail(`infinity is taken for ${r}`)
        }
      }
      for (const u2 of scalars) {
        check(1n, u2)
        check(modulo(u2 * factor, n), u2)
        check(modulo(-u2 * factor, n), u2)
        check(modulo(-u2 * factor + 1n, n), u2)
      }
    }
    expect(infinities).toBeGreaterThanOrEqual(factors.length * scalars.length)
    const point = multipleOf(curve, 512n)
    for (const [u1, u2] of [
      [5n, 7n],
      [512n, 1n],
      [n - 511n, 1n],
    ] as const)
      expect(nobleSays(point, signatureOf(point, u1, u2)!)).toBe(true)
    expect(nobleSays(point, signatureOf(point, n - 512n, 1n, 5n)!)).toBe(false)
  }

  /** A point with this x-coordinate or the next one that has a point, going up or down. */
  function lift(x: bigint, step: bigint): NoblePoint {
    for (let at = x; ; at += step) {
      const square = modulo(at ** 3n - 3n * at + b, p)
      let y = 1n
      for (let power = square, rest = (p + 1n) / 4n; rest > 0n; rest >>= 1n, power = (power * power) % p) {
        if ((rest & 1n) === 1n) y = (y * power) % p
      }
      if ((y * y) % p === square) return Point.fromAffine({ x: at, y })
    }
  }

  /** The key under which (r, s) over e makes the sum R: Q = (s·R − e·G) / r. */
  function keyFor(sum: NoblePoint, { e, r, s }: Signature): NoblePoint {
    return sum.multiplyUnsafe(s).add(multipleOf(curve, -e)).multiplyUnsafe(inverseOf(r, n))
  }

  function comparesCoordinates(): void {
    const [e, s] = [0x123456789abcdefn ** 4n % n, 0xfedcba987654321n ** 4n % n]
    // x-coordinates at both ends of what r + n < p allows, and of what it does not.
    for (const sum of [lift(n, 1n), lift(n + 1n, 1n), lift(n + 2n ** 40n, 1n), lift(p - 1n, -1n), lift((n + p) / 2n, 1n)]) {
      const { x } = sum.toAffine()
      expect(x >= n && x < p).toBe(true)
      const good = { e, r: x - n, s }
      if (good.r === 0n) continue
      const point = keyFor(sum, good)
      const key = makeKey(point)
      expect([verifies(key, good), nobleSays(point, good)]).toEqual([true, true])
      for (const bent of [good.r + 1n, good.r - 1n, good.r ^ (1n << 20n), modulo(good.r + p, n), n - good.r]) {
        if (bent > 0n && bent < n) expect(verifies(key, { ...good, r: bent })).toBe(false)
      }
    }
    for (const sum of [lift(1n, 1n), lift(2n ** 32n, 1n), lift(p - n, 1n), lift(p - n - 1n, -1n), lift(n - 1n, -1n)]) {
      const { x } = sum.toAffine()
      const good = { e, r: x, s }
      const point = keyFor(sum, good)
      expect([verifies(makeKey(point), good), nobleSays(point, good)]).toEqual([true, true])
      // x ≡ r + n modulo p, but r + n is not below p.
      const wrapped = { e, r: modulo(x + p - n, p), s }
      if (wrapped.r === 0n || wrapped.r >= n || wrapped.r + n < p) continue
      const other = keyFor(sum, wrapped)
      expect([verifies(makeKey(other), wrapped), nobleSays(other, wrapped)]).toEqual([false, false])
      wrappedSeen++
    }
    expect(wrappedSeen).toBeGreaterThan(1)
  }
  let wrappedSeen = 0

  it('are verified correctly if the points added are equal or opposite, without tables', meetsPoints)
  it('are compared with r + n only if that is below p, without tables', comparesCoordinates)

  it('are verified correctly with a table for the generator only', () => {
    new EcdsaKey(curve, encodePoint(multipleOf(curve, 7n)), new TableBudget(2 ** 24)).warmUp()
    meetsPoints()
    comparesCoordinates()
  })

  it('are verified correctly with tables', () => {
    makeKey = (point) => {
      const key = new EcdsaKey(curve, encodePoint(point), new TableBudget(2 ** 24))
      key.warmUp()
      return key
    }
    meetsPoints()
    comparesCoordinates()
  })
})
