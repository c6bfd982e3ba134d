import { oidForMessage } from '../der/oid.ts'
import { isoTime } from '../policy/fields.ts'
import type { Policy, Purpose } from '../policy/policy.ts'
import { type Refusal, refuseAlgorithm, refuseKey, understoodExtensions, understoodWithLists } from '../policy/strength.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import * as KeyUsageBit from '../x509/ids/key-usage-bit.ts'
import * as PurposeBit from '../x509/ids/purpose-bit.ts'
import { nonconformance } from '../x509/profile/profile.ts'
import type { Role } from '../x509/profile/profile-rule.ts'

/**
 * What one certificate must be like at its place in a path, signatures and neighbours aside (RFC 5280 6.1.3 to 6.1.5).
 * Checks stand from the most to the least specific code, so that the first that fails is the one to report.
 */

/** What a path is judged for. */
export interface PathParameters {
  readonly policy: Policy
  readonly at: number
  readonly purpose: Purpose
  /** For which certificates revocation lists are asked. */
  readonly listsFor: 'none' | 'leaf' | 'chain'
}

/** The leaf, or a pinned certificate in its place. */
export function refuseLeaf(leaf: CertificateView, parameters: PathParameters, store: TruststoreView): Refusal | undefined {
  return (
    refuseContradiction(leaf) ??
    refuseDates(leaf, parameters) ??
    refuseCriticalExtension(leaf, parameters.listsFor !== 'none') ??
    refuseLeafPurpose(leaf, parameters) ??
    refuseLeafKeyUsage(leaf, parameters.purpose) ??
    refuseKey(parameters.policy, leaf) ??
    refuseLeafAlgorithm(leaf, parameters, store) ??
    refuseProfile(parameters.policy, leaf, 'leaf')
  )
}

/** A self-signed leaf that is listed is trusted by its bytes: like a root's, its signature protects nothing. */
function refuseLeafAlgorithm(leaf: CertificateView, { policy }: PathParameters, store: TruststoreView): Refusal | undefined {
  const refusal = refuseAlgorithm(policy, leaf.parsedAlgorithm)
  return refusal !== undefined && store.nodeOf(leaf)?.isSelfSigned === true ? undefined : refusal
}

/** An intermediate CA. */
export function refuseIntermediate(certificate: CertificateView, parameters: PathParameters): Refusal | undefined {
  return (
    refuseContradiction(certificate) ??
    refuseDates(certificate, parameters) ??
    refuseCriticalExtension(certificate, parameters.listsFor === 'chain') ??
    refuseCaPurpose(certificate, parameters.purpose) ??
    refuseAsCa(certificate) ??
    refuseKey(parameters.policy, certificate) ??
    refuseAlgorithm(parameters.policy, certificate.parsedAlgorithm) ??
    refuseProfile(parameters.policy, certificate, 'intermediate')
  )
}

/** A trust anchor: a name and a key (RFC 5280 6.1.1 (d)), and as much of its certificate as the policy counts (RFC 5937). */
export function refuseAnchor(anchor: CertificateView, parameters: PathParameters): Refusal | undefined {
  const { policy } = parameters
  return (
    (policy.checkAnchorValidity ? refuseDates(anchor, parameters) : undefined) ??
    (policy.enforceAnchorConstraints
      ? (refuseCriticalExtension(anchor, parameters.listsFor === 'chain') ??
        refuseCaPurpose(anchor, parameters.purpose) ??
        refuseAsCa(anchor))
      : undefined) ??
    refuseKey(policy, anchor) ??
    (policy.enforceAnchorConstraints ? refuseProfile(policy, anchor, 'anchor') : undefined)
  )
}

/**
 * An anchor that stands below another one: there it is an intermediate, whose dates and signature count whatever an anchor is
 * forgiven (RFC 5280 6.1.3 (a)). The rest of it counts too, unless to the policy all it lists are names and keys.
 */
export function refuseBelowAnchor(certificate: CertificateView, parameters: PathParameters): Refusal | undefined {
  if (parameters.policy.enforceAnchorConstraints) return refuseIntermediate(certificate, parameters)
  return refuseDates(certificate, parameters) ?? refuseAlgorithm(parameters.policy, certificate.parsedAlgorithm)
}

/** A certificate that signs revocation lists, and nothing else: the lists' rules ask for its key usage. */
export function refuseListSigner(signer: CertificateView, parameters: PathParameters): Refusal | undefined {
  return (
    refuseContradiction(signer) ??
    refuseDates(signer, parameters) ??
    refuseCriticalExtension(signer, true) ??
    refuseKey(parameters.policy, signer) ??
    refuseAlgorithm(parameters.policy, signer.parsedAlgorithm)
  )
}

function refuseProfile(policy: Policy, certificate: CertificateView, role: Role): Refusal | undefined {
  const demand = nonconformance(certificate, role, policy.conformance)
  return demand === undefined ? undefined : { code: 'nonconforming', message: `the certificate does not conform: ${demand}` }
}

function refuseContradiction(certificate: CertificateView): Refusal | undefined {
  return certificate.algorithmsDiffer
    ? { code: 'malformed', message: 'signatureAlgorithm differs from tbsCertificate.signature' }
    : undefined
}

/** Both dates are included in the validity period (RFC 5280 4.1.2.5). */
function refuseDates(certificate: CertificateView, { at }: PathParameters): Refusal | undefined {
  // notAfter names a whole second, which has passed only when the next one begins.
  if (at >= certificate.notAfterTime + 1000)
    return { code: 'expired', message: `expired on ${isoTime(certificate.notAfterTime)}` }
  if (at < certificate.notBeforeTime)
    return { code: 'not_yet_valid', message: `not valid before ${isoTime(certificate.notBeforeTime)}` }
  return undefined
}

/** RFC 5280 4.2; and 4.2.1.4: what is critical must be understood to the last qualifier. */
function refuseCriticalExtension({ extensions, hasUnknownQualifier }: CertificateView, asksLists: boolean): Refusal | undefined {
  const index = extensions.firstCriticalOutside(asksLists ? understoodWithLists : understoodExtensions)
  if (index === undefined) {
    if (!hasUnknownQualifier || !extensions.isCritical(ExtensionId.certificatePolicies)) return undefined
    return {
      code: 'unknown_critical_extension',
      message: 'certificatePolicies is critical and has a qualifier that is not understood',
    }
  }
  if (extensions.idAt(index) === ExtensionId.crlDistributionPoints) {
    const message = 'cRLDistributionPoints is critical, but no revocation list is consulted'
    return { code: 'unknown_critical_extension', message }
  }
  const oid = oidForMessage(extensions.oidAt(index))
  return { code: 'unknown_critical_extension', message: `critical extension ${oid} is not understood` }
}

/** The bit of extendedKeyUsage that a purpose needs; 0: none. */
const purposeBits: Readonly<Record<Purpose, number>> = {
  client: PurposeBit.clientAuth,
  server: PurposeBit.serverAuth,
  any: 0,
}

function refuseLeafPurpose(leaf: CertificateView, { policy, purpose }: PathParameters): Refusal | undefined {
  const wanted = purposeBits[purpose]
  if (leaf.purposeBits === undefined) {
    if (!policy.requireEku) return undefined
    const demand = wanted === 0 ? 'but required' : `${purpose}Auth is required`
    return { code: 'extended_key_usage_violation', message: `extendedKeyUsage is absent, ${demand}` }
  }
  if (wanted === 0) return undefined
  const enough = policy.requireEku ? wanted : wanted | PurposeBit.any
  if ((leaf.purposeBits & enough) !== 0) return undefined
  return { code: 'extended_key_usage_violation', message: `extendedKeyUsage does not include ${purpose}Auth` }
}

/** An extendedKeyUsage in a CA certificate limits everything below it (CA/Browser Forum 7.1.2.2 g; what OpenSSL, NSS and Go do). */
function refuseCaPurpose(ca: CertificateView, purpose: Purpose): Refusal | undefined {
  const wanted = purposeBits[purpose]
  if (wanted === 0 || ca.purposeBits === undefined || (ca.purposeBits & (wanted | PurposeBit.any)) !== 0) return undefined
  return { code: 'extended_key_usage_violation', message: `extendedKeyUsage of the CA does not include ${purpose}Auth` }
}

const signing = KeyUsageBit.digitalSignature | KeyUsageBit.keyAgreement

/**
 * What the leaf's key may do in a handshake (RFC 5280 4.2.1.3), and what is said of a keyUsage that allows none of it. A client
 * signs (RFC 8446 4.4.2.2, RFC 5246 7.4.6); OpenSSL accepts keyAgreement as well. A server signs, or up to TLS 1.2 deciphers or
 * agrees; TLS checks which of them it does.
 */
const handshakeUses: Readonly<Record<Purpose, { readonly bits: number; readonly problem: string } | undefined>> = {
  client: { bits: signing, problem: 'keyUsage does not include digitalSignature' },
  server: {
    bits: signing | KeyUsageBit.keyEncipherment,
    problem: 'keyUsage includes neither digitalSignature nor keyEncipherment nor keyAgreement',
  },
  any: undefined,
}

function refuseLeafKeyUsage({ keyUsageBits }: CertificateView, purpose: Purpose): Refusal | undefined {
  const uses = handshakeUses[purpose]
  if (uses === undefined || keyUsageBits === undefined || (keyUsageBits & uses.bits) !== 0) return undefined
  return { code: 'key_usage_violation', message: uses.problem }
}

/** RFC 5280 6.1.4 (k) and (n). Versions 1 and 2 cannot say that they are a CA, so they are none. */
function refuseAsCa(ca: CertificateView): Refusal | undefined {
  if (ca.keyUsageBits !== undefined && (ca.keyUsageBits & KeyUsageBit.keyCertSign) === 0 && ca.isCa) {
    return { code: 'key_usage_violation', message: 'keyUsage of the CA does not include keyCertSign' }
  }
  return ca.isCa ? undefined : { code: 'not_a_ca', message: 'the issuer is not a CA: basicConstraints with cA TRUE is missing' }
}
