import type { CertificateView } from '../certificate.ts'
import type { Role } from './profile-rule.ts'
import { rfc5280Rules } from './rfc5280.ts'
import { webPkiRules } from './web-pki.ts'

const strict = /* @__PURE__ */ (() => rfc5280Rules)()
const webPki = /* @__PURE__ */ (() => [...rfc5280Rules.filter((rule) => !Object.hasOwn(rule, 'isLifted')), ...webPkiRules])()

/** The first demand of the conformance level that a certificate in this role does not meet. */
export function nonconformance(
  certificate: CertificateView,
  role: Role,
  conformance: 'practical' | 'strict' | 'web-pki',
): string | undefined {
  if (conformance === 'practical') return undefined
  const rules = conformance === 'strict' ? strict : webPki
  const broken = rules.find(({ roles, violated }) => roles.includes(role) && violated(certificate, role))
  return broken === undefined ? undefined : `${broken.demand} (${broken.citation})`
}
