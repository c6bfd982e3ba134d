import { decodePem } from '../../../src/index.ts'
import { type LintMapping, loadMapping, matching, reportsOn, requireKnown } from '../lint/mapping.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface Linted {
  readonly id: string
  readonly pem: string
  readonly findings: readonly { readonly code: string; readonly path: string }[]
}

interface PkilintMapping extends LintMapping {
  /** For lints that check names in several extensions: the extension that our lint checks. */
  readonly within: Readonly<Record<string, string>>
  /** Lints whose findings pkilint suppresses in its profiles for TLS servers (`serverauth_finding_filter.py`). */
  readonly filtered: { readonly profiles: string; readonly lints: readonly string[] }
}

/** All lints that correspond to the same codes of ours. */
interface Question {
  readonly name: string
  readonly lints: ReadonlySet<string>
  readonly wanted: readonly string[]
}

function questionsOf(lints: Readonly<Record<string, readonly string[] | string>>): readonly Question[] {
  const questions = new Map<string, { name: string; lints: Set<string>; wanted: readonly string[] }>()
  for (const [lint, wanted] of Object.entries(lints)) {
    if (typeof wanted === 'string') continue
    const key = wanted.join('|')
    const known = questions.get(key)
    if (known === undefined) questions.set(key, { name: lint, lints: new Set([lint]), wanted })
    else known.lints.add(lint)
  }
  return [...questions.values()]
}

export const suite: Suite = {
  name: 'pkilint',
  files: ['pkilint.json'],
  cases: 11825,
  leastAgreement: 0.95,
  mapping: `\`lint/pkilint.json\` maps pkilint’s findings about RFC 5280 (\`pkix.*\`) to our codes, or says why
nothing corresponds. Findings that correspond to the same code are one question. pkilint asks all its questions about
each certificate, so no finding is a verdict too. A case is a question about a certificate, except those whose answer
pkilint suppresses in its profiles for TLS servers. In 83 cases at least one of the two has a finding; in 77 of these
both do. Certificates are linted as for \`zlint\`. At least 95 % must agree.`,
  *run(load): Iterable<CaseResult> {
    const certificates = load('pkilint.json') as readonly Linted[]
    const mapping = loadMapping('pkilint') as PkilintMapping
    const { groups, lints, within, filtered } = mapping
    requireKnown(mapping, new Set(certificates.flatMap(({ findings }) => findings.map(({ code }) => code))))
    const filters = new RegExp(filtered.profiles)
    const questions = questionsOf(lints)
    for (const { id, pem, findings } of certificates) {
      const decoded = decodePem(pem)
      if (!decoded.ok) throw new Error(decoded.message)
      const reports = reportsOn(decoded.value[0]!)
      const codes = findings.filter(({ code, path }) => path.includes(within[code] ?? '')).map(({ code }) => code)
      const unknown = codes.find((code) => lints[code] === undefined && groups[code.split('.')[0]!] === undefined)
      if (unknown !== undefined) throw new Error(`${unknown} is neither mapped nor explained`)
      for (const { name, lints: asked, wanted } of questions) {
        const expected = codes.some((code) => asked.has(code))
        if (!expected && filters.test(id) && filtered.lints.some((lint) => asked.has(lint))) continue
        const found = matching(reports, wanted)
        yield {
          id: `${name} ${id}`,
          expected: expected ? 'finding' : 'silent',
          actual: found.length === 0 ? 'silent' : 'finding',
          detail: (found.length > 0 ? found : reports).join('; '),
        }
      }
    }
  },
}
