import type { LintCode, Severity } from '../codes/lint.ts'
import type { Fields, NoFields } from '../policy/fields.ts'
import type { Policy } from '../policy/policy.ts'
import type { CertificateView } from '../x509/certificate.ts'

/**
 * A lint rule about one kind of subject: a certificate, a certificate with its neighbours, or a bundle. The context has the
 * other inputs of the rule, such as the policy.
 */
export interface Rule<Subject = never, Context = RuleContext> {
  readonly code: LintCode
  /** Default severity. A {@link Problem} may override it. */
  readonly severity: Severity
  readonly citation: string
  readonly check: (subject: Subject, context: Context) => Problem | undefined
}

/** The result of a failed check: the problem in words, optionally with fields that override those of the rule and subject. */
export type Problem =
  | string
  | {
      readonly problem: string
      readonly severity?: Severity
      readonly citation?: string
      /** Line of the PEM text, counted from 1. */
      readonly line?: number
    }

/**
 * The explanation of a rule. Rules that `buildTruststore` runs keep it in a separate constant next to the rule. Bundlers drop
 * unused constants but not unused fields, so bundles that only build and verify contain no explanations. All other rules have
 * these fields themselves.
 */
export interface RuleText {
  /** One sentence: what is wrong, and why it matters. */
  readonly summary: string
  /** What to do about it. */
  readonly remedy: string
}

/** A rule with its text. `docs/reference/lints.md` is generated from these. */
export type LintRule<Subject = never, Context = RuleContext> = Rule<Subject, Context> & RuleText

export interface RuleContext {
  readonly policy: Policy
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly expiresWithinDays: number
}

/** Context of rules about the signature on a certificate. */
export interface SignatureContext extends RuleContext {
  /** Whether its own key signed it. Before signatures are checked: whether it is self-issued. */
  readonly isSelfSigned: boolean
}

/** Context of rules about a certificate and its neighbours in the bundle. */
export interface BundleContext extends RuleContext {
  /** Entries with the same subject (RFC 5280 7.1), in bundle order. */
  readonly withSubjectOf: (entry: BundleEntry) => readonly BundleEntry[]
}

/** A certificate of a bundle, with the results of checking the signatures between the bundle's certificates. */
export interface BundleEntry {
  readonly certificate: CertificateView
  /** Position among the bundle's certificates. */
  readonly index: number
  /** Certificates of the bundle whose key signed this one. Includes itself if it is self-signed. */
  readonly issuers: readonly BundleEntry[]
  /** A certificate with the name and key identifier of the issuer, whose key did not sign this one. */
  readonly falseIssuer: BundleEntry | undefined
  /** Whether its own key signed it. */
  readonly isSelfSigned: boolean
  /** Whether name and key identifiers say that it is self-signed, but its own key did not sign it. */
  readonly hasBadSelfSignature: boolean
}

/** A problem with a truststore or certificate, now or soon. */
export interface Finding {
  readonly code: LintCode
  readonly severity: Severity
  /** The problem in words, with the values at fault. */
  readonly message: string
  readonly citation: string
  /** RFC 4514. */
  readonly subject?: string
  /** SHA-256 of the certificate, in lower-case hexadecimal. */
  readonly fingerprint?: string
  /** Position in the bundle, counted from 0 over its certificates. */
  readonly index?: number
  /** Line of the PEM text, counted from 1. */
  readonly line?: number
  /** The platform whose limit is exceeded, for findings of `options.platform`. */
  readonly platform?: string
}

/** The place of a finding. Empty if it is about the whole bundle. */
export interface Place {
  readonly certificate?: CertificateView | undefined
  readonly index?: number | undefined
  readonly line?: number | undefined
}

const nowhere: NoFields<Place> = { certificate: undefined, index: undefined, line: undefined }

const unset: NoFields<Pick<Finding, 'subject' | 'fingerprint' | 'index' | 'line' | 'platform'>> = {
  subject: undefined,
  fingerprint: undefined,
  index: undefined,
  line: undefined,
  platform: undefined,
}

/** A finding with all its fields as own fields, so that none is read from a prototype. */
export function inFull(finding: Finding): Fields<Finding> {
  return { ...unset, ...finding }
}

/** Converts the result of a check into a finding. */
export function findingOf(rule: Omit<Rule, 'check'>, found: Problem, place: Place): Finding {
  const { code, severity, problem, citation, certificate, index, line } = {
    ...nowhere,
    ...rule,
    ...place,
    ...(typeof found === 'string' ? { problem: found } : found),
  }
  return {
    code,
    severity,
    message: problem,
    citation,
    ...(certificate && { subject: certificate.subject, fingerprint: certificate.fingerprint }),
    ...(index !== undefined && { index }),
    ...(line !== undefined && { line }),
  }
}

/** Runs rules on one subject. */
export function runRules<Subject, Context>(
  rules: readonly Rule<Subject, Context>[],
  subject: Subject,
  context: Context,
  place: Place,
): readonly Finding[] {
  const findings: Finding[] = []
  for (const rule of rules) {
    const found = rule.check(subject, context)
    if (found !== undefined) findings.push(findingOf(rule, found, place))
  }
  return findings
}

/** Sorts findings: those about the whole bundle first, then certificate by certificate. */
export function inBundleOrder(findings: readonly Finding[]): readonly Finding[] {
  const placed = findings.map((finding) => ({ finding, place: inFull(finding).index ?? -1 }))
  return placed.sort((a, b) => a.place - b.place).map(({ finding }) => finding)
}
