import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/**
 * Reads a `Time` (RFC 5280 4.1.2.5): UTCTime `YYMMDDHHMMSSZ` (1950 to 2049) or GeneralizedTime `YYYYMMDDHHMMSSZ`, of a
 * date that exists. Answers milliseconds since 1970-01-01T00:00:00Z. Which of the two forms a year demands is a matter
 * of profile, not of syntax.
 */
export function readTime(reader: Reader, what: string): number {
  reader.expect(reader.peek(Tag.generalizedTime) ? Tag.generalizedTime : Tag.utcTime, what)
  return checkTime(reader, what)
}

/** Checks that the element read last is such a time, by its tag, and answers the same. */
export function checkTime(reader: Reader, what: string): number {
  const { bytes, start, end } = reader
  const general = reader.tag === Tag.generalizedTime
  const yearDigits = general ? 4 : 2
  if (end - start !== yearDigits + 11 || bytes[end - 1] !== 0x5a) {
    reader.fail('bad_time', start, what)
    return 0
  }
  for (let i = start; i < end - 1; i++) {
    if (bytes[i]! < 0x30 || bytes[i]! > 0x39) {
      reader.fail('bad_time', i, what)
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
    reader.fail('bad_time', start, what)
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

/** Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719468
}
