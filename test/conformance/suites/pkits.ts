import { type Policy, profiles } from '../../../src/index.ts'
import { der, judge, revocationBy, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface PkitsCase {
  readonly id: string
  readonly trustAnchor: string
  readonly certs: readonly string[]
  readonly crls: readonly string[]
  readonly expected: boolean
  readonly time: string
  readonly settings: {
    readonly initialExplicitPolicy: boolean
    readonly initialPolicyMappingInhibit: boolean
    readonly initialInhibitAnyPolicy: boolean
    readonly initialPolicySet: readonly string[]
  }
  readonly userConstrainedPolicySet?: readonly string[]
}

const policy: Policy = { ...profiles.rfc5280, conformance: 'practical', maxChainLength: 12 }

export const suite: Suite = {
  name: 'pkits',
  files: ['pkits.json'],
  cases: 249,
  mapping: `Policy \`rfc5280\` with practical conformance, any purpose, at the suite’s time. Every case runs with its
CRLs, which are checked for the whole chain; unknown and expired status is rejected. Its four policy inputs apply.
Certificates after the first are a pool. A case that is accepted must also return the expected user-constrained policy
set; otherwise it counts as rejected.`,
  *run(load): Iterable<CaseResult> {
    for (const test of load('pkits.json') as readonly PkitsCase[]) {
      const { settings, userConstrainedPolicySet: wanted } = test
      const { actual, detail, userPolicies } = judge(policy, [der(test.trustAnchor)], test.certs.map(der), {
        at: new Date(test.time),
        purpose: 'any',
        revocation: revocationBy(test.crls.map(der)),
        certificatePolicies: {
          initialPolicies: settings.initialPolicySet,
          requireExplicitPolicy: settings.initialExplicitPolicy,
          inhibitPolicyMapping: settings.initialPolicyMappingInhibit,
          inhibitAnyPolicy: settings.initialInhibitAnyPolicy,
        },
      })
      const samePolicies = actual === 'reject' || wanted === undefined || [...wanted].sort().join() === userPolicies!.join()
      if (samePolicies) yield { id: test.id, expected: verdictWord(test.expected), actual, detail }
      else
        yield {
          id: test.id,
          expected: verdictWord(test.expected),
          actual: 'other policies',
          detail: `policies ${userPolicies!.join()} instead of ${wanted.join()}`,
        }
    }
  },
}
