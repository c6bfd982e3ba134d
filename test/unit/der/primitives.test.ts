import { describe, expect, it } from 'vitest'
import {
  readBitStringBytes,
  readBoolean,
  readDefaultFalse,
  readInteger,
  readLooseBoolean,
  readNamedBits,
  readNull,
  readSmallInteger,
  readTime,
} from '../../../src/der/primitives.ts'
import { contextPrimitive, type Reader } from '../../../src/der/reader.ts'
import * as Tag from '../../../src/der/tag.ts'
import { generalizedTime, text, utcTime } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

/** The value that was read, or code and offset. */
function reading<T>(hex: string, parse: (reader: Reader) => T): T | readonly unknown[] {
  const result = readWhole(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')), parse)
  return result.ok ? result.value : (refusal(result) as readonly unknown[])
}

describe('readLooseBoolean', () => {
  it.each([
    ['0101ff', true, undefined],
    ['010100', false, undefined],
    ['010101', true, [{ code: 'boolean_not_ff', offset: 2 }]],
    ['01017f', true, [{ code: 'boolean_not_ff', offset: 2 }]],
    ['0100', ['bad_boolean', 2], undefined],
    ['01020101', ['bad_boolean', 2], undefined],
    ['0201ff', ['unexpected_tag', 0], undefined],
  ])('of %s: %j', (hex, expected, deviations) => {
    let reader: Reader | undefined
    const read = (each: Reader): boolean => {
      reader = each
      return readLooseBoolean(each, 'test')
    }
    expect(reading(hex, read)).toEqual(expected)
    expect(reader?.deviations).toEqual(deviations)
  })
})

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

function time(der: Uint8Array): string | ReturnType<typeof refusal> {
  const result = readWhole(der, (reader) => readTime(reader, 'test'))
  return result.ok ? new Date(result.value).toISOString() : refusal(result)
}

describe('UTCTime', () => {
  it.each([
    ['500101000000Z', '1950-01-01T00:00:00.000Z'],
    ['491231235959Z', '2049-12-31T23:59:59.000Z'],
    ['991231235959Z', '1999-12-31T23:59:59.000Z'],
    ['000101000000Z', '2000-01-01T00:00:00.000Z'],
    ['700101000000Z', '1970-01-01T00:00:00.000Z'],
    ['691231235959Z', '1969-12-31T23:59:59.000Z'],
    ['000229120000Z', '2000-02-29T12:00:00.000Z'],
    ['240229000000Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (value, expected) => {
    expect(time(utcTime(value))).toBe(expected)
  })

  it.each([
    ['2401010000Z', 'no seconds', 2],
    ['240101000000', 'no Z', 2],
    ['240101000000+0000', 'an offset', 2],
    ['240101000000z', 'a small z', 2],
    ['24010100000Z', 'a digit too few', 2],
    ['2401010000000Z', 'a digit too many', 2],
    ['24 101000000Z', 'a blank', 4],
    ['-40101000000Z', 'a sign', 2],
    ['2401010000\u00b20Z', 'a digit that is none', 12],
    ['230229000000Z', '29 February', 2],
    ['990229000000Z', '29 February', 2],
    ['240230000000Z', '30 February', 2],
    ['240431000000Z', '31 April', 2],
    ['240631000000Z', '31 June', 2],
    ['240931000000Z', '31 September', 2],
    ['241131000000Z', '31 November', 2],
    ['240132000000Z', '32 January', 2],
    ['240100000000Z', 'day 0', 2],
    ['240001000000Z', 'month 0', 2],
    ['241301000000Z', 'month 13', 2],
    ['240101240000Z', 'hour 24', 2],
    ['240101006000Z', 'minute 60', 2],
    ['240101000060Z', 'a leap second', 2],
    ['', 'nothing', 2],
  ])('refuses %s: %s', (value, _why, offset) => {
    expect(time(utcTime(value))).toEqual(['bad_time', offset])
  })
})

describe('GeneralizedTime', () => {
  it.each([
    ['20500101000000Z', '2050-01-01T00:00:00.000Z'],
    ['19491231235959Z', '1949-12-31T23:59:59.000Z'],
    ['20491231235959Z', '2049-12-31T23:59:59.000Z'],
    ['00000101000000Z', '0000-01-01T00:00:00.000Z'],
    ['00000229000000Z', '0000-02-29T00:00:00.000Z'],
    ['00010101000000Z', '0001-01-01T00:00:00.000Z'],
    ['99991231235959Z', '9999-12-31T23:59:59.000Z'],
    ['20000229000000Z', '2000-02-29T00:00:00.000Z'],
    ['24000229000000Z', '2400-02-29T00:00:00.000Z'],
  ])('%s is %s', (value, expected) => {
    expect(time(generalizedTime(value))).toBe(expected)
  })

  it.each([
    ['19000229000000Z', '1900 had no 29 February', 2],
    ['21000229000000Z', '2100 has no 29 February', 2],
    ['20240101000000.0Z', 'fractions', 2],
    ['20240101000000.5Z', 'fractions', 2],
    ['202401010000Z', 'no seconds', 2],
    ['20240101000000', 'no Z', 2],
    ['20240101000000+0100', 'an offset', 2],
    ['240101000000Z', 'the form of UTCTime', 2],
    ['2024010100000:Z', 'the character after 9', 15],
    ['2024010100000/Z', 'the character before 0', 15],
  ])('refuses %s: %s', (value, _why, offset) => {
    expect(time(generalizedTime(value))).toEqual(['bad_time', offset])
  })
})

describe('readTime', () => {
  it('agrees with Date on every day of four centuries', () => {
    for (let day = Date.UTC(1899, 11, 25); day < Date.UTC(2300, 0, 10); day += 86_400_000) {
      const digits = new Date(day).toISOString().replace(/\D/g, '').slice(0, 14)
      const result = readWhole(generalizedTime(`${digits}Z`), (reader) => readTime(reader, 'test'))
      if (!result.ok || result.value !== day) expect.fail(`${digits}: ${JSON.stringify(result)}`)
    }
  })

  it('takes no other type', () => {
    expect(time(text(0x13, '240101000000Z'))).toEqual(['unexpected_tag', 0])
    expect(time(new Uint8Array())).toEqual(['truncated', 0])
  })
})
