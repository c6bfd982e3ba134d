import { buildTruststore, type Policy, profiles, verifyChain } from '../../../src/index.ts'
import { der, verdictWord } from '../judge.ts'
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

export const suite: Suite = {
  name: 'bettertls',
  files: ['bettertls.json'],
  cases: 9572,
  mapping: `Policy \`rfc5280\` with practical conformance (the suite tests path building and name constraints, not
certificate profiles), purpose server with the host name checked, at the suite’s own time. Soft cases
(failureIsWarning) count like hard ones.`,
  *run(load): Iterable<CaseResult> {
    const data = load('bettertls.json') as BetterTls
    const pool = data.certs.map(der)
    const at = new Date(data.validationTime)
    const store = buildTruststore(der(data.trustRoot), { policy, at })
    for (const test of data.testCases) {
      const verdict = verifyChain(
        store,
        test.certs.map((i) => pool[i]!),
        { at, purpose: 'server', serverName: test.hostname },
      )
      const id = `${test.suite}/${test.id}${test.failureIsWarning ? '/soft' : ''}`
      yield {
        id,
        expected: test.expected.toLowerCase(),
        actual: verdictWord(verdict.ok),
        detail: verdict.ok ? 'accepted' : `${verdict.code}: ${verdict.message}`,
      }
    }
  },
}
