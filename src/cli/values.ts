import { type Policy, profiles } from '../policy/policy.ts'
import { choiceOf, singleOf } from './arguments.ts'
import type { Arguments, Option } from './command.ts'
import { CliError } from './errors.ts'

/** Options that several commands have, and their values. */

export const atOption: Option = { value: '<date>', help: 'Verify at this time: 2026-12-31 or 2026-12-31T12:00:00Z. Default now.' }

export const profileOption: Option = { value: '<profile>', help: 'api-gateway (default), rfc5280 or web-server.' }

/** The option `--format` with these choices; the first is the default. */
export function formatOption(...formats: readonly string[]): Option {
  return { value: '<format>', help: `${formats.join(', ').replace(/, ([^,]*)$/, ' or $1')}. Default ${formats[0]}.` }
}

const profileNames = { 'api-gateway': 'apiGateway', rfc5280: 'rfc5280', 'web-server': 'webServer' } as const

export function policyOf(given: Arguments): Policy {
  const names = Object.keys(profileNames) as (keyof typeof profileNames)[]
  return profiles[profileNames[choiceOf(given, 'profile', names, 'api-gateway')]]
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
export function readTime(text: string, what: string): number {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text)
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)
  const time = isDate || isTime ? Date.parse(text) : Number.NaN
  // Date.parse accepts 30 February as 2 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new CliError(`${what} is ${text}, which is not a date`, 'Write it as 2026-12-31 or, in UTC, as 2026-12-31T12:00:00Z.')
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
