import { buildTruststore, type Policy, profiles, verifyChain } from '../../../src/index.ts'
import { der, revocationBy } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface CrlCase {
  readonly id: string
  readonly crl: string
  readonly caCertificate: string
  readonly caCertificate2: string | null
  readonly certificate: string
  readonly time: string
  readonly maxAgeDays: number
  readonly expected: 'GOOD' | 'REVOKED' | 'UNKNOWN'
}

/** The certificates are from 2017 and have 1024-bit keys. The suite tests only revocation. */
const policy: Policy = {
  ...profiles.rfc5280,
  conformance: 'practical',
  trust: 'every-certificate',
  enforceAnchorConstraints: false,
  minRsaBits: 1024,
}

export const suite: Suite = {
  name: 'boringssl-crl',
  files: ['boringssl-crl.json'],
  cases: 66,
  mapping: `The CA certificates are the truststore. The certificate is verified at the case’s time for any purpose,
with the list as the only one, \`maxAgeDays\` 7, depth leaf, and unknown status rejected. Accepted means GOOD,
\`revoked\` REVOKED, and \`revocation_unknown\` UNKNOWN; any other code fails the case.`,
  *run(load): Iterable<CaseResult> {
    for (const test of load('boringssl-crl.json') as readonly CrlCase[]) {
      const at = new Date(test.time)
      const cas = [test.caCertificate, ...(test.caCertificate2 === null ? [] : [test.caCertificate2])].map(der)
      const store = buildTruststore(cas, { policy, at })
      const revocation = revocationBy([der(test.crl)], { depth: 'leaf', maxAgeDays: test.maxAgeDays })
      const verdict = verifyChain(store, der(test.certificate), { at, purpose: 'any', revocation })
      const status = verdict.ok
        ? 'GOOD'
        : verdict.code === 'revoked'
          ? 'REVOKED'
          : verdict.code === 'revocation_unknown'
            ? 'UNKNOWN'
            : verdict.code
      yield { id: test.id, expected: test.expected, actual: status, detail: verdict.ok ? 'accepted' : verdict.message }
    }
  },
}
