import type { LintCode, Severity } from '../codes/lint.ts'
import { elements, type NoFields, readFields } from '../policy/fields.ts'
import { isoTime, requireTime } from '../policy/time.ts'
import { findingOf, inFull } from '../rules/finding.ts'
import type { Finding } from '../rules/rule.ts'
import { ruleCatalogue, waiverExpired } from './catalogue.ts'

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

/** A finding that is known and accepted, for a while. */
export interface Waiver {
  readonly code: LintCode
  /** SHA-256 of the one certificate it is for, in hexadecimal; absent: all of them. */
  readonly fingerprint?: string
  /** When it ends; absent: never. */
  readonly until?: Date | number
}

const noWaiver: NoFields<Waiver> = { code: undefined, fingerprint: undefined, until: undefined }

/** Leaves out what is waived; a waiver that has ended lets its finding through and is a finding itself. */
function applyWaivers(findings: readonly Finding[], waivers: readonly Waiver[], at: number): readonly Finding[] {
  if (!Array.isArray(waivers)) throw new TypeError('options.waive must be an array')
  let rest = findings
  const ended: Finding[] = []
  elements(waivers).forEach((waiver, i) => {
    const { code, fingerprint, until } = readFields<Waiver>(`options.waive[${i}]`, waiver, noWaiver)
    if (code === undefined || !ruleCatalogue.has(code))
      throw new TypeError(`options.waive[${i}].code is not a lint code: ${String(code)}`)
    const end = until === undefined ? Number.POSITIVE_INFINITY : requireTime(until, `options.waive[${i}].until`)
    const isMeant = (finding: Finding): boolean =>
      finding.code === code && (fingerprint === undefined || inFull(finding).fingerprint === fingerprint.toLowerCase())
    if (at < end) rest = rest.filter((finding) => !isMeant(finding))
    else if (rest.some(isMeant)) ended.push(endOf(code, fingerprint, end))
  })
  return [...ended, ...rest]
}

function endOf(code: LintCode, fingerprint: string | undefined, end: number): Finding {
  const finding = findingOf(waiverExpired, `the waiver of ${code} ended on ${isoTime(end)}`, {})
  return { ...finding, ...(fingerprint !== undefined && { fingerprint }) }
}
