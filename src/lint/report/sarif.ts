import type { Severity } from '../../codes/lint.ts'
import { type FileReport, type ReportItem, sentence } from './file-report.ts'
import { printableJson } from './printable.ts'

/** Reports in SARIF. */

/** The texts of a rule in SARIF. */
export interface RuleDescription {
  readonly summary: string
  readonly citation: string
  readonly remedy: string
}

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

/**
 * A SARIF 2.1.0 log (OASIS) of one run. Results have a fingerprint of code, certificate and platform, so that tools recognise a
 * finding when lines move.
 *
 * @param version the version of portcullis
 * @param describe explains a code; called once for each code that occurs
 */
export function renderSarif(
  reports: readonly FileReport[],
  version: string,
  describe: (code: string) => RuleDescription,
): string {
  const codes = [...new Set(reports.flatMap(({ problems }) => problems.map(({ code }) => code)))].sort()
  // A file may be named twice, but must be one artifact.
  const uris = [...new Set(reports.map(({ file }) => uriOf(file)))]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'portcullis', semanticVersion: version, rules: codes.map((code) => rule(code, describe(code))) },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: uris.map((uri) => ({ location: { uri } })),
        results: reports.flatMap(({ file, problems }) => {
          const uri = uriOf(file)
          return problems.map((problem) => result(problem, codes.indexOf(problem.code), { uri, index: uris.indexOf(uri) }))
        }),
      },
    ],
  }
  return `${printableJson(log)}\n`
}

function rule(code: string, { summary, citation, remedy }: RuleDescription): object {
  return {
    id: code,
    shortDescription: { text: plain(summary) },
    help: { text: plain(`${remedy} See ${citation}.`) },
    properties: { citation },
  }
}

function result(
  problem: ReportItem,
  ruleIndex: number,
  artifactLocation: { readonly uri: string; readonly index: number },
): object {
  const { code, severity, citation, subject, fingerprint, index, line, platform } = problem
  return {
    ruleId: code,
    ruleIndex,
    level: levels[severity],
    message: { text: plain(sentence(problem)) },
    locations: [{ physicalLocation: { artifactLocation, ...(line !== undefined && { region: { startLine: line } }) } }],
    partialFingerprints: { 'portcullis/v1': [code, fingerprint ?? '', platform ?? ''].join(':') },
    properties: {
      citation,
      ...(subject !== undefined && { subject }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(index !== undefined && { index }),
      ...(platform !== undefined && { platform }),
    },
  }
}

/**
 * Escapes text so that viewers show it unchanged. Braces are doubled, because `{0}` is a placeholder (3.11.5). If the text contains
 * something like a link `[text](target)` (3.11.6), brackets and backslashes are escaped, as SARIF 2.2 advises. The parenthesis is
 * escaped too, for viewers that do not support escapes.
 */
function plain(text: string): string {
  const doubled = text.replace(/[{}]/g, '$&$&')
  return doubled.includes('](') ? doubled.replace(/[\\[\]]/g, '\\$&').replaceAll('](', ']\\(') : doubled
}

/** A path as a URI reference (RFC 3986). Relative paths stay relative, so that they resolve in the repository. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/')
  const drive = /^[A-Za-z]:\//.exec(path)?.[0] ?? ''
  const encoded = path.slice(drive.length).split('/').map(encodeSegment).join('/')
  if (drive !== '') return `file:///${drive}${encoded}`
  return path.startsWith('/') ? `file://${encoded}` : encoded
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(/\p{Cs}/gu, '\uFFFD'))
}
