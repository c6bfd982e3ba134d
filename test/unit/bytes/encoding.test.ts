import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bigintOfBytes,
  bytesOfBigint,
  decodeBase64,
  encodeBase64,
  excerpt,
  latin1Of,
  opensslTime,
  parseOpensslTime,
  ucsOf,
  utf8Bytes,
  utf8Of,
} from '../../../src/bytes/encoding.ts'
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

function decode(text: string): string | number {
  const decoded = decodeBase64(Buffer.from(text, 'latin1'))
  return typeof decoded === 'number' ? decoded : Buffer.from(decoded).toString('hex')
}

describe('decodeBase64', () => {
  it('reads the vectors of RFC 4648 section 10', () => {
    const vectors = {
      '': '',
      'Zg==': 'f',
      'Zm8=': 'fo',
      Zm9v: 'foo',
      'Zm9vYg==': 'foob',
      'Zm9vYmE=': 'fooba',
      Zm9vYmFy: 'foobar',
    }
    for (const [text, plain] of Object.entries(vectors)) expect(decode(text)).toBe(Buffer.from(plain).toString('hex'))
  })

  it('reads all 64 characters', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    expect(decode(alphabet)).toBe(Buffer.from(alphabet, 'base64').toString('hex'))
  })

  it('skips white space anywhere, inside the padding too', () => {
    expect(decode(' Z\tm\r\n9\n\nv\f')).toBe('666f6f')
    expect(decode('Zg=\r\n= \n')).toBe('66')
    expect(decode(' \r\n\t ')).toBe('')
  })

  it.each([
    ['Zg', 2, 'padding is missing'],
    ['Zm8', 3, 'padding is missing'],
    ['Zg=', 2, 'padding is short'],
    ['Zm8==', 3, 'padding is long'],
    ['Zm9v=', 4, 'padding after whole groups'],
    ['Zm9v====', 4, 'a group of padding'],
    ['=', 0, 'padding alone'],
    ['A', 1, 'one character, whatever the padding'],
    ['A===', 1, 'one character, whatever the padding'],
    ['Zh==', 2, 'spare bits that are set'],
    ['Zm9=', 3, 'spare bits that are set'],
    ['Zg==Zg==', 4, 'data after the padding'],
    ['Zm9v-A==', 4, 'a character of the URL alphabet'],
    ['Zm_v', 2, 'a character of the URL alphabet'],
    ['Zm9v\0', 4, 'NUL'],
    ['Zm\xa09v', 2, 'a byte above 127'],
    ['Zm9v!', 4, 'punctuation'],
  ])('refuses %j at offset %i: %s', (text, offset) => {
    expect(decode(text)).toBe(offset)
  })

  it('reads only the span it is given', () => {
    const bytes = Buffer.from('!!Zm9v!!')
    expect(decodeBase64(new Span(bytes, 2, 6))).toEqual(Uint8Array.from(Buffer.from('foo')))
    expect(decodeBase64(new Span(bytes, 2, 7))).toBe(6)
  })
})

describe('encodeBase64', () => {
  it('is undone by decoding, for every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff)
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(decode(encodeBase64(bytes))).toBe(Buffer.from(bytes).toString('hex'))
    }
  })
})

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
