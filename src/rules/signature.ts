import * as Tag from '../der/tag.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Rule, RuleText, SignatureContext } from './rule.ts'

/**
 * Rules about the algorithm of the signature on a certificate. What they say of it depends on whether the signature is by the
 * certificate's own key, which protects nothing.
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
  code: 'sigalg_mismatch',
  summary: 'The signed signature algorithm and the outer one differ.',
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
      return { problem: 'signature algorithm lacks the NULL that RSA parameters have', severity: 'warning' }
    }
    if (typeof parsedAlgorithm === 'string' || parsedAlgorithm.hash === parsedAlgorithm.mgfHash) return undefined
    // What a root says of its own signature does not matter; below it verifyChain refuses such a mixture.
    if (isSelfSigned) return undefined
    return `signature is RSASSA-PSS with ${parsedAlgorithm.hash}, but MGF1 with ${parsedAlgorithm.mgfHash}`
  },
}
const algidParamsWrongText: RuleText = {
  code: 'algid_params_wrong',
  summary:
    'The signature algorithm has parameters that its RFC does not allow, or lacks those that it demands. Where only the NULL of RSA is absent, a warning.',
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
    // Nobody verifies MD5, so that it never turns out to be self-signed.
    if (hash === 'md5') return problem
    return isSelfSigned ? { problem, severity: 'warning' } : problem
  },
}
const weakSignatureHashText: RuleText = {
  code: 'weak_signature_hash',
  summary:
    'The signature uses a hash that forgers can attack. On a self-signed certificate it protects nothing, so there it is a warning.',
  remedy: 'Re-issue the certificate with SHA-256 or stronger.',
}

export const algorithmRules: readonly Rule<CertificateView, SignatureContext>[] = [
  sigalgMismatch,
  algidParamsWrong,
  weakSignatureHash,
]
export const algorithmTexts: readonly RuleText[] = [sigalgMismatchText, algidParamsWrongText, weakSignatureHashText]

/** RFC 4055 section 5: whoever signs with RSA writes NULL parameters; verifiers accept that they are absent. */
function lacksNull({ algorithm, parsedAlgorithm }: CertificateView): boolean {
  if (typeof parsedAlgorithm === 'string' || parsedAlgorithm.scheme !== 'rsa-pkcs1') return false
  return algorithm.at(algorithm.length - 2) !== Tag.null || algorithm.at(algorithm.length - 1) !== 0
}
