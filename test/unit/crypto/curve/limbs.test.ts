import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Span } from '../../../../src/bytes/span.ts'
import { bigintOf, isBelow, limbsOf, readLimbs, subtractLimbs, writeBigint } from '../../../../src/crypto/curve/limbs.ts'

const number = fc.bigInt({ min: 0n, max: 2n ** 264n - 1n })
const limbs = 11

describe('limbs', () => {
  it('hold numbers of any size up to 24 bits a limb', () => {
    fc.assert(
      fc.property(number, (value) => {
        expect(bigintOf(limbsOf(value, limbs))).toBe(value)
      }),
    )
    expect([...limbsOf(2n ** 48n + 2n ** 24n - 1n, 4)]).toEqual([0xffffff, 0, 1, 0])
    const out = limbsOf(2n ** 264n - 1n, limbs)
    writeBigint(out, 3n)
    expect(bigintOf(out)).toBe(3n)
  })

  it('are read from big-endian bytes in any span', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 48 }), fc.nat(47), fc.nat(47), (bytes, a, b) => {
        const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
        const out = new Float64Array(16).fill(7)
        readLimbs(out, new Span(bytes, start, end))
        const hex = Buffer.from(bytes.subarray(start, end)).toString('hex')
        expect(bigintOf(out)).toBe(hex === '' ? 0n : BigInt(`0x${hex}`))
      }),
    )
  })

  it('are compared from the highest downwards', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(isBelow(limbsOf(a, limbs), limbsOf(b, limbs))).toBe(a < b)
      }),
    )
    fc.assert(
      fc.property(number, fc.nat(263), (a, bit) => {
        const b = a ^ (1n << BigInt(bit))
        expect(isBelow(limbsOf(a, limbs), limbsOf(b, limbs))).toBe(a < b)
        expect(isBelow(limbsOf(a, limbs), limbsOf(a, limbs))).toBe(false)
      }),
    )
  })

  it('are subtracted with borrows through all of them, in place too', () => {
    fc.assert(
      fc.property(number, number, (one, other) => {
        const [a, b] = one > other ? [one, other] : [other, one]
        const out = limbsOf(a, limbs)
        subtractLimbs(out, out, limbsOf(b, limbs))
        expect(bigintOf(out)).toBe(a - b)
      }),
    )
    const out = limbsOf(2n ** 240n, limbs)
    subtractLimbs(out, out, limbsOf(1n, limbs))
    expect([...out]).toEqual([...new Array<number>(10).fill(0xffffff), 0])
  })

  it('may have a longer highest one in what is subtracted from', () => {
    const out = limbsOf(0n, 2)
    subtractLimbs(out, Float64Array.of(0, 2 ** 25), Float64Array.of(1, 2 ** 24 - 1))
    expect([...out]).toEqual([0xffffff, 2 ** 24])
  })
})
