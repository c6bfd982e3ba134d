import type { TruststoreSource } from '../../src/node/index.ts'
import type { Version } from '../fixtures/versions.ts'

/** One change to the file or URL of a truststore. */
export interface Swap {
  readonly name: string
  /** Whether the given version must be current afterwards. */
  readonly good: boolean
  /** Puts the version, or a damaged form of it, in place; `serving` is the current version. */
  readonly apply: (version: Version, serving: Version) => unknown
  /** Whether the source has to notice the change by itself, by polling or watching. */
  readonly unasked?: boolean
}

/** A source and the changes that it must handle. */
export interface Scene {
  readonly name: string
  readonly source: TruststoreSource
  readonly swaps: readonly Swap[]
  close(): Promise<void>
}
