import { createRequire } from 'node:module'
import Ajv from 'ajv'
import fc from 'fast-check'
import { expect } from 'vitest'

/** What build servers, terminals and viewers of SARIF find in the output of a program. */

/** Commands of GitHub Actions, in any case. */
const githubCommands = [
  ...['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'echo', 'set-output', 'set-env', 'add-path', 'add-mask'],
  ...['save-state', 'add-matcher', 'remove-matcher', 'stop-commands', 'internal-set-repo-path'],
]

/** Anywhere in a line, because wrappers may write text before it. */
const githubCommand = new RegExp(`::(?:${githubCommands.join('|')})(?![\\w-])`, 'i')

/** Everything in a line of output that would be executed. Colours are allowed. */
export function commandsIn(line: string): readonly string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removes colours
  const plain = line.replace(/\u001b\[\d{1,2}m/g, '')
  const found = [/^\s*::/, githubCommand, /##\[/, /##vso\[/, /##teamcity\[/, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u]
  return found.flatMap((pattern) => pattern.exec(plain)?.[0] ?? [])
}

export function expectNoCommands(output: string): void {
  for (const line of output.split('\n')) expect([line, commandsIn(line)]).toEqual([line, []])
}

/** Annotations of GitHub Actions, one per line, whose text contains no other command. */
export function readAnnotations(output: string): readonly { readonly file: string; readonly text: string }[] {
  const decoded = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
  const lines = output.split('\n').slice(0, -1)
  return lines.map((line) => {
    const found = /^::(?:error|warning|notice) file=([^:,]*)(?:,line=\d+)?,title=[a-z_]+::(.*)$/.exec(line)
    expect([line, found]).not.toEqual([line, null])
    const [, file = '', text = ''] = found ?? []
    expectNoCommands(file)
    expectNoCommands(text)
    return { file: decoded(file.replaceAll('%3A', ':').replaceAll('%2C', ',')), text: decoded(text) }
  })
}

const require = createRequire(import.meta.url)
const ajv = new Ajv({ schemaId: 'auto', allErrors: true })
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'))
/** Validates a SARIF 2.1.0 log; `errors` has the reasons. */
export const isSarif = ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))

interface SarifResult {
  readonly message: { readonly text: string; readonly markdown?: string }
}

/** The results of a valid log, with their messages as a viewer shows them. */
export function readSarif(output: string): readonly (SarifResult & { readonly shown: string })[] {
  expectNoCommands(output)
  const log = JSON.parse(output)
  isSarif(log)
  expect(isSarif.errors ?? []).toEqual([])
  return log.runs[0].results.map((result: SarifResult) => {
    expect(result.message.markdown).toBeUndefined()
    return { ...result, shown: shownBySarifViewer(result.message.text) }
  })
}

/** A SARIF 2.1.0 message as viewers show it, if it has no placeholder (3.11.5) and no link (3.11.6). */
export function shownBySarifViewer(text: string): string {
  const single = text.replace(/\{\{|\}\}/g, ({ 0: brace }) => (brace === '{' ? '(' : ')'))
  expect(single).not.toMatch(/[{}]/)
  // By the specification, and by viewers that do not know escapes.
  expect(text).not.toMatch(/\[[^\]]*\]\([^)]*\)/)
  expect(text.replace(/\\[\\[\]]/g, '')).not.toMatch(/\[.*\]\(/)
  const braces = text.replaceAll('{{', '{').replaceAll('}}', '}')
  return braces.includes(']\\(') ? braces.replace(/\\([\\[\](])/g, '$1') : braces
}

const pieces = [
  ...[
    '::error::',
    '::error file=a,line=1::',
    '::set-output name=a::',
    ' ::add-mask::',
    '::stop-commands::',
    '::',
    ':',
    '::Notice::',
  ],
  ...[
    '##[group]',
    '##[set-env name=a;]',
    '##vso[task.setvariable variable=a]',
    '##teamcity[buildStop]',
    '#',
    '##',
    '###vso[a.b]',
  ],
  ...['{0}', '{{1}}', '{', '}', '[a](https://evil.example)', '\\[a\\](1)', '[a](', '](', '[', ']', '(', ')', '\\'],
  ...['\u001b]8;;https://evil.example\u0007a\u001b]8;;\u0007', '\u001b[31m', '\r', '\n', '\r\n', '\u2028', '\u0085', '\ud800'],
  ...['\u00a0', '\u00ad', '\u200b', '\u202e', ' ', '\t', '%0A', '%', ',', '"', 'a', 'é', '2001:db8::1', '\u{e0041}'],
]

/** Text with commands, and arbitrary text. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)
