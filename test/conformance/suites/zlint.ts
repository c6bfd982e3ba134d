import { decodePem } from '../../../src/index.ts'
import { loadMapping, matching, reportsOn, requireKnown } from '../lint/mapping.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface Zlint {
  readonly files: Readonly<Record<string, string>>
  readonly tests: readonly {
    readonly file: string
    readonly lint: string
    readonly expected: string
    readonly source: string
    readonly kind?: string
    readonly withConfig?: boolean
  }[]
}

const silent = new Set(['Pass', 'NA'])

/** Our reports on each file. Several cases can use the same file, so they are cached. */
function linter(files: Zlint['files']): (file: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return (file) => {
    const reports = known.get(file) ?? reportsOn(firstCertificate(files[file] ?? ''))
    known.set(file, reports)
    return reports
  }
}

function firstCertificate(text: string): Uint8Array {
  const decoded = decodePem(text)
  if (!decoded.ok) throw new Error(decoded.message)
  return decoded.value[0]!
}

export const suite: Suite = {
  name: 'zlint',
  files: ['zlint.json'],
  cases: 376,
  leastAgreement: 0.95,
  mapping: `\`lint/zlint.json\` maps ZLint’s lints to our codes, or says why nothing corresponds. It covers all 117
lints of RFC 5280 and 3279 about certificates individually (103 of them are mapped), and those lints of other sources
that our catalogue also has. A case is a verdict on a certificate: \`Error\`, \`Warn\` and \`Notice\` expect a
finding, \`Pass\` and \`NA\` expect none, and \`NE\` (older than the rule) is no verdict. \`lintCertificate\` lints
certificates one at a time under \`profiles.apiGateway\`. 259 files do not parse as a whole, 172 of them because of
empty RDNs, which are irrelevant to the verdict. The offending part (an empty RDN, an extension) counts as a finding
and is removed, and the rest is linted too. At least 95 % must agree.`,
  *run(load): Iterable<CaseResult> {
    const { files, tests } = load('zlint.json') as Zlint
    const mapping = loadMapping('zlint')
    const { groups, lints } = mapping
    requireKnown(mapping, new Set(tests.map(({ lint }) => lint)))
    const reportsOf = linter(files)
    for (const { file, lint, expected, source, kind } of tests) {
      const mapped = lints[lint] ?? groups[kind ?? source]
      if (mapped === undefined) throw new Error(`${lint} of ${kind ?? source} is neither mapped nor explained`)
      if (typeof mapped === 'string' || expected === 'NE') continue
      const found = matching(reportsOf(file), mapped)
      yield {
        id: `${lint} ${file}`,
        expected: silent.has(expected) ? 'silent' : 'finding',
        actual: found.length === 0 ? 'silent' : 'finding',
        detail: (found.length > 0 ? found : reportsOf(file)).join('; '),
      }
    }
  },
}
