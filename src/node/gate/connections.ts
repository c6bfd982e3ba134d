import { emitWarning } from 'node:process'
import { Timer } from '../source/timer.ts'
import { thrownText } from '../thrown-text.ts'
import type { Basis, Grounds } from './basis.ts'
import { Closings } from './closings.ts'
import type { CloseCode, GateCode } from './codes.ts'
import type { Connection } from './connection.ts'
import { type Pace, Slices } from './slices.ts'

/**
 * How often open connections are looked at, in milliseconds. A timer for the moment at which something ends would have to
 * be right about clocks that are set, and longer than timers can be.
 */
const lookMs = 1000

/** The truststores, lists and the time, as they are while nobody else has a turn. */
export interface Moment {
  readonly now: number
  /** `undefined` where they cannot be had: it threw. */
  readonly grounds: ReadonlyMap<Basis, Grounds>
}

/** What open connections are judged by, and who is told of their ends. */
export interface Watch {
  /** Why the connection must end now, if it must. */
  judge(connection: Connection, moment: Moment): GateCode | undefined
  /** Called when it is the connection's turn to end. */
  closing(connection: Connection, code: CloseCode): void
  clock(): number
}

/** When connections are looked at, and how they end. */
export interface WatchSettings {
  readonly onChange: 'end' | 'keep'
  readonly maxConnectionAgeMs: number
  readonly endTimeoutMs: number
  readonly endsPerSecond: number
}

/**
 * The connections that were let through and are open. While there are any they are looked at every second, and whenever a
 * truststore says that it was swapped; those whose verdict has changed are ended.
 */
export class OpenConnections {
  private readonly settings: WatchSettings
  private readonly watch: Watch
  private readonly bases: readonly Basis[]
  /** Each with when it was let through, by the clock of slices. */
  private readonly since = new Map<Connection, number>()
  private readonly closings: Closings<Connection>
  private readonly slices: Slices
  private readonly timer: Timer = new Timer(() => this.look())
  private subscriptions: readonly (() => void)[] = []
  private isBroken = false
  private looking: 'no' | 'yes' | 'again' = 'no'

  constructor(settings: WatchSettings, watch: Watch, bases: readonly Basis[], pace?: Pace) {
    this.settings = settings
    this.watch = watch
    this.bases = bases
    this.slices = new Slices(pace)
    this.closings = new Closings(settings.endsPerSecond, (connection) => this.close(connection))
  }

  get size(): number {
    return this.since.size
  }

  get connections(): readonly Connection[] {
    return [...this.since.keys()]
  }

  add(connection: Connection): void {
    const { socket } = connection
    if (socket.closed) return
    this.since.set(connection, this.slices.now())
    socket.once('close', () => this.remove(connection))
    if (this.since.size === 1) this.start()
  }

  /** The connection ends as soon as it is its turn; it should have no identity any more. */
  end(connection: Connection, code: CloseCode): void {
    if (connection.closing !== undefined || !this.since.has(connection)) return
    connection.closing = code
    this.closings.add(connection)
  }

  /** Looks at all connections, soon; once more where that is being done. */
  look(): void {
    if (this.looking !== 'no') {
      this.looking = 'again'
      return
    }
    this.looking = 'yes'
    this.slices.run(
      this.since.keys(),
      () => {
        const moment = this.moment()
        return (connection) => this.lookAt(connection, moment)
      },
      () => {
        const again = this.looking === 'again'
        this.looking = 'no'
        if (again) this.look()
        else if (this.since.size > 0) this.timer.set(lookMs)
      },
    )
  }

  private start(): void {
    const { onChange, maxConnectionAgeMs } = this.settings
    if (onChange === 'keep' && maxConnectionAgeMs === Infinity) return
    this.subscriptions = this.bases.map((basis) => basis.onSwap(() => this.look()))
    this.timer.set(lookMs)
  }

  private remove(connection: Connection): void {
    this.since.delete(connection)
    this.closings.delete(connection)
    if (this.since.size > 0) return
    for (const end of this.subscriptions) end()
    this.subscriptions = []
    this.timer.clear()
  }

  /** Looks once for all connections that have their turn now. */
  private moment(): Moment {
    const grounds = new Map<Basis, Grounds>()
    let now = Number.NaN
    let failure: unknown
    try {
      now = this.watch.clock()
    } catch (error) {
      failure = error
    }
    for (const basis of this.bases) {
      try {
        grounds.set(basis, basis.look(now))
      } catch (error) {
        failure ??= error
      }
    }
    if (grounds.size === this.bases.length) this.isBroken = false
    else this.warn(failure)
    return { now, grounds }
  }

  /** Once until it is mended: where nobody asks anything, nobody else would tell. */
  private warn(failure: unknown): void {
    if (!this.isBroken) emitWarning(`mutualTls: open connections cannot be judged: ${thrownText(failure)}`, 'MutualTlsWarning')
    this.isBroken = true
  }

  private lookAt(connection: Connection, moment: Moment): void {
    const { onChange, maxConnectionAgeMs } = this.settings
    if (connection.closing !== undefined) return
    const code = onChange === 'end' ? this.watch.judge(connection, moment) : undefined
    if (code !== undefined) this.end(connection, code)
    else if (this.slices.now() - this.since.get(connection)! >= maxConnectionAgeMs) this.end(connection, 'max_age_reached')
  }

  private close(connection: Connection): void {
    const { socket, usage, closing } = connection
    this.watch.closing(connection, closing!)
    try {
      usage.end(socket, this.settings.endTimeoutMs)
    } catch {
      // Whatever keeps it from being ended in order must not keep it open.
      socket.destroy()
    }
  }
}
