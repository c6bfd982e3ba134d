import type { LintCode } from '../codes/lint.ts'
import { explain, ruleCatalogue } from '../lint/catalogue.ts'
import {
  countProblems,
  type FileReport,
  type ReportItem,
  renderGithub,
  renderJson,
  renderText,
} from '../lint/report/file-report.ts'
import { renderSarif } from '../lint/report/sarif.ts'
import type { Surroundings } from './command.ts'
import type { ReportFormat } from './output.ts'

/** Findings in the requested format, with remedies. */
export function renderReports(plain: readonly FileReport[], format: ReportFormat, { paint, version }: Surroundings): string {
  const reports = plain.map(({ file, problems }) => ({ file, problems: problems.map(withRemedy) }))
  switch (format) {
    case 'text':
      return renderText(reports, paint)
    case 'json':
      return renderJson(reports)
    case 'github':
      return renderGithub(reports)
    case 'sarif':
      return renderSarif(reports, version, (code) => explain(code as LintCode))
  }
}

/** A problem that has no remedy of its own gets that of its rule. */
function withRemedy(problem: ReportItem): ReportItem {
  const { code, remedy = ruleCatalogue.get(code as LintCode)?.remedy ?? explain(code as LintCode).remedy } = problem
  return { ...problem, remedy }
}

/** The values of `--fail-on`: the lowest severity that causes exit code 1. */
export const failLevels = ['error', 'warning', 'info'] as const

/** @param maxWarnings more warnings than this fail as well; `undefined` for any number */
export function fails(
  reports: readonly FileReport[],
  level: (typeof failLevels)[number],
  maxWarnings: number | undefined,
): boolean {
  const counts = countProblems(reports)
  if (maxWarnings !== undefined && counts.warning > maxWarnings) return true
  return failLevels.slice(0, failLevels.indexOf(level) + 1).some((severity) => counts[severity] > 0)
}
