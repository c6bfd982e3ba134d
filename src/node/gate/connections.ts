import { emitWarning } from 'node:process'
import type { TLSSocket } from 'node:tls'
import { thrownText } from '../safely.ts'
import { type Pace, Slices } from '../slices.ts'
import { Timer } from '../source/source.ts'
import { Closings, type Usage } from './closing.ts'
import type { ClientIdentity, ConnectionState } from './identity.ts'
import type { Approval, GateDomain, TrustSnapshot } from './judge.ts'
import type { CloseCode, GateCode } from './refuse.ts'

/** The gate's record of a connection. */
export interface Connection extends ConnectionState {
  readonly socket: TLSSocket
  /** `undefined` if the gate does not serve the requested server name. */
  readonly domain: GateDomain | undefined
  readonly chain: readonly Uint8Array[]
  /** A DNS name. `undefined` if the client sent no valid one. */
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  readonly usage: Usage
  approval: Approval | undefined
  /** Why it was rejected, for good. */
  refused: GateCode | undefined
  /** Why the gate is ending it. */
  closing: CloseCode | undefined
  /** The last identity, for hooks: `identity` is cleared when the connection is rejected. */
  client: ClientIdentity | undefined
}

/**
 * How often open connections are checked, in milliseconds. A timer for the expiry of each certificate would fail if the clock
 * is set, and `setTimeout` cannot wait longer than 24.8 days.
 */
const checkMs = 1000

/** The time, truststores and lists for one slice. */
export interface SliceContext {
  readonly now: number
  /** Has no entry for rules whose functions threw. */
  readonly snapshots: ReadonlyMap<GateDomain, TrustSnapshot>
}

/** Verifies open connections, and learns when they end. */
export interface ConnectionJudge {
  /** Returns why the connection must end now, if it must. */
  judge(connection: Connection, slice: SliceContext): GateCode | undefined
  /** Called right before the connection is ended. */
  closing(connection: Connection, code: CloseCode): void
  clock(): number
}

/** When connections are checked, and how they end. */
export interface OpenConnectionSettings {
  readonly onChange: 'end' | 'keep'
  readonly maxConnectionAgeMs: number
  readonly endTimeoutMs: number
  readonly endsPerSecond: number
}

/**
 * The registry of accepted, open connections. It checks them every second, and immediately when a source swaps its
 * truststore. It ends those whose verdict has changed.
 */
export class OpenConnections {
  readonly #settings: OpenConnectionSettings
  readonly #judge: ConnectionJudge
  readonly #watched: readonly GateDomain[]
  /** When each was accepted, by the monotonic clock. */
  readonly #since = new Map<Connection, number>()
  readonly #closings: Closings<Connection>
  readonly #slices: Slices
  readonly #timer: Timer = new Timer(() => this.check())
  #subscriptions: readonly (() => void)[] = []
  #isBroken = false
  #checking: 'no' | 'yes' | 'again' = 'no'

  constructor(settings: OpenConnectionSettings, judge: ConnectionJudge, domains: readonly GateDomain[], pace?: Pace) {
    this.#settings = settings
    this.#judge = judge
    this.#watched = settings.onChange === 'end' ? domains : []
    this.#slices = new Slices(pace)
    this.#closings = new Closings(settings.endsPerSecond, (connection) => this.#close(connection))
  }

  get size(): number {
    return this.#since.size
  }

  get connections(): readonly Connection[] {
    return [...this.#since.keys()]
  }

  add(connection: Connection): void {
    const { socket } = connection
    if (socket.closed) return
    this.#since.set(connection, this.#slices.now())
    socket.once('close', () => this.#remove(connection))
    if (this.#since.size === 1) this.#start()
  }

  /** Queues the connection to be ended. The caller must clear its identity first if its client is no longer accepted. */
  end(connection: Connection, code: CloseCode): void {
    if (connection.closing !== undefined || !this.#since.has(connection)) return
    connection.closing = code
    this.#closings.add(connection)
  }

  /** Checks all connections soon, and once more if a check is already running. */
  check(): void {
    if (this.#checking !== 'no') {
      this.#checking = 'again'
      return
    }
    this.#checking = 'yes'
    this.#slices.run(
      this.#since.keys(),
      () => {
        const slice = this.#sliceContext()
        return (connection) => this.#checkConnection(connection, slice)
      },
      () => {
        const again = this.#checking === 'again'
        this.#checking = 'no'
        if (again) this.check()
        else if (this.#since.size > 0) this.#timer.set(checkMs)
      },
    )
  }

  #start(): void {
    const { onChange, maxConnectionAgeMs } = this.#settings
    if (onChange === 'keep' && maxConnectionAgeMs === Infinity) return
    this.#subscriptions = this.#watched.map((domain) => domain.onSwap(() => this.check()))
    this.#timer.set(checkMs)
  }

  #remove(connection: Connection): void {
    this.#since.delete(connection)
    this.#closings.delete(connection)
    if (this.#since.size > 0) return
    for (const end of this.#subscriptions) end()
    this.#subscriptions = []
    this.#timer.clear()
  }

  /** Read once per slice: nothing changes within one. */
  #sliceContext(): SliceContext {
    const snapshots = new Map<GateDomain, TrustSnapshot>()
    let now = Number.NaN
    let failure: unknown
    try {
      now = this.#judge.clock()
    } catch (error) {
      failure = error
    }
    for (const domain of this.#watched) {
      try {
        snapshots.set(domain, domain.snapshot(now))
      } catch (error) {
        failure ??= error
      }
    }
    if (snapshots.size === this.#watched.length) this.#isBroken = false
    else this.#warn(failure)
    return { now, snapshots }
  }

  /** Warns once per failure: without requests nothing else would show it. */
  #warn(failure: unknown): void {
    if (!this.#isBroken) emitWarning(`mutualTls: open connections cannot be verified: ${thrownText(failure)}`, 'MutualTlsWarning')
    this.#isBroken = true
  }

  #checkConnection(connection: Connection, slice: SliceContext): void {
    const { onChange, maxConnectionAgeMs } = this.#settings
    if (connection.closing !== undefined) return
    const code = onChange === 'end' ? this.#judge.judge(connection, slice) : undefined
    if (code !== undefined) this.end(connection, code)
    else if (this.#slices.now() - this.#since.get(connection)! >= maxConnectionAgeMs) this.end(connection, 'max_age_reached')
  }

  #close(connection: Connection): void {
    const { socket, usage, closing } = connection
    this.#judge.closing(connection, closing!)
    try {
      usage.end(socket, this.#settings.endTimeoutMs)
    } catch {
      // If an orderly end fails, close it anyway.
      socket.destroy()
    }
  }
}
