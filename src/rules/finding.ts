import type { CertificateView } from '../x509/certificate.ts'
import type { Finding, Problem, ReportedRule } from './rule.ts'

/** What a finding is about; nothing where it is about the whole. */
export interface Place {
  readonly certificate?: CertificateView | undefined
  readonly index?: number | undefined
  readonly line?: number | undefined
}

/** What a rule found, as it is reported. */
export function findingOf(rule: ReportedRule, found: Problem, { certificate, index, line }: Place): Finding {
  const { problem, severity } = typeof found === 'string' ? { problem: found, severity: rule.severity } : found
  return {
    code: rule.code,
    severity,
    message: problem,
    citation: rule.citation,
    ...(certificate && { subject: certificate.subject, fingerprint: certificate.fingerprint }),
    ...(index !== undefined && { index }),
    ...(line !== undefined && { line }),
  }
}

/** Findings about the whole first, then certificate by certificate. */
export function inBundleOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => (a.index ?? -1) - (b.index ?? -1))
}
