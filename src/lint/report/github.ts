import type { Severity } from '../../codes/lint.ts'
import { type FileReport, sentence } from './file-report.ts'
import { printable } from './printable.ts'

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

/**
 * Writes workflow commands of GitHub Actions, which shows them as annotations at the line of the file:
 * `::warning file=ca.pem,line=3,title=expired::expired on …`.
 */
export function renderGithub(reports: readonly FileReport[]): string {
  return reports
    .flatMap(({ file, problems }) =>
      problems.map((problem) => {
        const line = problem.line === undefined ? '' : `,line=${problem.line}`
        const properties = `file=${property(file)}${line},title=${property(problem.code)}`
        return `::${commands[problem.severity]} ${properties}::${data(sentence(problem))}\n`
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
