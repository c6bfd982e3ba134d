import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../../src/bytes/encoding.ts'
import { Span } from '../../../src/bytes/span.ts'

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
