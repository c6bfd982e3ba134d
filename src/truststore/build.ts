import { Span, SpanMap } from '../bytes/span.ts'
import { finish, type Steps } from '../bytes/steps.ts'
import { defaultTableBytes } from '../crypto/curve/point-key.ts'
import { pureSignatures, type SignatureBackend } from '../crypto/signatures.ts'
import { member, type NoFields, readFields, requireTime } from '../policy/fields.ts'
import { apiGateway, freezeCopy, type Policy } from '../policy/policy.ts'
import { certificateRules } from '../rules/build-rules.ts'
import { bundleRules } from '../rules/chaining.ts'
import { duplicateCertificate } from '../rules/reading.ts'
import {
  type BundleEntry,
  type Finding,
  findingOf,
  inBundleOrder,
  inFull,
  type Problem,
  type Rule,
  type RuleContext,
} from '../rules/rule.ts'
import { algorithmRules } from '../rules/signature.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { linkIssuers } from './link-issuers.ts'
import { SubjectIndex } from './lookup.ts'
import { describeNoPathEnd, noTrustAnchor } from './path-ends.ts'
import { type BundleContents, type BundledCertificate, readBundle, type TruststoreInput } from './read-bundle.ts'
import { type Truststore, TruststoreView } from './store.ts'
import { TrustNode } from './trust-graph.ts'
import { VerificationCache } from './verification-cache.ts'

/** `buildTruststore`: reads a bundle, runs the rules, and keeps the usable certificates. */

/** Options of `buildTruststore`. */
export interface TruststoreOptions {
  /** Default `profiles.apiGateway`. */
  readonly policy?: Policy
  /** Whether to throw on any error finding. Default false: the certificate is left out. */
  readonly strict?: boolean
  /** The time for findings about dates: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default `pureSignatures`. */
  readonly signatures?: SignatureBackend
  /**
   * Memory in bytes for tables that speed up signature checks. A frequently used CA key takes 1.2 MB on P-256 and 2.6 MB on P-384.
   * The least recently used tables are evicted. Default 16 MB; 0 disables tables of keys. In addition, each curve has a table of
   * the same size that does not count.
   */
  readonly tableBudgetBytes?: number
}

const noOptions: NoFields<TruststoreOptions> = {
  policy: undefined,
  strict: undefined,
  at: undefined,
  signatures: undefined,
  tableBudgetBytes: undefined,
}

/**
 * Thrown if a bundle has no usable certificate or, with `strict`, if any finding is an error.
 *
 * @example
 * try {
 *   buildTruststore(readFileSync('client.key'))
 * } catch (error) {
 *   if (error instanceof TruststoreError) for (const { line, message } of error.findings) console.error(line, message)
 * }
 */
export class TruststoreError extends Error {
  /** All findings about the bundle. */
  readonly findings: readonly Finding[]

  constructor(message: string, findings: readonly Finding[]) {
    super(message)
    this.name = 'TruststoreError'
    this.findings = findings
  }
}

/**
 * Builds a truststore from a bundle: PEM text or bytes, DER, or an array of these. Unusable certificates are left out, each with
 * a finding that says why. Expired certificates stay, so that their clients are rejected as expired.
 *
 * Signatures between the bundle's certificates are checked once, here, and not at handshakes.
 *
 * @throws TruststoreError if no usable certificate remains or, with `strict`, if any finding is an error
 * @throws TypeError for arguments of the wrong type
 * @example
 * const store = buildTruststore(readFileSync('truststore.pem'))
 * for (const warning of store.warnings) console.warn(warning)
 */
export function buildTruststore(input: TruststoreInput, options: TruststoreOptions = {}): Truststore {
  return finish(building(input, options))
}

/** {@link buildTruststore} in steps. */
export function* building(input: TruststoreInput, options: TruststoreOptions): Steps<TruststoreView> {
  const given = readFields<TruststoreOptions>('buildTruststore: options', options, noOptions)
  const { strict = false, signatures = pureSignatures, tableBudgetBytes = defaultTableBytes } = given
  const policy = freezeCopy(given.policy === undefined ? apiGateway : given.policy)
  if (typeof strict !== 'boolean') throw new TypeError('buildTruststore: options.strict must be a boolean')
  if (typeof member(signatures, 'importKey') !== 'function')
    throw new TypeError('buildTruststore: options.signatures must be a SignatureBackend')
  if (typeof tableBudgetBytes !== 'number' || !(tableBudgetBytes >= 0))
    throw new TypeError('buildTruststore: options.tableBudgetBytes must be a number of bytes')
  const at = requireTime(given.at, 'buildTruststore: options.at')
  const contents = yield* readBundle(input)
  const store = yield* analyse(
    contents,
    { policy, at, expiresWithinDays: 30 },
    new VerificationCache(signatures, tableBudgetBytes),
  )
  const errors = store.findings.filter((finding) => finding.severity === 'error')
  if (store.nodes.length === 0)
    throw new TruststoreError(summarise('no usable certificate in the truststore', errors), store.findings)
  if (strict && errors.length > 0) throw new TruststoreError(summarise('the truststore has errors', errors), store.findings)
  return store
}

/** Runs the rules on a bundle and builds a store, however bad the bundle is. */
export function* analyse(contents: BundleContents, context: RuleContext, cache: VerificationCache): Steps<TruststoreView> {
  const findings: Finding[] = [...contents.findings]
  const candidates = new NodeSet()
  const leftOut = new SubjectIndex()
  const firsts = new SpanMap<BundledCertificate>()
  for (const entry of contents.certificates) {
    yield
    if (isCopy(entry, firsts, findings)) continue
    const { certificate } = entry
    const ruleContext = { ...context, isSelfSigned: certificate.isSelfIssued }
    const severities = certificateRules.map((rule) => {
      const found = rule.check(certificate, ruleContext)
      // A self-issued certificate may prove to be self-signed, and then its signature may be weak. Linking decides that below.
      const isUndecided = typeof found === 'object' && algorithmRules.includes(rule) && certificate.isSelfIssued
      return addFinding(findings, rule, isUndecided ? undefined : found, entry)
    })
    const node = new TrustNode(certificate, entry.index, entry.line, cache)
    if (severities.includes('error')) leftOut.add(node)
    else candidates.add(node)
  }
  yield* linkIssuers(candidates.entries, candidates.subjects)
  const usable = new NodeSet()
  const withSubjectOf = ({ certificate }: BundleEntry): readonly BundleEntry[] =>
    candidates.subjects.find(certificate.subjectName)
  const bundleContext = { ...context, withSubjectOf }
  for (const node of candidates.entries) {
    yield
    const { certificate, isSelfSigned } = node
    const algorithmSeverities = algorithmRules.map((rule) => {
      const found = rule.check(certificate, { ...context, isSelfSigned })
      return found !== undefined && certificate.isSelfIssued ? addFinding(findings, rule, found, node) : undefined
    })
    const severities = bundleRules.map((rule) => addFinding(findings, rule, rule.check(node, bundleContext), node))
    if (algorithmSeverities.includes('error') || severities.includes('error')) leftOut.add(node)
    else usable.add(node)
    certificate.extensions.trim()
  }
  // Drop excluded certificates from the issuers of the usable ones.
  if (usable.entries.length < candidates.entries.length) {
    const kept = new Set(usable.entries)
    // Filter each array once: certificates of one issuer share it, and it may be long.
    const filtered = new Map<readonly TrustNode[], readonly TrustNode[]>()
    for (const node of usable.entries) {
      yield
      const issuers = filtered.get(node.issuers) ?? node.issuers.filter((issuer) => kept.has(issuer))
      filtered.set(node.issuers, issuers)
      node.issuers = issuers
      // A certificate that was left out is not named as the issuer that did not sign.
      if (node.falseIssuer !== undefined && !kept.has(node.falseIssuer)) node.falseIssuer = undefined
    }
  }
  const nobody = yield* describeNoPathEnd(usable.entries, context.policy)
  if (nobody !== undefined) findings.push(findingOf(noTrustAnchor, nobody, {}))
  return new TruststoreView(usable.entries, usable.subjects, leftOut, inBundleOrder(findings), context.policy, cache)
}

/** Nodes in bundle order, with an index by subject. */
class NodeSet {
  readonly entries: TrustNode[] = []
  readonly subjects: SubjectIndex = new SubjectIndex()

  add(node: TrustNode): void {
    this.entries.push(node)
    this.subjects.add(node)
  }
}

/** Whether the certificate is a copy of an earlier one. Adds a finding if so. */
function isCopy(entry: BundledCertificate, firsts: SpanMap<BundledCertificate>, findings: Finding[]): boolean {
  const { certificate, index, line } = entry
  const whole = new Span(certificate.bytes)
  const first = firsts.get(whole)
  if (first === undefined) {
    firsts.add(whole, entry)
    return false
  }
  const problem = `is the same as certificate ${first.index} of the bundle`
  findings.push(findingOf(duplicateCertificate, problem, { index, line, certificate }))
  return true
}

/** Adds a finding if a rule found a problem, and returns its severity. */
function addFinding(
  findings: Finding[],
  rule: Omit<Rule, 'check'>,
  found: Problem | undefined,
  entry: { readonly certificate: CertificateView; readonly index: number; readonly line: number | undefined },
): Finding['severity'] | undefined {
  if (found === undefined) return undefined
  const finding = findingOf(rule, found, entry)
  findings.push(finding)
  return finding.severity
}

function summarise(problem: string, errors: readonly Finding[]): string {
  const [first] = errors
  if (first === undefined) return problem
  const { code, message, line, index } = inFull(first)
  const place = line !== undefined ? ` (line ${line})` : index !== undefined ? ` (certificate ${index})` : ''
  const more = errors.length > 1 ? `; and ${errors.length - 1} more, see .findings` : ''
  return `${problem}: ${code}: ${message}${place}${more}`
}
