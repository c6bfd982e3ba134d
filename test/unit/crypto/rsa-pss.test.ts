import { constants, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { pureSignatures } from '../../../src/crypto/signatures.ts'
import { pssParameters, rsaPkcs1, rsaPss } from '../../support/algorithms.ts'
import { algorithm, nul, sequence } from '../../support/der.ts'
import { type PssFaults, pssEncoded, rsaPair, signEncoded } from '../../support/rsa.ts'

const data = Buffer.from('signed data')
const pair = rsaPair()
const key = pureSignatures.importKey(pair.spki)!
const salt = Uint8Array.from({ length: 32 }, (_, i) => i + 1)
const padding = constants.RSA_PKCS1_PSS_PADDING

describe('PSS signatures', () => {
  it.each([
    ['SHA-1', 20],
    ['SHA-224', 28],
    ['SHA-256', 32],
    ['SHA-384', 48],
    ['SHA-512', 64],
    ['SHA-256', 0],
    ['SHA-256', 20],
    ['SHA-512', 190],
  ])('with %s and a salt of %i verify', (name, saltLength) => {
    const signature = sign(name.replace('-', ''), data, { key: pair.privateKey, padding, saltLength })
    expect(key.verify(rsaPss(name, name, saltLength), data, signature)).toBe(true)
    expect(key.verify(rsaPss(name, name, saltLength), Buffer.from('other data'), signature)).toBe(false)
  })

  it('verify with another hash in MGF1, where the parameters say so', () => {
    const signature = signEncoded(pair.privateKey, pssEncoded(2048, 'sha512', 'sha256', salt, data))
    expect(key.verify(rsaPss('SHA-512', 'SHA-256', 32), data, signature)).toBe(true)
    expect(key.verify(rsaPss('SHA-512', 'SHA-512', 32), data, signature)).toBe(false)
    expect(key.verify(rsaPss('SHA-256', 'SHA-256', 32), data, signature)).toBe(false)
  })

  it('verify for moduli of 8k + 1 bits, whose encoded message is a byte shorter', () => {
    const odd = rsaPair(1025)
    const verifier = pureSignatures.importKey(odd.spki)!
    const signature = sign('sha256', data, { key: odd.privateKey, padding, saltLength: 32 })
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 32), data, signature)).toBe(true)
    const encoded = pssEncoded(1025, 'sha256', 'sha256', salt, data)
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 32), data, signEncoded(odd.privateKey, encoded))).toBe(true)
    // The byte before it is the modulus's own first, 01: it must be 0 here.
    const prefixed = encoded.map((byte, i) => (i === 0 ? 1 : i < 3 ? 0 : byte))
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 32), data, signEncoded(odd.privateKey, prefixed))).toBe(false)
  })

  it('have exactly the salt length that the parameters state', () => {
    const signature = sign('sha256', data, { key: pair.privateKey, padding, saltLength: 32 })
    for (const saltLength of [0, 31, 33, 222, 223, 65535]) {
      expect(key.verify(rsaPss('SHA-256', 'SHA-256', saltLength), data, signature)).toBe(false)
    }
  })

  it('are not accepted as PKCS#1 v1.5 signatures, nor the reverse', () => {
    const pss = sign('sha256', data, { key: pair.privateKey, padding, saltLength: 32 })
    expect(key.verify(rsaPkcs1('SHA-256'), data, pss)).toBe(false)
    expect(key.verify(rsaPss('SHA-256', 'SHA-256', 32), data, sign('sha256', data, pair.privateKey))).toBe(false)
  })

  it.each<readonly [string, PssFaults, boolean]>([
    ['nothing', {}, true],
    ['another trailer', { trailer: 0xcc }, false],
    ['another separator', { separator: 2 }, false],
    ['no separator', { separator: 0 }, false],
    ['padding that is not zero', { padding: 0x10 }, false],
    ['a bit above emBits', { high: 0x80 }, false],
  ])('by hand with %s wrong: %s', (_what, faults, genuine) => {
    const encoded = pssEncoded(2048, 'sha256', 'sha256', salt, data, faults)
    // The highest bit may push the encoded message over the modulus, which cannot be signed at all.
    const shrunk = encoded[0]! >= 0x80 ? encoded.map((byte, i) => (i === 0 ? 0x80 : byte)) : encoded
    expect(key.verify(rsaPss('SHA-256', 'SHA-256', 32), data, signEncoded(pair.privateKey, shrunk))).toBe(genuine)
  })

  it('need a key with room for hash and salt', () => {
    const small = rsaPair(1024)
    const verifier = pureSignatures.importKey(small.spki)!
    const signature = sign('sha512', data, { key: small.privateKey, padding, saltLength: 62 })
    expect(verifier.verify(rsaPss('SHA-512', 'SHA-512', 62), data, signature)).toBe(true)
    expect(verifier.verify(rsaPss('SHA-512', 'SHA-512', 63), data, signature)).toBe(false)
  })

  it('are refused at any other length and from the modulus upwards', () => {
    const signature = new Uint8Array(sign('sha256', data, { key: pair.privateKey, padding, saltLength: 32 }))
    const identifier = rsaPss('SHA-256', 'SHA-256', 32)
    expect(key.verify(identifier, data, signature.subarray(1))).toBe(false)
    expect(key.verify(identifier, data, Buffer.concat([Buffer.of(0), signature]))).toBe(false)
    expect(key.verify(identifier, data, new Uint8Array(256).fill(0xff))).toBe(false)
    expect(key.verify(identifier, data, new Uint8Array(256))).toBe(false)
  })
})

describe('keys for PSS only (id-RSASSA-PSS)', () => {
  const { privateKey, spki } = rsaPair(1024)
  const subjectPublicKey = spki.subarray(spki.indexOf(0x03, 15))
  const free = sequence(algorithm('1.2.840.113549.1.1.10'), subjectPublicKey)
  const restricted = (hash: string, mgfHash: string, saltLength: number): Uint8Array =>
    sequence(algorithm('1.2.840.113549.1.1.10', pssParameters(hash, mgfHash, saltLength)), subjectPublicKey)
  const made = (hash: string, saltLength: number): Uint8Array =>
    new Uint8Array(sign(hash, data, { key: privateKey, padding, saltLength }))

  it('without restrictions verify every PSS signature, and nothing else', () => {
    const verifier = pureSignatures.importKey(free)!
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 32), data, made('sha256', 32))).toBe(true)
    expect(verifier.verify(rsaPss('SHA-384', 'SHA-384', 7), data, made('sha384', 7))).toBe(true)
    const pkcs1 = sign('sha256', data, privateKey)
    expect(pureSignatures.importKey(spki)!.verify(rsaPkcs1('SHA-256'), data, pkcs1)).toBe(true)
    expect(verifier.verify(rsaPkcs1('SHA-256'), data, pkcs1)).toBe(false)
  })

  it('with restrictions demand those hashes and at least that salt (RFC 4055 3.3)', () => {
    const verifier = pureSignatures.importKey(restricted('SHA-256', 'SHA-256', 32))!
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 32), data, made('sha256', 32))).toBe(true)
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 40), data, made('sha256', 40))).toBe(true)
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 31), data, made('sha256', 31))).toBe(false)
    expect(verifier.verify(rsaPss('SHA-384', 'SHA-384', 32), data, made('sha384', 32))).toBe(false)
    const mixed = signEncoded(privateKey, pssEncoded(1024, 'sha256', 'sha1', salt, data))
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-1', 32), data, mixed)).toBe(false)
    expect(pureSignatures.importKey(free)!.verify(rsaPss('SHA-256', 'SHA-1', 32), data, mixed)).toBe(true)
  })

  it('are restricted to SHA-1 by empty parameters', () => {
    const verifier = pureSignatures.importKey(restricted('SHA-1', 'SHA-1', 20))!
    expect(verifier.verify(rsaPss('SHA-1', 'SHA-1', 20), data, made('sha1', 20))).toBe(true)
    expect(verifier.verify(rsaPss('SHA-256', 'SHA-256', 32), data, made('sha256', 32))).toBe(false)
  })

  it('with parameters that are wrong are not imported', () => {
    expect(pureSignatures.importKey(sequence(algorithm('1.2.840.113549.1.1.10', nul()), subjectPublicKey))).toBeUndefined()
  })
})
