import type { LintCode } from '../../codes/lint.ts'
import type { Problem, RuleInfo } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import type { ProfileRule } from '../../x509/profile/profile-rule.ts'
import type { AdviceContext, CertificateAdvice } from '../lint-rule.ts'

/** Advice that reports what a profile demands. */
export interface ProfileAdvice extends CertificateAdvice {
  readonly demand: ProfileRule
}

/**
 * Advice that reports what strict conformance refuses: RFC 5280's demand, its citation and the check are those of
 * `x509/profile`; what is added here is the wording for operators, and `problem` with the values at fault.
 */
export function profileAdvice(
  code: LintCode,
  demand: ProfileRule,
  info: Pick<RuleInfo, 'severity' | 'summary' | 'remedy'>,
  problem: (certificate: CertificateView, context: AdviceContext) => Problem,
): ProfileAdvice {
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
