import { type Policy, type Purpose, profiles } from '../../../src/index.ts'
import { derOfPem, judgeCase, type PathCase, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface ChainCase {
  readonly id: string
  readonly chain: readonly string[]
  readonly time: string
  readonly keyPurpose: string
  readonly lastCertTrust: string
  readonly expected: boolean
  readonly runByUpstream: boolean
}

/** The last certificate of a chain is the anchor, whether it is a CA or not. */
const base: Policy = { ...profiles.rfc5280, conformance: 'practical', trust: 'every-certificate', maxChainLength: 60 }

/** Upstream's models of anchors that portcullis supports. */
const anchorModels: Readonly<Record<string, Partial<Policy>>> = {
  TRUSTED_ANCHOR: { enforceAnchorConstraints: false, checkAnchorValidity: false },
  TRUSTED_ANCHOR_WITH_EXPIRATION: { enforceAnchorConstraints: false, checkAnchorValidity: true },
  TRUSTED_ANCHOR_WITH_CONSTRAINTS: { enforceAnchorConstraints: true, checkAnchorValidity: false },
  TRUSTED_ANCHOR_WITH_EXPIRATION_AND_CONSTRAINTS: { enforceAnchorConstraints: true, checkAnchorValidity: true },
}

/** Upstream's purposes that portcullis supports: a missing extendedKeyUsage and anyExtendedKeyUsage satisfy them. */
const purposes: Readonly<Record<string, Purpose>> = {
  SERVER_AUTH: 'server',
  CLIENT_AUTH: 'client',
  ANY_EKU: 'any',
}

function isRun(test: ChainCase): boolean {
  return test.runByUpstream && test.lastCertTrust in anchorModels && test.keyPurpose in purposes
}

export function* pathCases(load: (file: string) => unknown): Iterable<PathCase> {
  for (const test of (load('boringssl-verify-certificate-chain.json') as readonly ChainCase[]).filter(isRun)) {
    const chain = test.chain.map(derOfPem)
    yield {
      id: test.id,
      expected: verdictWord(test.expected),
      policy: { ...base, ...anchorModels[test.lastCertTrust] },
      anchors: chain.slice(-1),
      chain: chain.slice(0, -1),
      options: { at: new Date(test.time), purpose: purposes[test.keyPurpose]! },
    }
  }
}

export const suite: Suite = {
  name: 'boringssl-verify-certificate-chain',
  files: ['boringssl-verify-certificate-chain.json'],
  cases: 126,
  mapping: `The last certificate is the only anchor, as name and key or with its constraints or dates, as the case
says; the others are presented. Policy \`rfc5280\` with practical conformance. Cases that portcullis has no equivalent
for are not run: leaf trust and distrust (\`TRUSTED_LEAF…\`, \`…OR_LEAF\`, \`DISTRUSTED\`, \`UNSPECIFIED\`), anchors
with a separate requirement for basicConstraints, purposes that forbid other purposes (\`…_STRICT\`,
\`…_STRICT_LEAF\`), C2PA and MLS. The nine cases that upstream itself does not run are left out too.`,
  *run(load): Iterable<CaseResult> {
    for (const test of pathCases(load)) {
      const { actual, detail } = judgeCase(test)
      yield { id: test.id, expected: test.expected, actual, detail }
    }
  },
}
