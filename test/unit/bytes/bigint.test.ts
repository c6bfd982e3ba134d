import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bigintOfBytes, bytesOfBigint } from '../../../src/bytes/encoding.ts'
import { Span } from '../../../src/bytes/span.ts'

describe('numbers as bytes', () => {
  it('are read from any span of a view that starts anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(9), fc.nat(80), fc.nat(80), (content, offset, a, b) => {
        const buffer = new Uint8Array(offset + content.length + 3).fill(0xee)
        buffer.set(content, offset)
        const bytes = buffer.subarray(offset, offset + content.length)
        const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
        const hex = Buffer.from(content.subarray(start, end)).toString('hex')
        expect(bigintOfBytes(new Span(bytes, start, end))).toBe(hex === '' ? 0n : BigInt(`0x${hex}`))
      }),
    )
  })

  it('are written on as many bytes as asked for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (content) => {
        const value = bigintOfBytes(content)
        expect([...bytesOfBigint(value, content.length)]).toEqual([...content])
        expect([...bytesOfBigint(value, content.length + 5)]).toEqual([0, 0, 0, 0, 0, ...content])
      }),
    )
  })
})
