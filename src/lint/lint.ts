import type { Severity } from '../codes/lint.ts'
import { pureSignatures } from '../crypto/pure.ts'
import { checkPolicy } from '../policy/check-policy.ts'
import { requireFields } from '../policy/fields.ts'
import { type Policy, profiles } from '../policy/policy.ts'
import { requireTime } from '../policy/time.ts'
import type { Finding } from '../rules/rule.ts'
import { analyse } from '../truststore/build.ts'
import type { TruststoreInput } from '../truststore/bundle.ts'
import { type Truststore, TruststoreView } from '../truststore/store.ts'
import type { Platform } from './platform/limits.ts'
import { platformFindings } from './platform/preflight.ts'
import { applyWaivers, type Waiver } from './waivers.ts'

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

const optionFields: ReadonlySet<string> = /* @__PURE__ */ new Set(['at', 'policy', 'expiresWithinDays', 'platform', 'waive'])

export interface LintReport {
  /** In bundle order; findings about the whole come first. */
  readonly findings: readonly Finding[]
  readonly counts: Record<Severity, number>
  /** No finding is an error. */
  readonly accepted: boolean
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
  requireFields('lintTruststore: options', options, optionFields)
  const built = input instanceof TruststoreView ? input : undefined
  const policy = options.policy ?? built?.policy ?? profiles.apiGateway
  checkPolicy(policy)
  const at = requireTime(options.at, 'lintTruststore: options.at')
  const expiresWithinDays = options.expiresWithinDays ?? 30
  if (typeof expiresWithinDays !== 'number' || !(expiresWithinDays >= 0)) {
    throw new TypeError(`lintTruststore: options.expiresWithinDays must be a number of days, got ${String(expiresWithinDays)}`)
  }
  const context = { policy, at, expiresWithinDays }
  const store = built ?? analyse(input as TruststoreInput, context, pureSignatures)
  const preflight = platformFindings(options.platform, built === undefined ? (input as TruststoreInput) : undefined, store)
  const found = [...(built === undefined ? store.findings : relint(built, context)), ...preflight]
  const findings = applyWaivers(inBundleOrder(found), options.waive ?? [], at)
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  return { findings, counts, accepted: counts.error === 0 }
}

/** A built store judged anew, with what its build had to leave out. Positions are those of the bundle it came from. */
function relint(store: TruststoreView, context: { policy: Policy; at: number; expiresWithinDays: number }): readonly Finding[] {
  const kept = new Map(store.nodes.map((node) => [node.certificate.fingerprint, node]))
  // A copy that was left out has the fingerprint of the certificate that was kept, but another place in the bundle.
  const carried = store.findings.filter(({ fingerprint, index }) => {
    return fingerprint === undefined || kept.get(fingerprint)?.index !== index
  })
  const fresh = analyse(
    store.nodes.map((node) => node.certificate.raw),
    context,
    store.signatures,
  ).findings.map((finding) => {
    const node = finding.fingerprint === undefined ? undefined : kept.get(finding.fingerprint)
    if (node === undefined) return finding
    return { ...finding, index: node.index, ...(node.line !== undefined && { line: node.line }) }
  })
  return [...carried, ...fresh]
}

/** Findings about the whole first, then certificate by certificate. */
function inBundleOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => (a.index ?? -1) - (b.index ?? -1))
}
