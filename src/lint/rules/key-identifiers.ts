import type { LintRule } from '../../rules/rule.ts'
import { compareKeyIds, type TrustNode } from '../../truststore/trust-graph.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { authorityKeyId, uncriticalAuthorityKeyId, uncriticalSubjectKeyId } from '../../x509/profile/rfc5280.ts'
import { type GraphContext, profileRule, type RoleContext } from '../lint-rule.ts'

/** Rules about key identifiers, which distinguish issuers with one name and order the search for paths. */

export const keyIdRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  {
    code: 'ski_missing',
    severity: 'warning',
    summary: 'The certificate has no subject key identifier, which distinguishes issuers with one name. An info for clients.',
    citation: 'RFC 5280 4.2.1.2',
    remedy: 'Re-issue the certificate with subjectKeyIdentifier.',
    check({ version, subjectKeyIdentifier }, { role }) {
      // Version 1 and 2 have no extensions.
      if (version !== 3 || subjectKeyIdentifier !== undefined) return undefined
      const problem = 'no subject key identifier'
      return role === 'leaf' ? { problem, severity: 'info' } : problem
    },
  },
  profileRule(
    'aki_missing',
    authorityKeyId,
    {
      severity: 'warning',
      summary: 'The certificate does not identify the key of its issuer, so all certificates with that name are tried.',
      remedy: 'Re-issue the certificate with a keyIdentifier in authorityKeyIdentifier.',
    },
    ({ issuerForMessage }) => `no authority key identifier; the issuer is ${issuerForMessage}`,
  ),
  profileRule(
    'ski_critical',
    uncriticalSubjectKeyId,
    {
      severity: 'info',
      summary: 'subjectKeyIdentifier is critical, which RFC 5280 forbids.',
      remedy: 'Re-issue the certificate with subjectKeyIdentifier not critical.',
    },
    () => 'subjectKeyIdentifier is critical',
  ),
  profileRule(
    'aki_critical',
    uncriticalAuthorityKeyId,
    {
      severity: 'info',
      summary: 'authorityKeyIdentifier is critical, which RFC 5280 forbids.',
      remedy: 'Re-issue the certificate with authorityKeyIdentifier not critical.',
    },
    () => 'authorityKeyIdentifier is critical',
  ),
])()

export const keyIdGraphRules: readonly LintRule<TrustNode, GraphContext>[] = [
  {
    code: 'aki_ski_mismatch',
    severity: 'warning',
    summary: 'The authority key identifier does not name the key that signed the certificate, so some systems find no issuer.',
    citation: 'RFC 5280 4.2.1.1',
    remedy: "Re-issue the certificate with its issuer's subject key identifier.",
    check({ certificate, issuers }) {
      const [issuer] = issuers
      const isMismatch = issuers.every(({ certificate: own }) => compareKeyIds(certificate, own) === 'different')
      if (issuer === undefined || !isMismatch) return undefined
      const { subjectKeyId = '', subjectForMessage } = issuer.certificate
      return `authority key identifier is ${shown(certificate.authorityKeyId)}, that of its issuer ${subjectForMessage} is ${shown(subjectKeyId)}`
    },
  },
]

/** Truncates an identifier. Real ones have 20 octets, but a certificate may contain any length. */
function shown(keyId = ''): string {
  return keyId.length > 64 ? `${keyId.slice(0, 64)}…` : keyId
}
