import type { CertificateView } from '../certificate.ts'

/** Where a certificate stands: what a rule demands depends on it. */
export type Role = 'leaf' | 'intermediate' | 'anchor'

/**
 * One demand of RFC 5280 section 4 or of CA/Browser Forum's Baseline Requirements on a certificate by itself. Verification
 * refuses what breaks it under the conformance levels that have it; lint rules report demands of RFC 5280 under any.
 */
export interface ProfileRule {
  /** What is demanded, in words that complete "the certificate does not conform: …". */
  readonly demand: string
  readonly citation: string
  /** Which certificates must meet it. */
  readonly roles: readonly Role[]
  /** `web-pki` demands the rules of RFC 5280 too, except those that CA/Browser Forum lifts. */
  readonly isLifted?: true
  readonly violated: (certificate: CertificateView, role: Role) => boolean
}
