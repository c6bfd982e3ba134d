import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Span } from '../../../../src/bytes/span.ts'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import { groupOf, isOnCurve, readPoint } from '../../../../src/crypto/curve/group.ts'
import { leaveNumber, modulo, multipleOf, nobleOf } from '../../../support/curve-points.ts'
import { bytes } from '../../../support/der.ts'

describe.each(curveNames)('points of %s as bytes', (curve) => {
  const { p, b, n, bytes: width, x: generatorX, y: generatorY } = curves[curve]
  const group = groupOf(curve)
  const encode = (x: bigint, y: bigint, head = '04'): Uint8Array =>
    Uint8Array.from(
      Buffer.from(`${head}${x.toString(16).padStart(2 * width, '0')}${y.toString(16).padStart(2 * width, '0')}`, 'hex'),
    )
  const isOn = (bytes: Uint8Array): boolean => isOnCurve(curve, new Span(bytes))

  it('is the curve of the standard, as noble has it', () => {
    const { Point } = nobleOf(curve)
    expect(Point.CURVE()).toMatchObject({ p, n, b, a: p - 3n, Gx: generatorX, Gy: generatorY, h: 1n })
    expect(8 * group.bytes).toBe(n.toString(2).length)
    expect(groupOf(curve)).toBe(group)
  })

  it('are read at any place', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: n - 1n }), fc.nat(5), (scalar, start) => {
        const point = multipleOf(curve, scalar)
        const bytes = new Uint8Array(start + 2 * width + 1 + 3).fill(0xff)
        bytes.set(point.toBytes(false), start)
        const [x, y] = [new Float64Array(group.field.limbs), new Float64Array(group.field.limbs)]
        expect(readPoint(group, x, y, new Span(bytes, start, start + 2 * width + 1))).toBe(true)
        expect(leaveNumber(curve, group.field, x)).toBe(point.toAffine().x)
        expect(leaveNumber(curve, group.field, y)).toBe(point.toAffine().y)
        expect(isOnCurve(curve, new Span(bytes, start))).toBe(false)
      }),
      { numRuns: 30 },
    )
  })

  it('are refused off the curve: one bit of either coordinate', () => {
    const good = encode(generatorX, generatorY)
    expect(isOn(good)).toBe(true)
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bent = good.slice()
      bent[bit >> 3]! ^= 1 << (bit & 7)
      if (isOn(bent)) expect.fail(`bit ${bit}`)
    }
  })

  it.each<readonly [string, Uint8Array]>([
    ['a coordinate of p or more', encode(generatorX, generatorY + 0n).fill(0xff, 1)],
    ['x + p, where it fits', encode(p + 5n, 1n)],
    ['0, 0', encode(0n, 0n)],
    ['p, 0', encode(p, 0n)],
    ['y = p', encode(generatorX, p)],
    ['the compressed form', nobleOf(curve).Point.BASE.toBytes(true)],
    ['the hybrid form', encode(generatorX, generatorY, '06')],
    ['the point at infinity', Uint8Array.of(0)],
    ['no bytes', new Uint8Array()],
    ['a byte less', encode(generatorX, generatorY).subarray(0, 2 * width)],
    ['a byte more', Uint8Array.from([...encode(generatorX, generatorY), 0])],
    ['x and y exchanged', encode(generatorY, generatorX)],
    ['a point of the twist', encode(twistX(), 5n)],
  ])('refuses %s', (_what, bytes) => {
    expect(isOn(bytes)).toBe(false)
  })

  it('accepts coordinates below p, and rejects them with p added', () => {
    // The smallest x that has a point: with p added it still fits the bytes on P-256, since p leaves 2^224 to 2^256.
    for (let x = 0n; x < 50n; x++) {
      const square = modulo(x ** 3n - 3n * x + b, p)
      const y = sqrt(square)
      if (y === undefined) continue
      expect(isOn(encode(x, y))).toBe(true)
      expect(isOn(encode(x, p - y))).toBe(true)
      expect(isOn(encode(x + p, y))).toBe(false)
      if (y + p < 1n << BigInt(8 * width)) expect(isOn(encode(x, y + p))).toBe(false)
    }
  })

  function twistX(): bigint {
    for (let x = 1n; ; x++) if (sqrt(modulo(x ** 3n - 3n * x + b, p)) === undefined) return x
  }

  function sqrt(square: bigint): bigint | undefined {
    let root = 1n
    for (let power = square, rest = (p + 1n) / 4n; rest > 0n; rest >>= 1n, power = (power * power) % p) {
      if ((rest & 1n) === 1n) root = (root * power) % p
    }
    return (root * root) % p === square ? root : undefined
  }
})

describe('isOnCurve', () => {
  const point = multipleOf('P-256', 5n).toBytes(false)

  it('is about one curve', () => {
    expect(isOnCurve('P-256', new Span(point))).toBe(true)
    expect(isOnCurve('P-384', new Span(point))).toBe(false)
  })

  it('reads the span and nothing beyond it', () => {
    expect(isOnCurve('P-256', new Span(bytes([9], point), 1))).toBe(true)
    expect(isOnCurve('P-256', new Span(point, 0, 64))).toBe(false)
  })
})
