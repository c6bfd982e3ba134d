import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Certificate } from '../../../src/index.ts'
import { parseCertificateDer } from '../../../src/x509/parse-certificate.ts'
import {
  algorithm,
  bitString,
  boolean,
  bytes,
  implicit,
  integer,
  name,
  nul,
  octetString,
  oid,
  printable,
  sequence,
  tlv,
  utf8,
} from '../../support/der.ts'
import { millisecondsOf, valueIn } from '../../support/refusal.ts'
import { type CertificateParts, certificate, extension, someKey } from '../../support/structures.ts'

const view = (parts: CertificateParts = {}): ReturnType<typeof read> => read(certificate(parts))
const read = (der: Uint8Array) => valueIn(parseCertificateDer(der))

describe('a certificate with everything', () => {
  const der = certificate({
    serial: integer(0xff00n),
    subject: name(['2.5.4.6', printable('US')], ['2.5.4.3', utf8('client')]),
    extensions: [
      extension('2.5.29.19', sequence(boolean(true), integer(3)), true),
      extension('2.5.29.15', bytes('03020106'), true),
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2'), oid('1.2.3.4'))),
      extension('2.5.29.14', octetString('0A0b')),
      extension('2.5.29.35', sequence(implicit(0, 'c0ffee'))),
      extension('2.5.29.17', sequence(implicit(2, Buffer.from('a.example')), implicit(7, '7f000001'))),
      extension('2.5.29.36', sequence(implicit(0, '01'), implicit(1, '02')), true),
      extension('2.5.29.54', integer(4), true),
    ],
  })
  const parsed = read(der)
  const certificateView: Certificate = parsed

  it('shows its fields', () => {
    expect(certificateView).toMatchObject({
      version: 3,
      serialNumber: 'ff00',
      subject: 'CN=client,C=US',
      issuer: 'CN=issuer',
      notBefore: new Date('2024-01-01T00:00:00Z'),
      notAfter: new Date('2025-01-01T00:00:00Z'),
      publicKey: { algorithm: 'EC', curve: 'P-256' },
      signatureAlgorithm: { name: 'ecdsa-with-SHA256', hash: 'sha256', oid: '1.2.840.10045.4.3.2' },
      basicConstraints: { ca: true, pathLength: 3 },
      keyUsage: ['keyCertSign', 'cRLSign'],
      extendedKeyUsage: ['clientAuth', '1.2.3.4'],
      subjectKeyId: '0a0b',
      authorityKeyId: 'c0ffee',
      isSelfIssued: false,
    })
    expect(certificateView.subjectAltNames.map(({ type, value }) => [type, value])).toEqual([
      ['dns', 'a.example'],
      ['ip', '127.0.0.1'],
    ])
    expect(parsed).toMatchObject({ requireExplicitPolicy: 1, inhibitPolicyMapping: 2, inhibitAnyPolicy: 4 })
  })

  it('writes names in three orders', () => {
    expect(certificateView.formatSubject('der')).toBe('C=US,CN=client')
    expect(certificateView.formatSubject('openssl')).toBe('/C=US/CN=client')
    expect(certificateView.formatIssuer('openssl')).toBe('/CN=issuer')
  })

  it('is the same bytes as DER, hash and PEM', () => {
    expect(certificateView.raw).toEqual(der)
    expect(certificateView.fingerprint).toBe(createHash('sha256').update(der).digest('hex'))
    expect(new X509Certificate(certificateView.toPem()).raw).toEqual(Buffer.from(der))
    expect(new X509Certificate(der).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(certificateView.fingerprint)
    expect(certificateView.subjectPublicKeyInfo).toEqual(someKey)
  })

  it('gives the same answers when asked again', () => {
    expect(parsed.keyParts).toBe(parsed.keyParts)
    expect(parsed.parsedAlgorithm).toBe(parsed.parsedAlgorithm)
    expect(certificateView.isSelfIssued).toBe(certificateView.isSelfIssued)
    expect(certificateView.fingerprint).toBe(certificateView.fingerprint)
  })
})

describe('a certificate with nothing', () => {
  it('has undefined for absent extensions', () => {
    for (const parsed of [view(), view({ version: undefined })]) {
      expect(parsed).toMatchObject({
        basicConstraints: undefined,
        keyUsage: undefined,
        extendedKeyUsage: undefined,
        subjectKeyId: undefined,
        authorityKeyId: undefined,
        subjectAltNames: [],
        isCa: false,
      })
    }
  })

  it('tells an extension that is empty from one that is not there', () => {
    const parsed = view({
      extensions: [extension('2.5.29.19', sequence()), extension('2.5.29.14', octetString()), extension('2.5.29.35', sequence())],
    })
    expect(parsed).toMatchObject({ basicConstraints: { ca: false }, subjectKeyId: '', authorityKeyId: undefined })
    expect(view({ extensions: [extension('2.5.29.35', sequence(implicit(0, '')))] }).authorityKeyId).toBe('')
  })
})

describe('serial numbers', () => {
  it.each<readonly [Uint8Array, string]>([
    [integer(0), '00'],
    [integer(1), '01'],
    [integer(127), '7f'],
    [integer(128), '80'],
    [integer(255), 'ff'],
    [integer(256), '0100'],
    [integer(-1), 'ff'],
    [integer(2n ** 159n), '80'.padEnd(40, '0')],
  ])('of %j are %s', (serial, expected) => {
    expect(view({ serial }).serialNumber).toBe(expected)
  })
})

describe('algorithms', () => {
  it('are named if known', () => {
    const shown = (identifier: Uint8Array): unknown => view({ algorithm: identifier }).signatureAlgorithm
    expect(shown(algorithm('1.2.840.113549.1.1.11', nul()))).toEqual({
      name: 'sha256WithRSAEncryption',
      hash: 'sha256',
      oid: '1.2.840.113549.1.1.11',
    })
    expect(shown(algorithm('1.3.101.112'))).toEqual({ name: '1.3.101.112', oid: '1.3.101.112' })
    const other = '1.2.840.10045.4.3.2'
    expect(shown(algorithm(other, sequence()))).toEqual({ name: other, oid: other })
  })

  it('with giant identifiers are shown at once (CVE-2023-2650)', () => {
    const giant = sequence(tlv(0x06, new Uint8Array(59_999).fill(0xff), [0x7f]))
    const signed = view({ algorithm: giant })
    const keyed = view({ key: sequence(giant, bitString()) })
    expect(millisecondsOf(() => [signed.signatureAlgorithm, keyed.publicKey])).toBeLessThan(1000)
  })
})

describe('self-issued certificates', () => {
  it('are those whose names are equal by RFC 5280 7.1', () => {
    expect(view({ issuer: name(['2.5.4.3', utf8('A  b')]), subject: name(['2.5.4.3', printable('a B')]) }).isSelfIssued).toBe(
      true,
    )
    expect(view({ issuer: sequence(), subject: sequence() })).toMatchObject({
      isSelfIssued: true,
      subjectIsEmpty: true,
      subject: '',
    })
  })

  it('names compare across certificates', () => {
    const child = view({ issuer: name(['2.5.4.3', utf8('parent')]) })
    const parent = view({ subject: name(['2.5.4.3', printable('PARENT')]) })
    expect(child.hasIssuerName(parent)).toBe(true)
    expect(parent.hasIssuerName(child)).toBe(false)
    const twin = view({ subject: name(['2.5.4.3', utf8('  Parent ')]) })
    expect([parent.hasSubjectOf(twin), twin.hasSubjectOf(parent), parent.hasSubjectOf(child)]).toEqual([true, true, false])
  })
})
