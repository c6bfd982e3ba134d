import { describe, expect, it } from 'vitest'
import { maxCertificateBytes, parseCertificate, parseCertificateDer } from '../../../src/x509/parse-certificate.ts'
import {
  algorithm,
  bitString,
  boolean,
  bytes,
  context,
  generalizedTime,
  implicit,
  integer,
  name,
  nul,
  octetString,
  sequence,
  tlv,
  utcTime,
  utf8,
} from '../../support/der.ts'
import { pemOf } from '../../support/pem.ts'
import { millisecondsOf, refusal, valueIn } from '../../support/refusal.ts'
import { type CertificateParts, certificate, ecdsaWithSha256, extension, someKey } from '../../support/structures.ts'

/** The result for a certificate with these parts: `read`, or the code and sometimes the offset. */
const code = (parts: CertificateParts): string => {
  const result = refusal(parseCertificateDer(certificate(parts)))
  return typeof result === 'string' ? result : result[0]
}

describe('parseCertificateDer', () => {
  it('locates every field', () => {
    const parts = { extensions: [extension('2.5.29.19', sequence(boolean(true)), true)], serial: integer(0x1234) }
    const der = certificate(parts)
    const view = valueIn(parseCertificateDer(der))
    expect(view).toMatchObject({ version: 3, raw: der, hasUniqueIds: false, isCa: true })
    expect(view.serial.view()).toEqual(Uint8Array.of(0x12, 0x34))
    expect(view.issuerName.view()).toEqual(name(['2.5.4.3', utf8('issuer')]))
    expect(view.subjectName.view()).toEqual(name(['2.5.4.3', utf8('subject')]))
    expect(view.keyInfo.view()).toEqual(someKey)
    expect(view.tbsAlgorithm.view()).toEqual(ecdsaWithSha256)
    expect(view.algorithmIdentifier).toEqual(ecdsaWithSha256)
    expect(view.signature).toEqual(Uint8Array.of(1, 2, 3))
    expect(view.tbs).toEqual(der.subarray(der[1] === 0x81 ? 3 : 4, view.algorithm.start))
    expect([view.notBeforeTime, view.notAfterTime]).toEqual([Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1)])
    expect(view.extensions.length).toBe(1)
  })

  it('never reads beyond the view it is given, nor copies it; what it hands out are copies', () => {
    const der = certificate()
    const view = bytes([0, 0], der, [0, 0]).subarray(2, 2 + der.length)
    const parsed = valueIn(parseCertificateDer(view))
    expect(parsed.bytes).toBe(view)
    for (const part of ['raw', 'tbs', 'signature', 'algorithmIdentifier', 'subjectPublicKeyInfo'] as const) {
      expect(parsed[part].buffer).not.toBe(view.buffer)
      expect(parsed[part].buffer.byteLength).toBe(parsed[part].length)
    }
  })

  it('refuses what is empty, too large, cut anywhere or longer than it says', () => {
    const der = certificate({ extensions: [extension('2.5.29.19', sequence())] })
    expect(refusal(parseCertificateDer(new Uint8Array()))).toEqual(['empty_input', 0])
    for (let end = 1; end < der.length; end++) expect(refusal(parseCertificateDer(der.subarray(0, end)))).not.toBe('read')
    expect(refusal(parseCertificateDer(bytes(der, [0])))).toEqual(['trailing_bytes', der.length])
    expect(parseCertificateDer(bytes(der, [0, 0]))).toMatchObject({
      message: expect.stringContaining('2 bytes follow the Certificate'),
    })
    expect(refusal(parseCertificateDer(new Uint8Array(maxCertificateBytes + 1)))).toEqual(['too_large', 0])
    const large = certificate({ extensions: [extension('1.2.3', octetString(new Uint8Array(maxCertificateBytes - 400)))] })
    expect(refusal(parseCertificateDer(large))).toBe('read')
  })

  it.each<readonly [string, CertificateParts, string]>([
    ['version 1', { version: undefined }, 'read'],
    ['version 2', { version: context(0, integer(1)) }, 'read'],
    ['version 1 written out', { version: context(0, integer(0)) }, 'bad_version'],
    ['version 4', { version: context(0, integer(3)) }, 'bad_version'],
    ['version 2^31', { version: context(0, integer(2n ** 31n)) }, 'bad_integer'],
    ['a negative version', { version: context(0, integer(-1)) }, 'bad_integer'],
    ['two versions', { version: context(0, integer(2), integer(2)) }, 'trailing_bytes'],
    ['an implicit version', { version: implicit(0, '02') }, 'unexpected_tag'],
    ['a serial number of any size and sign', { serial: integer(-(2n ** 400n)) }, 'read'],
    ['an empty serial number', { serial: tlv(0x02) }, 'bad_integer'],
    ['a padded serial number', { serial: tlv(0x02, '0001') }, 'bad_integer'],
    ['an algorithm without OID', { algorithm: sequence(nul()) }, 'unexpected_tag'],
    ['an empty algorithm', { algorithm: sequence() }, 'truncated'],
    ['an unknown algorithm', { algorithm: algorithm('1.2.3', sequence(integer(1))) }, 'read'],
    ['an algorithm with BER in its parameters', { algorithm: algorithm('1.2.3', bytes('050100')) }, 'bad_null'],
    ['an algorithm of three', { algorithm: algorithm('1.2.3', nul(), nul()) }, 'trailing_bytes'],
    ['an algorithm with a byte behind', { tbsAlgorithm: algorithm('1.2.3', nul(), bytes('00')) }, 'trailing_bytes'],
    ['an inner algorithm without OID', { tbsAlgorithm: sequence(utf8('x')) }, 'unexpected_tag'],
    ['an empty issuer', { issuer: sequence() }, 'read'],
    ['a bad issuer', { issuer: name(['2.5.4.3', utf8('a\0')]) }, 'bad_string'],
    ['a bad subject', { subject: sequence(tlv(0x31)) }, 'empty_sequence'],
    ['GeneralizedTime before 2050', { validity: sequence(generalizedTime('20240101000000Z'), utcTime('250101000000Z')) }, 'read'],
    ['a bad date', { validity: sequence(utcTime('240230000000Z'), utcTime('250101000000Z')) }, 'bad_time'],
    ['one date', { validity: sequence(utcTime('240101000000Z')) }, 'truncated'],
    ['three dates', { validity: sequence(...new Array(3).fill(utcTime('240101000000Z'))) }, 'trailing_bytes'],
    ['a key of unknown kind', { key: sequence(algorithm('1.2.3'), bitString()) }, 'read'],
    ['a key with unused bits', { key: sequence(algorithm('1.2.3'), tlv(0x03, [1, 0xfe])) }, 'bad_bit_string'],
    ['a key with BER in its parameters', { key: sequence(algorithm('1.2.3', bytes('0101')), bitString()) }, 'truncated'],
    ['a key of three', { key: sequence(algorithm('1.2.3'), bitString(), nul()) }, 'trailing_bytes'],
    ['unique identifiers', { uniqueIds: [implicit(1, '00ff'), implicit(2, '00ff')] }, 'read'],
    ['a unique identifier that is no BIT STRING', { uniqueIds: [implicit(1, 'ff')] }, 'bad_bit_string'],
    ['an empty unique identifier', { uniqueIds: [implicit(2)] }, 'bad_bit_string'],
    ['a unique identifier with unused bits that are set', { uniqueIds: [implicit(2, '01ff')] }, 'bad_bit_string'],
    ['the second unique identifier alone', { uniqueIds: [implicit(2, '00ff')] }, 'read'],
    ['unique identifiers the wrong way round', { uniqueIds: [implicit(2, '00ff'), implicit(1, '00ff')] }, 'trailing_bytes'],
    ['unique identifiers in version 1', { version: undefined, uniqueIds: [implicit(1, '00ff')] }, 'fields_need_version'],
    ['extensions in version 1', { version: undefined, extensions: [extension('1.2.3', nul())] }, 'fields_need_version'],
    [
      'extensions in version 2',
      { version: context(0, integer(1)), extensions: [extension('1.2.3', nul())] },
      'fields_need_version',
    ],
    ['more after the extensions', { extensions: [extension('1.2.3', nul())], afterExtensions: [nul()] }, 'trailing_bytes'],
    [
      'extensions twice',
      { extensions: [extension('1.2.3', nul())], afterExtensions: [context(3, sequence())] },
      'trailing_bytes',
    ],
    ['a signature with unused bits', { signature: tlv(0x03, [3, 0xf8]) }, 'bad_bit_string'],
    ['a signature that is an OCTET STRING', { signature: octetString([1]) }, 'unexpected_tag'],
    ['more after the signature', { afterSignature: [nul()] }, 'trailing_bytes'],
  ])('of %s', (_what, parts, expected) => {
    expect(code(parts)).toBe(expected)
  })

  it('says where and what', () => {
    const der = certificate({ version: context(0, integer(3)) })
    const offset = Buffer.from(der).indexOf('a003020103', 'hex') + 4
    expect(parseCertificateDer(der)).toMatchObject({
      code: 'bad_version',
      offset,
      message: expect.stringMatching(new RegExp(`^version: .* \\(byte ${offset}\\)$`)),
    })
  })

  it.each<readonly [string, string, Uint8Array, string]>([
    ['basicConstraints', '2.5.29.19', nul(), 'unexpected_tag'],
    ['keyUsage', '2.5.29.15', bytes('03020000'), 'bad_bit_string'],
    ['extendedKeyUsage', '2.5.29.37', sequence(), 'empty_sequence'],
    ['subjectKeyIdentifier', '2.5.29.14', integer(1), 'unexpected_tag'],
    ['authorityKeyIdentifier', '2.5.29.35', integer(1), 'unexpected_tag'],
    ['subjectAltName', '2.5.29.17', sequence(), 'read'],
    ['issuerAltName', '2.5.29.18', sequence(), 'read'],
    ['nameConstraints', '2.5.29.30', sequence(), 'empty_sequence'],
    ['certificatePolicies', '2.5.29.32', sequence(), 'read'],
    ['policyMappings', '2.5.29.33', sequence(), 'empty_sequence'],
    ['policyConstraints', '2.5.29.36', sequence(), 'empty_sequence'],
    ['inhibitAnyPolicy', '2.5.29.54', integer(-1), 'bad_integer'],
    ['cRLDistributionPoints', '2.5.29.31', sequence(), 'read'],
    ['freshestCRL', '2.5.29.46', sequence(), 'read'],
    ['authorityInfoAccess', '1.3.6.1.5.5.7.1.1', sequence(), 'read'],
    ['subjectInfoAccess', '1.3.6.1.5.5.7.1.11', sequence(), 'read'],
    ['an unknown extension, which is not read', '1.2.3.4', bytes('ffff'), 'read'],
  ])('reads %s', (_what, oid, value, expected) => {
    expect(code({ extensions: [extension(oid, value)] })).toBe(expected)
  })

  it('refuses bytes behind the value of every extension it reads', () => {
    const values: Record<string, Uint8Array> = {
      '2.5.29.19': sequence(),
      '2.5.29.15': bytes('03020780'),
      '2.5.29.14': octetString('aa'),
      '2.5.29.54': integer(1),
      '2.5.29.35': sequence(),
    }
    for (const [oid, value] of Object.entries(values)) {
      expect(code({ extensions: [extension(oid, value)] })).toBe('read')
      expect(code({ extensions: [extension(oid, bytes(value, [0]))] })).toBe('trailing_bytes')
    }
  })

  it('rejects floods quickly', () => {
    const flood = (element: Uint8Array): Uint8Array => Buffer.concat(new Array(Math.floor(60_000 / element.length)).fill(element))
    const rdn = name(['2.5.4.3', utf8('a')]).subarray(2)
    const floods: CertificateParts[] = [
      { subject: sequence(flood(rdn)) },
      { subject: sequence(tlv(0x31, flood(rdn.subarray(2)))) },
      { extensions: [extension('2.5.29.17', sequence(flood(implicit(2, '61'))))] },
      { extensions: [extension('2.5.29.37', sequence(flood(bytes('06012a'))))] },
      { subject: name(['2.5.4.3', utf8(' '.repeat(60_000))]) },
      { subject: name(['2.5.4.3', bytes('30'.repeat(60_000))]) },
      { serial: integer(2n ** 480_000n) },
    ]
    for (const parts of floods) {
      const der = certificate(parts)
      expect(millisecondsOf(() => parseCertificateDer(der))).toBeLessThan(500)
    }
  })
})

describe('parseCertificate', () => {
  const der = certificate()

  it('takes DER, PEM and PEM bytes', () => {
    expect(valueIn(parseCertificate(der)).raw).toEqual(der)
    expect(valueIn(parseCertificate(pemOf('CERTIFICATE', der))).raw).toEqual(der)
    expect(valueIn(parseCertificate(Buffer.from(pemOf('X509 CERTIFICATE', der)))).raw).toEqual(der)
  })

  it('refuses PEM without, with two, or with a bad certificate', () => {
    expect(refusal(parseCertificate(pemOf('X509 CRL', der)))).toEqual(['pem_missing', 0])
    expect(refusal(parseCertificate(pemOf('CERTIFICATE', der).repeat(2)))).toEqual([
      'pem_multiple',
      pemOf('CERTIFICATE', der).length,
    ])
    expect(refusal(parseCertificate(pemOf('CERTIFICATE', der.subarray(0, 20))))).toEqual(['truncated', 0])
    expect(refusal(parseCertificate(''))).toEqual(['empty_input', 0])
  })

  it('throws only for what is neither text nor bytes', () => {
    expect(() => parseCertificate(undefined as never)).toThrow(TypeError)
  })
})
