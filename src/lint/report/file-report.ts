import type { Severity } from '../../codes/lint.ts'
import type { Finding } from '../../rules/rule.ts'
import { type Paint, printable, printableJson, severityColours } from './printable.ts'

/** Reports about files: as text for people, as JSON, and as annotations of GitHub Actions. */

/** One problem of a file: a lint finding or a rejected chain, whose code is a reject code. */
export interface ReportItem extends Omit<Finding, 'code'> {
  readonly code: string
  /** What to do about it. Absent: not shown. */
  readonly remedy?: string
}

/** The problems of one file. */
export interface FileReport {
  readonly file: string
  readonly problems: readonly ReportItem[]
}

/** Number of problems by severity. */
export function countProblems(reports: readonly FileReport[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { problems } of reports) for (const { severity } of problems) counts[severity]++
  return counts
}

/** The problem and its subject in one sentence, in the format of API Gateway's warnings. */
export function sentence({ message, subject }: ReportItem): string {
  return subject === undefined ? message : `${message}: subject ${subject}`
}

/**
 * Text for people: one problem per line with columns for `file:line`, severity, code and sentence, then a line of totals and each
 * remedy once. Names in certificates cannot add lines or invisible characters.
 */
export function renderText(reports: readonly FileReport[], paint: Paint): string {
  const rows = reports.flatMap(({ file, problems }) =>
    problems.map((problem) => {
      const place = problem.line === undefined ? '' : `:${problem.line}`
      return { place: printable(`${file}${place}`), problem, text: printable(sentence(problem)) }
    }),
  )
  const placeWidth = Math.max(0, ...rows.map(({ place }) => place.length))
  const codeWidth = Math.max(0, ...rows.map(({ problem: { code } }) => code.length))
  const lines = rows.map(({ place, problem: { severity, code }, text }) => {
    const painted = paint(severityColours[severity], severity.padEnd('warning'.length))
    return `${place.padEnd(placeWidth)}  ${painted}  ${paint('bold', code.padEnd(codeWidth))}  ${text}`
  })
  return [...lines, summary(reports, paint), ...remedies(reports, paint)].map((line) => `${line}\n`).join('')
}

/** The remedies of the problems, each once, however many problems have it. */
function remedies(reports: readonly FileReport[], paint: Paint): readonly string[] {
  const known = new Map<string, { readonly code: string; readonly text: string }>()
  for (const { problems } of reports) {
    for (const { code, remedy } of problems)
      if (remedy !== undefined) known.set(`${code} ${remedy}`, { code: printable(code), text: printable(remedy) })
  }
  if (known.size === 0) return []
  const width = Math.max(...[...known.values()].map(({ code }) => code.length))
  return ['', 'Remedies', ...[...known.values()].map(({ code, text }) => `  ${paint('bold', code.padEnd(width))}  ${text}`)]
}

/** `1 error, 2 warnings in 3 files`. Severities without findings are left out. */
function summary(reports: readonly FileReport[], paint: Paint): string {
  const [only] = reports
  const files = reports.length === 1 && only !== undefined ? printable(only.file) : count(reports.length, 'file')
  const counts = countProblems(reports)
  const found = (Object.keys(counts) as Severity[]).filter((severity) => counts[severity] > 0)
  if (found.length === 0) return `${paint('green', 'no findings')} in ${files}`
  return `${found.map((severity) => paint(severityColours[severity], count(counts[severity], severity))).join(', ')} in ${files}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** The output of `--format json`. Fields may be added, but never renamed or removed. */
interface JsonReport {
  readonly counts: Record<Severity, number>
  readonly files: readonly {
    readonly file: string
    /** True if no finding is an error. */
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

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

/**
 * Writes workflow commands of GitHub Actions, which shows them as annotations at the line of the file:
 * `::warning file=ca.pem,line=3,title=expired::expired on …`. A remedy is a second line of the annotation.
 */
export function renderGithub(reports: readonly FileReport[]): string {
  return reports
    .flatMap(({ file, problems }) =>
      problems.map((problem) => {
        const line = problem.line === undefined ? '' : `,line=${problem.line}`
        const properties = `file=${property(file)}${line},title=${property(problem.code)}`
        const remedy = problem.remedy === undefined ? '' : `\n${problem.remedy}`
        return `::${commands[problem.severity]} ${properties}::${data(`${sentence(problem)}${remedy}`)}\n`
      }),
    )
    .join('')
}

/** Escapes characters that would end the command or start another one, like `@actions/core`. */
function data(text: string): string {
  return printable(encoded(text))
}

function property(text: string): string {
  return printable(encoded(text).replaceAll(':', '%3A').replaceAll(',', '%2C'))
}

function encoded(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
