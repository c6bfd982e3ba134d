import { certificateDeviationCodes, deviationInfo } from '../../codes/deviation.ts'
import { oidForMessage } from '../../der/oid.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import type { RoleContext } from '../lint-rule.ts'

/** One rule for each deviation in `codes/deviation.ts`. */
export const deviationRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() =>
  certificateDeviationCodes.map((code): LintRule<CertificateView, RoleContext> => {
    const { clause, what, reading, writers, remedy } = deviationInfo(code)
    return {
      code,
      severity: 'warning',
      summary: `${what} An error if the policy is \`strict\` or \`web-pki\`, which reject it. Otherwise it is read: ${reading}`,
      citation: clause,
      remedy,
      check(certificate, { policy }) {
        const found = certificate.deviations.find((deviation) => deviation.code === code)
        if (found === undefined) return undefined
        const problem = `byte ${found.offset}${placeOf(certificate, found.offset)}: ${what} Written by: ${writers}`
        return policy.conformance === 'practical' ? problem : { problem, severity: 'error' }
      },
    }
  }))()

const names: Readonly<Record<number, string>> = {
  [ExtensionId.subjectAltName]: 'subjectAltName',
  [ExtensionId.issuerAltName]: 'issuerAltName',
  [ExtensionId.crlDistributionPoints]: 'cRLDistributionPoints',
  [ExtensionId.freshestCrl]: 'freshestCRL',
  [ExtensionId.certificatePolicies]: 'certificatePolicies',
  [ExtensionId.nameConstraints]: 'nameConstraints',
  [ExtensionId.basicConstraints]: 'basicConstraints',
  [ExtensionId.authorityInfoAccess]: 'authorityInfoAccess',
  [ExtensionId.subjectInfoAccess]: 'subjectInfoAccess',
}

/** The extension whose value has this byte. */
function placeOf({ extensions }: CertificateView, offset: number): string {
  for (let i = 0; i < extensions.length; i++) {
    const { start, end } = extensions.valueAt(i)
    const id = extensions.idAt(i)
    if (offset >= start && offset <= end) return ` in ${names[id < 0 ? ~id : id] ?? oidForMessage(extensions.oidAt(i))}`
  }
  return ''
}
