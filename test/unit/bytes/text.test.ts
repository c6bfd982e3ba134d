import { describe, expect, it } from 'vitest'
import { excerpt, latin1Of, ucsOf, utf8Bytes, utf8Of } from '../../../src/bytes/encoding.ts'
import { Span } from '../../../src/bytes/span.ts'

const utf8 = (hex: string): string | undefined => {
  return utf8Of(new Span(Buffer.from(hex, 'hex')))
}

describe('utf8Of', () => {
  it('reads every length of sequence up to the last code point', () => {
    for (const text of ['', 'plain', 'é', '€', '𝄞', '\u{10ffff}', '\ud7ff\ue000', 'a\0b', 'mixed é € 𝄞 end']) {
      expect(utf8(Buffer.from(text).toString('hex'))).toBe(text)
    }
  })

  it.each([
    ['80', 'a continuation byte alone'],
    ['c3', 'a sequence cut short'],
    ['e282', 'a sequence cut short'],
    ['f09d84', 'a sequence cut short'],
    ['c328', 'no continuation byte'],
    ['e28228', 'no continuation byte'],
    ['c080', 'an overlong NUL'],
    ['c1bf', 'an overlong form of two bytes'],
    ['e09fbf', 'an overlong form of three bytes'],
    ['f08fbfbf', 'an overlong form of four bytes'],
    ['eda080', 'a surrogate'],
    ['edbfbf', 'a surrogate'],
    ['f4908080', 'a code point above U+10FFFF'],
    ['f5808080', 'a lead byte above F4'],
    ['ff', 'a byte that UTF-8 never has'],
  ])('refuses %s: %s', (hex) => {
    expect(utf8(hex)).toBeUndefined()
  })

  it('reads only the span it is given', () => {
    expect(utf8Of(new Span(Buffer.from('xéy'), 1, 3))).toBe('é')
    expect(utf8Of(new Span(Buffer.from('xéy'), 1, 2))).toBeUndefined()
  })
})

describe('ucsOf', () => {
  const ucs = (hex: string, width: 2 | 4): string | undefined => ucsOf(new Span(Buffer.from(hex, 'hex')), width)

  it('reads BMPString and UniversalString', () => {
    expect(ucs('0041 20ac'.replace(' ', ''), 2)).toBe('A€')
    expect(ucs('0000004100020000', 4)).toBe('A\u{20000}')
    expect(ucs('', 2)).toBe('')
  })

  it.each<readonly [string, 2 | 4, string]>([
    ['00', 2, 'half a character'],
    ['d800', 2, 'a surrogate'],
    ['dfff', 2, 'a surrogate'],
    ['004100', 4, 'part of a character'],
    ['0000d800', 4, 'a surrogate'],
    ['00110000', 4, 'above U+10FFFF'],
    ['ffffffff', 4, 'above U+10FFFF'],
  ])('refuses %s in %i bytes a character: %s', (hex, width) => {
    expect(ucs(hex, width)).toBeUndefined()
  })
})

describe('latin1Of', () => {
  it('maps every byte to its code point', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    expect(latin1Of(new Span(bytes))).toBe(Buffer.from(bytes).toString('latin1'))
    expect(latin1Of(new Span(bytes, 0x41, 0x44))).toBe('ABC')
  })
})

describe('utf8Bytes', () => {
  it('writes what every other encoder writes', () => {
    for (const text of ['', 'plain', 'é', '€', '𝄞', '\u{10ffff}', '\ud800', 'a\udc00b']) {
      expect(Buffer.from(utf8Bytes(text)).toString('hex')).toBe(Buffer.from(text).toString('hex'))
    }
  })
})

describe('excerpt', () => {
  it('is one printable line of limited length', () => {
    expect(excerpt('short')).toBe('"short"')
    expect(excerpt('a\nb\rc\td\0e\u202ef')).toBe('"a\\nb\\rc\\td?e?f"')
    expect(excerpt('x'.repeat(41))).toBe(`"${'x'.repeat(40)}…"`)
    expect(excerpt('abcdef', 3)).toBe('"abc…"')
  })
})
