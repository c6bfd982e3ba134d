import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { parseSentence } from '../../../src/codes/parse.ts'
import { contextConstructed, contextPrimitive, Reader, readAll } from '../../../src/der/reader.ts'
import * as Tag from '../../../src/der/tag.ts'
import { bytes, integer, nul, octetString, sequence, tlv } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

const hex = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value.replaceAll(' ', ''), 'hex'))
const next = (value: string): ReturnType<typeof refusal> => refusal(readWhole(hex(value), (reader) => reader.next('test')))

describe('Reader.next', () => {
  it.each([
    ['0500', 'read'],
    ['0401ff', 'read'],
    [`04 7f ${'00'.repeat(127)}`, 'read'],
    [`04 81 80 ${'00'.repeat(128)}`, 'read'],
    [`04 81 ff ${'00'.repeat(255)}`, 'read'],
    [`04 82 0100 ${'00'.repeat(256)}`, 'read'],
    [`04 83 010000 ${'00'.repeat(65536)}`, 'read'],
    ['', ['truncated', 0]],
    ['05', ['truncated', 0]],
    ['0401', ['truncated', 0]],
    ['0402ff', ['truncated', 0]],
    ['0481', ['truncated', 1]],
    ['048200', ['truncated', 1]],
    ['0484010000', ['truncated', 1]],
    ['04847fffffff', ['truncated', 0]],
    ['0484ffffffff', ['truncated', 0]],
    ['0480', ['indefinite_length', 1]],
    ['3080 0000', ['indefinite_length', 1]],
    ['048100', ['non_minimal_length', 1]],
    ['04810100', ['non_minimal_length', 1]],
    [`04 81 7f ${'00'.repeat(127)}`, ['non_minimal_length', 1]],
    [`04 82 0080 ${'00'.repeat(128)}`, ['non_minimal_length', 1]],
    ['0482000100', ['non_minimal_length', 1]],
    [`04 84 00000100 ${'00'.repeat(256)}`, ['non_minimal_length', 1]],
    ['04850000000001', ['too_large', 1]],
    ['04ff', ['too_large', 1]],
    ['1f0100', ['high_tag_number', 0]],
    ['bf8101', ['high_tag_number', 0]],
    ['050000', ['trailing_bytes', 2]],
  ])('of %.40s: %j', (value, expected) => {
    expect(next(value)).toEqual(expected)
  })

  it('leaves tag and place of the element', () => {
    const reader = new Reader(new Span(hex('ff 0402aabb ff'), 1, 5))
    reader.next('test')
    expect(reader).toMatchObject({ tag: 4, header: 1, start: 3, end: 5, position: 5, fault: undefined })
    expect(reader.content().view()).toEqual(hex('aabb'))
    expect(reader.element().view()).toEqual(hex('0402aabb'))
    expect(reader.atEnd()).toBe(true)
  })

  it('does not read beyond its span', () => {
    expect(refusal(readAll(new Span(hex('0402aabb'), 0, 3), 'test', (reader) => reader.next('test')))).toEqual(['truncated', 0])
  })
})

describe('Reader.expect and related methods', () => {
  it('refuse another tag at its offset', () => {
    expect(refusal(readWhole(nul(), (reader) => reader.expect(Tag.integer, 'test')))).toEqual(['unexpected_tag', 0])
    expect(refusal(readWhole(new Uint8Array(), (reader) => reader.expect(Tag.integer, 'test')))).toEqual(['truncated', 0])
  })

  it('take an optional element only where its tag is', () => {
    const answers = readWhole(bytes(nul(), integer(1)), (reader) => [
      reader.optional(Tag.integer, 'test'),
      reader.optional(Tag.null, 'test'),
      reader.peek(Tag.integer),
      reader.optional(Tag.integer, 'test'),
      reader.optional(Tag.integer, 'test'),
      reader.peek(Tag.integer),
    ])
    expect(answers).toEqual({ ok: true, value: [false, true, true, true, false, false] })
  })

  it('say no for an optional element that is there but cut', () => {
    const reader = new Reader(hex('0205'))
    expect(reader.optional(Tag.integer, 'test')).toBe(false)
    expect(reader.fault).toBe('truncated')
  })
})

describe('Reader.enter and leave', () => {
  const nested = sequence(sequence(integer(1)), integer(2))

  it('walk in and out', () => {
    const result = readWhole(nested, (reader) => {
      const outer = reader.enter(Tag.sequence, 'outer')
      const inner = reader.enter(Tag.sequence, 'inner')
      reader.expect(Tag.integer, 'one')
      expect(reader.atEnd()).toBe(true)
      reader.leave(inner, 'inner')
      expect(reader.atEnd()).toBe(false)
      reader.expect(Tag.integer, 'two')
      reader.leave(outer, 'outer')
    })
    expect(refusal(result)).toBe('read')
  })

  it('refuse what is left unread inside, and what is left behind', () => {
    const early = readWhole(nested, (reader) => {
      const outer = reader.enter(Tag.sequence, 'outer')
      reader.expect(Tag.sequence, 'inner')
      reader.leave(outer, 'outer')
    })
    expect(refusal(early)).toEqual(['trailing_bytes', 7])
    const inner = readWhole(nested, (reader) => {
      reader.enter(Tag.sequence, 'outer')
      reader.leave(reader.enter(Tag.sequence, 'inner'), 'inner')
    })
    expect(refusal(inner)).toEqual(['trailing_bytes', 4])
  })

  it('keep an element inside its container', () => {
    const lying = hex('3003 0402aabb')
    const result = readWhole(lying, (reader) => {
      reader.enter(Tag.sequence, 'outer')
      reader.next('inner')
    })
    expect(refusal(result)).toEqual(['truncated', 2])
  })
})

describe('faults', () => {
  it('are sticky: the first one stays, and later reads return nothing', () => {
    const reader = new Reader(bytes(nul(), octetString([1])))
    reader.fail('bad_time', 7, 'first', 'in other words')
    reader.fail('bad_null', 8, 'second')
    reader.expect(Tag.null, 'third')
    const outer = reader.enter(Tag.octetString, 'fourth')
    reader.leave(outer, 'fourth')
    expect(reader.atEnd()).toBe(true)
    expect(reader.peek(Tag.null)).toBe(false)
    expect(reader.optional(Tag.null, 'fifth')).toBe(false)
    expect(reader).toMatchObject({ fault: 'bad_time', faultOffset: 7, tag: 0, start: 5, end: 5 })
    expect(reader.failure()).toEqual({
      ok: false,
      code: 'bad_time',
      offset: 7,
      element: 'first',
      message: 'first: in other words (byte 7)',
    })
  })

  it("have their code's sentence if nothing more is known", () => {
    const result = readWhole(hex('0480'), (reader) => reader.next('thing'))
    expect(result).toMatchObject({ message: `thing: ${parseSentence('indefinite_length')} (byte 1)` })
  })
})

describe('context tags', () => {
  it('are those of X.690 8.1.2', () => {
    expect(contextPrimitive(2)).toBe(tlv(0x82)[0])
    expect(contextConstructed(3)).toBe(tlv(0xa3)[0])
  })
})
