/** Width of the terminal in columns. */
export const width = 120

export interface Column {
  readonly title: string
  readonly right?: boolean
}

/** Formats rows in aligned columns; the last column gets the rest of the line. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], indent = '  '): string {
  const titles = columns.map(({ title }) => title)
  const widths = columns.map((_, i) => Math.max(...[titles, ...rows].map((row) => row[i]!.length)))
  const taken = widths.slice(0, -1).reduce((sum, column) => sum + column + 2, indent.length)
  widths[widths.length - 1] = Math.min(widths[widths.length - 1]!, Math.max(10, width - taken))
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, i) => pad(shorten(cell, widths[i]!), widths[i]!, columns[i]!.right === true))
    return `${indent}${cells.join('  ')}`.trimEnd()
  }
  const rule = `${indent}${widths.map((column) => '─'.repeat(column)).join('  ')}`
  return [line(titles), rule, ...rows.map(line)].join('\n')
}

export function heading(text: string): string {
  return `\n${text}\n${'═'.repeat(text.length)}`
}

export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

function pad(text: string, length: number, right: boolean): string {
  return right ? text.padStart(length) : text.padEnd(length)
}
