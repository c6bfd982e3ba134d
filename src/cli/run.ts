import { readFileSync } from 'node:fs'
import { painter, printable } from '../lint/report/printable.ts'
import {
  CliError,
  type Command,
  checkOperands,
  commandHelp,
  type Outcome,
  overview,
  readArguments,
  suggestion,
} from './command.ts'
import { safeOutput } from './output.ts'

interface Entry {
  readonly summary: string
  /** Each command is loaded on demand, so that none waits for another's modules. */
  readonly load: () => Promise<Command>
}

const commands: Readonly<Record<string, Entry>> = {
  lint: {
    summary: 'Check truststores for problems.',
    load: async () => (await import('./lint.ts')).lintCommand,
  },
  verify: {
    summary: 'Verify a certificate chain against a truststore.',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  inspect: {
    summary: 'Show a certificate or revocation list as text.',
    load: async () => (await import('./inspect.ts')).inspectCommand,
  },
  diff: {
    summary: 'Compare two truststores: whose clients will be rejected?',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  rules: {
    summary: 'List the lint rules.',
    load: async () => (await import('./rules.ts')).rulesCommand,
  },
  explain: {
    summary: 'Explain the code of a finding or a rejection.',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
}

/** What is written to standard output or standard error, and the exit code. */
export interface Result {
  readonly exitCode: 0 | 1 | 2
  readonly output: string
  readonly errors: string
}

/** Runs a command line, without the program's name. */
export async function run(args: readonly string[], isColoured: boolean): Promise<Result> {
  // `help lint` is `lint --help`, and `help` is `--help`.
  const given = args[0] === 'help' && args.length === 2 ? helpFor(args[1]!) : args
  const [name = '', ...rest] = given
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  try {
    const { exitCode, output, format } =
      entry === undefined ? withoutCommand(given, isColoured) : await runCommand(name, entry, rest, isColoured)
    return { exitCode, output: safeOutput(output, format, isColoured), errors: '' }
  } catch (error) {
    const prefix = entry === undefined ? 'portcullis' : `portcullis ${name}`
    return { exitCode: 2, output: '', errors: safeOutput(complaint(prefix, error), 'text', false) }
  }
}

function helpFor(topic: string): readonly string[] {
  return topic.startsWith('-') || topic === 'help' ? ['--help'] : [topic, '--help']
}

async function runCommand(
  name: string,
  { summary, load }: Entry,
  rest: readonly string[],
  isColoured: boolean,
): Promise<Outcome> {
  const command = await load()
  const paint = painter(isColoured)
  const given = readArguments(command, rest)
  if (given.flags.has('help')) return { exitCode: 0, output: commandHelp(name, summary, command, paint), format: 'text' }
  checkOperands(command, given.operands)
  return await command.run(given, { version: version(), paint })
}

function withoutCommand(args: readonly string[], isColoured: boolean): Outcome {
  const [first, ...rest] = args
  const paint = painter(isColoured)
  const text = (output: string): Outcome => ({ exitCode: 0, output, format: 'text' })
  const help = (): string =>
    overview(
      Object.entries(commands).map(([name, { summary }]) => [name, summary] as const),
      paint,
    )
  if (first === undefined)
    throw new CliError('a command is missing', `Commands are ${Object.keys(commands).join(', ')}; see portcullis --help.`)
  if ((first === '--version' || first === '-V') && rest.length === 0) return text(`${version()}\n`)
  if ((first === '--help' || first === '-h' || first === 'help') && rest.length === 0) return text(help())
  if (first === 'help') throw new CliError(`too many operands, at ${rest[1]}`, 'Write portcullis help <command>.')
  const kind = first.startsWith('-') ? 'option' : 'command'
  const known = kind === 'option' ? ['--help', '--version'] : Object.keys(commands)
  throw new CliError(`unknown ${kind} ${first}.${suggestion(first, known)}`, 'See portcullis --help.')
}

/** The package's manifest is one folder above the built program. */
function version(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

/** The problems, one per line after the program's name, and the way out. */
function complaint(prefix: string, error: unknown): string {
  if (!(error instanceof CliError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return `${prefix}: this is a bug in portcullis, please report it\n${stack}\n`
  }
  const lines = error.problems.map((line) => `${prefix}: ${printable(line)}\n`)
  const hint = error.hint ?? (prefix === 'portcullis' ? undefined : `See ${prefix} --help.`)
  return `${lines.join('')}${hint === undefined ? '' : `${printable(hint)}\n`}`
}
