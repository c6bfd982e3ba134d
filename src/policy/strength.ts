import type { Span } from '../bytes/span.ts'
import type { RejectCode } from '../codes/reject.ts'
import type { SignatureAlgorithm } from '../crypto/algorithm.ts'
import { algorithmName } from '../crypto/algorithm-names.ts'
import type { KeyFault } from '../crypto/public-key.ts'
import { oidForMessage, readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import type { Policy } from './policy.ts'

/** Keys, signature algorithms and critical extensions that a policy accepts. */

/** Why a certificate is rejected, wherever it is in a path. */
export interface Refusal {
  readonly code: RejectCode
  readonly message: string
}

const keyFaults: Readonly<Record<KeyFault, Refusal>> = {
  malformed_key: { code: 'malformed', message: 'the public key is malformed or has wrong parameters' },
  unknown_key_algorithm: { code: 'unsupported_algorithm', message: 'the public key is neither RSA nor EC' },
  explicit_curve: {
    code: 'unsupported_curve',
    message: 'the EC key has explicit curve parameters; only named curves are accepted (RFC 5480)',
  },
  unknown_curve: { code: 'unsupported_curve', message: 'the EC key is on an unsupported curve' },
  invalid_point: { code: 'malformed', message: 'the EC public key is not an uncompressed point on its curve' },
  invalid_exponent: { code: 'weak_key', message: 'the RSA exponent must be odd and from 3 to 2^32 - 1' },
  even_modulus: { code: 'weak_key', message: 'the RSA modulus is even' },
  modulus_too_large: { code: 'too_large', message: 'the RSA modulus is larger than 16384 bits' },
}

/** Why the policy does not accept this certificate's public key. */
export function refuseKey(policy: Policy, certificate: CertificateView): Refusal | undefined {
  const parts = certificate.keyParts
  if (parts.kind === 'rsa') {
    const { bits } = parts.key
    if (bits < policy.minRsaBits) {
      return { code: 'weak_key', message: `the RSA key has ${bits} bits, at least ${policy.minRsaBits} are required` }
    }
    if (bits > policy.maxRsaBits) {
      return { code: 'too_large', message: `the RSA key has ${bits} bits, at most ${policy.maxRsaBits} are accepted` }
    }
  }
  if (parts.fault !== undefined) {
    const refusal = keyFaults[parts.fault]
    if (parts.fault === 'unknown_key_algorithm' && parts.key.algorithm === 'unknown') {
      return { code: refusal.code, message: `the public key is neither RSA nor EC, but ${algorithmName(parts.key.oid)}` }
    }
    if (parts.fault !== 'unknown_curve' || parts.kind !== 'ec') return refusal
    return {
      code: refusal.code,
      message: `the EC key is on ${algorithmName(parts.key.curve).slice(0, 80)}; ${policy.curves.join(' and ')} are accepted`,
    }
  }
  if (parts.kind === 'ec' && !policy.curves.includes(parts.curve!)) {
    return { code: 'unsupported_curve', message: `the EC key is on ${parts.curve}; ${policy.curves.join(' and ')} are accepted` }
  }
  return undefined
}

/** The name or OID in an AlgorithmIdentifier that the parser has read. */
function nameIn(identifier: Span): string {
  const reader = new Reader(identifier)
  reader.enter(Tag.sequence, 'AlgorithmIdentifier')
  readOid(reader, 'AlgorithmIdentifier')
  return algorithmName(oidForMessage(reader.content()))
}

/**
 * Why the policy does not accept a signature with this algorithm.
 *
 * @param identifier its DER, for the message
 */
export function refuseAlgorithm(
  policy: Policy,
  algorithm: SignatureAlgorithm | 'unknown_algorithm' | 'wrong_parameters',
  identifier?: Span,
): Refusal | undefined {
  if (algorithm === 'unknown_algorithm') {
    const named = identifier === undefined ? '' : ` ${nameIn(identifier)}`
    return { code: 'unsupported_algorithm', message: `the signature algorithm${named} is not supported` }
  }
  if (algorithm === 'wrong_parameters') {
    return { code: 'unsupported_algorithm', message: 'the signature algorithm has wrong parameters' }
  }
  const { name, scheme, hash, mgfHash } = algorithm
  const accepted: readonly string[] = policy.hashes
  if (!accepted.includes(hash) || !accepted.includes(mgfHash)) {
    const weak = accepted.includes(hash) ? mgfHash : hash
    return { code: 'weak_hash', message: `the signature (${name}) uses ${weak}; ${accepted.join(', ')} are accepted` }
  }
  if (scheme === 'rsa-pss' && hash !== mgfHash) {
    return { code: 'unsupported_algorithm', message: `RSASSA-PSS with ${hash} but MGF1 with ${mgfHash} is not accepted` }
  }
  return undefined
}

/**
 * Extensions that path validation processes, so that they may be critical (RFC 5280 4.2). Any other critical extension is rejected.
 * Add an extension only together with the code that processes it.
 */
export const understoodExtensions: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ExtensionId.keyUsage,
  ExtensionId.subjectAltName,
  ExtensionId.basicConstraints,
  ExtensionId.extendedKeyUsage,
  ExtensionId.subjectKeyIdentifier,
  ExtensionId.authorityKeyIdentifier,
  ExtensionId.nameConstraints,
  ExtensionId.certificatePolicies,
  ExtensionId.policyMappings,
  ExtensionId.policyConstraints,
  ExtensionId.inhibitAnyPolicy,
])

/** The same if CRLs are checked, which a critical cRLDistributionPoints requires (RFC 5280 4.2.1.13). */
export const understoodWithLists: ReadonlySet<number> = /* @__PURE__ */ new Set([
  ...understoodExtensions,
  ExtensionId.crlDistributionPoints,
])
