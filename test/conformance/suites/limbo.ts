import { type Policy, profiles } from '../../../src/index.ts'
import { derOfPem, judgeCase, type PathCase, revocationBy, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface Limbo {
  readonly testcases: readonly {
    readonly id: string
    readonly validation_kind: 'SERVER' | 'CLIENT'
    readonly trusted_certs: readonly string[]
    readonly untrusted_intermediates: readonly string[]
    readonly peer_certificate: string
    readonly validation_time: string | null
    readonly extended_key_usage: readonly string[]
    readonly expected_result: 'SUCCESS' | 'FAILURE'
    readonly expected_peer_name: { readonly kind: string; readonly value: string } | null
    readonly max_chain_depth: number | null
    readonly crls: readonly string[]
  }[]
}

/** RFC 5280's rules. By the suite's descriptions, the dates and extensions of anchors count. */
const rfc5280: Policy = { ...profiles.rfc5280, checkAnchorValidity: true }

export function* pathCases(load: (file: string) => unknown): Iterable<PathCase> {
  for (const test of (load('limbo.json') as Limbo).testcases) {
    const { expected_peer_name: peer, max_chain_depth: depth, crls } = test
    const isWeb = test.id.startsWith('webpki::') || test.id.startsWith('online::')
    const base = isWeb ? profiles.webServer : rfc5280
    yield {
      id: test.id,
      expected: verdictWord(test.expected_result === 'SUCCESS'),
      policy: depth === null ? base : { ...base, maxChainLength: depth + 1 },
      anchors: test.trusted_certs.map(derOfPem),
      chain: [test.peer_certificate, ...test.untrusted_intermediates].map(derOfPem),
      options: {
        at: new Date(test.validation_time ?? '2026-11-23T00:00:00Z'),
        purpose: test.validation_kind === 'SERVER' ? 'server' : 'client',
        ...(peer !== null && (peer.kind === 'DNS' || peer.kind === 'IP') && { serverName: peer.value }),
        ...(crls.length > 0 && {
          revocation: revocationBy(crls.map(derOfPem), {
            depth: 'leaf',
            unknown: test.id.includes('different-issuer') ? 'allow' : 'refuse',
          }),
        }),
      },
      isAboutRevocation: crls.length > 0,
    }
  }
}

export const suite: Suite = {
  name: 'limbo',
  files: ['limbo.json'],
  cases: 208,
  mapping: `Policy \`rfc5280\`, with the dates of anchors checked; \`webpki::\` and \`online::\` cases under
\`webServer\`. The purpose follows \`validation_kind\`, or is any if the case lists no matching key purpose. The
expected DNS name or address is checked. Cases without a time are verified at 2026-11-23. \`max_chain_depth\` counts
intermediates, so the policy’s maximum is one more. CRLs, if any, are checked for the leaf.`,
  *run(load): Iterable<CaseResult> {
    for (const test of pathCases(load)) {
      const { actual, detail } = judgeCase(test)
      yield { id: test.id, expected: test.expected, actual, detail }
    }
  },
}
