import type { TruststoreView } from '../truststore/store.ts'
import type { Meter } from './meter.ts'
import type { Request } from './options.ts'
import type { Presented } from './presented.ts'

/** What one call of `verifyChain` works with. */
export interface Call {
  readonly store: TruststoreView
  readonly request: Request
  readonly presented: Presented
  readonly meter: Meter
}
