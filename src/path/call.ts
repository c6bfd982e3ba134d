import type { TruststoreView } from '../truststore/store.ts'
import type { Meter } from './meter.ts'
import type { VerifyParameters } from './options.ts'
import type { Presented } from './presented.ts'
import type { SignatureChecks } from './signature-checks.ts'

/** What one call of `verifyChain` works with. */
export interface Call {
  readonly store: TruststoreView
  readonly request: VerifyParameters
  readonly presented: Presented
  readonly meter: Meter
  /** Shared by the searches for the peer's path and for those of signers of revocation lists. */
  readonly signatures: SignatureChecks
}
