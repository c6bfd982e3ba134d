import { createHash, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashAlgorithm } from '../support/algorithms.ts'
import { algorithm, bytes, nul, octetString, sequence } from '../support/der.ts'
import { type KeyPair, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, storeOf } from '../support/rejected-chain.ts'
import { pkcs1Encoded, rsaPair, signEncoded } from '../support/rsa.ts'
import { modulusOf } from '../support/spki.ts'
import { judge } from './judge.ts'

/** RSA PKCS#1 v1.5 signatures on certificates that a lenient verifier would accept. */

const sha256Oid = '2.16.840.1.101.3.4.2.1'
const digestOf = (tbs: Uint8Array): Uint8Array => createHash('sha256').update(tbs).digest()
const infoOf = (tbs: Uint8Array): Uint8Array => sequence(hashAlgorithm('SHA-256'), octetString(digestOf(tbs)))
const ones = (count: number): readonly number[] => new Array<number>(count).fill(0xff)

function rsaCa(key: KeyPair): Minted {
  return mint({ ca: true, key, subject: `O=Immunity,CN=RSA ${modulusOf(key).toString(2).length}` })
}

const dates = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2124-01-01T00:00:00Z') }

/** A client of the CA with any bytes as its signature. */
function signed(ca: Minted, signature: (tbs: Uint8Array) => Uint8Array, serial = 1n): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', signature, serial, ...dates }, ca)
}

function rsaKey(bits: number, exponent = 65537): KeyPair {
  const { privateKey, spki } = rsaPair(bits, exponent)
  return { kind: 'rsa2048', privateKey, publicKey: createPublicKey(privateKey), spki }
}

function octets(value: bigint, width: number): Uint8Array {
  return bytes(value.toString(16).padStart(2 * width, '0'))
}

function numberOf(value: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(value).toString('hex')}`)
}

describe('lenient PKCS#1 v1.5 decoding (CVE-2006-4339, CVE-2022-24771, CVE-2022-24772, CVE-2022-24773, CVE-2021-30246, CVE-2020-14967, CVE-2020-14968, CVE-2022-25898, CVE-2026-33894)', () => {
  const ca = rsaCa(keyPair('rsa2048'))
  const store = storeOf(ca)
  const length = 256
  const judgeEncoded = (encode: (tbs: Uint8Array) => Uint8Array): string =>
    judge(store, [
      signed(ca, (tbs) => {
        const encoded = encode(tbs)
        expect(encoded).toHaveLength(length)
        return signEncoded(ca.key.privateKey, encoded)
      }),
    ])

  it('control: the only valid encoding is accepted', () => {
    expect(judgeEncoded((tbs) => pkcs1Encoded(length, infoOf(tbs)))).toBe('accepted')
  })

  const digestInfo = (...parameters: readonly Uint8Array[]) => {
    return (tbs: Uint8Array): Uint8Array => sequence(algorithm(sha256Oid, ...parameters), octetString(digestOf(tbs)))
  }

  it.each<readonly [string, (tbs: Uint8Array) => Uint8Array]>([
    ['bytes after the digest', (tbs) => bytes([0, 1], ones(8), [0], infoOf(tbs), new Uint8Array(length - 11 - 51))],
    ['short padding, filled up before the DigestInfo', (tbs) => bytes([0, 1], ones(8), [0], new Uint8Array(194), infoOf(tbs))],
    ['no padding at all', (tbs) => bytes([0, 1, 0], new Uint8Array(length - 3 - 51), infoOf(tbs))],
    ['padding with another byte', (tbs) => pkcs1Encoded(length, infoOf(tbs)).with(100, 0xfe)],
    ['block type 2', (tbs) => pkcs1Encoded(length, infoOf(tbs)).with(1, 2)],
    ['block type 0', (tbs) => pkcs1Encoded(length, infoOf(tbs)).with(1, 0)],
    ['a first byte that is not zero', (tbs) => pkcs1Encoded(length, infoOf(tbs)).with(0, 1)],
    ['the separator left out', (tbs) => pkcs1Encoded(length, infoOf(tbs)).with(length - 52, 0xff)],
    ['NULL left out', (tbs) => pkcs1Encoded(length, digestInfo()(tbs))],
    ['two NULLs', (tbs) => pkcs1Encoded(length, digestInfo(nul(), nul())(tbs))],
    ['another type instead of NULL', (tbs) => pkcs1Encoded(length, digestInfo(octetString())(tbs))],
    ['NULL with content', (tbs) => pkcs1Encoded(length, digestInfo(bytes('05021234'))(tbs))],
    ['parameters full of junk', (tbs) => pkcs1Encoded(length, digestInfo(octetString(new Uint8Array(100)))(tbs))],
    [
      'an element after the digest',
      (tbs) => pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), octetString(digestOf(tbs)), nul())),
    ],
    ['a long form of length', (tbs) => pkcs1Encoded(length, bytes('3081', infoOf(tbs).subarray(1)))],
    ['an indefinite length', (tbs) => pkcs1Encoded(length, bytes('3080', infoOf(tbs).subarray(2), '0000'))],
    [
      'the digest in a constructed string',
      (tbs) => pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), bytes('2422', octetString(digestOf(tbs))))),
    ],
    ['the OID of another hash', (tbs) => pkcs1Encoded(length, sequence(hashAlgorithm('SHA3-256'), octetString(digestOf(tbs))))],
    [
      'a digest cut to its first bytes',
      (tbs) => pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), octetString(digestOf(tbs).subarray(0, 16)))),
    ],
    ['no digest', () => pkcs1Encoded(length, sequence(hashAlgorithm('SHA-256'), octetString()))],
    ['the bare digest', (tbs) => pkcs1Encoded(length, digestOf(tbs))],
    ['the digest of something else', () => pkcs1Encoded(length, infoOf(bytes('00')))],
  ])('%s', (_what, encode) => {
    expect(judgeEncoded(encode)).toBe('signature_mismatch 0')
  })
})

describe('forgery by cube roots for exponent 3 (CVE-2006-4339, CVE-2026-33894)', () => {
  const ca = rsaCa(rsaKey(2048, 3))
  const store = storeOf(ca)
  const width = 256

  /** The largest number whose cube is not above the target. */
  function cubeRoot(target: bigint): bigint {
    let root = 0n
    for (let bit = 700n; bit >= 0n; bit--) if ((root | (1n << bit)) ** 3n <= target) root |= 1n << bit
    return root
  }

  it('control: exponent 3 is accepted', () => {
    expect(judge(store, [mint({ key: leafKey }, ca)])).toBe('accepted')
  })

  it('a cube with the beginning of the encoding', () => {
    const forged = signed(ca, (tbs) => {
      const head = bytes([0, 1], ones(8), [0], infoOf(tbs))
      const root = cubeRoot(numberOf(head) << BigInt(8 * (width - head.length))) + 1n
      expect(octets(root ** 3n, width).subarray(0, head.length)).toEqual(head)
      return octets(root, width)
    })
    expect(judge(store, [forged])).toBe('signature_mismatch 0')
  })

  it('a cube that starts with the padding and ends with the DigestInfo', () => {
    const tailBits = 8n * 52n
    // Only odd numbers always have a cube root modulo a power of two, so the digest must be odd.
    const suffixRoot = (tail: bigint): bigint => {
      let root = 1n
      for (let bit = 1n; bit < tailBits; bit++) {
        if (BigInt.asUintN(Number(bit) + 1, root ** 3n) !== BigInt.asUintN(Number(bit) + 1, tail)) root |= 1n << bit
      }
      return root
    }
    let forged: Minted | undefined
    for (let serial = 1n; forged === undefined; serial++) {
      const attempt = signed(
        ca,
        (tbs) => {
          const tail = bytes([0], infoOf(tbs))
          if (tail[tail.length - 1]! % 2 === 0) return new Uint8Array(width)
          const head = bytes([0, 1], ones(8))
          const high = cubeRoot(numberOf(bytes(head, [0x80], new Uint8Array(width - head.length - 1))))
          const root = ((high >> tailBits) << tailBits) | suffixRoot(numberOf(tail))
          const cube = octets(root ** 3n, width)
          expect(cube.subarray(0, head.length)).toEqual(head)
          expect(cube.subarray(width - tail.length)).toEqual(tail)
          return octets(root, width)
        },
        serial,
      )
      if (attempt.der.at(-1) !== 0) forged = attempt
    }
    expect(judge(store, [forged])).toBe('signature_mismatch 0')
  })

  it.each([0n, 1n])('the signature %d, whose cube is itself', (value) => {
    expect(judge(store, [signed(ca, () => octets(value, width))])).toBe('signature_mismatch 0')
  })
})

describe('a signature that is not the number in its only encoding (CVE-2026-33894)', () => {
  // The first byte of a modulus of 2,050 bits is 2 or 3, so s + n always fits the width, and s often starts with a zero byte.
  const ca = rsaCa(rsaKey(2050))
  const store = storeOf(ca)
  const modulus = modulusOf(ca.key)
  const width = 257
  const genuine = (tbs: Uint8Array): Uint8Array => signEncoded(ca.key.privateKey, pkcs1Encoded(width, infoOf(tbs)))

  it('control: s unchanged', () => {
    expect(judge(store, [signed(ca, genuine)])).toBe('accepted')
  })

  it.each<readonly [string, (s: Uint8Array) => Uint8Array]>([
    ['s + n', (s) => octets(numberOf(s) + modulus, width)],
    ['n - s', (s) => octets(modulus - numberOf(s), width)],
    ['n', () => octets(modulus, width)],
    ['n - 1', () => octets(modulus - 1n, width)],
    ['s with a zero byte before it', (s) => bytes([0], s)],
    ['s with a zero byte after it', (s) => bytes(s, [0])],
    ['s without its last byte', (s) => s.subarray(0, width - 1)],
    ['s twice', (s) => bytes(s, s)],
    ['no bytes', () => new Uint8Array()],
  ])('%s is rejected', (_what, bend) => {
    expect(judge(store, [signed(ca, (tbs) => bend(genuine(tbs)))])).toBe('signature_mismatch 0')
  })

  it('s without its leading zero byte is rejected', () => {
    for (let serial = 1n; serial < 64n; serial++) {
      let whole: Uint8Array = new Uint8Array(1)
      const client = signed(ca, (tbs) => (whole = genuine(tbs)), serial)
      if (whole[0] !== 0) continue
      expect(judge(store, [client])).toBe('accepted')
      expect(judge(store, [signed(ca, (tbs) => genuine(tbs).subarray(1), serial)])).toBe('signature_mismatch 0')
      return
    }
    throw new Error('no signature began with a zero byte')
  })
})
