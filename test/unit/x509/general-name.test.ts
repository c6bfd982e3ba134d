import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import {
  generalNamesOf,
  ipText,
  readAccessDescriptions,
  readGeneralName,
  readGeneralNames,
} from '../../../src/x509/general-name.ts'
import { bytes, context, implicit, integer, name, nul, oid, sequence, set, tlv, utf8 } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

const latin1 = (value: string): Uint8Array => Buffer.from(value, 'latin1')
const email = (value: string): Uint8Array => implicit(1, latin1(value))
const dns = (value: string): Uint8Array => implicit(2, latin1(value))
const uri = (value: string): Uint8Array => implicit(6, latin1(value))
const ip = (hex: string): Uint8Array => implicit(7, hex)
const directory = context(4, name(['2.5.4.3', utf8('a')]))
const otherName = context(0, oid('1.3.6.1.4.1.311.20.2.3'), context(0, utf8('user@example.com')))

const one = (der: Uint8Array, subtree = false): ReturnType<typeof refusal> =>
  refusal(readWhole(der, (reader) => readGeneralName(reader, 'test', subtree)))

describe('readGeneralName', () => {
  it('reads every form and leaves it in the range', () => {
    const x400 = context(3, sequence())
    const ediParty = context(5, context(1, utf8('x')))
    const forms = [
      otherName,
      email('a@b'),
      dns('a.example'),
      x400,
      directory,
      ediParty,
      uri('http://a/'),
      ip('7f000001'),
      implicit(8, '2a03'),
    ]
    for (const der of forms) {
      const range = readWhole(der, (reader) => {
        readGeneralName(reader, 'test')
        return [reader.tag, reader.header, reader.start, reader.end]
      })
      expect(range).toEqual({ ok: true, value: [der[0], 0, 2, der.length] })
    }
  })

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['an empty DNS name', dns(''), 'read'],
    ['a wildcard', dns('*.example.com'), 'read'],
    ['NUL in a DNS name', dns('a.example\0.b'), ['bad_string', 11]],
    ['a newline in a DNS name', dns('a\n'), ['bad_string', 3]],
    ['DEL in a DNS name', dns('a\x7f'), ['bad_string', 3]],
    ['a byte above 127 in a DNS name', dns('\xe9.example'), ['bad_string', 2]],
    ['NUL in an e-mail address', email('a\0@b'), ['bad_string', 3]],
    ['a byte above 127 in an e-mail address', email('\xe9@b'), ['bad_string', 2]],
    ['NUL in a URI', uri('http://a\0/'), ['bad_string', 10]],
    ['IPv4', ip('7f000001'), 'read'],
    ['IPv6', ip('00'.repeat(16)), 'read'],
    ['no address', ip(''), ['bad_address', 2]],
    ['5 bytes', ip('7f00000101'), ['bad_address', 2]],
    ['a subnet', ip('7f000000ff000000'), ['bad_address', 2]],
    ['a directory name that is no name', context(4, nul()), ['unexpected_tag', 2]],
    ['a directory name that is implicit', context(4, set()), ['unexpected_tag', 2]],
    ['two directory names', context(4, sequence(), sequence()), ['trailing_bytes', 4]],
    ['a directory name with a bad string', context(4, name(['2.5.4.3', utf8('a\0')])), ['bad_string', 16]],
    ['an otherName without value', context(0, oid('1.2.3')), ['truncated', 6]],
    ['an otherName without type', context(0, context(0, nul())), ['unexpected_tag', 2]],
    ['an otherName with two values', context(0, oid('1.2.3'), context(0, nul()), nul()), ['trailing_bytes', 10]],
    ['an otherName with BER inside', context(0, oid('1.2.3'), context(0, '0c8161')), ['non_minimal_length', 9]],
    ['an otherName whose value is not tagged', context(0, oid('1.2.3'), utf8('Win-1')), 'read'],
    ['a registeredID without content', implicit(8), ['bad_oid', 2]],
    ['a registeredID that is cut off', implicit(8, '2a83'), ['bad_oid', 2]],
    ['an x400Address with BER inside', context(3, sequence(bytes('050100'))), ['bad_null', 6]],
    ['an x400Address of junk', context(3, 'ffff'), ['high_tag_number', 2]],
    ['an ediPartyName with BER inside', context(5, context(1, '0c8161')), ['non_minimal_length', 5]],
    ['an ediPartyName with a byte behind', context(5, context(1, utf8('x')), '00'), ['truncated', 7]],
    ['a form that does not exist', implicit(9), ['unexpected_tag', 0]],
    ['a universal type', utf8('a'), ['unexpected_tag', 0]],
    ['a constructed DNS name', context(2, tlv(0x16, latin1('a'))), ['unexpected_tag', 0]],
    ['nothing', new Uint8Array(), ['truncated', 0]],
  ])('of %s', (_what, der, expected) => {
    expect(one(der)).toEqual(expected)
  })

  it.each<readonly [string, boolean]>([
    ['0a000000ff000000', true],
    ['0a000000ffffffff', true],
    ['0000000000000000', true],
    ['0a000000fffffe00', true],
    ['20010db8000000000000000000000000ffffffff000000000000000000000000', true],
    ['0a000000ff00ff00', false],
    ['0a00000000ffffff', false],
    ['0a0000007f000000', false],
    ['0a000000', false],
    ['00'.repeat(16), false],
    ['00'.repeat(10), false],
    ['', false],
    ['20010db8000000000000000000000000ffffffff00000000000000000000ffff', false],
  ])('of subnet %s as a subtree: %s', (hex, read) => {
    expect(one(ip(hex), true)).toEqual(read ? 'read' : ['bad_address', 2])
  })
})

describe('readGeneralNames', () => {
  it('needs one name at least', () => {
    const names = (der: Uint8Array): ReturnType<typeof refusal> =>
      refusal(readWhole(der, (reader) => readGeneralNames(reader, 'test')))
    expect(names(sequence(dns('a'), dns('b')))).toBe('read')
    expect(names(sequence())).toEqual(['empty_sequence', 0])
    expect(names(sequence(dns('a'), dns('\0')))).toEqual(['bad_string', 7])
    expect(names(sequence(integer(1)))).toEqual(['unexpected_tag', 2])
    expect(names(dns('a'))).toEqual(['unexpected_tag', 0])
  })

  it('takes an IMPLICIT tag and leaves the content in the range', () => {
    const der = context(1, dns('a'))
    expect(
      readWhole(der, (reader) => {
        readGeneralNames(reader, 'test', 0xa1)
        return [reader.header, reader.start, reader.end]
      }),
    ).toEqual({ ok: true, value: [0, 2, 5] })
  })
})

describe('generalNamesOf', () => {
  it('decodes every form', () => {
    const registered = implicit(8, '2a03')
    const x400 = context(3, sequence())
    const ediParty = context(5, sequence())
    const all = bytes(
      dns('a.example'),
      email('a@b'),
      uri('http://a/'),
      ip('c0000201'),
      directory,
      otherName,
      registered,
      x400,
      ediParty,
    )
    expect(generalNamesOf(new Span(all))).toEqual([
      { type: 'dns', value: 'a.example' },
      { type: 'email', value: 'a@b' },
      { type: 'uri', value: 'http://a/' },
      { type: 'ip', value: '192.0.2.1', bytes: Uint8Array.of(192, 0, 2, 1) },
      { type: 'directory', value: 'CN=a', bytes: directory.slice(2) },
      { type: 'other', value: '1.3.6.1.4.1.311.20.2.3', bytes: otherName },
      { type: 'other', value: '1.2.3', bytes: registered },
      { type: 'other', value: 'x400Address', bytes: x400 },
      { type: 'other', value: 'ediPartyName', bytes: ediParty },
    ])
    expect(generalNamesOf(new Span(all, 3, 3))).toEqual([])
  })
})

describe('ipText', () => {
  it.each([
    ['7f000001', '127.0.0.1'],
    ['00000000', '0.0.0.0'],
    ['ffffffff', '255.255.255.255'],
    // The rules of RFC 5952 section 4.
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010db800000000aaaa000000000000', '2001:db8:0:0:aaaa::'],
    ['00010002000300040005000600070000', '1:2:3:4:5:6:7:0'],
    ['00000002000300040005000600070008', '0:2:3:4:5:6:7:8'],
    ['00000000000300040005000600070008', '::3:4:5:6:7:8'],
    ['20010db800000000000000000000ABCD', '2001:db8::abcd'],
    ['fe800000000000000001000200030004', 'fe80::1:2:3:4'],
  ])('of %s is %s', (hex, expected) => {
    expect(ipText(Uint8Array.from(Buffer.from(hex, 'hex')))).toBe(expected)
  })
})

describe('readAccessDescriptions', () => {
  const access = (der: Uint8Array): ReturnType<typeof refusal> => refusal(readWhole(der, readAccessDescriptions))
  const ocsp = oid('1.3.6.1.5.5.7.48.1')

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['one', sequence(sequence(ocsp, uri('http://a/'))), 'read'],
    ['none', sequence(), ['empty_sequence', 0]],
    ['no method', sequence(sequence(uri('http://a/'))), ['unexpected_tag', 4]],
    ['no location', sequence(sequence(ocsp)), ['truncated', 14]],
    ['two locations', sequence(sequence(ocsp, uri('a'), uri('b'))), ['trailing_bytes', 17]],
    ['a bad URI', sequence(sequence(ocsp, uri('\n'))), ['bad_string', 16]],
  ])('with %s', (_what, der, expected) => {
    expect(access(der)).toEqual(expected)
  })
})
