import type { NoFields } from '../../policy/fields.ts'
import type { Finding } from '../../rules/rule.ts'
import type { TruststoreDiff } from '../../truststore/diff.ts'
import type { Truststore } from '../../truststore/store.ts'
import type { Certificate } from '../../x509/certificate.ts'

/** A truststore that is kept up to date from a file or a URL; made by `fileTruststore` and `urlTruststore`. */
export interface TruststoreSource {
  /**
   * The version that serves. It is swapped whole, never changed: take it once per connection, and one version judges it.
   * Stays readable after `close`.
   */
  readonly current: Truststore
  /** The version that serves, then the others that are kept, latest first; `keepVersions` at most. */
  readonly versions: readonly TruststoreVersion[]
  /** When what serves was last found to be what the file or URL has. */
  readonly checkedAt: Date
  /** Why the last check brought nothing that could serve; `undefined` after one that did. For health checks. */
  readonly failure: TruststoreSourceError | undefined
  /**
   * Looks now, whatever ETag or modification time say. Calls that arrive while a check runs share one further check,
   * which begins after it.
   *
   * @returns the outcome; it rejects only for arguments of the wrong type
   */
  refresh(options?: RefreshOptions): Promise<Refresh>
  /**
   * Serves an earlier version again. The versions that were loaded after it are held back, so that the next check does
   * not bring them again, until you roll back to one of them: that undoes it.
   *
   * @param version the `fingerprint` of a truststore in `versions`
   * @throws RangeError for a version that is not kept, Error when the source is closed
   */
  rollBack(version: string): void
  /**
   * Calls the listener at every such event. What it throws becomes a process warning and stops neither the source nor
   * other listeners.
   *
   * @returns a function that removes the listener
   */
  on<Name extends keyof SourceEvents>(name: Name, listener: (event: SourceEvents[Name]) => unknown): () => void
  /** Ends watching, polling and requests under way. Final: nothing changes and no event comes afterwards. */
  close(): void
}

/** The events of a source, by name. */
export interface SourceEvents {
  /** Another version serves. */
  updated: UpdatedEvent
  /** What the file or URL has cannot serve; the last good version goes on. Told once until the reason changes. */
  rejected: RejectedEvent
  /** The file or URL has a version again that served before and was replaced; `onRollback` says whether it serves now. */
  rollback: RollbackEvent
  /** Certificates of the version that serves end soon, or have ended: told at its start and once a day. */
  expiring: ExpiringEvent
}

/** Another version serves: which one, and what that changes. */
export interface UpdatedEvent {
  readonly cause: 'refresh' | 'rollBack'
  readonly version: TruststoreVersion
  readonly previous: TruststoreVersion
  readonly diff: TruststoreDiff
  /** Of the new version, as in `Truststore.findings`. */
  readonly findings: readonly Finding[]
}

/** A version cannot serve, and why. */
export interface RejectedEvent {
  readonly error: TruststoreSourceError
  /** The version that goes on serving. */
  readonly version: TruststoreVersion
}

/** A version that was replaced is offered again. `rollBack` emits no such event. */
export interface RollbackEvent {
  /** Its `fingerprint`. */
  readonly offered: string
  /** When another version replaced it. */
  readonly replacedAt: Date
  /** Whether it serves now. If so, `updated` follows, otherwise `rejected`. */
  readonly isAccepted: boolean
  /** The version that serves. */
  readonly version: TruststoreVersion
}

/** Which certificates end soon, or have ended. */
export interface ExpiringEvent {
  /** Those that end within `expiresWithinDays`, the first to end first. */
  readonly certificates: readonly Certificate[]
  readonly version: TruststoreVersion
}

/** A truststore that served or serves. */
export interface TruststoreVersion {
  /** The truststore's `fingerprint`. */
  readonly version: string
  readonly store: Truststore
  /** Since when it served, the last time. */
  readonly since: Date
  /** The response's `ETag`, as the server wrote it; for URLs. */
  readonly etag?: string
  /** The response's `x-amz-version-id`: which version of an S3 object it was. */
  readonly versionId?: string
}

/** What one `refresh` may do. */
export interface RefreshOptions {
  /** Also take a version that drops every issuer accepted now. Default: the source's option. */
  readonly allowEmptyOverlap?: boolean
  /** Also take a version that served before and was replaced. Default: as the source's `onRollback`. */
  readonly allowRollback?: boolean
}

/** The outcome of a check, and the version that serves after it. */
export type Refresh =
  | { readonly status: 'updated' | 'unchanged'; readonly version: TruststoreVersion }
  /** The file or URL has a version that was rolled back. */
  | { readonly status: 'held'; readonly held: string; readonly version: TruststoreVersion }
  | { readonly status: 'rejected'; readonly error: TruststoreSourceError; readonly version: TruststoreVersion }
  | { readonly status: 'closed'; readonly version: TruststoreVersion }

/**
 * `unreadable`: the file or the response could not be had in full; `invalid`: it is damaged or no usable truststore;
 * `no_overlap`: it would drop every issuer that is accepted now; `rollback`: it served before and was replaced.
 */
export type SourceFailure = 'unreadable' | 'invalid' | 'no_overlap' | 'rollback'

/** What is known of a failure beyond its code: findings about the bundle, milliseconds until a server wants to be asked again. */
export interface FailureDetails {
  readonly findings?: readonly Finding[]
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

const noDetails: NoFields<FailureDetails> = { findings: undefined, retryAfterMs: undefined, cause: undefined }

/**
 * Why a version cannot serve. The message says what, where and what to do, without the query of a URL.
 *
 * @example
 * fileTruststore('no-such-file.pem').catch((error) => {
 *   if (error instanceof TruststoreSourceError) console.error(error.reason, error.message)
 * })
 */
export class TruststoreSourceError extends Error {
  readonly reason: SourceFailure
  /** Everything that was found in the version, where it could be read. */
  readonly findings: readonly Finding[]
  /** How long the server asked to be left alone (`Retry-After`), in milliseconds. */
  readonly retryAfterMs: number

  constructor(reason: SourceFailure, message: string, details: FailureDetails = {}) {
    const { findings, retryAfterMs, cause } = { ...noDetails, ...details }
    super(message, { cause })
    this.name = 'TruststoreSourceError'
    this.reason = reason
    this.findings = findings ?? []
    this.retryAfterMs = retryAfterMs ?? 0
  }
}
