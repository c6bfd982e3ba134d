/** Results as text: Markdown tables, and one line per goal. */

/** One section per figure. */
export function markdown({ versions, figures }) {
  const parts = Object.values(figures).map((figure) => figurePart(figure, '##'))
  return [`Compared: ${versionText(versions)}.`, ...parts].join('\n\n')
}

/** Heading, runtime and machine, and the table. */
export function figurePart({ title, machine, runtime, rows }, heading) {
  return [`${heading} ${title}`, '', `${runtime}; ${machine}.`, '', table(rows)].join('\n')
}

export function versionText(versions) {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function table(rows) {
  const cells = [
    ['figure', 'value', 'at least / at most', 'aim', 'measured'],
    ...rows.map((row) => {
      const { title, details = [], goal } = row
      if (row.skipped !== undefined) return [title, '–', '', '', `not measured: ${row.skipped}`]
      const made = details.map(({ name, value, unit }) => `${name} ${amount(value, unit)}`).join('; ')
      return [title, amount(row.value, row.unit), mark(goal?.bar, goal?.met), mark(goal?.aim, goal?.aimMet), made]
    }),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const line = (row) => `| ${row.map((cell, i) => (i === 1 ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i === 1 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  const [head, ...body] = cells
  return [line(head), rule, ...body.map(line)].join('\n')
}

function mark(bar, met) {
  if (bar === undefined) return ''
  return `${bar} ${met ? '✓' : '✗'}`
}

/** A number with its unit, with three significant digits. */
export function amount(value, unit) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${unit}`
}

/** One line per goal, and whether all bars were met. A missed aim is not a failure. */
export function verdictLines({ figures }) {
  const judged = Object.values(figures).flatMap(({ runtime, rows }) =>
    rows.filter(({ goal }) => goal !== undefined).map((row) => ({ runtime, ...row })),
  )
  const lines = judged.map(({ runtime, title, value, unit, goal }) => {
    const aim = goal.aim === undefined ? '' : `, aim ${goal.aim} ${goal.aimMet ? 'met' : 'not met'}`
    return `${goal.met ? 'met   ' : 'MISSED'} ${runtime}: ${title}: ${amount(value, unit)} (bar ${goal.bar}${aim})`
  })
  return { lines, met: judged.every(({ goal }) => goal.met) }
}
