import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { type NameFormat, nameText } from '../../../src/x509/name-text.ts'
import { bmp, integer, name, oid, printable, sequence, set, text, utf8 } from '../../support/der.ts'

const cn = '2.5.4.3'
const write = (der: Uint8Array, format?: NameFormat): string => nameText(new Span(der), format)
const common = (value: Uint8Array, format?: NameFormat): string => write(name([cn, value]), format)

describe('the three orders', () => {
  const der = name(['2.5.4.6', printable('US')], ['2.5.4.10', utf8('Example, Inc.')], [cn, utf8('a')])

  it('are RFC 4514, DER order and OpenSSL one-line', () => {
    expect(write(der)).toBe('CN=a,O=Example\\, Inc.,C=US')
    expect(write(der, 'der')).toBe('C=US,O=Example\\, Inc.,CN=a')
    expect(write(der, 'openssl')).toBe('/C=US/O=Example, Inc./CN=a')
  })

  it('join the attributes of one RDN by +', () => {
    const multi = sequence(
      set(sequence(oid('2.5.4.6'), printable('US'))),
      set(sequence(oid(cn), utf8('a')), sequence(oid('2.5.4.5'), printable('7'))),
    )
    expect(write(multi)).toBe('CN=a+serialNumber=7,C=US')
    expect(write(multi, 'der')).toBe('C=US,CN=a+serialNumber=7')
    expect(write(multi, 'openssl')).toBe('/C=US/CN=a+serialNumber=7')
  })

  it('are empty for the empty name', () => {
    for (const format of ['rfc4514', 'der', 'openssl'] as const) expect(write(sequence(), format)).toBe('')
  })

  it('name the attributes that certificates have', () => {
    const types = [
      '0.9.2342.19200300.100.1.25',
      '0.9.2342.19200300.100.1.1',
      '1.2.840.113549.1.9.1',
      '2.5.4.8',
      '2.5.4.7',
      '2.5.4.4',
    ]
    expect(write(name(...types.map((type) => [type, utf8('x')] as const)), 'der')).toBe('DC=x,UID=x,emailAddress=x,ST=x,L=x,SN=x')
  })
})

describe('RFC 4514 values', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', 'a\\,b'],
    ['a+b', 'a\\+b'],
    ['a"b', 'a\\"b'],
    ['a\\b', 'a\\\\b'],
    ['a<b>c', 'a\\<b\\>c'],
    ['a;b', 'a\\;b'],
    ['a=b', 'a\\=b'],
    ['a/b', 'a/b'],
    ['#abc', '\\#abc'],
    ['a#b', 'a#b'],
    [' abc', '\\ abc'],
    ['abc ', 'abc\\ '],
    ['  abc  ', '\\  abc \\ '],
    [' ', '\\ '],
    ['  ', '\\ \\ '],
    ['\\ ', '\\\\\\ '],
    ['a\nb', 'a\\0Ab'],
    ['a\rb', 'a\\0Db'],
    ['a\x01b', 'a\\01b'],
    ['a\x7fb', 'a\\7Fb'],
    ['a\u0085b', 'a\\C2\\85b'],
    ['a\u202eb', 'a\\E2\\80\\AEb'],
    ['a\u200bb', 'a\\E2\\80\\8Bb'],
    ['a\u2028b', 'a\\E2\\80\\A8b'],
    ['\ufeffa', '\\EF\\BB\\BFa'],
    ['Müller €𝄞', 'Müller €𝄞'],
    ['x,CN=admin', 'x\\,CN\\=admin'],
  ])('%j is %s', (value, expected) => {
    expect(common(utf8(value))).toBe(`CN=${expected}`)
    expect(common(utf8(value), 'der')).toBe(`CN=${expected}`)
  })

  it('are the same from every string type', () => {
    expect(common(bmp('aé'))).toBe('CN=aé')
    expect(common(text(0x14, 'a\xe9'))).toBe('CN=aé')
    expect(common(text(0x16, 'a@b'))).toBe('CN=a@b')
    expect(common(text(0x16, 'a\x01'))).toBe('CN=a\\01')
  })

  it('are # and hexadecimal DER if the value is no string or the type has no name', () => {
    expect(common(integer(5))).toBe('CN=#020105')
    expect(write(name(['1.2.3.4', utf8('ab')]))).toBe('1.2.3.4=#0c026162')
    expect(write(name(['1.2.18446744073709551616', utf8('ab')]))).toBe('1.2.18446744073709551616=#0c026162')
  })
})

describe('OpenSSL one-line values', () => {
  it('keep printable ASCII and write other bytes as \\xHH', () => {
    expect(common(utf8('a, b=c "d" #e'), 'openssl')).toBe('/CN=a, b=c "d" #e')
    expect(common(utf8('aé\n'), 'openssl')).toBe('/CN=a\\xC3\\xA9\\x0A')
    expect(common(utf8('a\u202eb'), 'openssl')).toBe('/CN=a\\xE2\\x80\\xAEb')
    expect(common(utf8(' a '), 'openssl')).toBe('/CN= a ')
    expect(common(utf8('#020105'), 'openssl')).toBe('/CN=\\#020105')
  })

  it('let no value begin an attribute', () => {
    expect(common(utf8('x/CN=admin'), 'openssl').slice(1)).not.toMatch(/(?<!\\)\//)
    expect(common(utf8('x\\/CN=admin'), 'openssl')).not.toBe(common(utf8('x/CN=admin'), 'openssl'))
  })

  it('write what is no string in hexadecimal, and unknown types by OID', () => {
    expect(common(integer(5), 'openssl')).toBe('/CN=#020105')
    expect(write(name(['1.2.3.4', utf8('ab')]), 'openssl')).toBe('/1.2.3.4=ab')
  })
})
