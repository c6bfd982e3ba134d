import { isoTime } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { TrustNode } from '../../truststore/trust-graph.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as KeyUsageBit from '../../x509/ids/key-usage-bit.ts'
import * as PurposeBit from '../../x509/ids/purpose-bit.ts'
import { keyUsageList } from '../../x509/key-usage.ts'
import { type GraphContext, putOff, type RoleContext } from '../lint-rule.ts'

/** Rules about leaves: client certificates, and leaves in a truststore. */

const day = 86_400_000
const longestLeafDays = 398

export const leafRules: readonly LintRule<CertificateView, RoleContext>[] = [
  {
    code: 'eku_missing_client_auth',
    severity: 'warning',
    summary:
      'extendedKeyUsage does not include clientAuth, so this is not a TLS client certificate. An error if the policy requires it.',
    citation: 'RFC 5280 4.2.1.12; Google Cloud, Azure: clientAuth must be present',
    remedy: 'Re-issue the certificate with clientAuth in extendedKeyUsage, from a private CA: public CAs no longer include it.',
    check(certificate, context) {
      const { purposeBits, extendedKeyUsage } = certificate
      const { role, policy } = context
      if (role !== 'leaf' || policy.purpose !== 'client') return undefined
      const enough = policy.requireEku ? PurposeBit.clientAuth : PurposeBit.clientAuth | PurposeBit.any
      if (purposeBits !== undefined && (purposeBits & enough) !== 0) return undefined
      const listed = extendedKeyUsage?.slice(0, 10).join(', ')
      const delay = putOff(certificate, context)
      const problem = listed === undefined ? 'no extendedKeyUsage' : `extendedKeyUsage is ${listed}, without clientAuth${delay}`
      return policy.requireEku && delay === '' ? { problem, severity: 'error' } : problem
    },
  },
  {
    code: 'ku_no_digital_signature',
    severity: 'warning',
    summary: 'keyUsage does not include digitalSignature, but TLS 1.3 clients must sign the handshake.',
    citation: 'RFC 8446 4.4.2.2',
    remedy: 'Re-issue the certificate with digitalSignature.',
    check({ keyUsageBits }, { role }) {
      if (role !== 'leaf' || keyUsageBits === undefined || (keyUsageBits & KeyUsageBit.digitalSignature) !== 0) return undefined
      return `keyUsage is ${keyUsageList(keyUsageBits).join(', ')}, without digitalSignature`
    },
  },
  {
    code: 'leaf_is_ca',
    severity: 'warning',
    summary: 'The client certificate is a CA, so anyone with its key can issue more clients.',
    citation: 'Google Cloud: the leaf must not be a CA; RFC 5280 4.2.1.9',
    remedy: 'Issue the client a separate certificate that is not a CA.',
    check({ isCa }, { role }) {
      return role === 'leaf' && isCa ? 'basicConstraints of the client has cA TRUE' : undefined
    },
  },
  {
    code: 'leaf_validity_too_long',
    severity: 'info',
    summary: 'The client is valid for more than 398 days, so a leaked key stays usable for long.',
    citation: 'CA/Browser Forum BR 6.3.2',
    remedy: 'Issue clients for shorter periods, and automate their renewal.',
    check({ notBeforeTime, notAfterTime }, { role }) {
      const days = (notAfterTime - notBeforeTime) / day
      if (role !== 'leaf' || days <= longestLeafDays) return undefined
      return `valid for ${Math.floor(days)} days, from ${isoTime(notBeforeTime)} to ${isoTime(notAfterTime)}`
    },
  },
]

export const leafGraphRules: readonly LintRule<TrustNode, GraphContext>[] = [
  {
    code: 'leaf_in_truststore',
    severity: 'warning',
    summary: 'The certificate is not a CA, so no client can chain to it. It only belongs in a truststore that pins leaves.',
    citation: 'Azure Application Gateway: the bundle must contain a CA; Google Cloud: allowlisted certificates',
    remedy: 'Remove it, or pin it with a policy whose trust is every-certificate.',
    check({ certificate, isSelfSigned }, { policy }) {
      if (certificate.isCa || certificate.version !== 3 || policy.trust === 'every-certificate') return undefined
      return isSelfSigned
        ? 'is not a CA: it only makes this certificate itself acceptable'
        : 'is not a CA: no client can chain to it, and it is not accepted itself'
    },
  },
]
