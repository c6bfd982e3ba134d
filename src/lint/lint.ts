import { finish } from '../bytes/steps.ts'
import { defaultTableBytes } from '../crypto/curve/table-budget.ts'
import { pureSignatures } from '../crypto/pure.ts'
import { freezeCopy } from '../policy/check-policy.ts'
import { type NoFields, readFields } from '../policy/fields.ts'
import { type Policy, profiles } from '../policy/policy.ts'
import { requireDays, requireTime } from '../policy/time.ts'
import { inBundleOrder, inFull } from '../rules/finding.ts'
import type { Finding, RuleContext } from '../rules/rule.ts'
import { analyse } from '../truststore/build.ts'
import { readBundle, type TruststoreInput } from '../truststore/read-bundle.ts'
import { type Truststore, TruststoreView } from '../truststore/store.ts'
import { VerificationCache } from '../truststore/verification-cache.ts'
import { type LintReport, reportOf, type Waiver } from './lint-report.ts'
import type { Platform } from './platform/limits.ts'
import { platformFindings } from './platform/preflight.ts'
import { lintStore } from './run-rules.ts'

/** What `lintTruststore` is to judge by. */
export interface LintOptions {
  /** The time to judge at: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default: the truststore's, for input that is not built `profiles.apiGateway`. */
  readonly policy?: Policy
  /** How many days ahead `expires_within` looks. Default 30. */
  readonly expiresWithinDays?: number
  /**
   * Would the bundle be accepted there, and if not, what is to change? An error where the platform refuses the bundle, a
   * warning where it refuses clients because of it. A truststore that was built has no text and no copies any more.
   */
  readonly platform?: Platform | readonly Platform[]
  /** Findings to leave out. */
  readonly waive?: readonly Waiver[]
}

const noOptions: NoFields<LintOptions> = {
  at: undefined,
  policy: undefined,
  expiresWithinDays: undefined,
  platform: undefined,
  waive: undefined,
}

/**
 * Says what is wrong with a truststore, or soon will be: run it before an upload, in CI, and on a timer.
 *
 * @param input PEM text or bytes, DER, an array of them, or a truststore that was built already (which no longer has
 *   the certificates that were left out: the findings about those are carried over from its build)
 * @throws TypeError for arguments of the wrong type; never for a bad bundle
 * @example
 * const { accepted, findings } = lintTruststore(readFileSync('truststore.pem'), { expiresWithinDays: 90 })
 * for (const { severity, code, message, line } of findings) console.log(`${line}: ${severity} ${code}: ${message}`)
 */
export function lintTruststore(input: TruststoreInput | Truststore, options: LintOptions = {}): LintReport {
  const given = readFields<LintOptions>('lintTruststore: options', options, noOptions)
  const built = input instanceof TruststoreView ? input : undefined
  const policy = freezeCopy(given.policy === undefined ? (built?.policy ?? profiles.apiGateway) : given.policy)
  const at = requireTime(given.at, 'lintTruststore: options.at')
  const expiresWithinDays = requireDays(given.expiresWithinDays, 'lintTruststore: options.expiresWithinDays')
  const context = { policy, at, expiresWithinDays }
  if (built !== undefined) {
    const preflight = platformFindings(given.platform, built)
    return reportOf(inBundleOrder([...relint(built, context), ...preflight]), given.waive ?? [], at)
  }
  const source = { input: input as TruststoreInput, contents: finish(readBundle(input as TruststoreInput)) }
  const store = finish(analyse(source.contents, context, new VerificationCache(pureSignatures, defaultTableBytes)))
  const preflight = platformFindings(given.platform, store, source)
  return reportOf(inBundleOrder([...findingsOf(store, context), ...preflight]), given.waive ?? [], at)
}

/** What building finds, and what linting finds of the certificates that can be used. */
function findingsOf(store: TruststoreView, context: RuleContext): readonly Finding[] {
  return inBundleOrder([...store.findings, ...lintStore(store, context)])
}

/** A built store judged anew, with what its build had to leave out. Positions are those of the bundle it came from. */
function relint(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const kept = new Map(store.nodes.map((node) => [node.certificate.fingerprint, node]))
  // A copy that was left out has the fingerprint of the certificate that was kept, but another place in the bundle.
  const carried = store.findings.filter((finding) => {
    const { fingerprint, index } = inFull(finding)
    return fingerprint === undefined || kept.get(fingerprint)?.index !== index
  })
  const fresh = finish(analyse({ certificates: store.nodes, findings: [] }, context, store.cache))
  return inBundleOrder([...carried, ...findingsOf(fresh, context)])
}
