import { isCertificateLabel, singleDer } from '../bytes/pem.ts'
import { finish } from '../bytes/steps.ts'
import type { LintCode, Severity } from '../codes/lint.ts'
import type { ParseResult } from '../codes/parse.ts'
import { defaultTableBytes } from '../crypto/curve/point-key.ts'
import { pureSignatures } from '../crypto/signatures.ts'
import { elements, isoTime, type NoFields, readFields, requireDays, requireTime } from '../policy/fields.ts'
import { freezeCopy, type Policy, type Purpose, profiles } from '../policy/policy.ts'
import { type PurposeTransition, readTransition } from '../policy/purpose.ts'
import { certificateRules } from '../rules/build-rules.ts'
import { incompleteChain } from '../rules/chaining.ts'
import { emptyBundle } from '../rules/reading.ts'
import { type Finding, findingOf, inBundleOrder, inFull, type RuleContext, runRules } from '../rules/rule.ts'
import { analyse } from '../truststore/build.ts'
import { noTrustAnchor } from '../truststore/path-ends.ts'
import { explainFault, readBundle, readingRuleOf, type TruststoreInput } from '../truststore/read-bundle.ts'
import { type Truststore, TruststoreView } from '../truststore/store.ts'
import { VerificationCache } from '../truststore/verification-cache.ts'
import { type Certificate, CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy } from '../x509/parse-certificate.ts'
import type { Role } from '../x509/profile/profile-rule.ts'
import { certificateLintRules, graphLintRules, ruleCatalogue, waiverExpired } from './catalogue.ts'
import { LintGraph } from './graph.ts'
import { type LintContext, roleOf } from './lint-rule.ts'
import type { Platform } from './platform/limits.ts'
import { platformFindings } from './platform/preflight.ts'
import { PublicCas, PublicRoots } from './public-cas.ts'
import { truststoreRules } from './rules/bundle-graph.ts'

/** `lintTruststore`, `lintCertificate`, and waivers. */

/** The result of `lintTruststore` and `lintCertificate`. */
export interface LintReport {
  /** In bundle order. Findings about the whole bundle come first. */
  readonly findings: readonly Finding[]
  readonly counts: Record<Severity, number>
  /** True if no finding is an error. */
  readonly accepted: boolean
}

/** Applies waivers and counts the remaining findings. */
export function reportOf(found: readonly Finding[], waivers: readonly Waiver[], at: number): LintReport {
  const findings = applyWaivers(found, waivers, at)
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  return { findings, counts, accepted: counts.error === 0 }
}

/** Silences a known finding, optionally for a limited time. */
export interface Waiver {
  readonly code: LintCode
  /** SHA-256 (hex) of the certificate that the waiver is for. Default: all certificates. */
  readonly fingerprint?: string
  /** When the waiver ends. Default: never. */
  readonly until?: Date | number
}

const noWaiver: NoFields<Waiver> = { code: undefined, fingerprint: undefined, until: undefined }

/** Removes waived findings. A waiver that has ended removes nothing; if its finding still exists, it adds `waiver_expired`. */
function applyWaivers(findings: readonly Finding[], waivers: readonly Waiver[], at: number): readonly Finding[] {
  if (!Array.isArray(waivers)) throw new TypeError('options.waive must be an array')
  let rest = findings
  const ended: Finding[] = []
  elements(waivers).forEach((waiver, i) => {
    const { code, fingerprint, until } = readFields<Waiver>(`options.waive[${i}]`, waiver, noWaiver)
    if (code === undefined || !ruleCatalogue.has(code))
      throw new TypeError(`options.waive[${i}].code is not a lint code: ${String(code)}`)
    const end = until === undefined ? Number.POSITIVE_INFINITY : requireTime(until, `options.waive[${i}].until`)
    const applies = (finding: Finding): boolean =>
      finding.code === code && (fingerprint === undefined || inFull(finding).fingerprint === fingerprint.toLowerCase())
    if (at < end) rest = rest.filter((finding) => !applies(finding))
    else if (rest.some(applies)) ended.push(expiredWaiver(code, fingerprint, end))
  })
  return [...ended, ...rest]
}

function expiredWaiver(code: LintCode, fingerprint: string | undefined, end: number): Finding {
  const finding = findingOf(waiverExpired, `the waiver of ${code} ended on ${isoTime(end)}`, {})
  return { ...finding, ...(fingerprint !== undefined && { fingerprint }) }
}

/** Context of the report on a truststore. */
interface StoreContext extends LintContext {
  readonly publicRoots: PublicRoots | undefined
}

/** Runs the lint-only rules on a built truststore: first those about the whole, then certificate by certificate. */
export function lintStore(store: TruststoreView, context: StoreContext): readonly Finding[] {
  const graph = new LintGraph(store, context.policy)
  const graphContext = { ...context, graph, publicCas: new PublicCas(graph, context.publicRoots) }
  const findings: Finding[] = [...runRules(truststoreRules, graph, context, {})]
  for (const node of store.nodes) {
    const { certificate } = node
    findings.push(...runRules(graphLintRules, node, graphContext, node))
    findings.push(...runRules(certificateLintRules, certificate, { ...context, role: roleOf(certificate), isListed: true }, node))
  }
  return [...findings, ...newlyIncomplete(store, context)]
}

/** Runs all rules about one certificate by itself. */
export function lintView(certificate: CertificateView, role: Role, context: LintContext): readonly Finding[] {
  const place = { certificate }
  return [
    ...runRules(certificateRules, certificate, { ...context, isSelfSigned: certificate.isSelfIssued }, place),
    ...runRules(certificateLintRules, certificate, { ...context, role, isListed: false }, place),
  ]
}

/**
 * Reports certificates whose issuer was left out. The build's rules run before that, so they do not report them as incomplete.
 */
function newlyIncomplete(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const reported = new Set(
    store.findings.filter(({ code }) => code === incompleteChain.code).map((finding) => inFull(finding).index),
  )
  const alone = { ...context, withSubjectOf: () => [] }
  return store.nodes.filter((node) => !reported.has(node.index)).flatMap((node) => runRules([incompleteChain], node, alone, node))
}

/** Options of `lintTruststore`. */
export interface LintOptions {
  /** The time of the checks: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default: the policy of the truststore; `profiles.apiGateway` for a bundle. */
  readonly policy?: Policy
  /** What certificates are checked for, as in `verifyChain`. Default: `purpose` of the policy. */
  readonly purpose?: Purpose | PurposeTransition
  /**
   * Roots of public CAs: a truststore, or SHA-256 fingerprints. They and the CAs below them are reported as CAs for clients. Node
   * has Mozilla's list: `buildTruststore(tls.rootCertificates)`. Default: public CAs are recognised
   * only by what certificates contain.
   */
  readonly publicRoots?: Truststore | readonly string[]
  /** How many days ahead `expires_within` looks. Default 30. */
  readonly expiresWithinDays?: number
  /**
   * Platforms to check the bundle for. A finding is an error if the platform rejects the bundle, and a warning if a higher quota
   * would help or if only clients are rejected. Pass the bundle for this: a built truststore has lost the PEM text and copies.
   */
  readonly platform?: Platform | readonly Platform[]
  /** Findings to silence. */
  readonly waive?: readonly Waiver[]
}

const noOptions: NoFields<LintOptions> = {
  at: undefined,
  policy: undefined,
  purpose: undefined,
  publicRoots: undefined,
  expiresWithinDays: undefined,
  platform: undefined,
  waive: undefined,
}

/**
 * Finds problems of a truststore, present and upcoming. Run it before an upload, in CI, and on a schedule.
 *
 * @param input PEM text or bytes, DER, an array of these, or a built truststore. A built truststore has lost the certificates that
 *   were left out; the report then includes the findings of its build about them.
 * @throws TypeError for arguments of the wrong type; never for a bad bundle
 * @example
 * const { accepted, findings } = lintTruststore(readFileSync('truststore.pem'), { expiresWithinDays: 90 })
 * for (const { severity, code, message, line } of findings) console.log(`${line}: ${severity} ${code}: ${message}`)
 */
export function lintTruststore(input: TruststoreInput | Truststore, options: LintOptions = {}): LintReport {
  const given = readFields<LintOptions>('lintTruststore: options', options, noOptions)
  const built = input instanceof TruststoreView ? input : undefined
  const listed = freezeCopy(given.policy === undefined ? (built?.policy ?? profiles.apiGateway) : given.policy)
  const { policy, transitionEnd } = withPurpose(listed, given.purpose, 'lintTruststore: options.purpose')
  const at = requireTime(given.at, 'lintTruststore: options.at')
  const expiresWithinDays = requireDays(given.expiresWithinDays, 'lintTruststore: options.expiresWithinDays')
  const roots = given.publicRoots
  const publicRoots = roots === undefined ? undefined : new PublicRoots(roots, 'lintTruststore: options.publicRoots')
  const context = { policy, at, expiresWithinDays, transitionEnd, publicRoots }
  if (built !== undefined) {
    const preflight = platformFindings(given.platform, built)
    return reportOf(inBundleOrder([...relint(built, context), ...preflight]), given.waive ?? [], at)
  }
  const source = { input: input as TruststoreInput, contents: finish(readBundle(input as TruststoreInput)) }
  const store = finish(analyse(source.contents, context, new VerificationCache(pureSignatures, defaultTableBytes)))
  const preflight = platformFindings(given.platform, store, source)
  return reportOf(inBundleOrder([...findingsOf(store, context), ...preflight]), given.waive ?? [], at)
}

/** The findings of the build, and those of the lint-only rules about usable certificates. */
function findingsOf(store: TruststoreView, context: StoreContext): readonly Finding[] {
  return inBundleOrder([...store.findings, ...lintStore(store, context)])
}

/** Lints a built store again and adds its build's findings about left-out certificates. Positions are those of the bundle. */
function relint(store: TruststoreView, context: StoreContext): readonly Finding[] {
  const kept = new Map(store.nodes.map((node) => [node.certificate.fingerprint, node]))
  // A copy that was left out has the same fingerprint as the certificate that was kept, but another index.
  const carried = store.findings.filter((finding) => {
    const { fingerprint, index } = inFull(finding)
    // Whether a path can end is decided again, under the policy of this report.
    if (finding.code === noTrustAnchor.code) return false
    return fingerprint === undefined || kept.get(fingerprint)?.index !== index
  })
  const fresh = finish(analyse({ certificates: store.nodes, findings: [] }, context, store.cache))
  return inBundleOrder([...carried, ...findingsOf(fresh, context)])
}

/** Options of `lintCertificate`. */
export interface LintCertificateOptions {
  /** The time of the checks: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default `profiles.apiGateway`. */
  readonly policy?: Policy
  /** What the certificate is checked for, as in `verifyChain`. Default: `purpose` of the policy. */
  readonly purpose?: Purpose | PurposeTransition
  /** Whether to check the certificate as a client or as a CA. Default: by its basicConstraints. */
  readonly as?: 'leaf' | 'ca'
  /** How many days ahead `expires_within` looks. Default 30. */
  readonly expiresWithinDays?: number
  /** Findings to silence. */
  readonly waive?: readonly Waiver[]
}

const noCertificateOptions: NoFields<LintCertificateOptions> = {
  at: undefined,
  policy: undefined,
  purpose: undefined,
  as: undefined,
  expiresWithinDays: undefined,
  waive: undefined,
}

/**
 * Finds problems of a single certificate, such as a client certificate before you hand it out. Runs all rules that need no other
 * certificate. Use `verifyChain` to check whether a truststore accepts it.
 *
 * @param input DER, PEM text or bytes with one certificate, or a parsed certificate
 * @throws TypeError for arguments of the wrong type; never for a bad certificate
 * @example
 * const { findings } = lintCertificate(readFileSync('client.pem'), { as: 'leaf' })
 * for (const { severity, code, message } of findings) console.log(`${severity} ${code}: ${message}`)
 */
export function lintCertificate(input: Uint8Array | string | Certificate, options: LintCertificateOptions = {}): LintReport {
  const given = readFields<LintCertificateOptions>('lintCertificate: options', options, noCertificateOptions)
  const { as, waive = [] } = given
  const listed = freezeCopy(given.policy === undefined ? profiles.apiGateway : given.policy)
  const { policy, transitionEnd } = withPurpose(listed, given.purpose, 'lintCertificate: options.purpose')
  if (as !== undefined && as !== 'leaf' && as !== 'ca') {
    throw new TypeError(`lintCertificate: options.as must be 'leaf' or 'ca', got ${String(as)}`)
  }
  const at = requireTime(given.at, 'lintCertificate: options.at')
  const expiresWithinDays = requireDays(given.expiresWithinDays, 'lintCertificate: options.expiresWithinDays')
  const parsed = parse(input)
  const found = parsed.ok
    ? lintView(parsed.value, roleAs(parsed.value, as), { policy, at, expiresWithinDays, transitionEnd })
    : [unreadable(parsed)]
  return reportOf(found, waive, at)
}

/** The policy with the purpose that a report is for. In a transition that is `client`. */
function withPurpose(
  policy: Policy,
  purpose: LintOptions['purpose'],
  label: string,
): { readonly policy: Policy; readonly transitionEnd: number | undefined } {
  if (purpose === undefined) return { policy, transitionEnd: undefined }
  if (typeof purpose === 'object')
    return { policy: freezeCopy({ ...policy, purpose: 'client' }), transitionEnd: readTransition(purpose, label) }
  if (purpose !== 'client' && purpose !== 'server' && purpose !== 'any')
    throw new TypeError(`${label} must be client, server, any or a transition { anyOf, until }, got ${String(purpose)}`)
  return { policy: freezeCopy({ ...policy, purpose }), transitionEnd: undefined }
}

function parse(input: Uint8Array | string | Certificate): ParseResult<CertificateView> {
  if (input instanceof CertificateView) return { ok: true, value: input }
  const der = singleDer(input as Uint8Array | string, 'lintCertificate: input', 'CERTIFICATE', isCertificateLabel)
  if (!der.ok) return der
  const parsed = parseCertificateCopy(der.value)
  return parsed.ok ? parsed : { ...parsed, message: explainFault(parsed.message, der.value, der.value !== input) }
}

function unreadable(fault: Exclude<ParseResult<never>, { readonly ok: true }>): Finding {
  return findingOf(fault.code === 'empty_input' ? emptyBundle : readingRuleOf(fault), fault.message, {})
}

function roleAs(certificate: CertificateView, as: 'leaf' | 'ca' | undefined): Role {
  if (as === undefined) return roleOf(certificate)
  if (as === 'leaf') return 'leaf'
  return certificate.isSelfIssued ? 'anchor' : 'intermediate'
}
