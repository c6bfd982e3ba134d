import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import type { Reader } from '../../../src/der/reader.ts'
import {
  readBasicConstraints,
  readInhibitAnyPolicy,
  readNameConstraints,
  readPolicyConstraints,
} from '../../../src/x509/constraints.ts'
import * as PurposeBit from '../../../src/x509/ids/purpose-bit.ts'
import {
  extendedKeyUsageList,
  keyUsageList,
  readAuthorityKeyIdentifier,
  readExtendedKeyUsage,
  readKeyUsage,
  readSubjectKeyIdentifier,
} from '../../../src/x509/key-usage.ts'
import { boolean, bytes, context, implicit, integer, nul, octetString, oid, sequence, tlv, utf8 } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

/** The value that was read, or code and offset. */
function reading<T>(der: Uint8Array, parse: (reader: Reader) => T): T | ReturnType<typeof refusal> {
  const result = readWhole(der, parse)
  return result.ok ? result.value : refusal(result)
}

const dns = (value: string): Uint8Array => implicit(2, Buffer.from(value))

describe('basicConstraints', () => {
  it.each<readonly [string, Uint8Array, unknown]>([
    ['nothing in it', sequence(), { ca: false, pathLength: undefined }],
    ['cA', sequence(boolean(true)), { ca: true, pathLength: undefined }],
    ['cA and 0', sequence(boolean(true), integer(0)), { ca: true, pathLength: 0 }],
    ['cA and 255', sequence(boolean(true), integer(255)), { ca: true, pathLength: 255 }],
    ['FALSE written out', sequence(boolean(false)), { ca: false, pathLength: undefined }],
    ['a path length alone', sequence(integer(3)), { ca: false, pathLength: 3 }],
    ['256', sequence(boolean(true), integer(256)), ['bad_integer', 7]],
    ['a negative path length', sequence(boolean(true), integer(-1)), ['bad_integer', 7]],
    ['2^32', sequence(boolean(true), integer(2n ** 32n)), ['bad_integer', 7]],
    ['2^2048', sequence(boolean(true), integer(2n ** 2048n)), ['bad_integer', 11]],
    ['cA as 01', sequence(bytes('010101')), ['bad_boolean', 4]],
    ['cA twice', sequence(boolean(true), boolean(true)), ['unexpected_tag', 5]],
    ['a third element', sequence(boolean(true), integer(0), nul()), ['trailing_bytes', 8]],
    ['no SEQUENCE', boolean(true), ['unexpected_tag', 0]],
    ['bytes behind', bytes(sequence(), [0]), ['trailing_bytes', 2]],
  ])('with %s', (_what, der, expected) => {
    expect(reading(der, readBasicConstraints)).toEqual(expected)
  })
})

describe('nameConstraints', () => {
  const subtree = sequence(dns('example.com'))
  const read = (der: Uint8Array): unknown => refusal(readWhole(der, readNameConstraints))

  it.each<readonly [string, Uint8Array, unknown]>([
    ['permitted', sequence(context(0, subtree)), 'read'],
    ['excluded', sequence(context(1, subtree, subtree)), 'read'],
    ['both', sequence(context(0, subtree), context(1, subtree)), 'read'],
    ['an address with mask', sequence(context(0, sequence(implicit(7, '0a000000ff000000')))), 'read'],
    ['nothing', sequence(), ['empty_sequence', 0]],
    ['an empty list', sequence(context(0)), ['empty_sequence', 2]],
    ['an empty second list', sequence(context(0, subtree), context(1)), ['empty_sequence', 19]],
    ['an empty subtree', sequence(context(0, sequence())), ['truncated', 6]],
    ['lists the wrong way round', sequence(context(1, subtree), context(0, subtree)), ['trailing_bytes', 19]],
    ['a third list', sequence(context(0, subtree), context(2, subtree)), ['trailing_bytes', 19]],
    ['minimum 0 written out', sequence(context(0, sequence(dns('a'), implicit(0, '00')))), ['bad_integer', 9]],
    ['minimum 1', sequence(context(0, sequence(dns('a'), implicit(0, '01')))), ['bad_integer', 9]],
    ['maximum', sequence(context(0, sequence(dns('a'), implicit(1, '05')))), ['bad_integer', 9]],
    ['an address without mask', sequence(context(0, sequence(implicit(7, '0a000001')))), ['bad_address', 8]],
    ['a mask with holes', sequence(context(0, sequence(implicit(7, '0a000000ff00ff00')))), ['bad_address', 8]],
    ['NUL in a name', sequence(context(0, sequence(dns('a\0')))), ['bad_string', 9]],
  ])('with %s', (_what, der, expected) => {
    expect(read(der)).toEqual(expected)
  })
})

describe('policyConstraints and inhibitAnyPolicy', () => {
  it.each<readonly [string, Uint8Array, unknown]>([
    ['requireExplicitPolicy', sequence(implicit(0, '00')), { requireExplicitPolicy: 0, inhibitPolicyMapping: undefined }],
    ['inhibitPolicyMapping', sequence(implicit(1, '03')), { requireExplicitPolicy: undefined, inhibitPolicyMapping: 3 }],
    ['both', sequence(implicit(0, '01'), implicit(1, '02')), { requireExplicitPolicy: 1, inhibitPolicyMapping: 2 }],
    ['neither', sequence(), ['empty_sequence', 0]],
    ['explicit tags', sequence(context(0, integer(1))), ['trailing_bytes', 2]],
    ['a negative number', sequence(implicit(0, 'ff')), ['bad_integer', 4]],
    ['256', sequence(implicit(0, '0100')), ['bad_integer', 4]],
    ['the wrong order', sequence(implicit(1, '01'), implicit(0, '01')), ['trailing_bytes', 5]],
  ])('with %s', (_what, der, expected) => {
    expect(reading(der, readPolicyConstraints)).toEqual(expected)
  })

  it('take numbers from 0 to 255', () => {
    expect(reading(integer(0), readInhibitAnyPolicy)).toBe(0)
    expect(reading(integer(255), readInhibitAnyPolicy)).toBe(255)
    expect(reading(integer(256), readInhibitAnyPolicy)).toEqual(['bad_integer', 2])
    expect(reading(integer(-1), readInhibitAnyPolicy)).toEqual(['bad_integer', 2])
  })
})

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
