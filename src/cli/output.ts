import { printableJsonText, printableLines } from '../lint/report/printable.ts'

/** The values of `--format` for commands that report findings. Other commands support some of them. */
export const reportFormats = ['text', 'json', 'sarif', 'github'] as const

export type ReportFormat = (typeof reportFormats)[number]

/** The start of our own annotation, up to the first text from input. */
const annotation = /^::((?:error|warning|notice) file=[^:,]*(?:,line=\d+)?,title=[a-z0-9_]+)::/

/**
 * Makes a command's output safe to print. All output passes through here, so that no command can forget to escape names,
 * labels and paths. A terminal sees no control sequences except colours, and a build server no commands except annotations of
 * the format `github`.
 */
export function safeOutput(output: string, format: ReportFormat, isColoured: boolean): string {
  switch (format) {
    case 'text':
      return printableLines(output, isColoured)
    case 'json':
    case 'sarif':
      return printableJsonText(output)
    case 'github':
      return output.split('\n').map(safeAnnotation).join('\n')
  }
}

function safeAnnotation(line: string): string {
  const [own = '', properties = ''] = annotation.exec(line) ?? []
  const text = printableLines(line.slice(own.length), false)
  return own === '' ? text : `::${printableLines(properties, false)}::${text}`
}
