import type { CertificateView } from '../certificate.ts'

/** Where a certificate stands: what a rule demands depends on it. */
export type Role = 'leaf' | 'intermediate' | 'anchor'

/** One demand of RFC 5280 section 4 or of CA/Browser Forum's Baseline Requirements on a certificate by itself. */
export interface ProfileRule {
  /** What is demanded, in words that complete "the certificate does not conform: …". */
  readonly demand: string
  readonly citation: string
  /** Whom it binds. */
  readonly roles: readonly Role[]
  readonly violated: (certificate: CertificateView, role: Role) => boolean
}

/** A demand of RFC 5280, which any truststore should meet: where no policy makes it a refusal, it is a lint finding. */
export interface Rfc5280Rule extends ProfileRule {
  /** Conformance with `web-pki`, which else demands this as well, does not: CA/Browser Forum allows what it forbids. */
  readonly isLifted?: true
}
