import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** The tables of README.md map paragraphs to predicates, and back. */

const folder = new URL('./', import.meta.url)
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const)

const rows = readFileSync(new URL('README.md', folder), 'utf8')
  .split('## What "first" means')[0]!
  .split('## From the RFC to the predicate')[1]!
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| -'))
  .map((line) => line.split('|').map((cell) => cell.trim()))

/** Files whose exported functions are predicates, or steps that the RFC describes. */
const clauseFiles = [
  'path-validation.ts',
  'names.ts',
  'policies.ts',
  'policy-clauses.ts',
  'revocation-clauses.ts',
  'conformance.ts',
  'deviations.ts',
]

/** What they export beyond that. */
const helpers = ['formOf', 'hasConstrainedName']

function letters(section: string, last: string): readonly string[] {
  return Array.from({ length: last.charCodeAt(0) - 0x60 }, (_, i) => `${section} (${String.fromCharCode(0x61 + i)})`)
}

const paragraphs = [
  ...[...letters('6.1', 'd'), ...letters('6.1.1', 'i'), ...letters('6.1.2', 'k'), ...letters('6.1.3', 'f')],
  ...[...letters('6.1.4', 'o'), ...letters('6.1.5', 'g'), '6.1.6'],
  ...[...letters('6.3.1', 'b'), ...letters('6.3.2', 'c'), ...letters('6.3.3', 'l')],
  ...['6.1.3 (a)(1)', '6.1.3 (a)(2)', '6.1.3 (a)(3)', '6.1.3 (a)(4)', '6.1.3 (d)(1)', '6.1.3 (d)(2)', '6.1.3 (d)(3)'],
  ...['6.3.3 (b)(1)', '6.3.3 (b)(2)(i)', '6.3.3 (b)(2)(ii)', '6.3.3 (b)(2)(iii)', '6.3.3 (b)(2)(iv)'],
  ...['6.3.3 (c)(1)', '6.3.3 (c)(2)', '6.3.3 (c)(3)'],
]

describe('the tables of README.md', () => {
  it('have each paragraph of RFC 5280 6.1 and 6.3', () => {
    const named = rows.map(([, paragraph]) => paragraph!.replace('RFC 5280 ', '').split(', ')[0]!)
    expect(
      paragraphs.filter((paragraph) => !named.some((name) => name === paragraph || name.startsWith(`${paragraph}(`))),
    ).toEqual([])
  })

  it('name only what exists', () => {
    const predicates = rows.flatMap(([, , predicate]) =>
      [...predicate!.matchAll(/`(\w+_\w+|[a-z]+[A-Z]\w*|usable)`/g)].map(([, name]) => name!),
    )
    const text = sources.map(([, source]) => source).join('\n')
    expect(predicates.length).toBeGreaterThan(90)
    expect(predicates.filter((name) => !new RegExp(`(function|const|readonly) ${name}\\b`).test(text))).toEqual([])
  })

  it('name each exported predicate', () => {
    const exported = sources
      .filter(([name]) => clauseFiles.includes(name))
      .flatMap(([, source]) => [...source.matchAll(/^export function (\w+)/gm)].map(([, name]) => name!))
    const text = rows.flat().join(' ')
    expect(exported.length).toBeGreaterThan(60)
    expect(exported.filter((name) => !text.includes(`\`${name}\``) && !helpers.includes(name))).toEqual([])
  })
})
