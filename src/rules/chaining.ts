import { namesEqual } from '../x509/name.ts'
import type { BundleContext, BundleEntry, LintRule, Rule, RuleText } from './rule.ts'

/** Rules about a certificate and its issuers in the bundle. They run after the signatures in the bundle were checked. */

const badSelfSignature: Rule<BundleEntry, BundleContext> = {
  code: 'bad_self_signature',
  severity: 'error',
  citation: 'RFC 5280 4.1.1.3; API Gateway: integrity',
  check({ hasBadSelfSignature }) {
    return hasBadSelfSignature ? 'self-signature does not verify' : undefined
  },
}
const badSelfSignatureText: RuleText = {
  summary: 'The certificate claims to be self-signed, but its own key did not make the signature.',
  remedy: 'Get the certificate from its CA again: it was altered, or its key was replaced.',
}

const signatureNotByNamedIssuer: Rule<BundleEntry, BundleContext> = {
  code: 'signature_not_by_named_issuer',
  severity: 'error',
  citation: 'RFC 5280 6.1.3 (a)(1); API Gateway: name and key chaining',
  check({ falseIssuer, issuers }, { policy }) {
    if (falseIssuer === undefined || issuers.length > 0) return undefined
    const problem = `signature does not verify under its issuer, certificate ${falseIssuer.index} of the bundle`
    // Only a warning if the certificate is usable without that issuer: anyone can list a certificate with its name and identifier.
    const isUnusable = policy.trust === 'roots' && policy.intermediates === 'truststore'
    return isUnusable ? problem : { problem, severity: 'warning' }
  },
}
const signatureNotByNamedIssuerText: RuleText = {
  summary:
    'The bundle has a certificate with the name and key identifier of the issuer, but its key did not sign this one. A warning if the policy can use the certificate anyway.',
  remedy: 'Get the certificate from its CA again: it was altered.',
}

const subjectIssuerConflict: Rule<BundleEntry, BundleContext> = {
  code: 'subject_issuer_conflict',
  severity: 'warning',
  citation: 'API Gateway: truststore warnings',
  check(entry, { withSubjectOf }) {
    const [first] = withSubjectOf(entry)
    if (first === undefined || sameIssuer(entry, first)) return undefined
    return `The certificate subject ${entry.certificate.subject} conflicts with an existing certificate from a different issuer.`
  },
}
const subjectIssuerConflictText: RuleText = {
  summary: 'Two certificates with one subject have different issuers, so either may verify a client. API Gateway reports it.',
  remedy: 'Keep the one whose whole chain is in the truststore.',
}

export const incompleteChain: Rule<BundleEntry, BundleContext> = {
  code: 'incomplete_chain',
  severity: 'warning',
  citation: 'API Gateway: the issuer and the whole chain up to the root must be in the truststore',
  check({ certificate, issuers, falseIssuer, hasBadSelfSignature }, { policy }) {
    if (policy.trust !== 'roots' || issuers.length > 0) return undefined
    // The issuer is listed but did not sign; the rules about signatures report that.
    if (falseIssuer !== undefined || hasBadSelfSignature) return undefined
    const { authorityKeyId } = certificate
    const keyId = authorityKeyId === undefined ? '' : `, key id ${authorityKeyId}`
    return `its issuer is not in the truststore: ${certificate.issuer}${keyId}`
  },
}
const incompleteChainText: RuleText = {
  summary: 'The issuer is not in the bundle. If only roots are anchors, no certificate below this one is accepted.',
  remedy: 'Add all issuers up to a self-signed root.',
}

function sameIssuer({ certificate: a }: BundleEntry, { certificate: b }: BundleEntry): boolean {
  return namesEqual(a.issuerName, b.issuerName)
}

export const bundleRules: readonly Rule<BundleEntry, BundleContext>[] = [
  badSelfSignature,
  signatureNotByNamedIssuer,
  subjectIssuerConflict,
  incompleteChain,
]
/** These rules with their texts. */
export const describedBundleRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  { ...badSelfSignature, ...badSelfSignatureText },
  { ...signatureNotByNamedIssuer, ...signatureNotByNamedIssuerText },
  { ...subjectIssuerConflict, ...subjectIssuerConflictText },
  { ...incompleteChain, ...incompleteChainText },
])()
