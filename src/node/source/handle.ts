import type { NoFields } from '../../policy/fields.ts'
import type { Finding } from '../../rules/rule.ts'
import type { TruststoreDiff } from '../../truststore/diff.ts'
import type { Truststore } from '../../truststore/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { callSafely } from '../safely.ts'

/**
 * Listeners by event name. Unlike an EventEmitter it has no `error` event that crashes, and an exception in one listener does
 * not affect others.
 */
export class Events<Map extends object> {
  readonly #names: ReadonlySet<keyof Map>
  /** Events not delivered yet. */
  readonly #queue: (() => void)[] = []
  #isDelivering = false
  readonly #registered = new Set<{ readonly name: keyof Map; readonly listener: (event: never) => unknown }>()

  constructor(names: readonly (keyof Map)[]) {
    this.#names = new Set(names)
  }

  /** @throws TypeError for an unknown event name, and a listener that is not a function */
  on<Name extends keyof Map>(name: Name, listener: (event: Map[Name]) => unknown): () => void {
    if (!this.#names.has(name))
      throw new TypeError(`unknown event ${String(name)}: the events are ${[...this.#names].join(', ')}`)
    if (typeof listener !== 'function') throw new TypeError(`the listener of ${String(name)} must be a function`)
    const entry = { name, listener }
    this.#registered.add(entry)
    return () => void this.#registered.delete(entry)
  }

  /**
   * Delivers an event to all listeners, after any event being delivered now: an event caused by a listener comes after its
   * own.
   */
  emit<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    this.queue(name, event)
    this.flush()
  }

  /** Queues an event for the next {@link flush}. */
  queue<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    this.#queue.push(() => this.#deliver(name, event))
  }

  flush(): void {
    if (this.#isDelivering) return
    this.#isDelivering = true
    for (let deliver = this.#queue.shift(); deliver !== undefined; deliver = this.#queue.shift()) deliver()
    this.#isDelivering = false
  }

  #deliver<Name extends keyof Map>(name: Name, event: Map[Name]): void {
    for (const entry of [...this.#registered]) {
      // Skip a listener that another one removed in the meantime.
      if (entry.name === name && this.#registered.has(entry)) {
        const label = `a listener of the truststore event "${String(name)}"`
        callSafely(entry.listener, event as never, label, 'TruststoreListenerWarning')
      }
    }
  }

  clear(): void {
    this.#registered.clear()
    this.#queue.length = 0
  }
}

/** A truststore that follows a file or a URL; created by `fileTruststore` and `urlTruststore`. */
export interface TruststoreSource {
  /**
   * The version in force. It is replaced as a whole and never modified: read it once per connection, and one version verifies
   * it. Still readable after `close`.
   */
  readonly current: Truststore
  /** The version in force, then the other kept versions, latest first; `keepVersions` at most. */
  readonly versions: readonly TruststoreVersion[]
  /** When the version in force was last found to be what the file or URL has. */
  readonly checkedAt: Date
  /** Why the last check failed; `undefined` if it succeeded. For health checks. */
  readonly failure: TruststoreSourceError | undefined
  /**
   * Checks now, and bypasses the ETag and modification time. Calls made while a check runs share one further check, which
   * begins after it.
   *
   * @returns the outcome; it rejects only for arguments of the wrong type
   */
  refresh(options?: RefreshOptions): Promise<Refresh>
  /**
   * Returns to an earlier version. Versions loaded after it are held back: the next check does not load them again. Rolling
   * back to one of them ends that.
   *
   * @param version the `fingerprint` of a truststore in `versions`
   * @throws RangeError for a version that is not kept, Error if the source is closed
   */
  rollBack(version: string): void
  /**
   * Calls the listener for every such event. An exception in it becomes a process warning, and affects neither the source nor
   * other listeners.
   *
   * @returns a function that removes the listener
   */
  on<Name extends keyof SourceEvents>(name: Name, listener: (event: SourceEvents[Name]) => unknown): () => void
  /** Stops watching, polling and requests in progress. Final: no changes and no events afterwards. */
  close(): void
}

/** The events of a source, by name. */
export interface SourceEvents {
  /** A new version is in force. */
  updated: UpdatedEvent
  /** What the file or URL has was rejected; the last good version stays in force. Emitted once until the reason changes. */
  rejected: RejectedEvent
  /** The file or URL has a version that was in force before and was replaced. `onRollback` decides whether it is accepted. */
  rollback: RollbackEvent
  /** Certificates of the version in force expire soon or have expired. Emitted at its start and once a day. */
  expiring: ExpiringEvent
  /**
   * No client is accepted now, because every certificate that can end a path has expired or is not valid yet. Emitted at the start,
   * when it becomes so, and once a day while it is so.
   */
  acceptsNobody: AcceptsNobodyEvent
}

/** The new version, and what it changes. */
export interface UpdatedEvent {
  readonly cause: 'refresh' | 'rollBack'
  readonly version: TruststoreVersion
  readonly previous: TruststoreVersion
  readonly diff: TruststoreDiff
  /** Of the new version, as in `Truststore.findings`. */
  readonly findings: readonly Finding[]
}

/** A version was rejected, and why. */
export interface RejectedEvent {
  readonly error: TruststoreSourceError
  /** The version that stays in force. */
  readonly version: TruststoreVersion
}

/** A replaced version is offered again. `rollBack` does not emit this event. */
export interface RollbackEvent {
  /** Its `fingerprint`. */
  readonly offered: string
  /** When another version replaced it. */
  readonly replacedAt: Date
  /** Whether it is accepted. If so, `updated` follows, otherwise `rejected`. */
  readonly isAccepted: boolean
  /** The version in force. */
  readonly version: TruststoreVersion
}

/** The certificates that expire soon or have expired. */
export interface ExpiringEvent {
  /** Those that expire within `expiresWithinDays`, earliest first. */
  readonly certificates: readonly Certificate[]
  readonly version: TruststoreVersion
}

/** The truststore accepts no client at this time. A version that accepts none at any time does not come into force. */
export interface AcceptsNobodyEvent {
  readonly version: TruststoreVersion
  /** When the first certificate becomes valid that can end a path; absent if all have expired. */
  readonly validFrom?: Date
}

/** A truststore that is or was in force. */
export interface TruststoreVersion {
  /** The truststore's `fingerprint`. */
  readonly version: string
  readonly store: Truststore
  /** When it last came into force. */
  readonly since: Date
  /** The response's `ETag`, as the server wrote it; for URLs. */
  readonly etag?: string
  /** The response's `x-amz-version-id`: which version of an S3 object it was. */
  readonly versionId?: string
}

/** What a single `refresh` may do. */
export interface RefreshOptions {
  /** Also accept a version that drops every current issuer. Default: the source's option. */
  readonly allowEmptyOverlap?: boolean
  /** Also accept a version that was in force before and was replaced. Default: as the source's `onRollback`. */
  readonly allowRollback?: boolean
}

/** The result of a check, and the version in force after it. */
export type Refresh =
  | { readonly status: 'updated' | 'unchanged'; readonly version: TruststoreVersion }
  /** The file or URL has a version that was rolled back. */
  | { readonly status: 'held'; readonly held: string; readonly version: TruststoreVersion }
  | { readonly status: 'rejected'; readonly error: TruststoreSourceError; readonly version: TruststoreVersion }
  | { readonly status: 'closed'; readonly version: TruststoreVersion }

/**
 * `unreadable`: the file or response could not be read completely. `invalid`: it is damaged or not a usable truststore.
 * `no_overlap`: it would drop every current issuer. `rollback`: it was in force before and was replaced.
 */
export type SourceFailure = 'unreadable' | 'invalid' | 'no_overlap' | 'rollback'

/** The details of a failure: findings about the bundle, and the milliseconds until the server accepts another request. */
export interface FailureDetails {
  readonly findings?: readonly Finding[]
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

const noDetails: NoFields<FailureDetails> = { findings: undefined, retryAfterMs: undefined, cause: undefined }

/**
 * Why a version was rejected. The message names the problem, the place and the way out, without the query of a URL.
 *
 * @example
 * fileTruststore('no-such-file.pem').catch((error) => {
 *   if (error instanceof TruststoreSourceError) console.error(error.reason, error.message)
 * })
 */
export class TruststoreSourceError extends Error {
  readonly reason: SourceFailure
  /** All findings in the version, if it could be read. */
  readonly findings: readonly Finding[]
  /** How long the server asked us to wait (`Retry-After`), in milliseconds. */
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
