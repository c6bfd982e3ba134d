import type { LintCode, Severity } from '../codes/lint.ts'
import type { Policy } from '../policy/policy.ts'
import type { CertificateView } from '../x509/certificate.ts'

/** What findings repeat of their rule. */
export interface ReportedRule {
  readonly code: LintCode
  readonly severity: Severity
  readonly citation: string
}

/** What people are told of a rule beyond its findings. */
export interface RuleText {
  /** One sentence: what is wrong, and why it matters. */
  readonly summary: string
  /** What to do about it. */
  readonly remedy: string
}

/** What a rule says of itself; `docs/reference/lints.md` is made of these. */
export interface RuleInfo extends ReportedRule, RuleText {}

/** The texts of rules that `buildTruststore` runs: beside them and not in them, so that bundles that only build have none. */
export type RuleTexts = Readonly<Partial<Record<LintCode, RuleText>>>

/** What a rule found: the problem in words, and a severity where it is not the rule's own. */
export type Problem = string | { readonly problem: string; readonly severity: Severity }

/** A rule about one certificate by itself. */
export interface CertificateRule extends ReportedRule {
  /**
   * @param isSelfSigned whether its own key signed it; left out where only names can be asked, and self-issued is all that is
   *   known
   */
  readonly check: (certificate: CertificateView, context: RuleContext, isSelfSigned?: boolean) => Problem | undefined
}

/** A rule about one certificate among the others of its bundle. */
export interface BundleRule extends ReportedRule {
  readonly check: (entry: BundleEntry, bundle: Bundle, context: RuleContext) => Problem | undefined
}

export interface RuleContext {
  readonly policy: Policy
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly expiresWithinDays: number
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

/** The usable certificates of a bundle, in order. */
export interface Bundle {
  readonly entries: readonly BundleEntry[]
  /** Entries of equal subject (RFC 5280 7.1). */
  withSubjectOf(entry: BundleEntry): readonly BundleEntry[]
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
