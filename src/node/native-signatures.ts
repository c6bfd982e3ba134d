import { Buffer } from 'node:buffer'
import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { Span } from '../bytes/span.ts'
import type { SignatureAlgorithm } from '../crypto/algorithm.ts'
import type { SignatureBackend, VerifyingKey } from '../crypto/backend.ts'
import type { HashName } from '../crypto/digest.ts'
import { type KeyParts, readPublicKey } from '../crypto/public-key.ts'
import { pureSignatures, rsaAllows, verifier } from '../crypto/pure.ts'

/**
 * RSA moduli that every TLS library behind node:crypto takes, in bits: BoringSSL ends at 8,192, and below 1,024 some
 * refuse. Keys outside are for pureSignatures.
 */
const nativeModulusBits = { least: 1024, most: 8192 }

/** Nothing weaker is asked of the system: its administrator may have switched SHA-1 off, and no policy trusts it anyway. */
const nativeHashes: ReadonlySet<HashName> = /* @__PURE__ */ new Set<HashName>(['sha256', 'sha384', 'sha512'])

/**
 * RSA by node:crypto, which measures twice as fast as `pureSignatures` (`npm run bench`); ECDSA by `pureSignatures`, whose
 * tables measure faster than node:crypto. Both decide alike on every input: keys and algorithm identifiers are read by the
 * same strict readers, and what the native side could judge more leniently (lengths, ranges) is checked before it is asked.
 *
 * Needs node:crypto, which Deno and Bun have too.
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
 * The key is always imported as plain RSA, even where it is restricted to PSS: the restriction is judged by `rsaAllows`,
 * so that it means the same under every TLS library.
 */
function rsaKey(parts: KeyParts & { readonly kind: 'rsa' }, pure: VerifyingKey): VerifyingKey {
  const { bits, exponent, algorithm } = parts.key
  if (bits < nativeModulusBits.least || bits > nativeModulusBits.most) return pure
  const modulus = parts.modulus.copy()
  const key = importJwk({ kty: 'RSA', n: base64url(modulus), e: base64url(minimalBytes(exponent)) })
  if (key === undefined) return pure
  return withFallback(pure, (asked, data, signature) => {
    const { scheme, hash, mgfHash, saltLength } = asked
    // node:crypto has no parameter for another hash inside MGF1.
    if (!nativeHashes.has(hash) || mgfHash !== hash) return undefined
    if (!rsaAllows(asked, algorithm === 'RSA-PSS', parts.pss)) return false
    // RFC 8017 8.1.2 and 8.2.2: as long as the modulus, and below it. OpenSSL takes shorter signatures for PSS.
    if (signature.length !== modulus.length || Buffer.compare(signature, modulus) >= 0) return false
    if (scheme === 'rsa-pkcs1') return verify(hash, data, key, signature)
    // A salt that cannot fit is false here already: some libraries throw at such a number.
    if (saltLength > modulus.length) return false
    return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)
  })
}

/** Asks `pure` where `check` has no answer, and where node:crypto throws: a system may have switched anything off. */
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
