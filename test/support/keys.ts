import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { CurveName } from '../../src/crypto/curve/curves.ts'
import { contextConstructed, encode, integer, nothing, oid, sequence } from './asn1.ts'

export type KeyKind =
  | 'p256'
  | 'p384'
  | 'p521'
  | 'secp256k1'
  | 'sect571r1'
  | 'rsa1024'
  | 'rsa2048'
  | 'rsa3072'
  | 'rsa4096'
  | 'ed25519'
  | 'ed448'

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

export interface KeyPair {
  readonly kind: KeyKind
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
}

const pool = new Map<string, KeyPair>()

/** A key of the process-wide pool: the same kind and slot are the same key. RSA keys are slow to make, so share slots. */
export function keyPair(kind: KeyKind, slot = 0): KeyPair {
  const name = `${kind}/${slot}`
  const known = pool.get(name)
  if (known !== undefined) return known
  const { privateKey, publicKey } = generate(kind)
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  const made = { kind, privateKey, publicKey, spki }
  pool.set(name, made)
  return made
}

/** The key of the pool whose public key occurs in a certificate. */
export function keyOf(certificate: Uint8Array): KeyPair | undefined {
  const bytes = Buffer.from(certificate)
  return [...pool.values()].find(({ spki }) => bytes.includes(Buffer.from(spki)))
}

/** The kind of key on each supported curve. */
export const keyKindOf: Record<CurveName, KeyKind> = { 'P-256': 'p256', 'P-384': 'p384' }

const curves = { p256: 'P-256', p384: 'P-384', p521: 'P-521', secp256k1: 'secp256k1', sect571r1: 'sect571r1' } as const

function generate(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519')
  if (kind === 'ed448') return generateKeyPairSync('ed448')
  if (isRsa(kind)) return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) })
  return generateKeyPairSync('ec', { namedCurve: curves[kind as keyof typeof curves] })
}

export function isRsa(kind: KeyKind): boolean {
  return kind.startsWith('rsa')
}

/** PKCS#8 PEM. */
export function privateKeyPem(key: KeyPair): string {
  return key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

/** RFC 5280 4.2.1.2 method 1: SHA-1 of the subjectPublicKey bits. */
export function keyIdOf(spki: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha1').update(subjectPublicKey(spki)).digest())
}

/** The content of the BIT STRING that ends a SubjectPublicKeyInfo: after the algorithm, header and unused-bits octet. */
function subjectPublicKey(spki: Uint8Array): Uint8Array {
  const outer = contentStart(spki, 0)
  const bitString = contentEnd(spki, outer)
  return spki.subarray(contentStart(spki, bitString) + 1)
}

function contentStart(der: Uint8Array, at: number): number {
  const length = der[at + 1]!
  return length < 0x80 ? at + 2 : at + 2 + (length & 0x7f)
}

function contentEnd(der: Uint8Array, at: number): number {
  const start = contentStart(der, at)
  let length = der[at + 1]!
  if (length >= 0x80) {
    length = 0
    for (let i = at + 2; i < start; i++) length = length * 256 + der[i]!
  }
  return start + length
}

/** The default hash for a key, which is as strong as the key. */
export function defaultHash(kind: KeyKind): HashName {
  return kind === 'p384' ? 'sha384' : kind === 'p521' || kind === 'sect571r1' ? 'sha512' : 'sha256'
}

const hashOids = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const

const hashLengths = { md5: 16, sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 } as const

const rsaOids = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha224: '1.2.840.113549.1.1.14',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
} as const

const ecdsaOids = {
  md5: undefined,
  sha1: '1.2.840.10045.4.1',
  sha224: '1.2.840.10045.4.3.1',
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
} as const

/** DER of the AlgorithmIdentifier for a signature by this key. */
export function algorithmIdentifier(key: KeyPair, hash: HashName, pss: boolean): Uint8Array {
  if (key.kind === 'ed25519') return encode(sequence(oid('1.3.101.112')))
  if (key.kind === 'ed448') return encode(sequence(oid('1.3.101.113')))
  if (pss) return encode(sequence(oid('1.2.840.113549.1.1.10'), pssParameters(hash)))
  if (isRsa(key.kind)) return encode(sequence(oid(rsaOids[hash]), nothing()))
  const ecdsa = ecdsaOids[hash]
  if (ecdsa === undefined) throw new Error(`no ECDSA with ${hash}`)
  return encode(sequence(oid(ecdsa)))
}

/** RFC 4055 3.1; SHA-1 and its salt length 20 are the defaults, which DER leaves out. */
function pssParameters(hash: HashName): ReturnType<typeof sequence> {
  if (hash === 'sha1') return sequence()
  const algorithm = (): ReturnType<typeof sequence> => sequence(oid(hashOids[hash]), nothing())
  return sequence(
    contextConstructed(0, algorithm()),
    contextConstructed(1, sequence(oid('1.2.840.113549.1.1.8'), algorithm())),
    contextConstructed(2, integer(hashLengths[hash])),
  )
}

/** How node:crypto is told of PSS with a salt as long as the hash (RFC 8017 9.1). */
export const pssPadding = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
} as const

export function signBytes(key: KeyPair, hash: HashName, pss: boolean, data: Uint8Array): Uint8Array {
  if (key.kind === 'ed25519' || key.kind === 'ed448') return new Uint8Array(sign(null, data, key.privateKey))
  if (!pss) return new Uint8Array(sign(hash, data, key.privateKey))
  return new Uint8Array(sign(hash, data, { key: key.privateKey, ...pssPadding }))
}
