import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/** Reads a BOOLEAN; the tag may be an IMPLICIT one. */
export function readBoolean(reader: Reader, what: string, tag: number = Tag.boolean): boolean {
  reader.expect(tag, what)
  const value = reader.bytes[reader.start]
  checkBoolean(reader, what)
  return value === 0xff
}

/** Checks that the element read last is a DER BOOLEAN. */
export function checkBoolean(reader: Reader, what: string): void {
  const { bytes, start, end } = reader
  if (end - start !== 1 || (bytes[start] !== 0x00 && bytes[start] !== 0xff)) reader.fail('bad_boolean', start, what)
}

/** Reads `BOOLEAN DEFAULT FALSE`, whose default DER leaves out (X.690 11.5). */
export function readDefaultFalse(reader: Reader, what: string, tag: number = Tag.boolean): boolean {
  if (!reader.peek(tag)) return false
  const at = reader.position
  const value = readBoolean(reader, what, tag)
  if (!value) reader.fail('default_encoded', at, what)
  return value
}

/** Checks that the element read last is a DER INTEGER: at least one byte, and no redundant leading one. */
export function checkInteger(reader: Reader, what: string): void {
  const { bytes, start, end } = reader
  const redundant =
    end - start > 1 && (bytes[start] === 0x00 ? bytes[start + 1]! < 0x80 : bytes[start] === 0xff && bytes[start + 1]! >= 0x80)
  if (start >= end || redundant) reader.fail('bad_integer', start, what)
}

/** Reads an INTEGER of any size; its content, two's complement, is the reader's. */
export function readInteger(reader: Reader, what: string): void {
  reader.expect(Tag.integer, what)
  checkInteger(reader, what)
}

/** Reads an INTEGER from 0 to `max` (below 2^31); the tag may be an IMPLICIT one. */
export function readSmallInteger(reader: Reader, max: number, what: string, tag: number = Tag.integer): number {
  reader.expect(tag, what)
  checkInteger(reader, what)
  const { bytes, start, end } = reader
  let value = 0
  if (end - start > 5 || bytes[start]! >= 0x80) value = Number.POSITIVE_INFINITY
  else for (let i = start; i < end; i++) value = value * 256 + bytes[i]!
  if (value > max) {
    reader.fail('bad_integer', start, what, `the integer must be from 0 to ${max}`)
    return 0
  }
  return value
}

/** Reads a BIT STRING of whole bytes, as keys and signatures are; they are left as the reader's content. */
export function readBitStringBytes(reader: Reader, what: string): void {
  reader.expect(Tag.bitString, what)
  if (reader.fault !== undefined) return
  if (reader.start >= reader.end || reader.bytes[reader.start] !== 0) reader.fail('bad_bit_string', reader.start, what)
  else reader.start++
}

/** Checks that the element read last is a DER BIT STRING: up to seven bits of the last byte are unused, and zero. */
export function checkBitString(reader: Reader, what: string): void {
  const { bytes, start, end } = reader
  const unused = bytes[start]!
  const malformed =
    start >= end || unused > 7 || (end - start === 1 ? unused !== 0 : (bytes[end - 1]! & ((1 << unused) - 1)) !== 0)
  if (malformed) reader.fail('bad_bit_string', start, what)
}

/**
 * Reads a named-bit list of at most `count` bits into an integer in which named bit n is `1 << n`; the tag may be an
 * IMPLICIT one. Bits beyond `count` are read and dropped. Trailing zero bits, which DER forbids here (X.690 11.2.2), are
 * let pass: roots that every browser trusts have them, and the value is the same.
 */
export function readNamedBits(reader: Reader, count: number, what: string, tag: number = Tag.bitString): number {
  reader.expect(tag, what)
  const { bytes, start, end } = reader
  checkBitString(reader, what)
  let value = 0
  for (let bit = 0; bit < count && start + 1 + (bit >> 3) < end; bit++) {
    if ((bytes[start + 1 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) value |= 1 << bit
  }
  return reader.fault === undefined ? value : 0
}

export function readNull(reader: Reader, what: string): void {
  reader.expect(Tag.null, what)
  if (reader.start !== reader.end) reader.fail('bad_null', reader.start, what)
}
