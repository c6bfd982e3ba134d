import { buildTruststore, type Policy, profiles, type Truststore, verifyChain } from '../../../src/index.ts'
import { der, type PathCase, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface BetterTls {
  readonly validationTime: string
  readonly trustRoot: string
  readonly certs: readonly string[]
  readonly testCases: readonly {
    readonly id: number
    readonly suite: string
    readonly certs: readonly number[]
    readonly hostname: string
    readonly expected: 'ACCEPT' | 'REJECT'
    readonly failureIsWarning: boolean
  }[]
}

const policy: Policy = { ...profiles.rfc5280, conformance: 'practical' }

export function* pathCases(load: (file: string) => unknown): Iterable<PathCase> {
  const data = load('bettertls.json') as BetterTls
  const pool = data.certs.map(der)
  const anchors = [der(data.trustRoot)]
  const at = new Date(data.validationTime)
  for (const { suite, id, failureIsWarning, certs, hostname, expected } of data.testCases) {
    yield {
      id: `${suite}/${id}${failureIsWarning ? '/soft' : ''}`,
      expected: verdictWord(expected === 'ACCEPT'),
      policy,
      anchors,
      chain: certs.map((i) => pool[i]!),
      options: { at, purpose: 'server', serverName: hostname },
    }
  }
}

export const suite: Suite = {
  name: 'bettertls',
  files: ['bettertls.json'],
  cases: 9572,
  mapping: `Policy \`rfc5280\` with practical conformance (the suite tests path building and name constraints, not
certificate profiles), purpose server with the host name checked, at the suite’s own time. Soft cases
(failureIsWarning) count like hard ones.`,
  *run(load): Iterable<CaseResult> {
    let store: Truststore | undefined
    for (const { id, expected, anchors, chain, options } of pathCases(load)) {
      // All cases have the same anchor.
      store ??= buildTruststore(anchors, { policy, at: options.at! })
      const verdict = verifyChain(store, chain, options)
      yield {
        id,
        expected,
        actual: verdictWord(verdict.ok),
        detail: verdict.ok ? 'accepted' : `${verdict.code}: ${verdict.message}`,
      }
    }
  },
}
