import { describe, expect, it } from 'vitest'
import { bytesOfHex, hexOf } from '../../../src/bytes/encoding.ts'
import { bytesEqual, compareBytes, hashOf, requireBytes, Span, SpanMap, spanOf } from '../../../src/bytes/span.ts'

const b = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('spans', () => {
  it('are equal if length and bytes are', () => {
    expect(new Span(b('00aabbcc'), 1, 3).equals(new Span(b('aabb')))).toBe(true)
    expect(new Span(b('00aabbcc'), 1, 4).equals(new Span(b('aabb')))).toBe(false)
    expect(new Span(b('aabb')).equals(new Span(b('aabc')))).toBe(false)
    expect(new Span(b('aa'), 1, 1).equals(new Span(b('')))).toBe(true)
    expect(new Span(b('00aabb'), 1, 3).is(b('aabb'))).toBe(true)
    expect(new Span(b('00aabb'), 0, 3).is(b('aabb'))).toBe(false)
  })

  it('have a length, bytes by their place, and bytes to look at or to keep', () => {
    const whole = b('00aabbcc')
    const span = new Span(whole, 1, 3)
    expect([span.length, span.at(0), span.at(1)]).toEqual([2, 0xaa, 0xbb])
    expect(span.view()).toEqual(b('aabb'))
    expect(span.view().buffer).toBe(whole.buffer)
    expect(span.copy()).toEqual(b('aabb'))
    expect(span.copy().buffer).not.toBe(whole.buffer)
  })

  it('cover a whole array, or take an existing span', () => {
    const span = new Span(b('aabb'), 1)
    expect(spanOf(span)).toBe(span)
    expect(spanOf(b('aabb'))).toEqual(new Span(b('aabb'), 0, 2))
  })

  it('lose the zero byte that pads an integer, and no other', () => {
    expect(new Span(b('ff00aa'), 1).unpadded().view()).toEqual(b('aa'))
    expect(new Span(b('0000aa')).unpadded().view()).toEqual(b('00aa'))
    expect(new Span(b('ff00'), 1).unpadded().view()).toEqual(b('00'))
    expect(new Span(b('aa00')).unpadded().view()).toEqual(b('aa00'))
    expect(new Span(b('00'), 1).unpadded().length).toBe(0)
  })

  it('are map keys by their bytes, at any offset', () => {
    const map = new SpanMap<string>()
    map.add(new Span(b('00aabb'), 1), 'first')
    map.add(new Span(b('aabbcc')), 'second')
    expect(map.get(new Span(b('aabbcc'), 0, 2))).toBe('first')
    expect(map.get(new Span(b('00aabbcc'), 1))).toBe('second')
    expect(map.get(new Span(b('aa')))).toBeUndefined()
  })

  it('of one hash are told apart by a map', () => {
    const map = new SpanMap<number>()
    const [one, other] = spansOfOneHash()
    expect(hashOf(one)).toBe(hashOf(other))
    map.add(one, 1)
    expect(map.get(other)).toBeUndefined()
    map.add(other, 2)
    expect([map.get(one), map.get(other)]).toEqual([1, 2])
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
    expect(hashOf(new Span(bytes, 1, 7)) >>> 0).toBe(0xbf9cf968)
    expect(hashOf(new Span(bytes, 0, 0)) >>> 0).toBe(0x811c9dc5)
  })
})

describe('hexadecimal', () => {
  it('is lower-case, two digits a byte', () => {
    expect(hexOf(Uint8Array.of(0, 1, 0x0f, 0xf0, 0xff))).toBe('00010ff0ff')
    expect(hexOf(new Span(Uint8Array.of(1, 2, 3), 1, 2))).toBe('02')
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

/** Two keys with one hash: 2^17 keys contain such a pair. */
function spansOfOneHash(): readonly [Span, Span] {
  const seen = new Map<number, Span>()
  for (let i = 0; ; i++) {
    const span = new Span(Uint8Array.from(Buffer.from(String(i * 7919))))
    const other = seen.get(hashOf(span))
    if (other !== undefined) return [other, span]
    seen.set(hashOf(span), span)
  }
}
