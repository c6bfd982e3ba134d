import { createHash, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { pureSignatures } from '../../../src/crypto/signatures.ts'
import { hashAlgorithm, rsaPkcs1 } from '../../support/algorithms.ts'
import { algorithm, bytes, integer, nul, octetString, sequence, tlv } from '../../support/der.ts'
import { millisecondsOf } from '../../support/refusal.ts'
import { modulusOf, pkcs1Encoded, rsaPair, rsaSpki, signEncoded } from '../../support/rsa.ts'

const data = Buffer.from('signed data')
const pair = rsaPair()
const length = pair.bits / 8
const key = pureSignatures.importKey(pair.spki)!
const sha256 = rsaPkcs1('SHA-256')
const digest = createHash('sha256').update(data).digest()
const info = sequence(hashAlgorithm('SHA-256'), octetString(digest))
const sha256Oid = '2.16.840.1.101.3.4.2.1'

/** Whether a signature over this encoded message is accepted. */
const accepts = (encoded: Uint8Array): boolean => key.verify(sha256, data, signEncoded(pair.privateKey, encoded))

describe('PKCS#1 v1.5 signatures', () => {
  it.each([
    ['SHA-1', 'sha1'],
    ['SHA-224', 'sha224'],
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
  ])('with %s verify', (name, hash) => {
    const signature = sign(hash, data, pair.privateKey)
    expect(key.verify(rsaPkcs1(name), data, signature)).toBe(true)
    expect(key.verify(rsaPkcs1(name), Buffer.from('other data'), signature)).toBe(false)
    const wrong = signature.map((byte, i) => (i === 100 ? byte ^ 1 : byte))
    expect(key.verify(rsaPkcs1(name), data, wrong)).toBe(false)
  })

  it('verify for the smallest exponent and the key they were made with', () => {
    const three = rsaPair(1024, 3)
    const signature = sign('sha256', data, three.privateKey)
    expect(pureSignatures.importKey(three.spki)!.verify(sha256, data, signature)).toBe(true)
    expect(key.verify(sha256, data, signature)).toBe(false)
  })

  it('verify for moduli that are no whole number of bytes', () => {
    for (const bits of [1025, 1031]) {
      const odd = rsaPair(bits)
      expect(pureSignatures.importKey(odd.spki)!.verify(sha256, data, sign('sha256', data, odd.privateKey))).toBe(true)
    }
  })

  it('do not verify under another algorithm', () => {
    const signature = sign('sha256', data, pair.privateKey)
    expect(key.verify(rsaPkcs1('SHA-384'), data, signature)).toBe(false)
    expect(key.verify(algorithm('1.2.840.10045.4.3.2'), data, signature)).toBe(false)
    expect(key.verify(algorithm('1.2.840.113549.1.1.11', integer(0)), data, signature)).toBe(false)
  })

  it('with MD5 verify, which no policy accepts', () => {
    const md5 = algorithm('1.2.840.113549.1.1.4', nul())
    const signature = sign('md5', data, pair.privateKey)
    expect(key.verify(md5, data, signature)).toBe(true)
    expect(key.verify(md5, data.subarray(1), signature)).toBe(false)
  })
})

describe('forged encodings', () => {
  it('the right one is taken, as a control', () => {
    expect(accepts(pkcs1Encoded(length, info))).toBe(true)
  })

  const padded = (count: number): number[] => new Array(count).fill(0xff)
  it.each<readonly [string, Uint8Array]>([
    [
      'bytes after the DigestInfo (Bleichenbacher 2006)',
      bytes([0, 1], padded(8), [0], info, new Uint8Array(length - 11 - info.length)),
    ],
    ['NULL left out', pkcs1Encoded(length, sequence(algorithm(sha256Oid), octetString(digest)))],
    ['NULL with content', pkcs1Encoded(length, sequence(algorithm(sha256Oid, bytes('0501aa')), octetString(digest)))],
    [
      'something else for NULL',
      pkcs1Encoded(length, sequence(algorithm(sha256Oid, octetString([1, 2, 3])), octetString(digest))),
    ],
    ['bytes inside the DigestInfo', pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), octetString(digest), nul()))],
    ['a long form of length', pkcs1Encoded(length, bytes([0x30, 0x81], info.subarray(1)))],
    ['an indefinite length', pkcs1Encoded(length, bytes([0x30, 0x80], info.subarray(2), [0, 0]))],
    ['another hash named', pkcs1Encoded(length, sequence(hashAlgorithm('SHA-384'), octetString(digest)))],
    ['a cut digest', pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), octetString(digest.subarray(0, 31))))],
    ['a longer digest', pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), octetString(digest, [0])))],
    ['no DigestInfo around the digest', pkcs1Encoded(length, digest)],
    ['block type 2', bytes([0, 2], pkcs1Encoded(length, info).subarray(2))],
    ['block type 0', bytes([0, 0], pkcs1Encoded(length, info).subarray(2))],
    ['a first byte that is not 0', bytes([1, 1], pkcs1Encoded(length, info).subarray(2))],
    ['padding that is not FF', pkcs1Encoded(length, info).map((byte, i) => (i === 20 ? 0xfe : byte))],
    ['padding that ends early', pkcs1Encoded(length, info).map((byte, i) => (i === 20 ? 0x00 : byte))],
    ['no separator', pkcs1Encoded(length, info).map((byte, i) => (i === length - info.length - 1 ? 0xff : byte))],
    ['the DigestInfo first', bytes([0, 1], padded(8), [0], info, padded(length - 11 - info.length))],
  ])('%s', (_what, encoded) => {
    expect(encoded).toHaveLength(length)
    expect(accepts(encoded)).toBe(false)
  })

  it('cube roots for exponent 3 are refused', () => {
    const three = rsaPair(3072, 3)
    const verifier = pureSignatures.importKey(three.spki)!
    const head = bytes([0, 1], padded(8), [0], info)
    const target = BigInt(`0x${Buffer.from(head).toString('hex')}`) << BigInt(8 * (384 - head.length))
    let root = 0n
    for (let bit = 1023n; bit >= 0n; bit--) if ((root + (1n << bit)) ** 3n <= target) root += 1n << bit
    const forged = Buffer.from((root + 1n).toString(16).padStart(768, '0'), 'hex')
    const encoded = ((root + 1n) ** 3n).toString(16).padStart(768, '0')
    expect(encoded.startsWith(Buffer.from(head).toString('hex'))).toBe(true)
    expect(verifier.verify(sha256, data, forged)).toBe(false)
  })
})

describe('the signature as a number', () => {
  const signature = new Uint8Array(sign('sha256', data, pair.privateKey))
  const modulus = BigInt(`0x${Buffer.from(pair.privateKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`)
  const octets = (value: bigint, width: number): Uint8Array => bytes(value.toString(16).padStart(2 * width, '0'))
  const number = BigInt(`0x${Buffer.from(signature).toString('hex')}`)

  it.each<readonly [string, Uint8Array]>([
    ['empty', new Uint8Array()],
    ['a zero byte longer', bytes([0], signature)],
    ['a byte longer behind', bytes(signature, [0])],
    ['a byte shorter', signature.subarray(1)],
    ['zero', new Uint8Array(length)],
    ['one', octets(1n, length)],
    ['n - 1', octets(modulus - 1n, length)],
    ['n', octets(modulus, length)],
    ['all ones', new Uint8Array(length).fill(0xff)],
    ['s + n at a greater width', octets(number + modulus, length + 1)],
  ])('%s is refused', (_what, value) => {
    expect(key.verify(sha256, data, value)).toBe(false)
  })

  it('s + n is refused where it fits the width', () => {
    // The modulus of a 1,025-bit key ends after one bit of its first byte, so s + n fits the same 129 bytes.
    const roomy = rsaPair(1025)
    const n = BigInt(`0x${Buffer.from(roomy.privateKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`)
    const s = BigInt(`0x${sign('sha256', data, roomy.privateKey).toString('hex')}`)
    const verifier = pureSignatures.importKey(roomy.spki)!
    expect(verifier.verify(sha256, data, octets(s, 129))).toBe(true)
    expect(verifier.verify(sha256, data, octets(s + n, 129))).toBe(false)
  })
})

describe('keys of odd sizes', () => {
  it('too small for the encoding verify nothing', () => {
    const tiny = pureSignatures.importKey(rsaSpki(modulusOf(480), integer(3)))!
    expect(tiny.verify(sha256, data, new Uint8Array(60))).toBe(false)
    expect(pureSignatures.importKey(rsaSpki(tlv(0x02, [1]), integer(3)))!.verify(sha256, data, new Uint8Array(1))).toBe(false)
  })

  it('of the largest accepted size take little time, with any exponent', () => {
    for (const exponent of [3n, 65537n, 2n ** 32n - 1n]) {
      const giant = pureSignatures.importKey(rsaSpki(modulusOf(16384), integer(exponent)))!
      const signature = new Uint8Array(2048).fill(0x5a)
      expect(millisecondsOf(() => expect(giant.verify(sha256, data, signature)).toBe(false))).toBeLessThan(500)
    }
  })

  it('larger ones, even ones and those with forbidden exponents are not imported', () => {
    const refused = [
      rsaSpki(modulusOf(16385), integer(65537)),
      rsaSpki(modulusOf(65536), integer(65537)),
      rsaSpki(integer(2n ** 2048n - 2n), integer(65537)),
      ...[0n, 1n, 2n, 65536n, -3n, 2n ** 32n + 1n, 2n ** 2048n - 1n].map((e) => rsaSpki(modulusOf(2048), integer(e))),
    ]
    for (const spki of refused) {
      expect(millisecondsOf(() => expect(pureSignatures.importKey(spki)).toBeUndefined())).toBeLessThan(500)
    }
  })
})
