import type { Severity } from '../../codes/lint.ts'
import { countProblems, type FileReport, sentence } from './file-report.ts'
import { type Paint, severityColours } from './paint.ts'
import { printable } from './printable.ts'

/**
 * For people: one problem a line, `file:line`, severity, code and the problem with its subject, in columns; then a line of
 * totals. Whatever a certificate has in its names, a line stays one line of visible characters.
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
  return [...lines, summary(reports, paint)].map((line) => `${line}\n`).join('')
}

/** `1 error, 2 warnings, 0 infos in 3 files`, without what there is none of. */
function summary(reports: readonly FileReport[], paint: Paint): string {
  const [only] = reports
  const files = reports.length === 1 && only !== undefined ? printable(only.file) : count(reports.length, 'file')
  const counts = countProblems(reports)
  const told = (Object.keys(counts) as Severity[]).filter((severity) => counts[severity] > 0)
  if (told.length === 0) return `${paint('green', 'no findings')} in ${files}`
  return `${told.map((severity) => paint(severityColours[severity], count(counts[severity], severity))).join(', ')} in ${files}`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
