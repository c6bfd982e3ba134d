import { Span } from '../../../src/bytes/span.ts'
import { readAll } from '../../../src/der/reader.ts'
import { namesEqual, readName } from '../../../src/x509/name.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface NameMatches {
  readonly names: Readonly<Record<string, string>>
  readonly pairs: readonly { readonly a: string; readonly b: string; readonly match: boolean; readonly why: string }[]
}

const file = 'boringssl-name-match.json'

export const suite: Suite = {
  name: 'boringssl-name-match',
  files: [file],
  cases: 217,
  mapping: `Both names are parsed by the parser for subjects and issuers and compared by RFC 5280 section 7.1, as in
chain building. Accept means that both parse and are equal. If a case expects that a name does not match itself, the
name must not parse.`,
  *run(load): Iterable<CaseResult> {
    const { names, pairs } = load(file) as NameMatches
    const parsed = new Map<string, { readonly der: Uint8Array; readonly fault?: string }>()
    for (const [id, base64] of Object.entries(names)) {
      const der = Buffer.from(base64, 'base64')
      const result = readAll(der, 'Name', (reader) => readName(reader, 'Name'))
      parsed.set(id, result.ok ? { der } : { der, fault: result.message })
    }
    // Some pairs occur twice in the file, with different reasons.
    const counts = new Map<string, number>()
    for (const { a, b, match, why } of pairs) {
      const pair = `${a} ~ ${b}`
      const count = (counts.get(pair) ?? 0) + 1
      counts.set(pair, count)
      const left = parsed.get(a)!
      const right = parsed.get(b)!
      const fault = left.fault ?? right.fault
      const equal = fault === undefined && namesEqual(new Span(left.der), new Span(right.der))
      yield {
        id: count === 1 ? pair : `${pair} #${count}`,
        expected: match ? 'accept' : 'reject',
        actual: equal ? 'accept' : 'reject',
        detail: fault ?? why,
      }
    }
  },
}
