import { Buffer } from 'node:buffer'
import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { Span } from '../bytes/span.ts'
import type { SignatureAlgorithm } from '../crypto/algorithm.ts'
import type { HashName } from '../crypto/digest.ts'
import { type KeyParts, readPublicKey } from '../crypto/public-key.ts'
import { pureSignatures, rsaAllows, type SignatureBackend, type VerifyingKey, verifier } from '../crypto/signatures.ts'

/**
 * RSA modulus sizes that every TLS library behind node:crypto accepts, in bits: BoringSSL stops at 8,192, and some reject
 * less than 1,024. Other keys go to pureSignatures.
 */
const nativeModulusBits = { least: 1024, most: 8192 }

/** Weaker hashes go to pureSignatures: the system may have disabled SHA-1, and no policy accepts it anyway. */
const nativeHashes: ReadonlySet<HashName> = /* @__PURE__ */ new Set<HashName>(['sha256', 'sha384', 'sha512'])

/**
 * Uses node:crypto for RSA, which is twice as fast as `pureSignatures` (`npm run bench`), and `pureSignatures` for ECDSA,
 * whose precomputed tables are faster than node:crypto. Verdicts are identical on every input: the same strict readers parse
 * keys and algorithm identifiers, and whatever node:crypto might accept more leniently (lengths, ranges) is checked first.
 *
 * Needs node:crypto, which Deno and Bun also provide.
 *
 * @example
 * const store = buildTruststore(readFileSync('truststore.pem'), { signatures: nodeSignatures })
 */
export const nodeSignatures: SignatureBackend = {
  name: 'node',
  importKey(spki, tables) {
    const pure = pureSignatures.importKey(spki, tables)
    if (pure === undefined) return undefined
    const parts = readPublicKey(new Span(spki))
    return parts.kind === 'rsa' ? rsaKey(parts, pure) : pure
  },
}

/**
 * Always imports the key as plain RSA, even if it is restricted to PSS. `rsaAllows` enforces the restriction, so that it
 * means the same under every TLS library.
 */
function rsaKey(parts: KeyParts & { readonly kind: 'rsa' }, pure: VerifyingKey): VerifyingKey {
  const { bits, exponent, algorithm } = parts.key
  if (bits < nativeModulusBits.least || bits > nativeModulusBits.most) return pure
  const modulus = parts.modulus.copy()
  const key = importJwk({ kty: 'RSA', n: base64url(modulus), e: base64url(minimalBytes(exponent)) })
  if (key === undefined) return pure
  return withFallback(pure, (requested, data, signature) => {
    const { scheme, hash, mgfHash, saltLength } = requested
    // node:crypto cannot use a different hash inside MGF1.
    if (!nativeHashes.has(hash) || mgfHash !== hash) return undefined
    if (!rsaAllows(requested, algorithm === 'RSA-PSS', parts.pss)) return false
    // RFC 8017 8.1.2 and 8.2.2: a signature is as long as the modulus and less than it. OpenSSL accepts shorter PSS
    // signatures.
    if (signature.length !== modulus.length || Buffer.compare(signature, modulus) >= 0) return false
    if (scheme === 'rsa-pkcs1') return verify(hash, data, key, signature)
    // A salt that cannot fit makes the signature invalid. Some libraries throw at such a length.
    if (saltLength > modulus.length) return false
    return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)
  })
}

/** Falls back to `pure` if `check` has no answer or node:crypto throws: a system may have disabled any algorithm. */
function withFallback(
  pure: VerifyingKey,
  check: (algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array) => boolean | undefined,
): VerifyingKey {
  return verifier((algorithm, data, signature, identifier) => {
    const native = attempt(() => check(algorithm, data, signature))
    return native ?? pure.verify(identifier, data, signature)
  })
}

function importJwk(key: JsonWebKey): KeyObject | undefined {
  return attempt(() => createPublicKey({ key, format: 'jwk' }))
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
}

/** The exponent, at most 2^32 - 1, as a big-endian number without leading zeros. */
function minimalBytes(exponent: number): Uint8Array {
  const hex = exponent.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
