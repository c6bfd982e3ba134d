import type { Paint } from '../lint/report/paint.ts'
import { optionsOf } from './arguments.ts'
import type { Command } from './command.ts'

/** `portcullis <command> --help`. */
export function commandHelp(name: string, summary: string, command: Command, paint: Paint): string {
  const options = Object.entries(optionsOf(command)).map(([option, { value, help, multiple }]) => {
    const form = `--${option}${value === undefined ? '' : ` ${value}`}`
    return [form, `${help}${multiple === true ? ' May be repeated.' : ''}`] as const
  })
  const examples = command.examples.map(({ does, line }) => `  ${paint('dim', `# ${does}`)}\n  ${line}\n`)
  return [
    `${summary}\n\n`,
    `${paint('bold', 'Usage')}  portcullis ${name} ${command.operands === '' ? '' : `${command.operands} `}[options]\n\n`,
    `${paint('bold', 'Options')}\n${columns(options)}`,
    ...command.notes.map((note) => `\n${note}\n`),
    `\n${paint('bold', 'Examples')}\n${examples.join('')}`,
  ].join('')
}

/** `portcullis --help`. */
export function overview(commands: readonly (readonly [name: string, summary: string])[], paint: Paint): string {
  return `portcullis: verify and lint mutual-TLS truststores and client certificates

${paint('bold', 'Usage')}  portcullis <command> [options]

${paint('bold', 'Commands')}
${columns(commands)}
${paint('bold', 'Exit codes')}
${columns([
  ['0', 'Clean, or accepted.'],
  ['1', 'Findings, or rejected.'],
  ['2', 'Wrong usage, or unreadable input.'],
])}
\`portcullis <command> --help\` shows options and examples. Files are PEM or DER; - is standard input.
Colours are for terminals: NO_COLOR=1 turns them off, FORCE_COLOR=1 on.
`
}

/** Two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}
