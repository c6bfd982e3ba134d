import type { CloseCode } from './codes.ts'
import type { ClientIdentity } from './identity.ts'

/** How long accepted connections last, and hooks for them. */
export interface ConnectionSettings {
  /** Called for every accepted connection, before the application sees it. An exception becomes a process warning. */
  readonly onAccept?: (identity: ClientIdentity) => unknown
  /** Called when the gate begins to end an accepted connection. An exception becomes a process warning. */
  readonly onClose?: (identity: ClientIdentity, code: CloseCode) => unknown
  /**
   * What happens to an open connection whose certificate is no longer accepted: it was revoked, it expired, or its CA was
   * removed. `end` (default, unless `recheck` is false) ends it within about a second. `keep` leaves it open; with `recheck`,
   * its requests are rejected.
   */
  readonly onChange?: 'end' | 'keep'
  /**
   * What happens to an open connection whose status is unknown: a revocation list went stale (`revocation_unknown`), or the
   * gate's own configuration fails (`internal_error`). `keep` (default) leaves it open, and rejects its requests until the
   * status is known again. A stale list says nothing about the client, and ending on it would drop every client one second
   * after nextUpdate. `end` ends it like a revoked one.
   */
  readonly onUnknown?: 'end' | 'keep'
  /** Connections older than this many milliseconds are ended, even if their certificate is still valid. Default Infinity. */
  readonly maxConnectionAgeMs?: number
  /**
   * How long HTTP responses and streams in progress may continue on a connection that is ending, in milliseconds. Default
   * 5,000. Plain TLS and upgraded connections end at once.
   */
  readonly endTimeoutMs?: number
  /** How many connections are ended per second, so that not all clients reconnect at once. Default 500. */
  readonly endsPerSecond?: number
}
