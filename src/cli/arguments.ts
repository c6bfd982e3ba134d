import { parseArgs } from 'node:util'
import type { Arguments, Command, Option } from './command.ts'
import { CliError, suggestion } from './errors.ts'

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

export function oneOf<T extends string>(value: string, what: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  const problem = choices.length > mostListed ? 'which is not known' : `expected one of ${choices.join(', ')}`
  throw new CliError(`${what} is ${value === '' ? 'empty' : value}, ${problem}.${suggestion(value, choices)}`)
}
