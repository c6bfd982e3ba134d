import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { opensslTime, parseOpensslTime } from '../../../src/bytes/encoding.ts'

describe('dates in the form of OpenSSL', () => {
  it.each([
    ['2021-08-05T09:36:04Z', 'Aug  5 09:36:04 2021 GMT'],
    ['1950-01-01T00:00:00Z', 'Jan  1 00:00:00 1950 GMT'],
    ['2024-02-29T23:59:59Z', 'Feb 29 23:59:59 2024 GMT'],
    ['9999-12-31T23:59:59Z', 'Dec 31 23:59:59 9999 GMT'],
  ])('%s is %s', (iso, text) => {
    expect(opensslTime(Date.parse(iso))).toBe(text)
    expect(parseOpensslTime(text)).toBe(Date.parse(iso))
  })

  it('round-trips every second', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (second) => {
        expect(parseOpensslTime(opensslTime(second * 1000))).toBe(second * 1000)
      }),
    )
  })

  it.each([
    'Aug 5 09:36:04 2021 GMT',
    'Aug 05 09:36:04 2021 GMT',
    'Feb 30 00:00:00 2021 GMT',
    'Feb 29 00:00:00 2021 GMT',
    'Aug  5 24:00:00 2021 GMT',
    'Aug  5 09:60:04 2021 GMT',
    'Aug  0 09:36:04 2021 GMT',
    'AUG  5 09:36:04 2021 GMT',
    'Foo  5 09:36:04 2021 GMT',
    'Aug  5 09:36:04 2021',
    'Aug  5 09:36:04 02021 GMT',
    ' Aug  5 09:36:04 2021 GMT',
    'Aug  5 09:36:04 2021 GMT\n',
    '',
  ])('refuses %j', (text) => expect(parseOpensslTime(text)).toBeUndefined())
})
