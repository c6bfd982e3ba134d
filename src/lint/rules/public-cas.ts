import type { LintRule } from '../../rules/rule.ts'
import type { TrustNode } from '../../truststore/trust-graph.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import type { GraphContext, RoleContext } from '../lint-rule.ts'
import { evidenceOf } from '../public-cas.ts'

/** Rules about public CAs, which stop issuing client certificates. */

const policyOfChrome = 'Chrome Root Program Policy 1.8, 1.3.2'

export const publicClientRules: readonly LintRule<CertificateView, RoleContext>[] = [
  {
    code: 'client_of_public_ca',
    severity: 'warning',
    summary:
      'A public CA issued the client certificate. Public CAs stop issuing clientAuth by 15 March 2027, so its successor is rejected.',
    citation: `${policyOfChrome}; RFC 6962 3.3; CA/Browser Forum BR 7.1.6.1`,
    remedy:
      'Issue the client a certificate from a private CA. Until it has one, accept its successor by a purpose transition with an end date.',
    check(certificate, { role, policy }) {
      if (role !== 'leaf' || policy.purpose !== 'client') return undefined
      return evidenceOf(certificate)
    },
  },
]

export const publicCaRules: readonly LintRule<TrustNode, GraphContext>[] = [
  {
    code: 'public_ca_for_clients',
    severity: 'warning',
    summary:
      'The CA is public: it certifies anyone as a client, and stops issuing clientAuth by 15 March 2027, when renewed clients are rejected.',
    citation: policyOfChrome,
    remedy:
      'List a private CA instead, and issue the clients from it. Until the last one has moved, check their names, and accept them by a purpose transition with an end date.',
    check(node, { publicCas, policy }) {
      return policy.purpose === 'client' ? publicCas.reasonOf(node) : undefined
    },
  },
]
