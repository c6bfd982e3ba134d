import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/** Primitive types that X.509 uses. Their tag may be an IMPLICIT one where a function takes `tag`. */

/** Reads a BOOLEAN. */
export function readBoolean(reader: Reader, element: string, tag: number = Tag.boolean): boolean {
  reader.expect(tag, element)
  const value = reader.bytes[reader.start]
  checkBoolean(reader, element)
  return value === 0xff
}

/** Reads a BOOLEAN as BER does: every octet but 00 is TRUE (X.690 8.2). TRUE other than FF is a deviation. */
export function readLooseBoolean(reader: Reader, element: string): boolean {
  reader.expect(Tag.boolean, element)
  const { bytes, start, end } = reader
  const value = bytes[start]
  if (end - start !== 1) reader.fail('bad_boolean', start, element)
  else if (value !== 0x00 && value !== 0xff) reader.deviate('boolean_not_ff', start)
  return reader.fault === undefined && value !== 0x00
}

/** Checks that the last element is a DER BOOLEAN. */
export function checkBoolean(reader: Reader, element: string): void {
  const { bytes, start, end } = reader
  if (end - start !== 1 || (bytes[start] !== 0x00 && bytes[start] !== 0xff)) reader.fail('bad_boolean', start, element)
}

/** Reads `BOOLEAN DEFAULT FALSE`. DER omits default values (X.690 11.5). */
export function readDefaultFalse(reader: Reader, element: string, tag: number = Tag.boolean): boolean {
  if (!reader.peek(tag)) return false
  const at = reader.position
  const value = readBoolean(reader, element, tag)
  if (!value) reader.fail('default_encoded', at, element)
  return value
}

/** Checks that the last element is a DER INTEGER: at least one byte, and no redundant leading byte. */
export function checkInteger(reader: Reader, element: string): void {
  const { bytes, start, end } = reader
  const redundant =
    end - start > 1 && (bytes[start] === 0x00 ? bytes[start + 1]! < 0x80 : bytes[start] === 0xff && bytes[start + 1]! >= 0x80)
  if (start >= end || redundant) reader.fail('bad_integer', start, element)
}

/** Reads an INTEGER of any size, which becomes the reader's last element. */
export function readInteger(reader: Reader, element: string): void {
  reader.expect(Tag.integer, element)
  checkInteger(reader, element)
}

/** Reads an INTEGER from 0 to `max` (below 2^31). */
export function readSmallInteger(reader: Reader, max: number, element: string, tag: number = Tag.integer): number {
  reader.expect(tag, element)
  checkInteger(reader, element)
  const { bytes, start, end } = reader
  let value = 0
  if (end - start > 5 || bytes[start]! >= 0x80) value = Number.POSITIVE_INFINITY
  else for (let i = start; i < end; i++) value = value * 256 + bytes[i]!
  if (value > max) {
    reader.fail('bad_integer', start, element, `the integer must be from 0 to ${max}`)
    return 0
  }
  return value
}

/** Reads a BIT STRING of whole bytes, such as a key or a signature. The reader's content is then those bytes. */
export function readBitStringBytes(reader: Reader, element: string): void {
  reader.expect(Tag.bitString, element)
  if (reader.fault !== undefined) return
  if (reader.start >= reader.end || reader.bytes[reader.start] !== 0) reader.fail('bad_bit_string', reader.start, element)
  else reader.start++
}

/** Checks that the last element is a DER BIT STRING: at most seven unused bits in the last byte, all zero. */
export function checkBitString(reader: Reader, element: string): void {
  const { bytes, start, end } = reader
  const unused = bytes[start]!
  const malformed =
    start >= end || unused > 7 || (end - start === 1 ? unused !== 0 : (bytes[end - 1]! & ((1 << unused) - 1)) !== 0)
  if (malformed) reader.fail('bad_bit_string', start, element)
}

/**
 * Reads a named bit list into an integer in which named bit n is `1 << n`. Bits from `count` on are ignored. Trailing zero
 * bits, which DER forbids here (X.690 11.2.2), are accepted: widely trusted roots have them, and they do not change the value.
 */
export function readNamedBits(reader: Reader, count: number, element: string, tag: number = Tag.bitString): number {
  reader.expect(tag, element)
  const { bytes, start, end } = reader
  checkBitString(reader, element)
  let value = 0
  for (let bit = 0; bit < count && start + 1 + (bit >> 3) < end; bit++) {
    if ((bytes[start + 1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) value |= 1 << bit
  }
  return reader.fault === undefined ? value : 0
}

export function readNull(reader: Reader, element: string): void {
  reader.expect(Tag.null, element)
  if (reader.start !== reader.end) reader.fail('bad_null', reader.start, element)
}

/**
 * Reads a `Time` (RFC 5280 4.1.2.5): UTCTime `YYMMDDHHMMSSZ` (1950 to 2049) or GeneralizedTime `YYYYMMDDHHMMSSZ`. The date must
 * exist. Which form a year requires is checked by the profile, not here.
 *
 * @returns milliseconds since 1970-01-01T00:00:00Z
 */
export function readTime(reader: Reader, element: string): number {
  reader.expect(reader.peek(Tag.generalizedTime) ? Tag.generalizedTime : Tag.utcTime, element)
  return checkTime(reader, element)
}

/** Checks that the last element is a `Time` of the form that its tag says, and returns it like {@link readTime}. */
export function checkTime(reader: Reader, element: string): number {
  const { bytes, start, end } = reader
  const general = reader.tag === Tag.generalizedTime
  const yearDigits = general ? 4 : 2
  if (end - start !== yearDigits + 11 || bytes[end - 1] !== 0x5a) {
    reader.fail('bad_time', start, element)
    return 0
  }
  for (let i = start; i < end - 1; i++) {
    if (bytes[i]! < 0x30 || bytes[i]! > 0x39) {
      reader.fail('bad_time', i, element)
      return 0
    }
  }
  const first = pair(bytes, start)
  const year = general ? first * 100 + pair(bytes, start + 2) : first < 50 ? 2000 + first : 1900 + first
  const rest = start + yearDigits
  const month = pair(bytes, rest)
  const day = pair(bytes, rest + 2)
  const hour = pair(bytes, rest + 4)
  const minute = pair(bytes, rest + 6)
  const second = pair(bytes, rest + 8)
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) {
    reader.fail('bad_time', start, element)
    return 0
  }
  return (((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000
}

function pair(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - 0x30) * 10 + bytes[at + 1]! - 0x30
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. Years start in March here, so that the leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719468
}
