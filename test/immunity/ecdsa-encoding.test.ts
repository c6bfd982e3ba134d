import { createHash } from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { describe, expect, it } from 'vitest'
import { curves } from '../../src/crypto/curve/curves.ts'
import { bytes, integer, nul, sequence, tlv } from '../support/der.ts'
import { type HashName, type KeyPair, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, storeOf } from '../support/rejected-chain.ts'
import { atOnce, fastestOf, judge } from './judge.ts'

/** ECDSA signatures on certificates: encoding, range, and which bits of the digest they cover. */

const ca = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=P-256 CA' })
const ca384 = mint({ ca: true, key: keyPair('p384'), subject: 'O=Immunity,CN=P-384 CA' })
const store = storeOf(ca, ca384)
const { n } = curves['P-256']
const dates = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2124-01-01T00:00:00Z') }

function secretOf({ privateKey }: KeyPair): Uint8Array {
  return new Uint8Array(Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url'))
}

/** r and s of a signature over these bytes instead of a digest. */
function numbersOver(issuer: Minted, digest: Uint8Array): readonly [bigint, bigint] {
  const curve = issuer.key.kind === 'p384' ? p384 : p256
  const width = curve === p384 ? 48 : 32
  const raw = Buffer.from(curve.sign(digest, secretOf(issuer.key), { prehash: false, lowS: false, format: 'compact' })).toString(
    'hex',
  )
  return [BigInt(`0x${raw.slice(0, 2 * width)}`), BigInt(`0x${raw.slice(2 * width)}`)]
}

function digestOf(hash: HashName, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(hash).update(data).digest())
}

interface Signing {
  readonly hash?: HashName
  readonly issuer?: Minted
  readonly serial?: bigint
  /** The bytes that are signed instead of the digest. */
  readonly over?: (digest: Uint8Array) => Uint8Array
  readonly encode?: (r: bigint, s: bigint) => Uint8Array
}

const usual = (r: bigint, s: bigint): Uint8Array => sequence(integer(r), integer(s))

function client({ hash = 'sha256', issuer = ca, serial = 1n, over = (digest) => digest, encode = usual }: Signing = {}): Minted {
  const signature = (tbs: Uint8Array): Uint8Array => encode(...numbersOver(issuer, over(digestOf(hash, tbs))))
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', hash, serial, ...dates, signature }, issuer)
}

describe('ECDSA with r or s out of range (CVE-2022-21449, CVE-2026-4598, CVE-2024-48948)', () => {
  it('control: r and s unchanged', () => {
    expect(judge(store, [client()])).toBe('accepted')
  })

  it.each<readonly [string, (r: bigint, s: bigint) => readonly [bigint, bigint]]>([
    ['r = 0', (_, s) => [0n, s]],
    ['s = 0', (r) => [r, 0n]],
    ['r = s = 0', () => [0n, 0n]],
    ['r = n', (_, s) => [n, s]],
    ['s = n', (r) => [r, n]],
    ['r = s = n', () => [n, n]],
    ['r + n', (r, s) => [r + n, s]],
    ['s + n', (r, s) => [r, s + n]],
    ['r - n', (r, s) => [r - n, s]],
    ['s - n', (r, s) => [r, s - n]],
    ['-r', (r, s) => [-r, s]],
    ['-s', (r, s) => [r, -s]],
    ['r + 2^256', (r, s) => [r + (1n << 256n), s]],
    ['s + 2^256', (r, s) => [r, s + (1n << 256n)]],
    ['r = s = 1', () => [1n, 1n]],
    ['r and s swapped', (r, s) => [s, r]],
    ['s of 4,000 bytes', (r) => [r, (1n << 31990n) + 1n]],
  ])('%s is rejected, at once', (_what, bend) => {
    const chain = [client({ encode: (r, s) => usual(...bend(r, s)) })]
    expect(fastestOf(() => expect(judge(store, chain)).toBe('signature_mismatch 0'))).toBeLessThan(atOnce)
  })

  it('high and low s are both valid, because half of all certificates have a high one', () => {
    const verdicts = [(s: bigint) => s, (s: bigint) => n - s].map((choose) =>
      judge(store, [client({ encode: (r, s) => usual(r, choose(s)) })]),
    )
    expect(verdicts).toEqual(['accepted', 'accepted'])
  })
})

describe('ECDSA signatures that are not DER (CVE-2020-14966, CVE-2024-42459, CVE-2024-42460, CVE-2024-42461)', () => {
  const content = (value: bigint): Uint8Array => integer(value).subarray(2)
  /** The number with one redundant zero byte. */
  const padded = (value: bigint): Uint8Array => tlv(0x02, [0], content(value))
  const unsigned = (value: bigint): Uint8Array => tlv(0x02, value.toString(16).padStart(64, '0'))

  it.each<readonly [string, (r: bigint, s: bigint) => Uint8Array]>([
    ['nothing', () => new Uint8Array()],
    ['an empty SEQUENCE', () => sequence()],
    ['r alone', (r) => sequence(integer(r))],
    ['a third INTEGER', (r, s) => sequence(integer(r), integer(s), integer(1))],
    ['NULL inside, after s', (r, s) => sequence(integer(r), integer(s), nul())],
    ['bytes after the SEQUENCE', (r, s) => bytes(usual(r, s), [0])],
    ['bytes before the SEQUENCE', (r, s) => bytes([0], usual(r, s))],
    ['its last byte missing', (r, s) => usual(r, s).subarray(0, -1)],
    ['r with redundant zero bytes', (r, s) => sequence(padded(r), integer(s))],
    ['s with redundant zero bytes', (r, s) => sequence(integer(r), padded(s))],
    ['a long form of length', (r, s) => bytes('3081', usual(r, s).subarray(1))],
    ['a long form of length inside', (r, s) => sequence(bytes('0281', integer(r).subarray(1)), integer(s))],
    ['an indefinite length', (r, s) => bytes('3080', usual(r, s).subarray(2), '0000')],
    ['a SET', (r, s) => bytes('31', usual(r, s).subarray(1))],
    ['OCTET STRINGs', (r, s) => sequence(tlv(0x04, content(r)), tlv(0x04, content(s)))],
    ['an empty INTEGER', (r) => sequence(integer(r), tlv(0x02))],
    ['r ‖ s without DER', (r, s) => bytes(r.toString(16).padStart(64, '0'), s.toString(16).padStart(64, '0'))],
    ['a SEQUENCE around it', (r, s) => sequence(usual(r, s))],
  ])('%s', (_what, encode) => {
    expect(judge(store, [client({ encode })])).toBe('signature_mismatch 0')
  })

  it('a number without the zero byte that keeps it positive', () => {
    for (let serial = 1n; serial < 64n; serial++) {
      let isHigh = false
      const encode = (r: bigint, s: bigint): Uint8Array => {
        isHigh = r >> 255n === 1n || s >> 255n === 1n
        return sequence(unsigned(r), unsigned(s))
      }
      const forged = client({ serial, encode })
      if (!isHigh) continue
      expect(judge(store, [client({ serial })])).toBe('accepted')
      expect(judge(store, [forged])).toBe('signature_mismatch 0')
      return
    }
    throw new Error('no r or s of 256 bits')
  })

  it('unused bits in the BIT STRING', () => {
    const bent = mint({ ...client().spec, bend: (der) => der.with(der.length - signatureLength(der) - 1, 1) }, ca)
    expect(judge(store, [bent])).toBe('malformed 0')
  })
})

/** Bytes of the Ecdsa-Sig-Value that ends a certificate. */
function signatureLength(der: Uint8Array): number {
  for (let length = 60; length < 80; length++) {
    if (der[der.length - length] === 0x30 && der[der.length - length + 1] === length - 2) return length
  }
  throw new Error('no signature at the end')
}

describe('ECDSA with other bits of the digest than the leftmost (CVE-2024-48949, CVE-2024-42460)', () => {
  const right = (length: number) => (digest: Uint8Array) => digest.subarray(digest.length - length)

  it.each<HashName>(['sha384', 'sha512'])('%s with P-256 uses only the first 32 bytes', (hash) => {
    expect(judge(store, [client({ hash })])).toBe('accepted')
    expect(judge(store, [client({ hash, over: (digest) => digest.subarray(0, 32) })])).toBe('accepted')
    expect(judge(store, [client({ hash, over: right(32) })])).toBe('signature_mismatch 0')
    expect(judge(store, [client({ hash, over: (digest) => digest.subarray(0, 31) })])).toBe('signature_mismatch 0')
    const reduced = (digest: Uint8Array): Uint8Array =>
      bytes((BigInt(`0x${Buffer.from(digest).toString('hex')}`) % n).toString(16).padStart(64, '0'))
    expect(judge(store, [client({ hash, over: reduced })])).toBe('signature_mismatch 0')
  })

  it('SHA-512 with P-384 uses only the first 48 bytes', () => {
    expect(judge(store, [client({ hash: 'sha512', issuer: ca384 })])).toBe('accepted')
    expect(judge(store, [client({ hash: 'sha512', issuer: ca384, over: right(48) })])).toBe('signature_mismatch 0')
    expect(judge(store, [client({ hash: 'sha512', issuer: ca384, over: (digest) => digest.subarray(0, 32) })])).toBe(
      'signature_mismatch 0',
    )
  })

  it('SHA-256 with P-384 uses the number unchanged, not shifted to the width of the curve', () => {
    expect(judge(store, [client({ issuer: ca384 })])).toBe('accepted')
    expect(judge(store, [client({ issuer: ca384, over: (digest) => bytes(new Uint8Array(16), digest) })])).toBe('accepted')
    expect(judge(store, [client({ issuer: ca384, over: (digest) => bytes(digest, new Uint8Array(16)) })])).toBe(
      'signature_mismatch 0',
    )
  })

  it.each<readonly [HashName, Minted]>([
    ['sha256', ca],
    ['sha384', ca],
    ['sha512', ca384],
    ['sha256', ca384],
  ])('a digest (%s) with leading zero bytes keeps them', (hash, issuer) => {
    for (let serial = 1n; serial < 5000n; serial++) {
      let digest: Uint8Array = new Uint8Array()
      // A placeholder until a suitable digest is found.
      const probe = { key: leafKey, subject: 'O=Immunity,CN=Client', hash, serial, ...dates }
      mint({ ...probe, signature: (tbs) => (digest = digestOf(hash, tbs)) }, issuer)
      if (digest[0] !== 0) continue
      expect(judge(store, [client({ hash, issuer, serial })])).toBe('accepted')
      const stripped = (whole: Uint8Array): Uint8Array => whole.subarray(1)
      const longer = hash !== 'sha256'
      // If the digest is not longer than the curve order, its number is the same without the zeros.
      expect(judge(store, [client({ hash, issuer, serial, over: stripped })])).toBe(longer ? 'signature_mismatch 0' : 'accepted')
      return
    }
    throw new Error('no digest began with a zero byte')
  })
})
