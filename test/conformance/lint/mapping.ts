import { readFileSync } from 'node:fs'
import { lintCertificate, parseCertificate } from '../../../src/index.ts'
import { withoutFault } from './repair.ts'

/**
 * How the lints of another linter correspond to ours. A lint is mapped to what we report in its place, each as a code, or
 * as a code and words that the message must contain (`san_malformed: DNS name`); a code of the parser (`parse:bad_time`)
 * stands for certificates that are not read. Where nothing corresponds, a reason stands in place of the list.
 */
export interface LintMapping {
  /** Reasons for whole groups of lints that are not mapped one by one. */
  readonly groups: Readonly<Record<string, string>>
  readonly lints: Readonly<Record<string, readonly string[] | string>>
}

export function loadMapping(name: string): LintMapping {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as LintMapping
}

/** Fails for a mapping of lints that the data does not have. */
export function requireKnown({ lints }: LintMapping, known: ReadonlySet<string>): void {
  const stale = Object.keys(lints).filter((lint) => !known.has(lint))
  if (stale.length > 0) throw new Error(`mapped, but not in the data: ${stale.join(', ')}`)
}

/**
 * Everything that is said of a certificate: `code: message` for findings, `parse:code: message` for a fault that keeps it
 * from being read. A linter looks at one thing whatever else is wrong, and our parser stops at the first fault: so the
 * extension or empty RDN at fault is taken out, and what is left is linted as well.
 */
export function statements(der: Uint8Array): readonly string[] {
  const parsed = parseCertificate(der)
  if (parsed.ok) {
    const { findings } = lintCertificate(parsed.value, { at: new Date('2026-11-23T00:00:00Z') })
    return findings.map(({ code, message }) => `${code}: ${message}`)
  }
  const fault = `parse:${parsed.code}: ${parsed.message}`
  const rest = withoutFault(der, parsed.offset)
  return rest.length < der.length ? [fault, ...statements(rest)] : [fault]
}

/** What is said that corresponds to one of `wanted`. */
export function matching(said: readonly string[], wanted: readonly string[]): readonly string[] {
  return said.filter((statement) =>
    wanted.some((entry) => {
      const [, code = '', words = ''] = /^((?:parse:)?\w+)(?:: (.*))?$/.exec(entry) ?? []
      return statement.startsWith(`${code}: `) && statement.includes(words)
    }),
  )
}
