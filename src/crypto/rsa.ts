import { bigintOfBytes, bytesOfBigint } from '../bytes/bigint.ts'
import { bytesOfHex } from '../bytes/hex.ts'
import { bytesEqual } from '../bytes/span.ts'
import { digest, digestLength, type HashName } from './digest.ts'
import type { RsaKey } from './rsa-key.ts'

/** DER of DigestInfo up to the digest (RFC 8017 section 9.2 note 1): the algorithm has NULL parameters, always. */
const digestInfoPrefix: Readonly<Partial<Record<HashName, Uint8Array>>> = /* @__PURE__ */ (() => ({
  sha1: bytesOfHex('3021 3009 06052b0e03021a 0500 0414'),
  sha224: bytesOfHex('302d 300d 0609608648016503040204 0500 041c'),
  sha256: bytesOfHex('3031 300d 0609608648016503040201 0500 0420'),
  sha384: bytesOfHex('3041 300d 0609608648016503040202 0500 0430'),
  sha512: bytesOfHex('3051 300d 0609608648016503040203 0500 0440'),
}))()

/** RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2): the one right encoding is built and compared in full; nothing is parsed. */
export function verifyPkcs1(key: RsaKey, hash: HashName, data: Uint8Array, signature: Uint8Array): boolean {
  const prefix = digestInfoPrefix[hash]
  const length = Math.ceil(key.bits / 8)
  const infoLength = (prefix?.length ?? 0) + digestLength[hash]
  if (prefix === undefined || length < infoLength + 11) return false
  const recovered = key.recover(signature)
  const hashed = digest(hash, data)
  if (recovered === undefined || hashed === undefined) return false
  return recovered === encodedMessage(prefix, hashed, length)
}

/** 00 01 FF … FF 00 DigestInfo as a number (RFC 8017 9.2). */
function encodedMessage(prefix: Uint8Array, hashed: Uint8Array, length: number): bigint {
  const message = new Uint8Array(length).fill(0xff)
  message[0] = 0x00
  message[1] = 0x01
  const infoAt = length - prefix.length - hashed.length
  message[infoAt - 1] = 0x00
  message.set(prefix, infoAt)
  message.set(hashed, infoAt + prefix.length)
  return bigintOfBytes(message)
}

/** RSASSA-PSS (RFC 8017 8.1.2 and 9.1.2) with exactly this salt length and trailer field 1 (BC). */
export function verifyPss(
  key: RsaKey,
  hash: HashName,
  mgfHash: HashName,
  saltLength: number,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const emBits = key.bits - 1
  const emLength = Math.ceil(emBits / 8)
  const hashLength = digestLength[hash]
  const dbLength = emLength - hashLength - 1
  if (dbLength < saltLength + 1) return false
  const recovered = key.recover(signature)
  const hashed = digest(hash, data)
  // Where the modulus has 8k + 1 bits the encoded message is a byte shorter than it.
  if (recovered === undefined || hashed === undefined || recovered >> BigInt(8 * emLength) !== 0n) return false
  const em = bytesOfBigint(recovered, emLength)
  if (em[emLength - 1] !== 0xbc) return false
  const clearBits = 8 * emLength - emBits
  if (em[0]! >> (8 - clearBits) !== 0) return false
  const h = em.subarray(dbLength, dbLength + hashLength)
  const db = mgf1(mgfHash, h, dbLength)
  if (db === undefined) return false
  for (let i = 0; i < dbLength; i++) db[i]! ^= em[i]!
  db[0]! &= 0xff >> clearBits
  const saltAt = dbLength - saltLength
  for (let i = 0; i < saltAt - 1; i++) if (db[i] !== 0) return false
  if (db[saltAt - 1] !== 0x01) return false
  const message = new Uint8Array(8 + hashLength + saltLength)
  message.set(hashed, 8)
  message.set(db.subarray(saltAt), 8 + hashLength)
  const expected = digest(hash, message)
  return expected !== undefined && bytesEqual(h, expected)
}

/** MGF1 (RFC 8017 B.2.1). */
function mgf1(hash: HashName, seed: Uint8Array, length: number): Uint8Array | undefined {
  const mask = new Uint8Array(length)
  const input = new Uint8Array(seed.length + 4)
  input.set(seed)
  for (let counter = 0, at = 0; at < length; counter++) {
    for (let i = 0; i < 4; i++) input[seed.length + i] = counter >>> (24 - 8 * i)
    const block = digest(hash, input)
    if (block === undefined) return undefined
    mask.set(block.subarray(0, Math.min(block.length, length - at)), at)
    at += block.length
  }
  return mask
}
