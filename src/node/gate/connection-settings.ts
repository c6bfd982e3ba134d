import type { CloseCode } from './codes.ts'
import type { ClientIdentity } from './identity.ts'

/** How long accepted connections last, and who is told of them. */
export interface ConnectionSettings {
  /** Told of every connection that is let through, before the application hears of it. What it throws becomes a process warning. */
  readonly onAccept?: (identity: ClientIdentity) => unknown
  /** Told when the gate begins to end a connection that it had let through. What it throws becomes a process warning. */
  readonly onClose?: (identity: ClientIdentity, code: CloseCode) => unknown
  /**
   * What becomes of an open connection whose certificate is no longer accepted: revoked, expired, or its CA was removed.
   * `end` (default, unless `recheck` is false): it is ended, within about a second; `keep`: it stays open, and its requests
   * are refused where `recheck` is on.
   */
  readonly onChange?: 'end' | 'keep'
  /**
   * What becomes of one of whose certificate it can no longer be told (`revocation_unknown`, `internal_error`). `keep`
   * (default): it stays open, its requests are refused while that is so, and are let through again afterwards. A list that is
   * not renewed in time says nothing against clients, and would otherwise end all connections at once. `end`: as `onChange`.
   */
  readonly onUnknown?: 'end' | 'keep'
  /** How old a connection may become, in milliseconds, whatever its certificate. Default Infinity. */
  readonly maxConnectionAgeMs?: number
  /**
   * How long HTTP responses and streams that are under way may go on when their connection is ended, in milliseconds.
   * Default 5,000. What is not HTTP, or was upgraded, ends at once.
   */
  readonly endTimeoutMs?: number
  /** How many connections are ended a second at most, so that not all clients come back at once. Default 500. */
  readonly endsPerSecond?: number
}
