import { whyNot } from './measure.mjs'

/** The results as one Markdown table: a row a work, portcullis first, then every rival with its ratio. */
export function markdown({ machine, versions, rows }, contestants) {
  const [own, ...rivals] = contestants
  const notes = []
  const noteOf = (text) => {
    if (!notes.includes(text)) notes.push(text)
    return `–[${notes.indexOf(text) + 1}]`
  }
  const cells = [
    ['work', `${own.name} µs`, ...rivals.map(({ name }) => `${name} µs (ratio)`)],
    ...rows.map(({ work, medians }) => {
      const base = medians.get(own.name)
      const others = rivals.map((rival) => {
        const time = medians.get(rival.name)
        if (time === undefined) return noteOf(`${rival.name} ${whyNot(work, rival)}`)
        return `${microseconds(time)} (${ratio(time / base)})`
      })
      return [work.title, microseconds(base), ...others]
    }),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const line = (row) => `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  const [head, ...body] = cells
  return [
    `${machine.cpu}, ${machine.cores} cores; Node ${machine.node}; ${versions.map(([name, version]) => `${name} ${version}`).join(', ')}`,
    '',
    line(head),
    rule,
    ...body.map(line),
    '',
    'Median time of a call; in brackets: how many times as long as portcullis. Measured in turn in one process.',
    ...notes.map((note, i) => `[${i + 1}] ${note}`),
  ].join('\n')
}

/** The same for programs. */
export function json({ machine, versions, rows }, contestants) {
  const [own] = contestants
  return JSON.stringify(
    {
      machine,
      versions: Object.fromEntries(versions),
      rows: rows.map(({ work, medians }) => ({
        group: work.group,
        work: work.title,
        microseconds: Object.fromEntries(medians),
        ratios: Object.fromEntries([...medians].map(([name, time]) => [name, time / medians.get(own.name)])),
      })),
    },
    null,
    2,
  )
}

function microseconds(time) {
  return time.toFixed(time < 10 ? 2 : time < 100 ? 1 : 0)
}

function ratio(value) {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ×`
}
