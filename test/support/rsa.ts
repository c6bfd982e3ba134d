import { constants, createHash, generateKeyPairSync, type KeyObject, privateEncrypt } from 'node:crypto'
import { algorithm, bitString, bytes, integer, nul, sequence } from './der.ts'

/** RSA by hand: what a signer with the key could have encoded wrongly, and keys that nobody should have made. */

export interface RsaPair {
  readonly privateKey: KeyObject
  readonly spki: Uint8Array
  readonly bits: number
}

const pool = new Map<string, RsaPair>()

/** A key of this size; made once a process. */
export function rsaPair(bits = 2048, publicExponent = 65537): RsaPair {
  const name = `${bits}/${publicExponent}`
  const known = pool.get(name)
  if (known !== undefined) return known
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent })
  const made = { privateKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })), bits }
  pool.set(name, made)
  return made
}

/** The signature whose encoded message is exactly this one. */
export function signEncoded(privateKey: KeyObject, encoded: Uint8Array): Uint8Array {
  return new Uint8Array(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded))
}

export function rsaSpki(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  return sequence(algorithm('1.2.840.113549.1.1.1', nul()), bitString(sequence(modulus, exponent)))
}

/** An odd modulus of so many bits; nobody knows its factors. */
export function modulusOf(bits: number): Uint8Array {
  return integer((1n << BigInt(bits)) - 5n)
}

/** `00 01 FF … FF 00 info`, filled up to the length. */
export function pkcs1Encoded(length: number, info: Uint8Array): Uint8Array {
  return bytes([0, 1], new Array(length - info.length - 3).fill(0xff), [0], info)
}

/** Knobs by which an EMSA-PSS encoding (RFC 8017 9.1.1) can be made wrong. */
export interface PssFaults {
  readonly trailer?: number
  readonly separator?: number
  /** First byte of the zeros before the separator. */
  readonly padding?: number
  /** Bits above emBits that are set in the end. */
  readonly high?: number
}

export function pssEncoded(
  bits: number,
  hash: string,
  mgfHash: string,
  salt: Uint8Array,
  message: Uint8Array,
  { trailer = 0xbc, separator = 1, padding = 0, high = 0 }: PssFaults = {},
): Uint8Array {
  const emBits = bits - 1
  const length = Math.ceil(emBits / 8)
  const digest = (algorithmName: string, ...parts: readonly Uint8Array[]): Uint8Array =>
    createHash(algorithmName).update(Buffer.concat(parts)).digest()
  const h = digest(hash, new Uint8Array(8), digest(hash, message), salt)
  const dbLength = length - h.length - 1
  const db = new Uint8Array(dbLength)
  db[0] = padding
  db[dbLength - salt.length - 1] = separator
  db.set(salt, dbLength - salt.length)
  for (let counter = 0, at = 0; at < dbLength; counter++) {
    for (const byte of digest(mgfHash, h, Uint8Array.of(0, 0, counter >> 8, counter & 255))) {
      if (at < dbLength) db[at++]! ^= byte
    }
  }
  db[0]! &= 0xff >> (8 * length - emBits)
  db[0]! |= high
  return bytes(new Array(Math.ceil(bits / 8) - length).fill(0), db, h, [trailer])
}
