import { isoTime } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { criticalBasicConstraints, pathLengthOfCa } from '../../x509/profile/rfc5280.ts'
import { webPkiRules } from '../../x509/profile/web-pki.ts'
import { excludesClients } from '../graph.ts'
import { profileRule, putOff, type RoleContext } from '../lint-rule.ts'

/** Rules about CA certificates: basicConstraints, key usage, purposes and validity. */

/** An average year, because validity periods of CAs span decades. */
const year = 365.25 * 86_400_000
const longestCaYears = 25

export const caRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  profileRule(
    'basic_constraints_not_critical',
    criticalBasicConstraints,
    {
      severity: 'warning',
      summary: 'basicConstraints of a CA is not critical, so old software may ignore it and the path length.',
      remedy: 'Re-issue the CA certificate with basicConstraints critical.',
    },
    () => 'basicConstraints with cA TRUE is not critical',
  ),
  profileRule(
    'path_len_on_non_ca',
    pathLengthOfCa,
    {
      severity: 'warning',
      summary: 'basicConstraints has a path length although the certificate may not issue certificates.',
      remedy: 'Re-issue the certificate without path length, or as a CA with keyCertSign.',
    },
    ({ pathLength, isCa }) => `path length ${pathLength} on a certificate ${isCa ? 'without keyCertSign' : 'that is not a CA'}`,
  ),
  {
    code: 'ca_key_usage_missing',
    severity: 'warning',
    summary:
      'The CA has no keyUsage, so its key may be used for anything, including TLS handshakes. An info for roots, and not reported for listed ones.',
    citation: 'RFC 5280 4.2.1.3',
    remedy: 'Re-issue the CA certificate with keyUsage keyCertSign and cRLSign, critical.',
    check({ isCa, keyUsageBits }, { role, isListed }) {
      // `openssl req -x509` makes roots without keyUsage, and they work.
      if (!isCa || keyUsageBits !== undefined || (role === 'anchor' && isListed)) return undefined
      const problem = 'CA certificate without keyUsage'
      return role === 'anchor' ? { problem, severity: 'info' } : problem
    },
  },
  {
    code: 'web_pki_ca_nonconforming',
    severity: 'warning',
    summary:
      'The CA breaks a rule of the CA/Browser Forum, and policy.conformance is web-pki, so no path through it is accepted.',
    citation: 'CA/Browser Forum BR 6.1.5, 7.1.1, 7.1.2.1',
    remedy: 'Re-issue the CA certificate according to the rule, or set conformance to strict.',
    check(certificate, { role, policy }) {
      if (role === 'leaf' || policy.conformance !== 'web-pki') return undefined
      if (role === 'anchor' && !policy.enforceAnchorConstraints) return undefined
      const broken = webPkiRules.find(({ roles, violated }) => roles.includes(role) && violated(certificate, role))
      return broken === undefined ? undefined : `${broken.requirement} (${broken.citation})`
    },
  },
  {
    code: 'ca_eku_excludes_client_auth',
    severity: 'warning',
    summary: 'The extendedKeyUsage of the CA does not include clientAuth, so no TLS client below it is accepted.',
    citation: 'RFC 5280 4.2.1.12; CA/Browser Forum BR 7.1.2.2 g',
    remedy:
      'Remove the CA from the truststore, or re-issue it with clientAuth or without extendedKeyUsage. A public CA will not do that: issue the clients from a private one.',
    check(certificate, context) {
      if (context.policy.purpose !== 'client' || !certificate.isCa || !excludesClients(certificate)) return undefined
      return `extendedKeyUsage of the CA is ${certificate.extendedKeyUsage?.slice(0, 10).join(', ')}, without clientAuth${putOff(certificate, context)}`
    },
  },
  {
    code: 'ca_validity_too_long',
    severity: 'info',
    summary: 'The CA is valid for more than 25 years. Its key and hash may not stay secure that long.',
    citation: 'CA/Browser Forum BR 6.3.2, 7.1.2.1.1',
    remedy: 'Plan a successor, and replace CA keys within 25 years.',
    check({ isCa, notBeforeTime, notAfterTime }) {
      const years = (notAfterTime - notBeforeTime) / year
      if (!isCa || years <= longestCaYears + 0.01) return undefined
      return `valid for ${Math.round(years)} years, from ${isoTime(notBeforeTime)} to ${isoTime(notAfterTime)}`
    },
  },
])()
