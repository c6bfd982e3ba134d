import { namesEqual } from '../x509/name.ts'
import type { BundleContext, BundleEntry, Rule, RuleText } from './rule.ts'

/** Rules about a certificate among the others of its bundle, run when the signatures among them are known. */

const badSelfSignature: Rule<BundleEntry, BundleContext> = {
  code: 'bad_self_signature',
  severity: 'error',
  citation: 'RFC 5280 4.1.1.3; API Gateway: integrity',
  check({ hasBadSelfSignature }) {
    return hasBadSelfSignature ? 'self-signature does not verify' : undefined
  },
}
const badSelfSignatureText: RuleText = {
  code: 'bad_self_signature',
  summary: 'The certificate claims to be self-signed, but its signature was not made by its key.',
  remedy: 'Fetch the certificate again from its CA: it was altered, or its key was replaced.',
}

const signatureNotByNamedIssuer: Rule<BundleEntry, BundleContext> = {
  code: 'signature_not_by_named_issuer',
  severity: 'error',
  citation: 'RFC 5280 6.1.3 (a)(1); API Gateway: name and key chaining',
  check({ falseIssuer, issuers }, { policy }) {
    if (falseIssuer === undefined || issuers.length > 0) return undefined
    const problem = `signature does not verify under its issuer, certificate ${falseIssuer.index} of the bundle`
    // A certificate listed under that name and identifier must not drive out one that can be used without it.
    const isUseless = policy.trust === 'roots' && policy.intermediates === 'truststore'
    return isUseless ? problem : { problem, severity: 'warning' }
  },
}
const signatureNotByNamedIssuerText: RuleText = {
  code: 'signature_not_by_named_issuer',
  summary:
    'Name and key identifier say which certificate of the bundle is the issuer, but its key did not sign. A warning where it can be used all the same.',
  remedy: 'Fetch the certificate again from its CA: it was altered.',
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
  code: 'subject_issuer_conflict',
  summary: 'Two certificates of one subject have different issuers, so clients may be judged by either. API Gateway reports it.',
  remedy: 'Keep the one whose whole chain is in the truststore.',
}

export const incompleteChain: Rule<BundleEntry, BundleContext> = {
  code: 'incomplete_chain',
  severity: 'warning',
  citation: 'API Gateway: the issuer and the whole chain up to the root must be in the truststore',
  check({ certificate, issuers, falseIssuer, hasBadSelfSignature }, { policy }) {
    if (policy.trust !== 'roots' || issuers.length > 0) return undefined
    // The issuer is there; that it did not sign is for the signature rules to say.
    if (falseIssuer !== undefined || hasBadSelfSignature) return undefined
    const { authorityKeyId } = certificate
    const keyId = authorityKeyId === undefined ? '' : `, key id ${authorityKeyId}`
    return `its issuer is not in the truststore: ${certificate.issuer}${keyId}`
  },
}
const incompleteChainText: RuleText = {
  code: 'incomplete_chain',
  summary: 'The issuer is not in the bundle, so where only roots are trusted, nothing below the certificate is accepted.',
  remedy: "Add the issuer's certificate, up to a self-signed root.",
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
export const bundleTexts: readonly RuleText[] = [
  badSelfSignatureText,
  signatureNotByNamedIssuerText,
  subjectIssuerConflictText,
  incompleteChainText,
]
