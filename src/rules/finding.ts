import type { Fields, NoFields } from '../policy/fields.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Finding, Problem, ReportedRule } from './rule.ts'

/** What a finding is about; nothing where it is about the whole. */
export interface Place {
  readonly certificate?: CertificateView | undefined
  readonly index?: number | undefined
  readonly line?: number | undefined
}

const nowhere: NoFields<Place> = { certificate: undefined, index: undefined, line: undefined }

const unset: NoFields<Pick<Finding, 'subject' | 'fingerprint' | 'index' | 'line' | 'platform'>> = {
  subject: undefined,
  fingerprint: undefined,
  index: undefined,
  line: undefined,
  platform: undefined,
}

/** A finding with all fields that one may have, so that none of them is looked for on a prototype. */
export function inFull(finding: Finding): Fields<Finding> {
  return { ...unset, ...finding }
}

/** What a rule found, as it is reported. */
export function findingOf(rule: ReportedRule, found: Problem, place: Place): Finding {
  const { certificate, index, line } = { ...nowhere, ...place }
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
  const placed = findings.map((finding) => ({ finding, place: inFull(finding).index ?? -1 }))
  return placed.sort((a, b) => a.place - b.place).map(({ finding }) => finding)
}
