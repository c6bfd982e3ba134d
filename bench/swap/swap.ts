import type { TruststoreSource } from '../../src/node/index.ts'
import type { Version } from './pki.ts'

/** One thing that happens to a truststore's file or URL. */
export interface Swap {
  readonly name: string
  /** Whether the version it is given is to serve afterwards. */
  readonly good: boolean
  /** Puts the version, or what becomes of it, in place; `serving` is the version that serves now. */
  readonly apply: (version: Version, serving: Version) => unknown
  /** What good swaps leave to the source's own polling or watching. */
  readonly unasked?: boolean
}

/** A source and everything that can happen to it. */
export interface Scene {
  readonly name: string
  readonly source: TruststoreSource
  readonly swaps: readonly Swap[]
  close(): Promise<void>
}
