import type { CloseCode } from './codes.ts'
import type { ClientIdentity } from './identity.ts'

/** How long accepted connections last, and hooks for them. */
export interface ConnectionSettings {
  /** Called for every accepted connection, before the application sees it. What it throws becomes a process warning. */
  readonly onAccept?: (identity: ClientIdentity) => unknown
  /** Called when the gate begins to end an accepted connection. What it throws becomes a process warning. */
  readonly onClose?: (identity: ClientIdentity, code: CloseCode) => unknown
  /**
   * What happens to an open connection whose certificate is no longer accepted: it was revoked, it expired, or its CA was
   * removed. `end` (default, unless `recheck` is false): the connection ends within about a second. `keep`: it stays open;
   * with `recheck`, its requests are refused.
   */
  readonly onChange?: 'end' | 'keep'
  /**
   * What happens to an open connection whose status can no longer be found out: a revocation list went stale
   * (`revocation_unknown`) or the gate's own settings fail (`internal_error`). `keep` (default): it stays open, its requests
   * are refused for as long as that lasts, and accepted again afterwards. A stale list says nothing about the client, and
   * ending on it would drop every client one second after nextUpdate. `end`: it ends like a revoked one.
   */
  readonly onUnknown?: 'end' | 'keep'
  /** Connections older than this many milliseconds are ended, whatever their certificate. Default Infinity. */
  readonly maxConnectionAgeMs?: number
  /**
   * How long HTTP responses and streams that are under way may go on once their connection is to end, in milliseconds.
   * Default 5,000. Plain TLS and upgraded connections end at once.
   */
  readonly endTimeoutMs?: number
  /** How many connections are ended a second, so that not all clients reconnect at once. Default 500. */
  readonly endsPerSecond?: number
}
