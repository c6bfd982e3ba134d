import type { LintCode } from '../codes/lint.ts'
import { ruleCatalogue } from '../lint/catalogue.ts'
import type { Waiver } from '../lint/lint-report.ts'
import { oneOf } from './arguments.ts'
import { CliError } from './errors.ts'
import { readInput } from './input.ts'
import { readTime } from './values.ts'

const fields = ['code', 'fingerprint', 'until', 'reason'] as const

/**
 * Reads waivers: a JSON array of `{ "code", "fingerprint"?, "until"?, "reason"? }`. `until` is a date; `reason` is a comment
 * for people.
 *
 * @throws CliError that names the file, the waiver and the field
 */
export async function readWaivers(file: string): Promise<readonly Waiver[]> {
  const { name, bytes } = await readInput(file)
  let list: unknown
  try {
    list = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new CliError(`${name} is not valid JSON: ${(error as Error).message}`)
  }
  if (!Array.isArray(list))
    throw new CliError(`${name} must be a JSON array of waivers`, 'Write [{ "code": "expired", "until": "2026-12-31" }].')
  return list.map((waiver: unknown, i) => readWaiver(waiver, `${name}: [${i}]`))
}

function readWaiver(waiver: unknown, where: string): Waiver {
  if (typeof waiver !== 'object' || waiver === null || Array.isArray(waiver)) throw new CliError(`${where} must be an object`)
  for (const [field, value] of Object.entries(waiver)) {
    oneOf(field, `a field of ${where}`, fields)
    if (typeof value !== 'string') throw new CliError(`${where}.${field} must be a string`)
  }
  const { code, fingerprint, until } = waiver as Readonly<Partial<Record<(typeof fields)[number], string>>>
  if (code === undefined) throw new CliError(`${where}.code is missing`)
  // Other tools write it in capitals, with colons.
  const hex = fingerprint?.replaceAll(':', '').toLowerCase()
  if (hex !== undefined && !/^[0-9a-f]{64}$/.test(hex)) throw new CliError(`${where}.fingerprint must be SHA-256 in hexadecimal`)
  return {
    code: oneOf<LintCode>(code, `${where}.code`, [...ruleCatalogue.keys()]),
    ...(hex !== undefined && { fingerprint: hex }),
    ...(until !== undefined && { until: readTime(until, `${where}.until`) }),
  }
}
