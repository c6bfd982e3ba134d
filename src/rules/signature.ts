import * as Tag from '../der/tag.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { BundleRule, CertificateRule, RuleTexts } from './rule.ts'

/** Rules about the signature on a certificate: those that look at it alone, and those that check it against the bundle. */

/** What they say of a signature depends on whether it is by the certificate's own key, which protects nothing. */
export const algorithmRules: readonly CertificateRule[] = [
  {
    code: 'sigalg_mismatch',
    severity: 'error',
    citation: 'RFC 5280 4.1.1.2',
    check(certificate) {
      return certificate.algorithmsDiffer ? 'signatureAlgorithm differs from tbsCertificate.signature' : undefined
    },
  },
  {
    code: 'algid_params_wrong',
    severity: 'error',
    citation: 'RFC 4055 5, RFC 5758 3.2',
    check(certificate, _context, isSelfSigned) {
      const { parsedAlgorithm } = certificate
      if (parsedAlgorithm === 'wrong_parameters') return 'signature algorithm has wrong parameters'
      if (lacksNull(certificate)) {
        return { problem: 'signature algorithm lacks the NULL that RSA parameters have', severity: 'warning' }
      }
      if (typeof parsedAlgorithm === 'string' || parsedAlgorithm.hash === parsedAlgorithm.mgfHash) return undefined
      // What a root says of its own signature does not matter; below it verifyChain refuses such a mixture.
      if (isSelfSigned ?? certificate.isSelfIssued) return undefined
      return `signature is RSASSA-PSS with ${parsedAlgorithm.hash}, but MGF1 with ${parsedAlgorithm.mgfHash}`
    },
  },
  {
    code: 'weak_signature_hash',
    severity: 'error',
    citation: 'API Gateway: SHA-256 or stronger; RFC 9155',
    check(certificate, { policy }, isSelfSigned) {
      const { parsedAlgorithm } = certificate
      if (typeof parsedAlgorithm === 'string') return undefined
      const accepted: readonly string[] = policy.hashes
      if (accepted.includes(parsedAlgorithm.hash) && accepted.includes(parsedAlgorithm.mgfHash)) return undefined
      const { name, scheme, hash, mgfHash } = parsedAlgorithm
      const problem = `signature uses ${name}${scheme === 'rsa-pss' ? ` with ${accepted.includes(hash) ? mgfHash : hash}` : ''}`
      // Nobody verifies MD5, so that it never turns out to be self-signed.
      if (hash === 'md5') return problem
      return (isSelfSigned ?? certificate.isSelfIssued) ? { problem, severity: 'warning' } : problem
    },
  },
]

/** RFC 4055 section 5: whoever signs with RSA writes NULL parameters; verifiers accept that they are absent. */
function lacksNull({ algorithm, parsedAlgorithm }: CertificateView): boolean {
  if (typeof parsedAlgorithm === 'string' || parsedAlgorithm.scheme !== 'rsa-pkcs1') return false
  return algorithm.at(algorithm.length - 2) !== Tag.null || algorithm.at(algorithm.length - 1) !== 0
}

export const chainingRules: readonly BundleRule[] = [
  {
    code: 'bad_self_signature',
    severity: 'error',
    citation: 'RFC 5280 4.1.1.3; API Gateway: integrity',
    check({ hasBadSelfSignature }) {
      return hasBadSelfSignature ? 'self-signature does not verify' : undefined
    },
  },
  {
    code: 'signature_not_by_named_issuer',
    severity: 'error',
    citation: 'RFC 5280 6.1.3 (a)(1); API Gateway: name and key chaining',
    check({ falseIssuer, issuers }, _bundle, { policy }) {
      if (falseIssuer === undefined || issuers.length > 0) return undefined
      const problem = `signature does not verify under its issuer, certificate ${falseIssuer.index} of the bundle`
      // A certificate listed under that name and identifier must not drive out one that can be used without it.
      const isUseless = policy.trust === 'roots' && policy.intermediates === 'truststore'
      return isUseless ? problem : { problem, severity: 'warning' }
    },
  },
]

/** What people are told of these rules beyond their findings. */
export const signatureTexts: RuleTexts = {
  sigalg_mismatch: {
    summary: 'The signed signature algorithm and the outer one differ.',
    remedy: 'Re-issue the certificate with a correct tool.',
  },
  algid_params_wrong: {
    summary:
      'The signature algorithm has parameters that its RFC does not allow, or lacks those that it demands. Where only the NULL of RSA is absent, a warning.',
    remedy: 'Re-issue the certificate with a correct tool.',
  },
  weak_signature_hash: {
    summary:
      'The signature uses a hash that forgers can attack. On a self-signed certificate it protects nothing, so there it is a warning.',
    remedy: 'Re-issue the certificate with SHA-256 or stronger.',
  },
  bad_self_signature: {
    summary: 'The certificate claims to be self-signed, but its signature was not made by its key.',
    remedy: 'Fetch the certificate again from its CA: it was altered, or its key was replaced.',
  },
  signature_not_by_named_issuer: {
    summary:
      'Name and key identifier say which certificate of the bundle is the issuer, but its key did not sign. A warning where it can be used all the same.',
    remedy: 'Fetch the certificate again from its CA: it was altered.',
  },
}
