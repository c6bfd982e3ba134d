import type { CertificateView } from '../certificate.ts'
import type { ProfileRule, Role } from './profile-rule.ts'
import { rfc5280Rules } from './rfc5280.ts'
import { webPkiRules } from './web-pki.ts'

type Conformance = 'practical' | 'strict' | 'web-pki'

const rulesOf: Readonly<Record<Conformance, readonly ProfileRule[]>> = /* @__PURE__ */ (() => ({
  practical: [],
  strict: rfc5280Rules,
  'web-pki': [...rfc5280Rules.filter((rule) => !Object.hasOwn(rule, 'isLifted')), ...webPkiRules],
}))()

/** The first demand of the conformance level that a certificate in this role does not meet. */
export function nonconformance(certificate: CertificateView, role: Role, conformance: Conformance): string | undefined {
  const broken = rulesOf[conformance].find(({ roles, violated }) => roles.includes(role) && violated(certificate, role))
  return broken === undefined ? undefined : `${broken.demand} (${broken.citation})`
}
