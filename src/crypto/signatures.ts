import { bigintOfBytes } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm } from './algorithm.ts'
import { defaultTableBytes, TableBudget } from './curve/point-key.ts'
import { EcdsaKey } from './ecdsa.ts'
import { readPublicKey } from './public-key.ts'
import { RsaKey, verifyPkcs1, verifyPss } from './rsa.ts'

/** How signatures are checked. `pureSignatures` is the default; `nodeSignatures` of `./node` is another. */
export interface SignatureBackend {
  readonly name: string
  /**
   * Prepares a public key.
   *
   * @param spki DER SubjectPublicKeyInfo
   * @param tables memory that the keys of one truststore share, for a backend that prepares more than a few bytes a key
   * @returns `undefined` for a key that is unsupported or refused. Never throws.
   */
  importKey(spki: Uint8Array, tables?: TableBudget): VerifyingKey | undefined
}

/** A public key that was checked once, with whatever is worth preparing once. */
export interface VerifyingKey {
  /**
   * Whether `signature` was made over `data` by this key with this algorithm.
   *
   * @param algorithm DER AlgorithmIdentifier; anything but the exact encoding of a known one is `false`
   * @param signature the signature's bytes (the content of the BIT STRING, without its unused-bits octet)
   * @returns `false` for anything that does not verify. Never throws.
   */
  verify(algorithm: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean
  /** Prepares whatever speeds up later calls now, instead of when the key has proved to be in frequent use. */
  warmUp?(): void
}

/** For keys that are imported without a truststore. */
const sharedTables: TableBudget = /* @__PURE__ */ new TableBudget(defaultTableBytes)

/**
 * Signature verification in TypeScript only: RSA PKCS#1 v1.5 and PSS, ECDSA on P-256 and P-384. It computes what it is
 * asked, SHA-1 included; which algorithms and key sizes carry trust is the policy's decision, taken before.
 * Verification handles public data only, so nothing here needs to be constant-time.
 *
 * @example
 * const key = pureSignatures.importKey(spki)
 * const genuine = key?.verify(algorithmIdentifier, data, signature) ?? false
 */
export const pureSignatures: SignatureBackend = {
  name: 'pure',
  importKey(spki, tables = sharedTables) {
    if (!(spki instanceof Uint8Array)) return undefined
    const parts = readPublicKey(new Span(spki))
    if (parts.fault !== undefined) return undefined
    if (parts.kind === 'rsa') {
      const { bits, exponent, algorithm } = parts.key
      return rsaVerifier(new RsaKey(bigintOfBytes(parts.modulus), exponent, bits), algorithm === 'RSA-PSS', parts.pss)
    }
    const { curve, point } = parts
    if (curve === undefined) return undefined
    const key = new EcdsaKey(curve, point.copy(), tables)
    const check: Check = (algorithm, data, signature) => {
      return algorithm.scheme === 'ecdsa' && key.verify(algorithm.hash, data, signature)
    }
    return { ...verifier(check), warmUp: () => key.warmUp() }
  },
}

function rsaVerifier(key: RsaKey, pssOnly: boolean, restriction: SignatureAlgorithm | undefined): VerifyingKey {
  return verifier((algorithm, data, signature) => {
    if (!rsaAllows(algorithm, pssOnly, restriction)) return false
    const { scheme, hash, mgfHash, saltLength } = algorithm
    if (scheme === 'rsa-pkcs1') return verifyPkcs1(key, hash, data, signature)
    return verifyPss(key, hash, mgfHash, saltLength, data, signature)
  })
}

/**
 * Whether an RSA key takes signatures of this algorithm. RFC 4055 section 3.3: what the key's own parameters say,
 * signatures must follow; the salt may be longer.
 */
export function rsaAllows(algorithm: SignatureAlgorithm, pssOnly: boolean, restriction: SignatureAlgorithm | undefined): boolean {
  const { scheme, hash, mgfHash, saltLength } = algorithm
  if (scheme === 'rsa-pkcs1') return !pssOnly
  if (scheme !== 'rsa-pss') return false
  if (restriction === undefined) return true
  return restriction.hash === hash && restriction.mgfHash === mgfHash && restriction.saltLength <= saltLength
}

type Check = (algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array, identifier: Uint8Array) => boolean

/** A key that asks `check` about algorithms that are known and exactly encoded, and answers no to all others. */
export function verifier(check: Check): VerifyingKey {
  return {
    verify(identifier, data, signature) {
      const known = identifier instanceof Uint8Array && data instanceof Uint8Array && signature instanceof Uint8Array
      if (!known) return false
      const algorithm = readSignatureAlgorithm(new Span(identifier))
      return typeof algorithm === 'object' && check(algorithm, data, signature, identifier)
    },
  }
}
