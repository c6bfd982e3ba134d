import { bigintOfBytes } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm } from './algorithm.ts'
import { defaultTableBytes, TableBudget } from './curve/point-key.ts'
import { EcdsaKey } from './ecdsa.ts'
import { readPublicKey } from './public-key.ts'
import { RsaKey, verifyPkcs1, verifyPss } from './rsa.ts'

/** Verifies signatures. `pureSignatures` is the default; `portcullis/node` has `nodeSignatures`. */
export interface SignatureBackend {
  readonly name: string
  /**
   * Prepares a public key.
   *
   * @param spki DER SubjectPublicKeyInfo
   * @param tables memory that all keys of a truststore share, for backends that precompute tables for a key
   * @returns `undefined` for a key that is unsupported or invalid. Never throws.
   */
  importKey(spki: Uint8Array, tables?: TableBudget): VerifyingKey | undefined
}

/** A public key that has been checked and prepared for verification. */
export interface VerifyingKey {
  /**
   * Whether `signature` is a valid signature of `data` by this key with this algorithm.
   *
   * @param algorithm DER AlgorithmIdentifier; must be the exact encoding of a known algorithm
   * @param signature the content of the BIT STRING, without its unused-bits octet
   * @returns `false` for anything that does not verify. Never throws.
   */
  verify(algorithm: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean
  /** Precomputes now what speeds up later calls. Otherwise this happens once the key is used often. */
  warmUp?(): void
}

/** Used by keys that are imported without a truststore. */
const sharedTables: TableBudget = /* @__PURE__ */ new TableBudget(defaultTableBytes)

/**
 * Signature verification in pure TypeScript: RSA PKCS#1 v1.5 and PSS, ECDSA on P-256 and P-384. It verifies weak algorithms
 * such as SHA-1 too; the policy decides beforehand which algorithms and key sizes are trusted. Nothing here needs to be
 * constant-time, because verification only uses public data.
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
 * Whether an RSA key may verify signatures of this algorithm. Signatures must have the hashes of the key's PSS parameters; the
 * salt may be longer (RFC 4055 section 3.3).
 */
export function rsaAllows(algorithm: SignatureAlgorithm, pssOnly: boolean, restriction: SignatureAlgorithm | undefined): boolean {
  const { scheme, hash, mgfHash, saltLength } = algorithm
  if (scheme === 'rsa-pkcs1') return !pssOnly
  if (scheme !== 'rsa-pss') return false
  if (restriction === undefined) return true
  return restriction.hash === hash && restriction.mgfHash === mgfHash && restriction.saltLength <= saltLength
}

type Check = (algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array, identifier: Uint8Array) => boolean

/** A key that verifies with `check`. Algorithms that are unknown or not encoded exactly never verify. */
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
