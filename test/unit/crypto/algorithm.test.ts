import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import {
  type AlgorithmFault,
  readPssParameters,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from '../../../src/crypto/algorithm.ts'
import { ecdsa, hashAlgorithm, pssParameters, rsaPkcs1, rsaPss } from '../../support/algorithms.ts'
import { algorithm, bytes, context, integer, nul, oid, sequence } from '../../support/der.ts'

const read = (der: Uint8Array): SignatureAlgorithm | AlgorithmFault => readSignatureAlgorithm(new Span(der))
const pssOid = '1.2.840.113549.1.1.10'
const mgf1 = (...hash: readonly Uint8Array[]): Uint8Array => algorithm('1.2.840.113549.1.1.8', ...hash)

describe('readSignatureAlgorithm', () => {
  it.each([
    ['SHA-1', 'sha1'],
    ['SHA-224', 'sha224'],
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
  ])('knows RSA and ECDSA with %s', (name, hash) => {
    expect(read(rsaPkcs1(name))).toMatchObject({ name: `${hash}WithRSAEncryption`, scheme: 'rsa-pkcs1', hash })
    expect(read(ecdsa(name))).toMatchObject({ name: `ecdsa-with-${name.replace('-', '')}`, scheme: 'ecdsa', hash })
  })

  it('knows MD5 by name, to refuse it by name', () => {
    expect(read(algorithm('1.2.840.113549.1.1.4', nul()))).toMatchObject({ name: 'md5WithRSAEncryption', hash: 'md5' })
  })

  it('takes NULL or nothing, for RSA (RFC 4055 5) and, as old libraries write it, for ECDSA', () => {
    const rsa = '1.2.840.113549.1.1.11'
    const ec = '1.2.840.10045.4.3.2'
    expect(read(algorithm(rsa))).toMatchObject({ scheme: 'rsa-pkcs1', hash: 'sha256' })
    for (const parameters of [[nul(), nul()], [integer(0)], [sequence()], [bytes('0501')]]) {
      expect(read(algorithm(rsa, ...parameters))).toBe('wrong_parameters')
    }
    expect(read(algorithm(ec, nul()))).toMatchObject({ scheme: 'ecdsa', hash: 'sha256' })
    for (const parameters of [[nul(), nul()], [bytes('0501')], [sequence()], [oid('1.2.840.10045.3.1.7')]]) {
      expect(read(algorithm(ec, ...parameters))).toBe('wrong_parameters')
    }
  })

  it('takes no other encoding of the identifier itself', () => {
    const good = rsaPkcs1('SHA-256')
    const longForm = bytes([0x30, 0x81], good.subarray(1))
    expect(read(longForm)).toBe('unknown_algorithm')
    expect(read(bytes(good, [0]))).toBe('unknown_algorithm')
    expect(read(good.subarray(0, good.length - 1))).toBe('unknown_algorithm')
    expect(read(bytes([0x31], good.subarray(1)))).toBe('unknown_algorithm')
    expect(read(new Uint8Array())).toBe('unknown_algorithm')
    expect(read(sequence())).toBe('unknown_algorithm')
    expect(read(sequence(nul()))).toBe('unknown_algorithm')
    expect(read(algorithm('1.2.840.113549.1.1.1', nul()))).toBe('unknown_algorithm')
    expect(read(algorithm('1.3.101.112'))).toBe('unknown_algorithm')
    // Equal to sha256WithRSAEncryption where arcs are cut to 32 bits.
    expect(read(algorithm('1.2.840.113549.1.1.4294967307', nul()))).toBe('unknown_algorithm')
  })

  it('reads the span it is given', () => {
    const good = ecdsa('SHA-256')
    const padded = bytes([9, 9], good, [9])
    expect(readSignatureAlgorithm(new Span(padded, 2, 2 + good.length))).toMatchObject({ scheme: 'ecdsa' })
    expect(readSignatureAlgorithm(new Span(padded, 2, 3 + good.length))).toBe('unknown_algorithm')
  })
})

describe('RSASSA-PSS-params', () => {
  it.each([
    ['SHA-256', 'SHA-256', 32],
    ['SHA-384', 'SHA-384', 48],
    ['SHA-512', 'SHA-256', 0],
    ['SHA-256', 'SHA-1', 20],
    ['SHA-1', 'SHA-1', 20],
    ['SHA-224', 'SHA-512', 65535],
  ])('are %s, MGF1 with %s, a salt of %i', (hash, mgfHash, saltLength) => {
    const spelled = (name: string): string => name.toLowerCase().replace('-', '')
    expect(read(rsaPss(hash, mgfHash, saltLength))).toEqual({
      name: 'RSASSA-PSS',
      scheme: 'rsa-pss',
      hash: spelled(hash),
      mgfHash: spelled(mgfHash),
      saltLength,
    })
  })

  it('may leave NULL out of hash identifiers (RFC 4055 2.1)', () => {
    const sha256 = algorithm('2.16.840.1.101.3.4.2.1')
    const parameters = sequence(context(0, sha256), context(1, mgf1(sha256)), context(2, integer(32)))
    expect(read(algorithm(pssOid, parameters))).toMatchObject({ hash: 'sha256', mgfHash: 'sha256', saltLength: 32 })
  })

  const sha1 = hashAlgorithm('SHA-1')
  const sha256 = hashAlgorithm('SHA-256')
  const salt32 = context(2, integer(32))
  it.each<readonly [string, readonly Uint8Array[]]>([
    ['none', []],
    ['NULL', [nul()]],
    ['two', [sequence(), sequence()]],
    ['a default hash that is written', [sequence(context(0, sha1))]],
    ['a default MGF that is written', [sequence(context(0, sha256), context(1, mgf1(sha1)))]],
    ['a default salt length that is written', [sequence(context(0, sha256), context(2, integer(20)))]],
    ['the default trailer field that is written', [sequence(context(0, sha256), salt32, context(3, integer(1)))]],
    ['another trailer field', [sequence(context(0, sha256), salt32, context(3, integer(2)))]],
    ['an unknown hash', [sequence(context(0, hashAlgorithm('SHA3-256')))]],
    ['an unknown hash in MGF1', [sequence(context(0, sha256), context(1, mgf1(hashAlgorithm('SHA-512/256'))))]],
    ['MGF1 without a hash', [sequence(context(0, sha256), context(1, mgf1()))]],
    ['MGF1 with more than a hash', [sequence(context(0, sha256), context(1, mgf1(sha256, nul())))]],
    ['another mask generation', [sequence(context(0, sha256), context(1, algorithm('1.2.3', sha256)))]],
    ['a negative salt length', [sequence(context(0, sha256), context(2, integer(-1)))]],
    ['a giant salt length', [sequence(context(0, sha256), context(2, integer(65536)))]],
    ['a salt length that is no integer', [sequence(context(0, sha256), context(2, nul()))]],
    ['fields out of order', [sequence(salt32, context(0, sha256))]],
    ['a field twice', [sequence(context(0, sha256), context(0, sha256))]],
    ['more inside a field', [sequence(context(0, sha256, nul()))]],
    ['hash parameters that are not NULL', [sequence(context(0, algorithm('2.16.840.1.101.3.4.2.1', integer(1))))]],
    ['a hash that is cut', [sequence(context(0, bytes('3003')))]],
  ])('refuse %s', (_what, parameters) => {
    expect(read(algorithm(pssOid, ...parameters))).toBe('wrong_parameters')
  })

  it('are read alone for keys', () => {
    const der = pssParameters('SHA-256', 'SHA-256', 32)
    expect(readPssParameters(new Span(der))).toMatchObject({ hash: 'sha256', saltLength: 32 })
    expect(readPssParameters(new Span(sequence()))).toMatchObject({ hash: 'sha1', mgfHash: 'sha1', saltLength: 20 })
    expect(readPssParameters(new Span(bytes(der, [0])))).toBeUndefined()
  })
})
