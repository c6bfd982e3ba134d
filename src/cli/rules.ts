import { ruleCatalogue } from '../lint/catalogue.ts'
import { printableJson, severityColours } from '../lint/report/printable.ts'
import { type Arguments, type Command, choiceOf, formatOption, type Outcome, type Surroundings } from './command.ts'

const formats = ['text', 'json'] as const

/** In the order of the documentation. */
const rules = [...ruleCatalogue.values()]

async function run(given: Arguments, { paint }: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', formats, 'text')
  if (format === 'json') {
    const listed = rules.map(({ code, severity, summary, citation, remedy }) => ({
      code,
      severity,
      summary,
      citation,
      remedy,
    }))
    return { exitCode: 0, output: `${printableJson(listed)}\n`, format }
  }
  const width = Math.max(...rules.map(({ code }) => code.length))
  const rows = rules.map(({ code, severity, summary }) => {
    return `${paint('bold', code.padEnd(width))}  ${paint(severityColours[severity], severity.padEnd('warning'.length))}  ${summary}\n`
  })
  return { exitCode: 0, output: rows.join(''), format }
}

export const rulesCommand: Command = {
  operands: '',
  least: 0,
  most: 0,
  options: { format: formatOption(...formats) },
  notes: [],
  examples: [
    { does: 'list every lint rule', line: 'portcullis rules' },
    { does: 'as JSON for scripts', line: 'portcullis rules --format json' },
  ],
  run,
}
