import { oidForMessage } from '../der/oid.ts'
import { isoTime } from '../policy/fields.ts'
import type { Policy, Purpose } from '../policy/policy.ts'
import { type Refusal, refuseAlgorithm, refuseKey, understoodExtensions, understoodWithLists } from '../policy/strength.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { isVersion1Root, type TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/ids/extension-id.ts'
import * as KeyUsageBit from '../x509/ids/key-usage-bit.ts'
import * as PurposeBit from '../x509/ids/purpose-bit.ts'
import { nonconformance } from '../x509/profile/profile.ts'
import type { Role } from '../x509/profile/profile-rule.ts'

/**
 * Checks of a single certificate at its position in a path (RFC 5280 6.1.3 to 6.1.5). Signatures and relations between
 * certificates are checked in `search.ts` and `complete.ts`. Each list of checks runs from the most to the least specific
 * reject code, so that the first failure is the one to report.
 */

/** What each certificate of a path is checked against. */
export interface PathParameters {
  readonly policy: Policy
  readonly at: number
  readonly purpose: Purpose
  /** What extendedKeyUsages must allow: `purpose`, or `server` in the second search of a transition. */
  readonly keyPurpose: Purpose
  /** Certificates whose revocation is checked. `chain`: all but anchors. */
  readonly listsFor: 'none' | 'leaf' | 'chain'
}

/** Checks a leaf, pinned or not. */
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

/** A listed self-signed leaf is trusted by its bytes. Like a root's, its signature protects nothing and may be weak. */
function refuseLeafAlgorithm(leaf: CertificateView, { policy }: PathParameters, store: TruststoreView): Refusal | undefined {
  const refusal = refuseAlgorithm(policy, leaf.parsedAlgorithm, leaf.algorithm)
  return refusal !== undefined && store.nodeOf(leaf)?.isSelfSigned === true ? undefined : refusal
}

/** Checks an intermediate CA. A listed CA is one too on a path that continues above it. */
export function refuseIntermediate(certificate: CertificateView, parameters: PathParameters): Refusal | undefined {
  return (
    refuseContradiction(certificate) ??
    refuseDates(certificate, parameters) ??
    refuseCriticalExtension(certificate, parameters.listsFor === 'chain') ??
    refuseCaPurpose(certificate, parameters.keyPurpose) ??
    refuseAsCa(certificate) ??
    refuseKey(parameters.policy, certificate) ??
    refuseAlgorithm(parameters.policy, certificate.parsedAlgorithm, certificate.algorithm) ??
    refuseProfile(parameters.policy, certificate, 'intermediate')
  )
}

/** Checks a trust anchor: its key, and those parts of its certificate that the policy enforces (RFC 5937). */
export function refuseAnchor(node: TrustNode, parameters: PathParameters): Refusal | undefined {
  const { policy } = parameters
  const anchor = node.certificate
  return (
    (policy.checkAnchorValidity ? refuseDates(anchor, parameters) : undefined) ??
    (policy.enforceAnchorConstraints
      ? (refuseCriticalExtension(anchor, false) ??
        refuseCaPurpose(anchor, parameters.keyPurpose) ??
        (isVersion1Root(node, policy) ? undefined : refuseAsCa(anchor)))
      : undefined) ??
    refuseKey(policy, anchor) ??
    (policy.enforceAnchorConstraints ? refuseProfile(policy, anchor, 'anchor') : undefined)
  )
}

/** Checks a pinned leaf as its own anchor, whose revocation is not checked. `refuseLeaf` has checked the rest. */
export function refusePinned(leaf: CertificateView): Refusal | undefined {
  return refuseCriticalExtension(leaf, false)
}

/** Checks a certificate that only signs CRLs. `list-signers.ts` checks its key usage. */
export function refuseListSigner(signer: CertificateView, parameters: PathParameters): Refusal | undefined {
  return (
    refuseContradiction(signer) ??
    refuseDates(signer, parameters) ??
    refuseCriticalExtension(signer, true) ??
    refuseKey(parameters.policy, signer) ??
    refuseAlgorithm(parameters.policy, signer.parsedAlgorithm, signer.algorithm)
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

/** The validity period includes both dates (RFC 5280 4.1.2.5). */
function refuseDates(certificate: CertificateView, { at }: PathParameters): Refusal | undefined {
  // The second that notAfter names is still valid.
  if (at >= certificate.notAfterTime + 1000)
    return { code: 'expired', message: `expired on ${isoTime(certificate.notAfterTime)}` }
  if (at < certificate.notBeforeTime)
    return { code: 'not_yet_valid', message: `not valid before ${isoTime(certificate.notBeforeTime)}` }
  return undefined
}

/** RFC 5280 4.2. If certificatePolicies is critical, its qualifiers must be understood too (4.2.1.4). */
function refuseCriticalExtension({ extensions, hasUnknownQualifier }: CertificateView, usesLists: boolean): Refusal | undefined {
  const index = extensions.firstCriticalOutside(usesLists ? understoodWithLists : understoodExtensions)
  if (index === undefined) {
    if (!hasUnknownQualifier || !extensions.isCritical(ExtensionId.certificatePolicies)) return undefined
    return {
      code: 'unknown_critical_extension',
      message: 'certificatePolicies is critical and has a qualifier that is not understood',
    }
  }
  if (extensions.idAt(index) === ExtensionId.crlDistributionPoints) {
    const message = 'cRLDistributionPoints is critical, but the revocation of this certificate is not checked'
    return { code: 'unknown_critical_extension', message }
  }
  const oid = oidForMessage(extensions.oidAt(index))
  return { code: 'unknown_critical_extension', message: `critical extension ${oid} is not understood` }
}

/** The extendedKeyUsage bit that a purpose requires. */
const purposeBits: Readonly<Record<Purpose, number>> = {
  client: PurposeBit.clientAuth,
  server: PurposeBit.serverAuth,
  any: 0,
}

function refuseLeafPurpose(leaf: CertificateView, { policy, keyPurpose: purpose }: PathParameters): Refusal | undefined {
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

/** A CA's extendedKeyUsage limits all certificates below it (CA/Browser Forum 7.1.2.2 g; OpenSSL, NSS and Go do the same). */
function refuseCaPurpose(ca: CertificateView, purpose: Purpose): Refusal | undefined {
  const wanted = purposeBits[purpose]
  if (wanted === 0 || ca.purposeBits === undefined || (ca.purposeBits & (wanted | PurposeBit.any)) !== 0) return undefined
  return { code: 'extended_key_usage_violation', message: `extendedKeyUsage of the CA does not include ${purpose}Auth` }
}

const signing = KeyUsageBit.digitalSignature | KeyUsageBit.keyAgreement

/**
 * The keyUsage bits of which a leaf needs at least one in a handshake (RFC 5280 4.2.1.3). Clients sign (RFC 8446 4.4.2.2,
 * RFC 5246 7.4.6); OpenSSL also accepts keyAgreement. Servers sign, and up to TLS 1.2 may decrypt or agree on a key instead.
 * Which of these a server does is for TLS to check.
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

/**
 * RFC 5280 6.1.4 (k) and (n). Version 1 and 2 certificates have no basicConstraints, so they are no CAs. `Policy.version1Roots`
 * exempts anchors of version 1; callers check that.
 */
function refuseAsCa(ca: CertificateView): Refusal | undefined {
  if (ca.keyUsageBits !== undefined && (ca.keyUsageBits & KeyUsageBit.keyCertSign) === 0 && ca.isCa) {
    return { code: 'key_usage_violation', message: 'keyUsage of the CA does not include keyCertSign' }
  }
  return ca.isCa ? undefined : { code: 'not_a_ca', message: 'the issuer is not a CA: basicConstraints with cA TRUE is missing' }
}
