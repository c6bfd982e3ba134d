import { type Policy, profiles } from '../../../src/index.ts'
import { der, judge, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface Chain {
  readonly id: string
  readonly leaf: string
  readonly intermediates: readonly string[]
  readonly roots: readonly string[] | string
  readonly time: string
  readonly host: string | null
  readonly keyUsages?: readonly string[]
  readonly expected: boolean
}

/** Some chains are old: their certificates do not follow RFC 5280's rules for issuers. */
const policy: Policy = {
  ...profiles.rfc5280,
  conformance: 'practical',
  trust: 'every-certificate',
}

export const suite: Suite = {
  name: 'realworld-chains',
  files: ['realworld-chains.json', 'mozilla-roots.json'],
  cases: 60,
  mapping: `Policy \`rfc5280\` with practical conformance, pinned leaves allowed, at the case’s time. The purpose is
server, or any if the case names other key usages. The host is checked if there is one.`,
  *run(load): Iterable<CaseResult> {
    const bundles = load('mozilla-roots.json') as Readonly<Record<string, Readonly<Record<string, string>>>>
    for (const test of load('realworld-chains.json') as readonly Chain[]) {
      const roots = typeof test.roots === 'string' ? Object.values(bundles[test.roots]!) : test.roots
      const isServer = test.keyUsages === undefined || test.keyUsages.includes('serverAuth')
      const { actual, detail } = judge(policy, roots.map(der), [test.leaf, ...test.intermediates].map(der), {
        at: new Date(test.time),
        purpose: isServer ? 'server' : 'any',
        ...(test.host !== null && { serverName: test.host }),
      })
      yield { id: test.id, expected: verdictWord(test.expected), actual, detail }
    }
  },
}
