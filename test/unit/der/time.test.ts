import { describe, expect, it } from 'vitest'
import { readTime } from '../../../src/der/primitives.ts'
import { generalizedTime, text, utcTime } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

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
