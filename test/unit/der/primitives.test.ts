import { describe, expect, it } from 'vitest'
import {
  readBitStringBytes,
  readBoolean,
  readDefaultFalse,
  readInteger,
  readNamedBits,
  readNull,
  readSmallInteger,
} from '../../../src/der/primitives.ts'
import { contextPrimitive, type Reader } from '../../../src/der/reader.ts'
import * as Tag from '../../../src/der/tag.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

/** The value that was read, or code and offset. */
function reading<T>(hex: string, parse: (reader: Reader) => T): T | readonly unknown[] {
  const result = readWhole(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')), parse)
  return result.ok ? result.value : (refusal(result) as readonly unknown[])
}

describe('readBoolean', () => {
  it.each([
    ['0101ff', true],
    ['010100', false],
    ['010101', ['bad_boolean', 2]],
    ['01017f', ['bad_boolean', 2]],
    ['0100', ['bad_boolean', 2]],
    ['0102ffff', ['bad_boolean', 2]],
    ['0201ff', ['unexpected_tag', 0]],
  ])('of %s: %j', (hex, expected) => {
    expect(reading(hex, (reader) => readBoolean(reader, 'test'))).toEqual(expected)
  })

  it('takes an IMPLICIT tag', () => {
    expect(reading('8101ff', (reader) => readBoolean(reader, 'test', contextPrimitive(1)))).toBe(true)
  })
})

describe('readDefaultFalse', () => {
  it.each([
    ['', false],
    ['0101ff', true],
    ['010100', ['default_encoded', 0]],
    ['010102', ['bad_boolean', 2]],
  ])('of %j: %j', (hex, expected) => {
    expect(reading(hex, (reader) => readDefaultFalse(reader, 'test'))).toEqual(expected)
  })
})

describe('readInteger', () => {
  it.each([
    ['020100', 'read'],
    ['02017f', 'read'],
    ['020180', 'read'],
    ['02020080', 'read'],
    ['0202ff7f', 'read'],
    ['0203ff7fff', 'read'],
    ['0200', ['bad_integer', 2]],
    ['02020000', ['bad_integer', 2]],
    ['0202007f', ['bad_integer', 2]],
    ['0202ff80', ['bad_integer', 2]],
    ['0202ffff', ['bad_integer', 2]],
    ['0a0100', ['unexpected_tag', 0]],
  ])('of %s: %j', (hex, expected) => {
    expect(
      reading(hex, (reader) => {
        readInteger(reader, 'test')
        return 'read'
      }),
    ).toEqual(expected)
  })
})

describe('readSmallInteger', () => {
  const max = 0x7fffffff
  it.each([
    ['020100', max, 0],
    ['0201ff', max, ['bad_integer', 2]],
    ['020105', 5, 5],
    ['020106', 5, ['bad_integer', 2]],
    ['02020100', max, 256],
    ['02047fffffff', max, max],
    ['02050080000000', max, ['bad_integer', 2]],
    ['020500ffffffff', max, ['bad_integer', 2]],
    ['02067fffffffffff', max, ['bad_integer', 2]],
    ['020980ffffffffffffffff', max, ['bad_integer', 2]],
    ['0200', max, ['bad_integer', 2]],
    ['02020001', max, ['bad_integer', 2]],
    ['0402', max, ['unexpected_tag', 0]],
  ])('of %s up to %i: %j', (hex, limit, expected) => {
    expect(reading(hex, (reader) => readSmallInteger(reader, limit, 'test'))).toEqual(expected)
  })

  it('takes an IMPLICIT tag and says what it takes', () => {
    expect(reading('800107', (reader) => readSmallInteger(reader, 9, 'test', contextPrimitive(0)))).toBe(7)
    const result = readWhole(Uint8Array.of(2, 1, 10), (reader) => readSmallInteger(reader, 9, 'test'))
    expect(result).toMatchObject({ message: 'test: the integer must be from 0 to 9 (byte 2)' })
  })
})

describe('readBitStringBytes', () => {
  it.each([
    ['030100', ''],
    ['030200aa', 'aa'],
    ['030201aa', ['bad_bit_string', 2]],
    ['0300', ['bad_bit_string', 2]],
    ['030108', ['bad_bit_string', 2]],
    ['2305030300aabb', ['unexpected_tag', 0]],
  ])('of %s: %j', (hex, expected) => {
    expect(
      reading(hex, (reader) => {
        readBitStringBytes(reader, 'test')
        return Buffer.from(reader.bytes.subarray(reader.start, reader.end)).toString('hex')
      }),
    ).toEqual(expected)
  })
})

describe('readNamedBits', () => {
  it.each([
    ['030100', 0],
    ['03020780', 1],
    ['03020640', 2],
    ['03020106', 0x60],
    ['0303070080', 0x100],
    ['030200ff', 0xff],
    // Trailing zero bits, and bits that have no name: read, not refused.
    ['03020080', 1],
    ['0303000000', 0],
    ['030400008001', 0x100],
    ['0300', ['bad_bit_string', 2]],
    ['030101', ['bad_bit_string', 2]],
    ['03020880', ['bad_bit_string', 2]],
    ['030207c0', ['bad_bit_string', 2]],
    ['03020181', ['bad_bit_string', 2]],
    ['040100', ['unexpected_tag', 0]],
  ])('of %s: %j', (hex, expected) => {
    expect(reading(hex, (reader) => readNamedBits(reader, 9, 'test'))).toEqual(expected)
  })

  it('takes an IMPLICIT tag', () => {
    expect(reading('81020640', (reader) => readNamedBits(reader, 9, 'test', contextPrimitive(1)))).toBe(2)
  })
})

describe('readNull', () => {
  it.each([
    ['0500', 'read'],
    ['050100', ['bad_null', 2]],
    ['0400', ['unexpected_tag', 0]],
  ])('of %s: %j', (hex, expected) => {
    expect(
      reading(hex, (reader) => {
        readNull(reader, 'test')
        return 'read'
      }),
    ).toEqual(expected)
  })
})

describe('tags', () => {
  it('are the identifier octets of X.680', () => {
    expect(Object.values(Tag)).toEqual([1, 2, 3, 4, 5, 6, 10, 12, 13, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 48, 49])
  })
})
