import { describe, expect, it } from 'vitest'
import { requireBytes } from '../../../src/bytes/argument.ts'
import { bytesOfHex, hexOf, hexOfRange } from '../../../src/bytes/hex.ts'
import { bytesEqual, compareBytes, hashRange, rangeIs, rangesEqual } from '../../../src/bytes/range.ts'

const b = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('ranges', () => {
  it('are equal where length and bytes are', () => {
    expect(rangesEqual(b('00aabbcc'), 1, 3, b('aabb'), 0, 2)).toBe(true)
    expect(rangesEqual(b('00aabbcc'), 1, 4, b('aabb'), 0, 2)).toBe(false)
    expect(rangesEqual(b('aabb'), 0, 2, b('aabc'), 0, 2)).toBe(false)
    expect(rangesEqual(b('aa'), 1, 1, b(''), 0, 0)).toBe(true)
    expect(rangeIs(b('00aabb'), 1, 3, b('aabb'))).toBe(true)
    expect(rangeIs(b('00aabb'), 0, 3, b('aabb'))).toBe(false)
  })

  it('as whole arrays compare with views of other buffers', () => {
    const view = new Uint8Array(Uint8Array.from([9, 1, 2, 3, 9]).buffer, 1, 3)
    expect(bytesEqual(view, Uint8Array.of(1, 2, 3))).toBe(true)
    expect(bytesEqual(view, Uint8Array.of(1, 2))).toBe(false)
  })

  it('are ordered bytewise, a prefix first', () => {
    expect(compareBytes(b('01'), b('02'))).toBeLessThan(0)
    expect(compareBytes(b('ff'), b('01ff'))).toBeGreaterThan(0)
    expect(compareBytes(b('01'), b('0100'))).toBeLessThan(0)
    expect(compareBytes(b('0102'), b('0102'))).toBe(0)
  })

  it('hash by FNV-1a', () => {
    const bytes = Buffer.from('xfoobarx')
    expect(hashRange(bytes, 1, 7) >>> 0).toBe(0xbf9cf968)
    expect(hashRange(bytes, 0, 0) >>> 0).toBe(0x811c9dc5)
  })
})

describe('hexadecimal', () => {
  it('is lower-case, two digits a byte', () => {
    expect(hexOf(Uint8Array.of(0, 1, 0x0f, 0xf0, 0xff))).toBe('00010ff0ff')
    expect(hexOfRange(Uint8Array.of(1, 2, 3), 1, 2)).toBe('02')
    expect(hexOf(new Uint8Array())).toBe('')
  })

  it('is read with spaces, for literals', () => {
    expect(bytesOfHex('30 0d 06FF')).toEqual(Uint8Array.of(0x30, 0x0d, 0x06, 0xff))
  })
})

describe('requireBytes', () => {
  it('takes bytes of every kind and names what it does not take', () => {
    expect(requireBytes(Buffer.from('a'), 'x')).toEqual(Buffer.from('a'))
    expect(() => requireBytes(null, 'f: input')).toThrow(new TypeError('f: input must be a string or Uint8Array, got null'))
    expect(() => requireBytes(undefined, 'f: input')).toThrow('got undefined')
    expect(() => requireBytes([1], 'f: input')).toThrow('got object')
    expect(() => requireBytes(new ArrayBuffer(1), 'f: input')).toThrow(TypeError)
    expect(() => requireBytes(new Uint16Array(1), 'f: input')).toThrow(TypeError)
  })
})
