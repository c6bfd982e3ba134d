import type { LintCode } from '../codes/lint.ts'
import type { LintRule, Problem, RuleContext } from '../rules/rule.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { ProfileRule, Role } from '../x509/profile/profile-rule.ts'
import type { LintGraph } from './graph.ts'

/**
 * What rules that only linting runs may ask. A truststore can be built without them, because what they find keeps no
 * certificate from being used, so that nothing of them is in a bundle that builds and verifies.
 */

/** For rules about one certificate by itself. */
export interface RoleContext extends RuleContext {
  /** What the certificate is looked at as. */
  readonly role: Role
}

/** For rules about one certificate of a truststore among the others. */
export interface GraphContext extends RuleContext {
  readonly graph: LintGraph
}

/** Certificates of version 1 and 2 cannot say what they are; self-issued ones have always been taken for CAs. */
export function roleOf(certificate: CertificateView): Role {
  if (!certificate.isCa && (certificate.version === 3 || !certificate.isSelfIssued)) return 'leaf'
  return certificate.isSelfIssued ? 'anchor' : 'intermediate'
}

/**
 * A lint rule that reports what strict conformance refuses: RFC 5280's demand, its citation and the check are those of
 * `x509/profile`; what is added here is the wording for operators, and `problem` with the values at fault.
 */
export function profileRule(
  code: LintCode,
  demand: ProfileRule,
  info: Pick<LintRule, 'severity' | 'summary' | 'remedy'>,
  problem: (certificate: CertificateView, context: RoleContext) => Problem,
): LintRule<CertificateView, RoleContext> & { readonly demand: ProfileRule } {
  const { citation, roles, violated } = demand
  return {
    code,
    ...info,
    citation,
    demand,
    check(certificate, context) {
      const isBroken = roles.includes(context.role) && violated(certificate, context.role)
      return isBroken ? problem(certificate, context) : undefined
    },
  }
}
