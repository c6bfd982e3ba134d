import type { LintCode } from '../../codes/lint.ts'
import type { Problem, RuleInfo } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { rfc5280Rules } from '../../x509/profile/rfc5280.ts'
import type { AdviceContext, CertificateAdvice } from '../advice.ts'

/**
 * Advice that reports what strict conformance refuses: RFC 5280's demand, its citation and the check are those of
 * `x509/profile`; what is added here is the wording for operators, and `problem` with the values at fault.
 */
export function profileAdvice(
  code: LintCode,
  info: Pick<RuleInfo, 'severity' | 'summary' | 'remedy'>,
  problem: (certificate: CertificateView, context: AdviceContext) => Problem,
): CertificateAdvice {
  const demands = rfc5280Rules.filter((rule) => rule.code === code)
  return {
    code,
    ...info,
    citation: demands[0]?.citation ?? '',
    check(certificate, context) {
      const isBroken = demands.some(({ roles, violated }) => roles.includes(context.role) && violated(certificate, context.role))
      return isBroken ? problem(certificate, context) : undefined
    },
  }
}
