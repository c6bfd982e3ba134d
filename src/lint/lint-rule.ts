import type { LintCode } from '../codes/lint.ts'
import type { LintRule, Problem, RuleContext } from '../rules/rule.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { ProfileRule, Role } from '../x509/profile/profile-rule.ts'
import type { LintGraph } from './graph.ts'

/**
 * Types of lint-only rules. Their findings never make a certificate unusable, so `buildTruststore` does not run them, and
 * bundles that only build and verify do not contain them.
 */

/** Context of rules about one certificate by itself. */
export interface RoleContext extends RuleContext {
  /** The role that the certificate is checked in. */
  readonly role: Role
}

/** Context of rules about a certificate and its neighbours in the truststore. */
export interface GraphContext extends RuleContext {
  readonly graph: LintGraph
}

/** The role of a certificate. Version 1 and 2 have no basicConstraints; by convention, their self-issued certificates are CAs. */
export function roleOf(certificate: CertificateView): Role {
  if (!certificate.isCa && (certificate.version === 3 || !certificate.isSelfIssued)) return 'leaf'
  return certificate.isSelfIssued ? 'anchor' : 'intermediate'
}

/**
 * A lint rule for a requirement of strict conformance. The requirement, its citation and check are in `x509/profile`. This adds the
 * texts for operators, and `problem` names the values at fault.
 */
export function profileRule(
  code: LintCode,
  strictRule: ProfileRule,
  info: Pick<LintRule, 'severity' | 'summary' | 'remedy'>,
  problem: (certificate: CertificateView, context: RoleContext) => Problem,
): LintRule<CertificateView, RoleContext> & { readonly strictRule: ProfileRule } {
  const { citation, roles, violated } = strictRule
  return {
    code,
    ...info,
    citation,
    strictRule,
    check(certificate, context) {
      const isBroken = roles.includes(context.role) && violated(certificate, context.role)
      return isBroken ? problem(certificate, context) : undefined
    },
  }
}
