import { singleDer } from '../bytes/input.ts'
import { isCertificateLabel } from '../bytes/pem.ts'
import { finish } from '../bytes/steps.ts'
import type { LintCode, Severity } from '../codes/lint.ts'
import type { ParseResult } from '../codes/parse.ts'
import { defaultTableBytes } from '../crypto/curve/point-key.ts'
import { pureSignatures } from '../crypto/signatures.ts'
import { elements, isoTime, type NoFields, readFields, requireDays, requireTime } from '../policy/fields.ts'
import { freezeCopy, type Policy, profiles } from '../policy/policy.ts'
import { certificateRules } from '../rules/catalogue.ts'
import { incompleteChain } from '../rules/chaining.ts'
import { emptyBundle } from '../rules/reading.ts'
import { type Finding, findingOf, inBundleOrder, inFull, type RuleContext, runRules } from '../rules/rule.ts'
import { analyse } from '../truststore/build.ts'
import { readBundle, readingRuleOf, type TruststoreInput } from '../truststore/read-bundle.ts'
import { type Truststore, TruststoreView } from '../truststore/store.ts'
import { VerificationCache } from '../truststore/verification-cache.ts'
import { type Certificate, CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy } from '../x509/parse-certificate.ts'
import type { Role } from '../x509/profile/profile-rule.ts'
import { certificateLintRules, graphLintRules, ruleCatalogue, waiverExpired } from './catalogue.ts'
import { LintGraph } from './graph.ts'
import { roleOf } from './lint-rule.ts'
import type { Platform } from './platform/limits.ts'
import { platformFindings } from './platform/preflight.ts'
import { truststoreRules } from './rules/bundle-graph.ts'

/** The answer of `lintTruststore` and `lintCertificate`. */
export interface LintReport {
  /** In bundle order; findings about the whole come first. */
  readonly findings: readonly Finding[]
  readonly counts: Record<Severity, number>
  /** No finding is an error. */
  readonly accepted: boolean
}

/** What is left of the findings where waivers were applied, and the sums. */
export function reportOf(found: readonly Finding[], waivers: readonly Waiver[], at: number): LintReport {
  const findings = applyWaivers(found, waivers, at)
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  return { findings, counts, accepted: counts.error === 0 }
}

/** A finding that is known and accepted, for a while. */
export interface Waiver {
  readonly code: LintCode
  /** SHA-256 of the one certificate it is for, in hexadecimal; absent: all of them. */
  readonly fingerprint?: string
  /** When it ends; absent: never. */
  readonly until?: Date | number
}

const noWaiver: NoFields<Waiver> = { code: undefined, fingerprint: undefined, until: undefined }

/** Leaves out what is waived; a waiver that has ended lets its finding through and is a finding itself. */
function applyWaivers(findings: readonly Finding[], waivers: readonly Waiver[], at: number): readonly Finding[] {
  if (!Array.isArray(waivers)) throw new TypeError('options.waive must be an array')
  let rest = findings
  const ended: Finding[] = []
  elements(waivers).forEach((waiver, i) => {
    const { code, fingerprint, until } = readFields<Waiver>(`options.waive[${i}]`, waiver, noWaiver)
    if (code === undefined || !ruleCatalogue.has(code))
      throw new TypeError(`options.waive[${i}].code is not a lint code: ${String(code)}`)
    const end = until === undefined ? Number.POSITIVE_INFINITY : requireTime(until, `options.waive[${i}].until`)
    const isMeant = (finding: Finding): boolean =>
      finding.code === code && (fingerprint === undefined || inFull(finding).fingerprint === fingerprint.toLowerCase())
    if (at < end) rest = rest.filter((finding) => !isMeant(finding))
    else if (rest.some(isMeant)) ended.push(endOf(code, fingerprint, end))
  })
  return [...ended, ...rest]
}

function endOf(code: LintCode, fingerprint: string | undefined, end: number): Finding {
  const finding = findingOf(waiverExpired, `the waiver of ${code} ended on ${isoTime(end)}`, {})
  return { ...finding, ...(fingerprint !== undefined && { fingerprint }) }
}

/** What only linting finds of a built truststore: of the whole, then certificate by certificate. */
export function lintStore(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const graph = new LintGraph(store, context.policy)
  const amongOthers = { ...context, graph }
  const findings: Finding[] = [...runRules(truststoreRules, graph, context, {})]
  for (const node of store.nodes) {
    const { certificate } = node
    findings.push(...runRules(graphLintRules, node, amongOthers, node))
    findings.push(...runRules(certificateLintRules, certificate, { ...context, role: roleOf(certificate) }, node))
  }
  return [...findings, ...newlyIncomplete(store, context)]
}

/** Every rule about one certificate by itself. */
export function lintView(certificate: CertificateView, role: Role, context: RuleContext): readonly Finding[] {
  const place = { certificate }
  return [
    ...runRules(certificateRules, certificate, { ...context, isSelfSigned: certificate.isSelfIssued }, place),
    ...runRules(certificateLintRules, certificate, { ...context, role }, place),
  ]
}

/**
 * A certificate whose issuer the build left out has lost its chain, which shows only afterwards; it is reported like one
 * whose issuer was never there.
 */
function newlyIncomplete(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const reported = new Set(
    store.findings.filter(({ code }) => code === incompleteChain.code).map((finding) => inFull(finding).index),
  )
  const alone = { ...context, withSubjectOf: () => [] }
  return store.nodes.filter((node) => !reported.has(node.index)).flatMap((node) => runRules([incompleteChain], node, alone, node))
}

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

/** What `lintCertificate` is to judge by. */
export interface LintCertificateOptions {
  /** The time to judge at: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default `profiles.apiGateway`. */
  readonly policy?: Policy
  /** What the certificate is to be: a client, or a CA. Default: what it says it is. */
  readonly as?: 'leaf' | 'ca'
  /** How many days ahead `expires_within` looks. Default 30. */
  readonly expiresWithinDays?: number
  /** Findings to leave out. */
  readonly waive?: readonly Waiver[]
}

const noCertificateOptions: NoFields<LintCertificateOptions> = {
  at: undefined,
  policy: undefined,
  as: undefined,
  expiresWithinDays: undefined,
  waive: undefined,
}

/**
 * Says what is wrong with one certificate by itself, such as a client's before it is handed out: every rule that needs no
 * other certificate. Whether a truststore accepts it is for `verifyChain` to say.
 *
 * @param input DER, PEM with one certificate as text or bytes, or a certificate that was parsed already
 * @throws TypeError for arguments of the wrong type; never for a bad certificate
 * @example
 * const { findings } = lintCertificate(readFileSync('client.pem'), { as: 'leaf' })
 * for (const { severity, code, message } of findings) console.log(`${severity} ${code}: ${message}`)
 */
export function lintCertificate(input: Uint8Array | string | Certificate, options: LintCertificateOptions = {}): LintReport {
  const given = readFields<LintCertificateOptions>('lintCertificate: options', options, noCertificateOptions)
  const { as, waive = [] } = given
  const policy = freezeCopy(given.policy === undefined ? profiles.apiGateway : given.policy)
  if (as !== undefined && as !== 'leaf' && as !== 'ca') {
    throw new TypeError(`lintCertificate: options.as must be 'leaf' or 'ca', got ${String(as)}`)
  }
  const at = requireTime(given.at, 'lintCertificate: options.at')
  const expiresWithinDays = requireDays(given.expiresWithinDays, 'lintCertificate: options.expiresWithinDays')
  const parsed = parse(input)
  const found = parsed.ok
    ? lintView(parsed.value, roleAs(parsed.value, as), { policy, at, expiresWithinDays })
    : [unreadable(parsed)]
  return reportOf(found, waive, at)
}

function parse(input: Uint8Array | string | Certificate): ParseResult<CertificateView> {
  if (input instanceof CertificateView) return { ok: true, value: input }
  const der = singleDer(input as Uint8Array | string, 'lintCertificate: input', 'CERTIFICATE', isCertificateLabel)
  return der.ok ? parseCertificateCopy(der.value) : der
}

function unreadable(fault: Exclude<ParseResult<never>, { readonly ok: true }>): Finding {
  return findingOf(fault.code === 'empty_input' ? emptyBundle : readingRuleOf(fault), fault.message, {})
}

function roleAs(certificate: CertificateView, as: 'leaf' | 'ca' | undefined): Role {
  if (as === undefined) return roleOf(certificate)
  if (as === 'leaf') return 'leaf'
  return certificate.isSelfIssued ? 'anchor' : 'intermediate'
}
