import type { CertificateView } from '../certificate.ts'

/** The position of a certificate in its path. Rules apply to some positions only. */
export type Role = 'leaf' | 'intermediate' | 'anchor'

/**
 * A requirement of RFC 5280 section 4 or of CA/Browser Forum's Baseline Requirements on a single certificate. Verification
 * rejects violations under the conformance levels that have the rule. Lint rules report violations of RFC 5280 under any level.
 */
export interface ProfileRule {
  /** The requirement, in words that complete "the certificate does not conform: …". */
  readonly requirement: string
  readonly citation: string
  /** The certificates that the rule applies to. */
  readonly roles: readonly Role[]
  /** Set if the Baseline Requirements lift the rule. `web-pki` has all other rules of RFC 5280. */
  readonly isLifted?: true
  readonly violated: (certificate: CertificateView, role: Role) => boolean
}
