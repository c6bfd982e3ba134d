import { describe, expect, it } from 'vitest'
import { parseRevocationList } from '../../../src/index.ts'
import { parseRevocationListDer } from '../../../src/x509/parse-revocation-list.ts'
import {
  bytes,
  context,
  generalizedTime,
  implicit,
  integer,
  nul,
  octetString,
  sequence,
  tlv,
  utcTime,
} from '../../support/der.ts'
import { pemOf } from '../../support/pem.ts'
import { refusal, valueIn } from '../../support/refusal.ts'
import { entry, extension, type ListParts, revocationList } from '../../support/structures.ts'

const code = (parts: ListParts): string => {
  const result = refusal(parseRevocationListDer(revocationList(parts)))
  return typeof result === 'string' ? result : result[0]
}

const enumerated = (value: number): Uint8Array => tlv(0x0a, [value])
const uri = implicit(6, Buffer.from('http://a/'))
const reason = (value: Uint8Array): Uint8Array => extension('2.5.29.21', value)
const aName = sequence(implicit(2, Buffer.from('a')))

describe('parseRevocationListDer', () => {
  it('refuses what is cut anywhere or longer than it says', () => {
    const der = revocationList({ entries: [entry(1)], extensions: [extension('2.5.29.20', integer(1))] })
    expect(refusal(parseRevocationListDer(der))).toBe('read')
    for (let end = 0; end < der.length; end++) expect(refusal(parseRevocationListDer(der.subarray(0, end)))).not.toBe('read')
    expect(refusal(parseRevocationListDer(bytes(der, [0])))).toEqual(['trailing_bytes', der.length])
  })

  it.each<readonly [string, ListParts, string]>([
    ['no entries', {}, 'read'],
    ['entries', { entries: [entry(1), entry(-5), entry(2n ** 200n)] }, 'read'],
    ['an empty list of entries', { entries: [] }, 'read'],
    ['version 1', { version: undefined, entries: [entry(1)] }, 'read'],
    ['version 1 written out', { version: integer(0) }, 'bad_version'],
    ['version 3', { version: integer(2) }, 'bad_version'],
    [
      'version 1 with extensions',
      { version: undefined, extensions: [extension('2.5.29.20', integer(1))] },
      'fields_need_version',
    ],
    [
      'version 1 with entry extensions',
      { version: undefined, entries: [entry(1, reason(enumerated(1)))] },
      'fields_need_version',
    ],
    ['no nextUpdate', { nextUpdate: undefined }, 'read'],
    [
      'GeneralizedTime',
      { thisUpdate: generalizedTime('20240101000000Z'), nextUpdate: generalizedTime('20250101000000Z') },
      'read',
    ],
    ['an offset in thisUpdate', { thisUpdate: utcTime('240101000000+0000') }, 'bad_time'],
    ['a third date', { nextUpdate: bytes(utcTime('240201000000Z'), utcTime('240201000000Z')) }, 'trailing_bytes'],
    ['a bad issuer', { issuer: sequence(tlv(0x31)) }, 'empty_sequence'],
    ['a signature with unused bits', { signature: tlv(0x03, [1, 0xfe]) }, 'bad_bit_string'],
    ['more after the signature', { afterSignature: [nul()] }, 'trailing_bytes'],
  ])('of %s', (_what, parts, expected) => {
    expect(code(parts)).toBe(expected)
  })

  it.each<readonly [string, Uint8Array, string]>([
    ['a serial number that is padded', sequence(tlv(0x02, '0001'), utcTime('240101000000Z')), 'bad_integer'],
    ['no date', sequence(integer(1)), 'truncated'],
    ['a bad date', sequence(integer(1), utcTime('240101')), 'bad_time'],
    ['an empty sequence of extensions', sequence(integer(1), utcTime('240101000000Z'), sequence()), 'read'],
    [
      'a fourth element',
      sequence(integer(1), utcTime('240101000000Z'), sequence(reason(enumerated(1))), nul()),
      'trailing_bytes',
    ],
    ['every reason', entry(1, reason(enumerated(10))), 'read'],
    ['reason 7', entry(1, reason(enumerated(7))), 'bad_integer'],
    ['reason 11', entry(1, reason(enumerated(11))), 'bad_integer'],
    ['a reason that is no ENUMERATED', entry(1, reason(integer(1))), 'unexpected_tag'],
    ['invalidityDate', entry(1, extension('2.5.29.24', generalizedTime('20230101000000Z'))), 'read'],
    ['an invalidityDate that is a UTCTime', entry(1, extension('2.5.29.24', utcTime('230101000000Z'))), 'read'],
    ['an invalidityDate that is none', entry(1, extension('2.5.29.24', nul())), 'unexpected_tag'],
    ['certificateIssuer', entry(1, extension('2.5.29.29', aName, true)), 'read'],
    ['a certificateIssuer that is no SEQUENCE', entry(1, extension('2.5.29.29', nul(), true)), 'unexpected_tag'],
    ['a certificateIssuer without a name', entry(1, extension('2.5.29.29', sequence(), true)), 'empty_sequence'],
    ['a certificateIssuer that is no name', entry(1, extension('2.5.29.29', sequence(implicit(9, '')), true)), 'unexpected_tag'],
    ['an unknown extension', entry(1, extension('1.2.3', bytes('ff'), true)), 'read'],
    ['an extension twice', entry(1, reason(enumerated(1)), reason(enumerated(1))), 'duplicate_extension'],
    ['bytes behind the reason', entry(1, reason(bytes(enumerated(1), [0]))), 'trailing_bytes'],
  ])('of an entry with %s', (_what, one, expected) => {
    expect(code({ entries: [entry(7), one, entry(8)] })).toBe(expected)
  })

  it.each<readonly [string, string, Uint8Array, string]>([
    ['cRLNumber', '2.5.29.20', integer(2n ** 158n), 'read'],
    ['a negative cRLNumber', '2.5.29.20', integer(-1), 'bad_integer'],
    ['a cRLNumber of 21 octets', '2.5.29.20', integer(2n ** 160n), 'bad_integer'],
    ['a cRLNumber that is none', '2.5.29.20', nul(), 'unexpected_tag'],
    ['deltaCRLIndicator', '2.5.29.27', integer(5), 'read'],
    ['a negative deltaCRLIndicator', '2.5.29.27', integer(-5), 'bad_integer'],
    ['authorityKeyIdentifier', '2.5.29.35', sequence(implicit(0, 'aa')), 'read'],
    ['a bad authorityKeyIdentifier', '2.5.29.35', octetString('aa'), 'unexpected_tag'],
    ['issuingDistributionPoint', '2.5.29.28', sequence(context(0, context(0, uri))), 'read'],
    ['an empty issuingDistributionPoint', '2.5.29.28', sequence(), 'empty_sequence'],
    ['issuerAltName', '2.5.29.18', aName, 'read'],
    ['an empty issuerAltName', '2.5.29.18', sequence(), 'read'],
    ['freshestCRL', '2.5.29.46', sequence(sequence(context(0, context(0, uri)))), 'read'],
    ['an empty freshestCRL', '2.5.29.46', sequence(), 'read'],
    ['an unknown extension, which is not read', '1.2.3.4', bytes('ffff'), 'read'],
  ])('of %s', (_what, oid, value, expected) => {
    expect(code({ extensions: [extension(oid, value)] })).toBe(expected)
  })
})

describe('parseRevocationList', () => {
  const der = revocationList()

  it('takes DER, PEM and PEM bytes', () => {
    expect(valueIn(parseRevocationList(der)).raw).toEqual(der)
    expect(valueIn(parseRevocationList(pemOf('X509 CRL', der))).raw).toEqual(der)
    expect(valueIn(parseRevocationList(Buffer.from(pemOf('CRL', der)))).raw).toEqual(der)
  })

  it('refuses PEM without, with two, or with a bad list', () => {
    expect(refusal(parseRevocationList(''))).toEqual(['empty_input', 0])
    expect(refusal(parseRevocationList(pemOf('CERTIFICATE', der)))).toEqual(['pem_missing', 0])
    expect(refusal(parseRevocationList(pemOf('X509 CRL', der).repeat(2)))).toEqual([
      'pem_multiple',
      pemOf('X509 CRL', der).length,
    ])
    expect(refusal(parseRevocationList(pemOf('X509 CRL', der.subarray(0, 9))))).toEqual(['truncated', 0])
  })

  it('refuses a list above 64 MB unread', () => {
    const large = new Uint8Array(64 * 1024 * 1024 + 1)
    large.set([0x30, 0x84])
    expect(refusal(parseRevocationList(large))).toEqual(['too_large', 0])
  })

  it('throws only for what is neither text nor bytes', () => {
    expect(() => parseRevocationList(5 as never)).toThrow(TypeError)
  })
})
