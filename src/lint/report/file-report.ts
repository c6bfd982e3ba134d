import type { Severity } from '../../codes/lint.ts'

/** One thing that is wrong with a file: a lint finding, or the refusal of a chain. */
export interface ReportItem {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly citation: string
  /** RFC 4514. */
  readonly subject?: string
  /** SHA-256 of the certificate, in lower-case hexadecimal. */
  readonly fingerprint?: string
  /** Position among the file's certificates, counted from 0. */
  readonly index?: number
  /** Counted from 1. */
  readonly line?: number
  readonly platform?: string
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
