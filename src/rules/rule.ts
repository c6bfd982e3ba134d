import type { LintCode, Severity } from '../codes/lint.ts'
import type { Fields, NoFields } from '../policy/fields.ts'
import type { Policy } from '../policy/policy.ts'
import type { CertificateView } from '../x509/certificate.ts'

/**
 * A lint rule about one kind of subject: a certificate, a certificate among others, a bundle. What it may ask besides, such as
 * the policy, is its context.
 */
export interface Rule<Subject = never, Context = RuleContext> {
  readonly code: LintCode
  /** Of its findings, where the problem has none of its own. */
  readonly severity: Severity
  readonly citation: string
  readonly check: (subject: Subject, context: Context) => Problem | undefined
}

/** What a check found: the problem in words, and what else is to be reported otherwise than rule and subject say. */
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
 * What explains a rule. Rules that `buildTruststore` runs keep it in a constant of its own beside them: bundlers drop constants
 * that nothing uses, but no fields of objects, and a bundle that only builds and verifies explains nothing. Other rules have it
 * among their fields.
 */
export interface RuleText {
  readonly code: LintCode
  /** One sentence: what is wrong, and why it matters. */
  readonly summary: string
  /** What to do about it. */
  readonly remedy: string
}

/** A rule with its text; `docs/reference/lints.md` is made of these. */
export type LintRule<Subject = never, Context = RuleContext> = Rule<Subject, Context> & RuleText

export interface RuleContext {
  readonly policy: Policy
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly expiresWithinDays: number
}

/** For rules about the signature on a certificate. */
export interface SignatureContext extends RuleContext {
  /** Whether its own key signed it. Where only names are known: whether it is self-issued. */
  readonly isSelfSigned: boolean
}

/** For rules about a certificate among the others of its bundle. */
export interface BundleContext extends RuleContext {
  /** Entries of equal subject (RFC 5280 7.1), in bundle order. */
  readonly withSubjectOf: (entry: BundleEntry) => readonly BundleEntry[]
}

/** One certificate of a bundle, with what the signatures among the bundle's certificates say of it. */
export interface BundleEntry {
  readonly certificate: CertificateView
  /** Position among the bundle's certificates. */
  readonly index: number
  /** Certificates of the bundle whose key signed this one; itself where it is self-signed. */
  readonly issuers: readonly BundleEntry[]
  /** A certificate that names and key identifiers say is the issuer, but whose key did not sign this one. */
  readonly falseIssuer: BundleEntry | undefined
  /** Whether its own key signed it. */
  readonly isSelfSigned: boolean
  /** Self-issued, and by its key identifiers self-signed, but the signature is wrong. */
  readonly hasBadSelfSignature: boolean
}

/** Something that is wrong with a truststore, or soon will be. */
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
  /** The platform whose limit it is about, where one was asked for. */
  readonly platform?: string
}

/** What a finding is about; nothing where it is about the whole. */
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

/** A finding with all fields that one may have, so that none of them is looked for on a prototype. */
export function inFull(finding: Finding): Fields<Finding> {
  return { ...unset, ...finding }
}

/** What a rule found, as it is reported. */
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

/** What rules find of one subject. */
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

/** Findings about the whole first, then certificate by certificate. */
export function inBundleOrder(findings: readonly Finding[]): readonly Finding[] {
  const placed = findings.map((finding) => ({ finding, place: inFull(finding).index ?? -1 }))
  return placed.sort((a, b) => a.place - b.place).map(({ finding }) => finding)
}
