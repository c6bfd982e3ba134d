import type { Fields, NoFields } from '../policy/fields.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Finding, Problem, Rule } from './rule.ts'

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
export function findingOf(rule: Omit<Rule, 'check'>, found: Problem, place: Place): Finding {
  const { code, severity, problem, citation, certificate, index, line } = {
    ...nowhere,
    ...rule,
    ...place,
    ...(typeof found === 'string' ? { problem: found } : found),
  }
  return {
    code,
    severity,
    message: problem,
    citation,
    ...(certificate && { subject: certificate.subject, fingerprint: certificate.fingerprint }),
    ...(index !== undefined && { index }),
    ...(line !== undefined && { line }),
  }
}

/** What rules find of one subject. */
export function runRules<Subject, Context>(
  rules: readonly Rule<Subject, Context>[],
  subject: Subject,
  context: Context,
  place: Place,
): readonly Finding[] {
  const findings: Finding[] = []
  for (const rule of rules) {
    const found = rule.check(subject, context)
    if (found !== undefined) findings.push(findingOf(rule, found, place))
  }
  return findings
}

/** Findings about the whole first, then certificate by certificate. */
export function inBundleOrder(findings: readonly Finding[]): readonly Finding[] {
  const placed = findings.map((finding) => ({ finding, place: inFull(finding).index ?? -1 }))
  return placed.sort((a, b) => a.place - b.place).map(({ finding }) => finding)
}
