import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { type KeyParts, maxModulusBits, readPublicKey } from '../../../src/crypto/public-key.ts'
import { pssParameters } from '../../support/algorithms.ts'
import { algorithm, bitString, bytes, integer, nul, oid, sequence, tlv } from '../../support/der.ts'
import { modulusOf, rsaPair, rsaSpki } from '../../support/rsa.ts'

const read = (der: Uint8Array): KeyParts => readPublicKey(new Span(der))
const rsaOid = '1.2.840.113549.1.1.1'
const pssOid = '1.2.840.113549.1.1.10'
const ecOid = '1.2.840.10045.2.1'
const p256 = '1.2.840.10045.3.1.7'

function ecKey(namedCurve: string): { spki: Uint8Array; point: Uint8Array } {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve })
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  return { spki, point: spki.subarray(spki.indexOf(0x04, 20)) }
}

describe('RSA keys', () => {
  it('tell bits and exponent', () => {
    expect(read(rsaPair().spki)).toMatchObject({
      kind: 'rsa',
      fault: undefined,
      key: { algorithm: 'RSA', bits: 2048, exponent: 65537 },
    })
    for (const bits of [1, 7, 8, 9, 1023, 1024, 1025, 16384]) {
      expect(read(rsaSpki(modulusOf(bits + 3), integer(3)))).toMatchObject({ key: { bits: bits + 3, exponent: 3 } })
    }
  })

  it('locate the modulus without its sign byte', () => {
    const parts = read(rsaPair().spki)
    if (parts.kind !== 'rsa') throw new Error(parts.kind)
    expect(parts.modulus.length).toBe(256)
    expect(parts.modulus.at(0)).toBeGreaterThan(0x7f)
  })

  it.each([
    ['exponent 0', integer(0), 'invalid_exponent', 0],
    ['exponent 1', integer(1), 'invalid_exponent', 1],
    ['exponent 2', integer(2), 'invalid_exponent', 2],
    ['exponent 65536', integer(65536), 'invalid_exponent', 65536],
    ['exponent -3', integer(-3), 'invalid_exponent', 0],
    ['exponent 2^32 + 1', integer(2n ** 32n + 1n), 'invalid_exponent', 0],
    ['an exponent of 2,048 bits', modulusOf(2048), 'invalid_exponent', 0],
    ['exponent 3', integer(3), undefined, 3],
    ['exponent 2^32 - 1', integer(2n ** 32n - 1n), undefined, 4294967295],
  ])('with %s: fault %s', (_what, exponent, fault, shown) => {
    expect(read(rsaSpki(modulusOf(2048), exponent))).toMatchObject({ kind: 'rsa', fault, key: { exponent: shown } })
  })

  it('have an odd modulus of at most 16,384 bits', () => {
    expect(maxModulusBits).toBe(16384)
    expect(read(rsaSpki(modulusOf(16384), integer(3)))).toMatchObject({ fault: undefined })
    expect(read(rsaSpki(modulusOf(16385), integer(3)))).toMatchObject({ fault: 'modulus_too_large' })
    expect(read(rsaSpki(integer(2n ** 2048n - 2n), integer(3)))).toMatchObject({ fault: 'even_modulus' })
    expect(read(rsaSpki(integer(0), integer(3)))).toMatchObject({ fault: 'even_modulus', key: { bits: 0 } })
  })

  const key = sequence(modulusOf(1024), integer(3))
  it.each<readonly [string, Uint8Array]>([
    ['a negative modulus', rsaSpki(integer(-(2n ** 1024n) + 1n), integer(3))],
    ['a modulus with a redundant byte', rsaSpki(tlv(0x02, '0001'), integer(3))],
    ['no exponent', sequence(algorithm(rsaOid, nul()), bitString(sequence(modulusOf(1024))))],
    ['more after the exponent', sequence(algorithm(rsaOid, nul()), bitString(sequence(modulusOf(1024), integer(3), nul())))],
    ['more after the RSAPublicKey', sequence(algorithm(rsaOid, nul()), bitString(key, nul()))],
    ['a BER length inside', sequence(algorithm(rsaOid, nul()), bitString([0x30, 0x80], key.subarray(3), [0, 0]))],
    ['unused bits', sequence(algorithm(rsaOid, nul()), tlv(0x03, [1], key))],
    ['no key at all', sequence(algorithm(rsaOid, nul()), bitString())],
    ['parameters that are not NULL', sequence(algorithm(rsaOid, integer(0)), bitString(key))],
    ['two parameters', sequence(algorithm(rsaOid, nul(), nul()), bitString(key))],
    ['PSS parameters that are wrong', sequence(algorithm(pssOid, nul()), bitString(key))],
    ['more after the key', sequence(algorithm(rsaOid, nul()), bitString(key), nul())],
    ['more after the whole', bytes(rsaSpki(modulusOf(1024), integer(3)), [0])],
  ])('with %s are malformed', (_what, spki) => {
    expect(read(spki)).toMatchObject({ kind: 'unknown', fault: 'malformed_key' })
  })

  it('may lack the NULL parameters', () => {
    const rsa = { kind: 'rsa', key: { algorithm: 'RSA', exponent: 3 }, fault: undefined }
    expect(read(sequence(algorithm(rsaOid), bitString(key)))).toMatchObject({ ...rsa, lacksNull: true })
    expect(read(sequence(algorithm(rsaOid, nul()), bitString(key)))).toMatchObject({ ...rsa, lacksNull: false })
  })

  it('may be for PSS only, with or without restrictions', () => {
    const free = read(sequence(algorithm(pssOid), bitString(key)))
    expect(free).toMatchObject({ kind: 'rsa', key: { algorithm: 'RSA-PSS' }, pss: undefined, fault: undefined })
    const bound = read(sequence(algorithm(pssOid, pssParameters('SHA-256', 'SHA-256', 32)), bitString(key)))
    expect(bound).toMatchObject({ kind: 'rsa', key: { algorithm: 'RSA-PSS' }, pss: { hash: 'sha256', saltLength: 32 } })
  })
})

describe('EC keys', () => {
  it.each([
    ['prime256v1', 'P-256', undefined],
    ['secp384r1', 'P-384', undefined],
    ['secp521r1', 'P-521', 'unknown_curve'],
    ['secp224r1', 'P-224', 'unknown_curve'],
    ['secp256k1', 'secp256k1', 'unknown_curve'],
    ['brainpoolP256r1', '1.3.36.3.3.2.8.1.1.7', 'unknown_curve'],
  ])('on %s are on %s', (namedCurve, curve, fault) => {
    expect(read(ecKey(namedCurve).spki)).toMatchObject({ kind: 'ec', key: { algorithm: 'EC', curve }, fault })
  })

  const { point } = ecKey('prime256v1')
  const spki = (...parts: readonly Uint8Array[]): Uint8Array => sequence(algorithm(ecOid, oid(p256)), bitString(...parts))
  const changed = (at: number): Uint8Array => point.map((byte, i) => (i === at ? byte ^ 1 : byte))
  const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
  const coordinate = (value: bigint): string => value.toString(16).padStart(64, '0')
  // x = 0 has the square root of b as y: a point whose x + p means the same without being below p.
  const rootOfB = 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4n

  it('have an uncompressed point on the curve, coordinates below p', () => {
    expect(read(spki(point))).toMatchObject({ fault: undefined, curve: 'P-256' })
    expect(read(spki(bytes('04', coordinate(0n), coordinate(rootOfB))))).toMatchObject({ fault: undefined })
  })

  it.each<readonly [string, Uint8Array]>([
    ['infinity', Uint8Array.of(0)],
    ['nothing', new Uint8Array()],
    ['a compressed point', bytes([0x02 | (point[64]! & 1)], point.subarray(1, 33))],
    ['a hybrid point', bytes([0x06 | (point[64]! & 1)], point.subarray(1))],
    ['a point without its form', point.subarray(1)],
    ['a point that is short', point.subarray(0, 64)],
    ['a point that is long', bytes(point, [0])],
    ['another x', changed(32)],
    ['another y', changed(64)],
    ['the origin', bytes([4], new Uint8Array(64))],
    ['x = p', bytes('04', coordinate(p), coordinate(rootOfB))],
    ['y not below p', bytes('04', coordinate(0n), 'ff'.repeat(32))],
    ['a point of P-384', ecKey('secp384r1').point],
  ])('refuse %s', (_what, wrong) => {
    expect(read(spki(wrong))).toMatchObject({ kind: 'ec', fault: 'invalid_point' })
  })

  it('refuse explicit parameters, even those of P-256 (CVE-2020-0601)', () => {
    const explicit = sequence(integer(1), sequence(oid('1.2.840.10045.1.1'), integer(p)))
    expect(read(sequence(algorithm(ecOid, explicit), bitString(point)))).toMatchObject({ fault: 'explicit_curve' })
  })

  it('refuse parameters that are absent, implicit or more than the curve', () => {
    for (const parameters of [[], [nul()], [oid(p256), nul()], [bytes('0600')]]) {
      expect(read(sequence(algorithm(ecOid, ...parameters), bitString(point)))).toMatchObject({ fault: 'malformed_key' })
    }
  })
})

describe('other keys', () => {
  it('are known by their OID', () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
    expect(read(spki)).toEqual({
      kind: 'unknown',
      key: { algorithm: 'unknown', oid: '1.3.101.112' },
      fault: 'unknown_key_algorithm',
    })
  })

  it('are malformed if there is no OID', () => {
    for (const der of [new Uint8Array(), nul(), sequence(), sequence(sequence()), sequence(sequence(nul()), bitString())]) {
      expect(read(der)).toMatchObject({ kind: 'unknown', key: { oid: '' }, fault: 'malformed_key' })
    }
  })
})
