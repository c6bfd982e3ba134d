import { type Policy, profiles } from '../../../src/index.ts'
import { der, judgeCase, type PathCase, revocationBy, verdictWord } from '../judge.ts'
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

/** A case with the user-constrained policies that it expects. */
export interface PkitsPathCase extends PathCase {
  readonly wanted: readonly string[] | undefined
}

const policy: Policy = { ...profiles.rfc5280, conformance: 'practical', maxChainLength: 12 }

/** The sections about lists, and the cases of other sections in which the leaf is revoked or its issuer may not sign lists. */
const aboutRevocation = /^4\.(4|14|15)\.|^4\.5\.[257]$|^4\.7\.[45]$/

export function* pathCases(load: (file: string) => unknown): Iterable<PkitsPathCase> {
  for (const test of load('pkits.json') as readonly PkitsCase[]) {
    const { settings } = test
    yield {
      id: test.id,
      expected: verdictWord(test.expected),
      policy,
      anchors: [der(test.trustAnchor)],
      chain: test.certs.map(der),
      options: {
        at: new Date(test.time),
        purpose: 'any',
        revocation: revocationBy(test.crls.map(der)),
        certificatePolicies: {
          initialPolicies: settings.initialPolicySet,
          requireExplicitPolicy: settings.initialExplicitPolicy,
          inhibitPolicyMapping: settings.initialPolicyMappingInhibit,
          inhibitAnyPolicy: settings.initialInhibitAnyPolicy,
        },
      },
      isAboutRevocation: aboutRevocation.test(test.id),
      wanted: test.userConstrainedPolicySet,
    }
  }
}

export const suite: Suite = {
  name: 'pkits',
  files: ['pkits.json'],
  cases: 249,
  mapping: `Policy \`rfc5280\` with practical conformance, any purpose, at the suite’s time. Every case runs with its
CRLs, which are checked for the whole chain; unknown and expired status is rejected. Its four policy inputs apply.
Certificates after the first are a pool. A case that is accepted must also return the expected user-constrained policy
set; otherwise it counts as rejected.`,
  *run(load): Iterable<CaseResult> {
    for (const test of pathCases(load)) {
      const { id, expected, wanted } = test
      const { actual, detail, userPolicies } = judgeCase(test)
      const samePolicies = actual === 'reject' || wanted === undefined || [...wanted].sort().join() === userPolicies!.join()
      if (samePolicies) yield { id, expected, actual, detail }
      else {
        const policies = `policies ${userPolicies!.join()} instead of ${wanted.join()}`
        yield { id, expected, actual: 'other policies', detail: policies }
      }
    }
  },
}
