import type { CertificateView } from '../x509/certificate.ts'
import type { LintRule, Rule, RuleText, SignatureContext } from './rule.ts'

/**
 * Rules about the signature algorithm of a certificate. They are milder on self-signed certificates, because a self-signature
 * protects nothing.
 */

const sigalgMismatch: Rule<CertificateView, SignatureContext> = {
  code: 'sigalg_mismatch',
  severity: 'error',
  citation: 'RFC 5280 4.1.1.2',
  check(certificate) {
    return certificate.algorithmsDiffer ? 'signatureAlgorithm differs from tbsCertificate.signature' : undefined
  },
}
const sigalgMismatchText: RuleText = {
  summary: 'The signature algorithms inside and outside the signed part differ.',
  remedy: 'Re-issue the certificate with a correct tool.',
}

const algidParamsWrong: Rule<CertificateView, SignatureContext> = {
  code: 'algid_params_wrong',
  severity: 'error',
  citation: 'RFC 4055 5, RFC 5758 3.2',
  check(certificate, { isSelfSigned }) {
    const { parsedAlgorithm } = certificate
    if (parsedAlgorithm === 'wrong_parameters') return 'signature algorithm has wrong parameters'
    if (lacksNull(certificate)) {
      return { problem: 'signature algorithm lacks the NULL parameters of RSA', severity: 'warning' }
    }
    if (typeof parsedAlgorithm === 'string' || parsedAlgorithm.hash === parsedAlgorithm.mgfHash) return undefined
    // A self-signature may mix hashes, because it protects nothing. Below a root, verifyChain rejects the mixture.
    if (isSelfSigned) return undefined
    return `signature is RSASSA-PSS with ${parsedAlgorithm.hash}, but MGF1 with ${parsedAlgorithm.mgfHash}`
  },
}
const algidParamsWrongText: RuleText = {
  summary:
    'The signature algorithm has parameters that its RFC does not allow, or lacks required ones. A warning if only the NULL of RSA is missing.',
  remedy: 'Re-issue the certificate with a correct tool.',
}

const weakSignatureHash: Rule<CertificateView, SignatureContext> = {
  code: 'weak_signature_hash',
  severity: 'error',
  citation: 'API Gateway: SHA-256 or stronger; RFC 9155',
  check(certificate, { policy, isSelfSigned }) {
    const { parsedAlgorithm } = certificate
    if (typeof parsedAlgorithm === 'string') return undefined
    const accepted: readonly string[] = policy.hashes
    if (accepted.includes(parsedAlgorithm.hash) && accepted.includes(parsedAlgorithm.mgfHash)) return undefined
    const { name, scheme, hash, mgfHash } = parsedAlgorithm
    const problem = `signature uses ${name}${scheme === 'rsa-pss' ? ` with ${accepted.includes(hash) ? mgfHash : hash}` : ''}`
    return isSelfSigned ? { problem, severity: 'warning' } : problem
  },
}
const weakSignatureHashText: RuleText = {
  summary:
    'The signature uses a hash that allows forgeries. A warning on self-signed certificates, whose signature protects nothing.',
  remedy: 'Re-issue the certificate with SHA-256 or stronger.',
}

export const algorithmRules: readonly Rule<CertificateView, SignatureContext>[] = [
  sigalgMismatch,
  algidParamsWrong,
  weakSignatureHash,
]
/** These rules with their texts. */
export const describedAlgorithmRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  { ...sigalgMismatch, ...sigalgMismatchText },
  { ...algidParamsWrong, ...algidParamsWrongText },
  { ...weakSignatureHash, ...weakSignatureHashText },
])()

/** RFC 4055 section 5: RSA signers must write NULL parameters, but verifiers must also accept absent ones. */
function lacksNull({ algorithmHasNull, parsedAlgorithm }: CertificateView): boolean {
  return typeof parsedAlgorithm === 'object' && parsedAlgorithm.scheme === 'rsa-pkcs1' && !algorithmHasNull
}
