import { certificateDeviationCodes, deviationInfo } from '../../codes/deviation.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import type { RoleContext } from '../lint-rule.ts'

/** One rule for each deviation in `codes/deviation.ts`. */
export const deviationRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() =>
  certificateDeviationCodes.map((code): LintRule<CertificateView, RoleContext> => {
    const { clause, what, reading, writers, remedy } = deviationInfo(code)
    return {
      code,
      severity: 'warning',
      summary: `${what} It is read: ${reading.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())} An error if the policy is \`strict\` or \`web-pki\`, which reject it.`,
      citation: clause,
      remedy,
      check({ deviations }, { policy }) {
        const found = deviations.find((deviation) => deviation.code === code)
        if (found === undefined) return undefined
        const problem = `byte ${found.offset}: ${what} Written by: ${writers}`
        return policy.conformance === 'practical' ? problem : { problem, severity: 'error' }
      },
    }
  }))()
