import { clearTimeout, setTimeout } from 'node:timers'
import type { Steps } from '../../bytes/steps.ts'
import { type NoFields, readFields } from '../../policy/fields.ts'
import { diffTruststores, type TruststoreDiff } from '../../truststore/diff.ts'
import { acceptance } from '../../truststore/path-ends.ts'
import { requireTruststore, type Truststore } from '../../truststore/store.ts'
import { thrownText } from '../safely.ts'
import { Slices } from '../slices.ts'
import {
  Events,
  type Refresh,
  type RefreshOptions,
  type SourceEvents,
  type TruststoreSource,
  TruststoreSourceError,
  type TruststoreVersion,
  type UpdatedEvent,
} from './handle.ts'
import { booleanOption, type SourceSettings } from './source-options.ts'
import { type Decision, type Loaded, RollbackError, Versions } from './versions.ts'

/** A single pending call that does not keep the process alive. */
export class Timer {
  readonly #call: () => void
  #handle: NodeJS.Timeout | undefined
  #closed = false

  constructor(call: () => void) {
    this.#call = call
  }

  get isSet(): boolean {
    return this.#handle !== undefined
  }

  /** Reschedules the call to this many milliseconds from now. */
  set(delayMs: number): void {
    clearTimeout(this.#handle)
    if (this.#closed) return
    this.#handle = setTimeout(() => {
      this.#handle = undefined
      this.#call()
    }, delayMs)
    this.#handle.unref()
  }

  clear(): void {
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  /** Final: the timer cannot be set again. */
  close(): void {
    this.#closed = true
    this.clear()
  }
}

/** Loads versions from a file or a URL. */
export interface Loader {
  /**
   * Loads the current version.
   *
   * @param force load even if an ETag or modification time says that nothing changed
   * @param signal aborted when the source is closed
   * @returns `undefined` if it certainly is what the last call returned or failed on
   * @throws TruststoreSourceError that says why it could not be loaded
   */
  load(force: boolean, signal: AbortSignal): Promise<Loaded | undefined>
  close(): void
}

const noRefreshOptions: NoFields<RefreshOptions> = { allowEmptyOverlap: undefined, allowRollback: undefined }
const day = 86_400_000
const firstRetryMs = 1000
const slices = new Slices()

interface CheckOptions {
  readonly force: boolean
  readonly allowEmptyOverlap: boolean
  readonly allowRollback: boolean
}

const defaultCheck: CheckOptions = { force: false, allowEmptyOverlap: false, allowRollback: false }

/** The common part of all sources: one check at a time, atomic swaps, events, timers. */
export class Source implements TruststoreSource {
  checkedAt: Date = new Date()
  failure: TruststoreSourceError | undefined = undefined
  readonly #loader: Loader
  readonly #settings: SourceSettings
  readonly #history: Versions
  readonly #events: Events<SourceEvents> = new Events(['updated', 'rejected', 'rollback', 'expiring', 'acceptsNobody'])
  readonly #closing: AbortController = new AbortController()
  readonly #poll: Timer = new Timer(() => void this.check({}))
  readonly #expiry: Timer = new Timer(() => this.#emitExpiring())
  readonly #anchors: Timer = new Timer(() => this.#emitAcceptsNobody())
  #running: Promise<Refresh> | undefined
  #waiting: Promise<Refresh> | undefined
  #requested: CheckOptions = defaultCheck
  #failures = 0

  private constructor(loader: Loader, settings: SourceSettings) {
    this.#loader = loader
    this.#settings = settings
    this.#history = new Versions(settings.build, settings.keepVersions)
  }

  /** @throws TruststoreSourceError if the first version is rejected; the source is then closed */
  static async start(loader: Loader, settings: SourceSettings): Promise<Source> {
    const source = new Source(loader, settings)
    try {
      await source.#decide(await loader.load(true, source.#closing.signal), true, true)
    } catch (error) {
      source.close()
      throw error instanceof TypeError ? error : asSourceError(error)
    }
    source.#scheduleNext()
    // Not earlier, so that the caller can add listeners first.
    source.#expiry.set(0)
    source.#anchors.set(0)
    return source
  }

  get current(): Truststore {
    return this.#history.current.store
  }

  get versions(): readonly TruststoreVersion[] {
    return this.#history.all
  }

  on<Name extends keyof SourceEvents>(name: Name, listener: (event: SourceEvents[Name]) => unknown): () => void {
    const end = this.#events.on(name, listener)
    if (this.#closed) end()
    return end
  }

  async refresh(options: RefreshOptions = {}): Promise<Refresh> {
    const given = readFields<RefreshOptions>('refresh: options', options, noRefreshOptions)
    return this.check({
      force: true,
      allowEmptyOverlap: booleanOption('refresh', 'allowEmptyOverlap', given.allowEmptyOverlap, false),
      allowRollback: booleanOption('refresh', 'allowRollback', given.allowRollback, false),
    })
  }

  rollBack(version: string): void {
    if (this.#closed) throw new Error('rollBack: the source is closed')
    const previous = this.#history.rollBack(version)
    if (previous === undefined) return
    const next = this.#history.current
    this.#emitUpdated('rollBack', next, previous, diffTruststores(previous.store, next.store))
  }

  close(): void {
    this.#closing.abort()
    this.#poll.close()
    this.#expiry.close()
    this.#anchors.close()
    this.#events.clear()
    this.#loader.close()
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted
  }

  /**
   * Runs a check, after the current one if there is one, because that may have read the state from before this call. All
   * calls in the meantime share it.
   */
  check({ force = false, allowEmptyOverlap = false, allowRollback = false }: Partial<CheckOptions>): Promise<Refresh> {
    this.#requested = {
      force: this.#requested.force || force,
      allowEmptyOverlap: this.#requested.allowEmptyOverlap || allowEmptyOverlap,
      allowRollback: this.#requested.allowRollback || allowRollback,
    }
    this.#waiting ??= Promise.resolve(this.#running).then(() => {
      this.#waiting = undefined
      this.#running = this.#runCheck()
      return this.#running
    })
    return this.#waiting
  }

  async #runCheck(): Promise<Refresh> {
    const { force, allowEmptyOverlap, allowRollback } = this.#requested
    this.#requested = defaultCheck
    if (this.#closed) return this.#outcome('closed')
    try {
      const loaded = await this.#loader.load(force, this.#closing.signal)
      const decision = await this.#decide(
        loaded,
        allowEmptyOverlap || this.#settings.allowEmptyOverlap,
        allowRollback || this.#settings.allowRollback,
      )
      if (decision.status === 'held') return { status: 'held', held: decision.held, version: this.#history.current }
      return this.#outcome(decision.status)
    } catch (error) {
      if (this.#closed) return this.#outcome('closed')
      return this.#reject(asSourceError(error))
    } finally {
      if (!this.#closed) this.#scheduleNext()
    }
  }

  /** In slices: processing thousands of certificates at once would block the server. */
  #decide(loaded: Loaded | undefined, allowEmptyOverlap: boolean, allowRollback: boolean): Promise<Decision> {
    return slices.finish(this.#deciding(loaded, allowEmptyOverlap, allowRollback), this.#closing.signal)
  }

  /** Queues events in the same step as the swap, so that they are emitted in the order of the swaps. */
  *#deciding(loaded: Loaded | undefined, allowEmptyOverlap: boolean, allowRollback: boolean): Steps<Decision> {
    const decision = yield* this.#history.decide(loaded, allowEmptyOverlap, allowRollback)
    if (decision.status !== 'held') this.checkedAt = new Date()
    this.failure = undefined
    this.#failures = 0
    if (decision.status !== 'updated' || decision.previous === undefined || decision.diff === undefined) return decision
    const { version, previous, diff, replacedAt } = decision
    if (replacedAt !== undefined)
      this.#events.queue('rollback', { offered: version.version, replacedAt, isAccepted: true, version })
    this.#emitUpdated('refresh', version, previous, diff)
    return decision
  }

  #outcome<Status extends string>(status: Status): { readonly status: Status; readonly version: TruststoreVersion } {
    return { status, version: this.#history.current }
  }

  #reject(error: TruststoreSourceError): Refresh {
    const isNew = this.failure?.message !== error.message
    this.failure = error
    this.#failures++
    if (isNew && error instanceof RollbackError) {
      const { offered, replacedAt } = error
      this.#events.queue('rollback', { offered, replacedAt, isAccepted: false, version: this.#history.current })
    }
    if (isNew) this.#events.emit('rejected', { error, version: this.#history.current })
    return { status: 'rejected', error, version: this.#history.current }
  }

  #emitUpdated(
    cause: UpdatedEvent['cause'],
    version: TruststoreVersion,
    previous: TruststoreVersion,
    diff: TruststoreDiff,
  ): void {
    this.#events.emit('updated', { cause, version, previous, diff, findings: version.store.findings })
    if (this.#closed) return
    this.#expiry.set(0)
    this.#anchors.set(0)
  }

  #emitExpiring(): void {
    const version = this.#history.current
    const latest = Date.now() + this.#settings.expiresWithinDays * day
    const certificates = version.store.certificates
      .filter(({ notAfter }) => notAfter.getTime() < latest)
      .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime())
    if (certificates.length > 0) this.#events.emit('expiring', { certificates, version })
    if (!this.#closed) this.#expiry.set(day)
  }

  /** Looks again when the answer changes by itself, and once a day. */
  #emitAcceptsNobody(): void {
    const version = this.#history.current
    const now = Date.now()
    const { until, from } = acceptance(requireTruststore(version.store, 'the version in force'), now)
    if (until === undefined) {
      const validFrom = from === undefined ? {} : { validFrom: new Date(from) }
      this.#events.emit('acceptsNobody', { version, ...validFrom })
    }
    if (!this.#closed) this.#anchors.set(Math.min((until ?? from ?? Number.POSITIVE_INFINITY) - now, day))
  }

  /**
   * Schedules the next check. Normally after `pollMs`, varied by a tenth so that a fleet does not poll in step. After
   * failures sooner: with exponential backoff from one second, and at least half of each delay. Never before the server's
   * Retry-After.
   */
  #scheduleNext(): void {
    const { pollMs } = this.#settings
    if (pollMs === Infinity) return
    const delay =
      this.#failures === 0
        ? pollMs * (0.9 + 0.2 * Math.random())
        : Math.min(pollMs, firstRetryMs * 2 ** (this.#failures - 1)) * (0.5 + 0.5 * Math.random())
    this.#poll.set(Math.max(delay, this.failure?.retryAfterMs ?? 0))
  }
}

function asSourceError(error: unknown): TruststoreSourceError {
  if (error instanceof TruststoreSourceError) return error
  const message = error instanceof Error ? error.message : thrownText(error)
  return new TruststoreSourceError('unreadable', `the truststore could not be loaded: ${message}`, { cause: error })
}
