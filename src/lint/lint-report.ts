import type { Severity } from '../codes/lint.ts'
import type { Finding } from '../rules/rule.ts'
import { applyWaivers, type Waiver } from './waivers.ts'

/** The answer of `lintTruststore` and `lintCertificate`. */
export interface LintReport {
  /** In bundle order; findings about the whole come first. */
  readonly findings: readonly Finding[]
  readonly counts: Record<Severity, number>
  /** No finding is an error. */
  readonly accepted: boolean
}

/** What is left of the findings where waivers were applied, and the sums. */
export function reportOf(found: readonly Finding[], waivers: readonly Waiver[], at: number): LintReport {
  const findings = applyWaivers(found, waivers, at)
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  return { findings, counts, accepted: counts.error === 0 }
}
