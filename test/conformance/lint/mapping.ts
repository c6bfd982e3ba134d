import { readFileSync } from 'node:fs'
import { lintCertificate, parseCertificate } from '../../../src/index.ts'
import { withoutFault } from './repair.ts'

/**
 * Maps the lints of another linter to ours. A lint is mapped to a list of our codes, each with or without words that the
 * message must contain (`san_malformed: DNS name`). A parse code (`parse:bad_time`) means that the certificate does not
 * parse. If no code corresponds, the mapping gives the reason instead of a list.
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
 * Everything that we report about a certificate: `code: message` for findings, `parse:code: message` for a certificate that
 * does not parse. Other linters report every fault, but our parser stops at the first. So this removes the faulty extension
 * or empty RDN, and lints the rest as well.
 */
export function reportsOn(der: Uint8Array): readonly string[] {
  const parsed = parseCertificate(der)
  if (parsed.ok) {
    const { findings } = lintCertificate(parsed.value, { at: new Date('2026-11-23T00:00:00Z') })
    return findings.map(({ code, message }) => `${code}: ${message}`)
  }
  const fault = `parse:${parsed.code}: ${parsed.message}`
  const rest = withoutFault(der, parsed.offset)
  return rest.length < der.length ? [fault, ...reportsOn(rest)] : [fault]
}

/** The reports that correspond to one of `wanted`. */
export function matching(reports: readonly string[], wanted: readonly string[]): readonly string[] {
  return reports.filter((report) =>
    wanted.some((entry) => {
      const [, code = '', words = ''] = /^((?:parse:)?\w+)(?:: (.*))?$/.exec(entry) ?? []
      return report.startsWith(`${code}: `) && report.includes(words)
    }),
  )
}
