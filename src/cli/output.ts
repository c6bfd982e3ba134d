import { printableJsonText, printableLines } from '../lint/report/printable.ts'

/** What `--format` takes where findings are reported; other commands have some of them. */
export const reportFormats = ['text', 'json', 'sarif', 'github'] as const

export type ReportFormat = (typeof reportFormats)[number]

/** An annotation of our own, up to where it says something that somebody else wrote. */
const annotation = /^::((?:error|warning|notice) file=[^:,]*(?:,line=\d+)?,title=[a-z_]+)::/

/**
 * What a command has to say, as it may leave the program. All output passes here, so that no command can forget what names,
 * labels and paths may hold: nothing that a terminal obeys except colours, and nothing that a build server takes for a
 * command except annotations of the format `github`.
 */
export function safeOutput(output: string, format: ReportFormat, coloured: boolean): string {
  switch (format) {
    case 'text':
      return printableLines(output, coloured)
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
