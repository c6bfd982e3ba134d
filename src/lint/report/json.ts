import type { Severity } from '../../codes/lint.ts'
import { countProblems, type FileReport, type ReportItem } from './file-report.ts'
import { printableJson } from './printable.ts'

/** What `--format json` writes for findings. Fields are added, never renamed or removed. */
interface JsonReport {
  readonly counts: Record<Severity, number>
  readonly files: readonly {
    readonly file: string
    /** No finding is an error. */
    readonly accepted: boolean
    readonly counts: Record<Severity, number>
    readonly findings: readonly ReportItem[]
  }[]
}

export function renderJson(reports: readonly FileReport[]): string {
  const value: JsonReport = {
    counts: countProblems(reports),
    files: reports.map((report) => {
      const counts = countProblems([report])
      return { file: report.file, accepted: counts.error === 0, counts, findings: report.problems }
    }),
  }
  return `${printableJson(value)}\n`
}
