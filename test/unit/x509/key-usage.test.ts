import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import * as PurposeBit from '../../../src/x509/ids/purpose-bit.ts'
import {
  extendedKeyUsageList,
  keyUsageList,
  readAuthorityKeyIdentifier,
  readExtendedKeyUsage,
  readKeyUsage,
  readSubjectKeyIdentifier,
} from '../../../src/x509/key-usage.ts'
import { bytes, context, implicit, integer, octetString, oid, sequence, tlv, utf8 } from '../../support/der.ts'
import { reading, readWhole, refusal } from '../../support/refusal.ts'

const dns = (value: string): Uint8Array => implicit(2, Buffer.from(value))

describe('keyUsage', () => {
  it.each<readonly [string, readonly string[] | ReturnType<typeof refusal>]>([
    ['03020780', ['digitalSignature']],
    ['03020106', ['keyCertSign', 'cRLSign']],
    ['030205a0', ['digitalSignature', 'keyEncipherment']],
    ['0303070080', ['decipherOnly']],
    [
      '030307ff80',
      [
        'digitalSignature',
        'nonRepudiation',
        'keyEncipherment',
        'dataEncipherment',
        'keyAgreement',
        'keyCertSign',
        'cRLSign',
        'encipherOnly',
        'decipherOnly',
      ],
    ],
    ['030100', ['bad_bit_string', 2]],
    ['03020000', ['bad_bit_string', 2]],
    ['03030600 40', ['bad_bit_string', 2]],
    ['030206c1', ['bad_bit_string', 2]],
    ['040106', ['unexpected_tag', 0]],
  ])('%s', (hex, expected) => {
    const bits = reading(bytes(hex.replace(' ', '')), readKeyUsage)
    expect(typeof bits === 'number' ? keyUsageList(bits) : bits).toEqual(expected)
  })
})

describe('extendedKeyUsage', () => {
  const client = '1.3.6.1.5.5.7.3.2'
  const usage = (...purposes: readonly string[]): Uint8Array => sequence(...purposes.map(oid))

  it.each<readonly [string, Uint8Array, unknown]>([
    ['clientAuth', usage(client), PurposeBit.clientAuth],
    ['server and client', usage('1.3.6.1.5.5.7.3.1', client), PurposeBit.serverAuth | PurposeBit.clientAuth],
    ['any', usage('2.5.29.37.0'), PurposeBit.any],
    ['OCSP', usage('1.3.6.1.5.5.7.3.9'), PurposeBit.ocspSigning],
    ['an unknown one', usage('1.2.3'), PurposeBit.other],
    ['one that differs above 2^32', usage('1.3.6.1.5.5.7.3.4294967298'), PurposeBit.other],
    ['none', sequence(), ['empty_sequence', 0]],
    ['no OID', sequence(utf8('x')), ['unexpected_tag', 2]],
    ['a bad OID', sequence(tlv(0x06)), ['bad_oid', 4]],
  ])('%s', (_what, der, expected) => {
    expect(reading(der, readExtendedKeyUsage)).toEqual(expected)
  })

  it('is listed by name, by OID where there is none', () => {
    const der = usage(client, '1.2.18446744073709551616', '2.5.29.37.0', '1.3.6.1.5.5.7.3.3')
    expect(extendedKeyUsageList(new Span(der))).toEqual([
      'clientAuth',
      '1.2.18446744073709551616',
      'anyExtendedKeyUsage',
      'codeSigning',
    ])
  })
})

describe('key identifiers', () => {
  const issuer = context(1, dns('a'))

  it('of the subject are OCTET STRINGs', () => {
    expect(refusal(readWhole(octetString('aabb'), readSubjectKeyIdentifier))).toBe('read')
    expect(refusal(readWhole(integer(1), readSubjectKeyIdentifier))).toEqual(['unexpected_tag', 0])
  })

  it.each<readonly [string, Uint8Array, unknown]>([
    ['a key id', sequence(implicit(0, 'aabb')), { keyIdentifier: bytes('aabb'), hasIssuer: false, hasSerial: false }],
    ['nothing', sequence(), { keyIdentifier: undefined, hasIssuer: false, hasSerial: false }],
    [
      'all three',
      sequence(implicit(0, 'aa'), issuer, implicit(2, '01')),
      { keyIdentifier: bytes('aa'), hasIssuer: true, hasSerial: true },
    ],
    ['issuer and serial', sequence(issuer, implicit(2, '01')), { keyIdentifier: undefined, hasIssuer: true, hasSerial: true }],
    ['a serial that is no DER INTEGER', sequence(implicit(2, '0001')), ['bad_integer', 4]],
    ['an empty serial', sequence(implicit(2, '')), ['bad_integer', 4]],
    ['an empty issuer', sequence(context(1)), ['empty_sequence', 2]],
    ['an issuer that is primitive', sequence(implicit(1, dns('a'))), ['trailing_bytes', 2]],
    ['the wrong order', sequence(implicit(2, '01'), implicit(0, 'aa')), ['trailing_bytes', 5]],
    ['no SEQUENCE', octetString('aa'), ['unexpected_tag', 0]],
  ])('of the authority with %s', (_what, der, expected) => {
    expect(
      reading(der, (reader) => {
        const { keyIdentifier, ...rest } = readAuthorityKeyIdentifier(reader)
        return { keyIdentifier: keyIdentifier?.view(), ...rest }
      }),
    ).toEqual(expected)
  })
})
