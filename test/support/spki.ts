import { bits, encode, integer, nothing, oid, raw, sequence } from './asn1.ts'
import type { KeyPair } from './keys.ts'

/** SubjectPublicKeyInfo of unusual and invalid keys. */

export function rsaSpki(modulus: bigint, exponent: bigint): Uint8Array {
  const key = encode(sequence(integer(modulus), integer(exponent)))
  return encode(sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bits(key)))
}

export function modulusOf(key: KeyPair): bigint {
  const { n } = key.publicKey.export({ format: 'jwk' })
  return BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`)
}

/** `parameters`: DER of the namedCurve or of its replacement. */
export function ecSpki(point: Uint8Array, parameters: Uint8Array = encode(oid('1.2.840.10045.3.1.7'))): Uint8Array {
  return encode(sequence(sequence(oid('1.2.840.10045.2.1'), raw(parameters)), bits(point)))
}

/** The uncompressed point of an EC key. */
export function pointOf(key: KeyPair): Uint8Array {
  const { x, y } = key.publicKey.export({ format: 'jwk' })
  return Uint8Array.from([4, ...Buffer.from(x!, 'base64url'), ...Buffer.from(y!, 'base64url')])
}
