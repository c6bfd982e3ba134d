import { parseArgs } from 'node:util'
import type { Paint } from '../lint/report/printable.ts'
import { type Policy, profiles } from '../policy/policy.ts'
import type { ReportFormat } from './output.ts'

/**
 * A mistake of the caller, for standard error and exit code 2. The message names the problem and the place, then the way out.
 */
export class CliError extends Error {
  /** One line each, even if a name contains line breaks. */
  readonly problems: readonly string[]
  readonly hint: string | undefined

  constructor(problem: string | readonly string[], advice?: string) {
    const problems = typeof problem === 'string' ? [problem] : problem
    super(problems.join('\n'))
    this.name = 'CliError'
    this.problems = problems
    this.hint = advice
  }
}

/** ` Did you mean …?` for a word that is close to a known one. */
export function suggestion(word: string, known: readonly string[]): string {
  const lowerCaseWord = word.toLowerCase()
  const ranked = known.map((candidate) => ({ candidate, distance: distance(lowerCaseWord, candidate.toLowerCase()) }))
  const [best] = ranked.sort((a, b) => a.distance - b.distance)
  if (best === undefined || best.distance > Math.max(1, Math.floor(best.candidate.length / 3))) return ''
  return ` Did you mean ${best.candidate}?`
}

/**
 * The longest word that is compared. No option or code is longer, and the table below grows with the product of the lengths.
 */
const longestWord = 64

/** The Levenshtein distance, with swaps of neighbouring characters. */
function distance(a: string, b: string): number {
  if (a.length > longestWord) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  let last: readonly number[] = []
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let k = 1; k <= b.length; k++) {
      const replaced = row[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1)
      const isSwap = i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1]
      const swapped = isSwap ? last[k - 2]! + 1 : replaced
      next.push(Math.min(replaced, swapped, row[k]! + 1, next[k - 1]! + 1))
    }
    last = row
    row = next
  }
  return row[b.length]!
}

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
  ['0', 'No errors, or accepted.'],
  ['1', 'Errors, or rejected.'],
  ['2', 'Wrong usage, or unreadable input.'],
])}
\`portcullis help <command>\` shows options and examples, \`portcullis -V\` the version.
Files are PEM or DER; - is standard input.
Colours are for terminals: NO_COLOR=1 turns them off, FORCE_COLOR=1 on.
`
}

/** Two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
}

const help: Option = { help: 'Show this help.' }

/** The options of a command and those that every command has. */
export function optionsOf(command: Command): Readonly<Record<string, Option>> {
  return { ...command.options, help }
}

/**
 * Reads the arguments of a command. Options may appear anywhere; `--` ends them; `-` is an operand.
 *
 * @throws CliError for unknown, repeated or incomplete options
 */
export function readArguments(command: Command, args: readonly string[]): Arguments {
  const options = optionsOf(command)
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(name === 'help' && { short: 'h' }) },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const flags = new Set<string>()
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) {
      const known = Object.keys(options).map((each) => `--${each}`)
      throw new CliError(`unknown option ${rawName}.${suggestion(rawName, known)}`)
    }
    if (option.value === undefined) {
      if (value !== undefined) throw new CliError(`${rawName} takes no value`)
      flags.add(name)
      continue
    }
    if (value === undefined) throw new CliError(`${rawName} needs a value: ${rawName} ${option.value}`)
    if (inlineValue !== true && value.startsWith('-') && value !== '-') {
      throw new CliError(
        `${rawName} needs a value, and ${value} looks like an option`,
        `Write ${rawName}=${value} if it is meant.`,
      )
    }
    const given = values.get(name)
    if (given !== undefined && option.multiple !== true) throw new CliError(`${rawName} is given more than once`)
    if (given === undefined) values.set(name, [value])
    else given.push(value)
  }
  return { operands: positionals, flags, values }
}

/** A separate step, because `--help` does not need operands. */
export function checkOperands({ operands, least, most }: Command, given: readonly string[]): void {
  if (given.length < least) throw new CliError(given.length === 0 ? `${operands} is missing` : `too few operands: ${operands}`)
  if (given.length > most) throw new CliError(`too many operands, at ${given[most]}`)
}

/** The value of an option that may be given once. */
export function singleOf({ values }: Arguments, name: string): string | undefined {
  return values.get(name)?.[0]
}

/** All values of an option, whether repeated or separated by commas. */
export function listOf({ values }: Arguments, name: string): readonly string[] {
  return (values.get(name) ?? []).flatMap((text) => text.split(','))
}

/** The value of an option that has a fixed set of choices. */
export function choiceOf<T extends string>(given: Arguments, name: string, choices: readonly T[], fallback: T): T {
  const value = singleOf(given, name)
  if (value === undefined) return fallback
  return oneOf(value, `--${name}`, choices)
}

/** Messages do not list more choices than this. */
const mostListed = 12

export function oneOf<T extends string>(value: string, label: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  const problem = choices.length > mostListed ? 'which is not known' : `expected one of ${choices.join(', ')}`
  throw new CliError(`${label} is ${value === '' ? 'empty' : value}, ${problem}.${suggestion(value, choices)}`)
}

/** Options that several commands have, and their values. */

export const atOption: Option = { value: '<date>', help: 'Verify at this time: 2026-12-31 or 2026-12-31T12:00:00Z. Default now.' }

export const profileOption: Option = { value: '<profile>', help: 'api-gateway (default), rfc5280 or web-server.' }

/** The option `--format` with these choices; the first is the default. */
export function formatOption(...formats: readonly string[]): Option {
  return { value: '<format>', help: `${formats.join(', ').replace(/, ([^,]*)$/, ' or $1')}. Default ${formats[0]}.` }
}

const profileNames = { 'api-gateway': 'apiGateway', rfc5280: 'rfc5280', 'web-server': 'webServer' } as const

/** @param fallback the profile without the option */
export function policyOf(given: Arguments, fallback: keyof typeof profileNames = 'api-gateway'): Policy {
  const names = Object.keys(profileNames) as (keyof typeof profileNames)[]
  return profiles[profileNames[choiceOf(given, 'profile', names, fallback)]]
}

/** The time given by `--at`, in milliseconds since the epoch. */
export function timeOf(given: Arguments): number {
  const text = singleOf(given, 'at')
  return text === undefined ? Date.now() : readTime(text, '--at')
}

/**
 * A date (its first second) or a time, in UTC. A local time would mean something else on every machine.
 *
 * @throws CliError for everything else, 30 February included
 */
export function readTime(text: string, label: string): number {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text)
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)
  const time = isDate || isTime ? Date.parse(text) : Number.NaN
  // Date.parse accepts 30 February as 2 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new CliError(`${label} is ${text}, which is not a date`, 'Write it as 2026-12-31 or, in UTC, as 2026-12-31T12:00:00Z.')
  }
  return time
}

/** A number of days. */
export function daysOf(given: Arguments, name: string, fallback: number): number {
  const text = singleOf(given, name)
  if (text === undefined) return fallback
  if (!/^\d{1,6}$/.test(text)) throw new CliError(`--${name} is ${text}, which is not a number of days`)
  return Number(text)
}

/** A whole number; `undefined` if the option is not given. */
export function countOf(given: Arguments, name: string): number | undefined {
  const text = singleOf(given, name)
  if (text !== undefined && !/^\d{1,9}$/.test(text)) throw new CliError(`--${name} is ${text}, which is not a whole number`)
  return text === undefined ? undefined : Number(text)
}

/** An option of a command. */
export interface Option {
  /** The name of its value in the help; absent if it takes none. */
  readonly value?: string
  /** May be repeated. */
  readonly multiple?: true
  readonly help: string
}

export interface Command {
  /** What follows the command's name: `<bundle…>`. */
  readonly operands: string
  /** The least number of operands. */
  readonly least: number
  readonly most: number
  readonly options: Readonly<Record<string, Option>>
  /** Sentences for `--help`, after the options. */
  readonly notes: readonly string[]
  readonly examples: readonly { readonly does: string; readonly line: string }[]
  readonly run: (given: Arguments, surroundings: Surroundings) => Promise<Outcome>
}

/** A parsed command line. */
export interface Arguments {
  readonly operands: readonly string[]
  /** Options that take no value. */
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, readonly string[]>
}

/** What a command knows about its environment. */
export interface Surroundings {
  /** The version of portcullis. */
  readonly version: string
  /** For standard output. */
  readonly paint: Paint
}

/** The result of a command. Exit code 0: no errors, or accepted; 1: errors or rejected. Failures are thrown as `CliError`. */
export interface Outcome {
  readonly exitCode: 0 | 1
  /** For standard output. */
  readonly output: string
  /** The format of `output`, which decides what must be escaped in it. */
  readonly format: ReportFormat
}
