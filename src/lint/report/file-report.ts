import type { Severity } from '../../codes/lint.ts'
import type { Finding } from '../../rules/rule.ts'

/** One problem of a file: a lint finding, or the rejection of a chain, which has a code of its own. */
export interface ReportItem extends Omit<Finding, 'code'> {
  readonly code: string
}

/** What was found in one file. */
export interface FileReport {
  readonly file: string
  readonly problems: readonly ReportItem[]
}

/** How many there are of each severity. */
export function countProblems(reports: readonly FileReport[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { problems } of reports) for (const { severity } of problems) counts[severity]++
  return counts
}

/** The problem and whose it is, in one sentence, as API Gateway words its warnings. */
export function sentence({ message, subject }: ReportItem): string {
  return subject === undefined ? message : `${message}: subject ${subject}`
}
