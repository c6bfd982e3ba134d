import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { attributesOf, canonicalName, canonicalRdn, namesEqual, rdnsOf, readName, stringValue } from '../../../src/x509/name.ts'
import { bmp, bytes, integer, name, oid, printable, sequence, set, text, tlv, utf8 } from '../../support/der.ts'
import { millisecondsOf, readWhole, refusal } from '../../support/refusal.ts'

const cn = '2.5.4.3'
const ou = '2.5.4.11'
const read = (der: Uint8Array): ReturnType<typeof refusal> => refusal(readWhole(der, (reader) => readName(reader, 'test')))
const equal = (a: Uint8Array, b: Uint8Array): boolean => namesEqual(new Span(a), new Span(b))
const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), value)
const universal = (value: string): Uint8Array => tlv(0x1c, Buffer.from([...value].flatMap((c) => [0, 0, 0, c.charCodeAt(0)])))

describe('readName', () => {
  it('reads names of any length, and leaves the whole in the range', () => {
    for (const der of [sequence(), name([cn, utf8('a')]), name([cn, utf8('')], [ou, printable('b')])]) {
      expect(
        readWhole(der, (reader) => {
          readName(reader, 'test')
          return [reader.tag, reader.header, reader.end]
        }),
      ).toEqual({ ok: true, value: [0x30, 0, der.length] })
    }
  })

  it('takes values that are no strings, if they are DER', () => {
    expect(read(name([cn, integer(5)], [ou, sequence(set(integer(1)))]))).toBe('read')
    expect(read(name([cn, tlv(0x02)]))).toEqual(['bad_integer', 13])
    expect(read(name([cn, bytes('2c030c0161')]))).toEqual(['unexpected_tag', 11])
  })

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['no SEQUENCE', set(), ['unexpected_tag', 0]],
    ['a SEQUENCE for an RDN', sequence(sequence()), ['unexpected_tag', 2]],
    ['an RDN without attributes', sequence(set()), ['empty_sequence', 2]],
    ['an attribute without type', sequence(set(sequence())), ['truncated', 6]],
    ['an attribute without value', sequence(set(sequence(oid(cn)))), ['truncated', 11]],
    ['an attribute of three', sequence(set(sequence(oid(cn), utf8('a'), utf8('b')))), ['trailing_bytes', 14]],
    ['no OID', sequence(set(sequence(utf8('a'), utf8('b')))), ['unexpected_tag', 6]],
    ['a bad OID', sequence(set(sequence(tlv(0x06, [0x80]), utf8('b')))), ['bad_oid', 8]],
    ['a SET for an attribute', sequence(set(set(oid(cn), utf8('a')))), ['unexpected_tag', 4]],
    ['bytes behind', bytes(sequence(), [0]), ['trailing_bytes', 2]],
  ])('refuses %s', (_what, der, expected) => {
    expect(read(der)).toEqual(expected)
  })
})

describe('strings in names', () => {
  /** Offset of the value's first character. */
  const at = 13

  it.each<readonly [string, Uint8Array, 'read' | number]>([
    ['PrintableString', printable("Az09 '()+,-./:=?"), 'read'],
    ['PrintableString with what X.680 leaves out', printable('a_b@c&d*e!f"g'), 'read'],
    ['PrintableString with a control character', printable('ab\x1fc'), at + 2],
    ['PrintableString with DEL', printable('a\x7f'), at + 1],
    ['PrintableString with NUL', printable('\0'), at],
    ['PrintableString with a byte above 127', printable('a\xe9'), 'read'],
    ['IA5String', text(0x16, 'a@b\x01'), 'read'],
    ['IA5String with NUL', text(0x16, 'a\0b'), at + 1],
    ['IA5String with a byte above 127', text(0x16, '\xe9'), 'read'],
    ['IA5String with such a byte and NUL', text(0x16, '\xe9\0'), at + 1],
    ['NumericString with a byte above 127', text(0x12, '1\xe9'), 'read'],
    ['NumericString with such a byte and a letter', text(0x12, '\xe9a'), at + 1],
    ['VisibleString with NUL', text(0x1a, 'a\0'), at + 1],
    ['VisibleString with a byte above 127', text(0x1a, 'a\x80'), at + 1],
    ['VisibleString with a control character', text(0x1a, 'a\x1f'), at + 1],
    ['NumericString', text(0x12, '0 9'), 'read'],
    ['NumericString with a letter', text(0x12, '1a'), at + 1],
    ['NumericString with a hyphen', text(0x12, '1-2'), at + 1],
    ['UTF8String', utf8('é€𝄞\u202e\x01'), 'read'],
    ['UTF8String with NUL', utf8('a\0b'), at + 1],
    ['UTF8String with NUL behind what is no ASCII', utf8('é\0'), at + 2],
    ['UTF8String that is Latin-1', text(0x0c, 'a\xe9'), at],
    ['UTF8String with an overlong NUL', text(0x0c, '\xc0\x80'), at],
    ['UTF8String with a surrogate', tlv(0x0c, 'eda080'), at],
    ['TeletexString with any byte', text(0x14, 'a\xe9\x01'), 'read'],
    ['TeletexString with NUL', text(0x14, 'a\0'), at + 1],
    ['BMPString', bmp('é€'), 'read'],
    ['BMPString with NUL', bmp('a\0'), at],
    ['BMPString with half a character', tlv(0x1e, '00'), at],
    ['BMPString with a surrogate', tlv(0x1e, 'd83ddc00'), at],
    ['UniversalString', universal('ab'), 'read'],
    ['UniversalString with NUL', universal('\0'), at],
    ['UniversalString above U+10FFFF', tlv(0x1c, '00110000'), at],
  ])('%s', (_what, value, expected) => {
    expect(read(name([cn, value]))).toEqual(expected === 'read' ? 'read' : ['bad_string', expected])
  })

  it('are decoded by type', () => {
    const decode = (value: Uint8Array): string | undefined => stringValue(value[0]!, new Span(value, 2))
    for (const value of [
      printable('ab'),
      text(0x16, 'ab'),
      text(0x1a, 'ab'),
      text(0x14, 'ab'),
      utf8('ab'),
      bmp('ab'),
      universal('ab'),
    ]) {
      expect(decode(value)).toBe('ab')
    }
    expect(decode(text(0x12, '12'))).toBe('12')
    expect(decode(text(0x14, '\xe9'))).toBe('é')
    expect(decode(integer(5))).toBeUndefined()
  })
})

describe('attributesOf', () => {
  it('gives them in DER order, attributes of one RDN with one index', () => {
    const der = sequence(set(attribute(cn, utf8('a')), attribute(ou, printable('b'))), set(attribute(ou, utf8('c'))))
    const span = (start: number, end: number): Span => new Span(der, start, end)
    expect(attributesOf(new Span(der))).toEqual([
      { rdn: 0, type: span(8, 11), tag: 0x0c, value: span(13, 14), valueElement: span(11, 14) },
      { rdn: 0, type: span(18, 21), tag: 0x13, value: span(23, 24), valueElement: span(21, 24) },
      { rdn: 1, type: span(30, 33), tag: 0x0c, value: span(35, 36), valueElement: span(33, 36) },
    ])
    expect(attributesOf(new Span(sequence()))).toEqual([])
  })
})

describe('namesEqual (RFC 5280 7.1)', () => {
  const a = name([cn, utf8('Example CA')], [ou, printable('x')])

  it.each<readonly [string, Uint8Array]>([
    ['the same bytes', a],
    ['other ASCII case', name([cn, utf8('EXAMPLE ca')], [ou, printable('X')])],
    ['spaces around and repeated', name([cn, utf8('  Example   CA ')], [ou, printable(' x')])],
    ['PrintableString for UTF8String', name([cn, printable('Example CA')], [ou, utf8('x')])],
    ['BMPString', name([cn, bmp('example CA')], [ou, utf8('x')])],
    ['UniversalString', name([cn, universal('Example CA')], [ou, utf8('x')])],
    ['IA5String', name([cn, text(0x16, 'Example CA')], [ou, utf8('x')])],
  ])('is true for %s', (_what, b) => {
    expect(equal(a, b)).toBe(true)
    expect(canonicalName(new Span(a))).toBe(canonicalName(new Span(b)))
  })

  it.each<readonly [string, Uint8Array]>([
    ['another value', name([cn, utf8('Example CB')], [ou, printable('x')])],
    ['a space more inside a word', name([cn, utf8('Ex ample CA')], [ou, printable('x')])],
    ['no space', name([cn, utf8('ExampleCA')], [ou, printable('x')])],
    ['a tab for the space', name([cn, utf8('Example\tCA')], [ou, printable('x')])],
    ['another type', name(['2.5.4.10', utf8('Example CA')], [ou, printable('x')])],
    ['another order of RDNs', name([ou, printable('x')], [cn, utf8('Example CA')])],
    ['an RDN more', name([cn, utf8('Example CA')], [ou, printable('x')], [ou, printable('y')])],
    ['an RDN less', name([cn, utf8('Example CA')])],
    ['one RDN for two', sequence(set(attribute(cn, utf8('Example CA')), attribute(ou, printable('x'))))],
    ['the empty name', sequence()],
    ['TeletexString', name([cn, text(0x14, 'Example CA')], [ou, printable('x')])],
    ['an OID that differs above 2^32', name(['2.5.4.4294967299', utf8('Example CA')], [ou, printable('x')])],
  ])('is false for %s', (_what, b) => {
    expect(equal(a, b)).toBe(false)
  })

  it('has attributes of one RDN in any order, each as often', () => {
    const one = attribute(cn, utf8('a'))
    const two = attribute(ou, utf8('b'))
    expect(equal(sequence(set(one, two)), sequence(set(two, one)))).toBe(true)
    expect(equal(sequence(set(one, two)), sequence(set(one, two, two)))).toBe(false)
    expect(equal(sequence(set(one, one)), sequence(set(one)))).toBe(false)
  })

  it('folds ASCII only', () => {
    expect(equal(name([cn, utf8('É')]), name([cn, utf8('é')]))).toBe(false)
    expect(equal(name([cn, utf8('straße')]), name([cn, utf8('strasse')]))).toBe(false)
    // U+212A, the Kelvin sign, whose lower case is the letter k.
    expect(equal(name([cn, utf8('\u212a')]), name([cn, utf8('k')]))).toBe(false)
    expect(equal(name([cn, utf8('\u0130')]), name([cn, utf8('i')]))).toBe(false)
  })

  it('compares types it does not fold by type and bytes', () => {
    expect(equal(name([cn, text(0x14, 'A')]), name([cn, text(0x14, 'a')]))).toBe(false)
    expect(equal(name([cn, text(0x12, '1  2')]), name([cn, text(0x12, '1 2')]))).toBe(false)
    expect(equal(name([cn, integer(5)]), name([cn, tlv(0x0a, [5])]))).toBe(false)
  })

  it('no value imitates a boundary', () => {
    const separators = ['a', 'a:1:=b', '=', '#', '12#61', '1/', '550403:2:=a', ',', 'a550403:2:=b', '1/550403:2:=a']
    const names = separators.flatMap((one) => [name([cn, utf8(one)]), name([cn, utf8(one)], [cn, utf8('a')])])
    const texts = new Set(names.map((der) => canonicalName(new Span(der))))
    expect(texts.size).toBe(names.length)
  })

  it('is linear in long runs of spaces', () => {
    const long = name([cn, utf8(' '.repeat(60_000))])
    const other = name([cn, utf8(`${' '.repeat(59_999)}\t`)])
    expect(millisecondsOf(() => equal(long, other))).toBeLessThan(500)
  })
})

describe('canonical RDNs', () => {
  it('of a name start with those of the names above it', () => {
    const below = name([ou, utf8('X')], [cn, utf8('a')])
    const above = name([ou, printable('x')])
    const parts = rdnsOf(new Span(below)).map(canonicalRdn)
    expect(parts).toHaveLength(2)
    expect(parts[0]).toBe(canonicalName(new Span(above)))
    expect(canonicalName(new Span(below))).toBe(parts.join(''))
  })

  it('are the same for the content of a SET alone', () => {
    const content = bytes(attribute(cn, utf8('A')), attribute(ou, utf8('b')))
    const der = sequence(set(content))
    expect(canonicalRdn(new Span(content))).toBe(canonicalName(new Span(der)))
  })
})
