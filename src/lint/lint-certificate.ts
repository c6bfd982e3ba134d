import { singleDer } from '../bytes/input.ts'
import { isCertificateLabel } from '../bytes/pem.ts'
import type { ParseResult } from '../codes/parse.ts'
import { freezeCopy } from '../policy/check-policy.ts'
import { type NoFields, readFields } from '../policy/fields.ts'
import { type Policy, profiles } from '../policy/policy.ts'
import { requireDays, requireTime } from '../policy/time.ts'
import { findingOf } from '../rules/finding.ts'
import { emptyBundle } from '../rules/reading.ts'
import type { Finding } from '../rules/rule.ts'
import { readingRuleOf } from '../truststore/read-bundle.ts'
import { type Certificate, CertificateView } from '../x509/certificate.ts'
import { parseCertificateCopy } from '../x509/parse-certificate.ts'
import type { Role } from '../x509/profile/profile-rule.ts'
import { type LintReport, reportOf, type Waiver } from './lint-report.ts'
import { roleOf } from './lint-rule.ts'
import { lintView } from './run-rules.ts'

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

const noOptions: NoFields<LintCertificateOptions> = {
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
  const given = readFields<LintCertificateOptions>('lintCertificate: options', options, noOptions)
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
