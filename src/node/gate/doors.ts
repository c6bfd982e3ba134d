import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { emitWarning } from 'node:process'
import type { TLSSocket } from 'node:tls'
import { thrownText } from '../thrown-text.ts'
import { addressKey, addressOf, keyOfAddress, setAddress } from './address.ts'
import { type Account, AddressTable } from './address-table.ts'
import { Allowances } from './allowances.ts'
import { HandshakeCost } from './handshake-cost.ts'
import type { ClientAddress, Limits } from './limits.ts'
import { Stopwatch } from './stopwatch.ts'

/** Which limit closed a connection; `address`: `clientAddress` failed. */
export type LimitName = 'open' | 'handshakes' | 'unfinished' | 'refused' | 'lingering' | 'address'

/** What a gate counts before connections are judged. */
export interface DoorCounters {
  /** Handshakes under way at this moment, those without limits included. */
  readonly unfinished: number
  /** Connections whose handshake waits for others of their address at this moment. */
  readonly waiting: number
  /** Connections that limits by address have closed, by limit; `lingering` are refused ones that were not answered. */
  readonly limited: Readonly<Partial<Record<LimitName, number>>>
  /** Addresses that are remembered at this moment. */
  readonly addresses: number
}

/** A connection, from its arrival to its close. */
interface Visit {
  readonly raw: Socket
  /** What `clientAddress` said. */
  readonly said: string | undefined
  /** `undefined` for those without limits. */
  readonly account: Account<Visit> | undefined
  readonly cost: HandshakeCost
  /** What tells it from every other open connection; `undefined` for a stream that is not a socket. */
  readonly endpoint: string | undefined
  /** Whether it was counted as a failed or refused handshake. */
  isCharged: boolean
  isAdmitted: boolean
  lingers: boolean
}

/** A longer turn of the event loop makes the gate check handshakes under way. */
const slowTurnMs = 5

/** A handshake that has cost so much before it ended is ended. */
const dearestMs = 50

/**
 * Limits by address, from before TLS begins: a connection that is closed here has cost no cryptography. Handshakes that come
 * to nothing count by what they cost, because OpenSSL checks every signature that a stranger sends before anybody is asked,
 * and the stranger chooses how dear they are.
 */
export class Doors {
  readonly #limits: Limits | undefined
  readonly #clientAddress: ClientAddress | undefined
  readonly #allowances: Allowances
  readonly #table: AddressTable<Visit>
  readonly #stopwatch = new Stopwatch((busyMs) => this.#turn(busyMs))
  readonly #visits = new Map<string, Visit>()
  readonly #unfinished = new Set<Visit>()
  /** Those of them that have an account to be charged. */
  readonly #metered = new Set<Visit>()
  readonly #waiting = new Set<Visit>()
  readonly #limited = new Map<LimitName, number>()
  readonly #warned = new Set<string>()

  constructor(limits: Limits | undefined, clientAddress: ClientAddress | undefined) {
    this.#limits = limits
    this.#clientAddress = clientAddress
    this.#allowances = new Allowances(limits)
    this.#table = new AddressTable((account, now) => this.#allowances.isUnused(account, now))
  }

  counters(): DoorCounters {
    return {
      unfinished: this.#unfinished.size,
      waiting: this.#waiting.size,
      limited: Object.fromEntries(this.#limited),
      addresses: this.#table.size,
    }
  }

  /**
   * A connection has come and TLS knows nothing of it yet.
   *
   * @param begin hands it to TLS: at once, later, or never where the connection was closed
   */
  arrive(raw: Socket, begin: () => void): void {
    const said = this.#askAddress(raw)
    if (said === 'failed') return this.#close(raw, 'address')
    if (said !== undefined) setAddress(raw, said)
    const account = this.#accountOf(raw)
    const limit = account === undefined ? undefined : this.#allowances.take(account)
    if (limit !== undefined) return this.#close(raw, limit)
    const endpoint = endpointOf(raw)
    const visit = { raw, said, account, endpoint, cost: new HandshakeCost(), isCharged: false, isAdmitted: false, lingers: false }
    this.#follow(visit)
    if (account === undefined || this.#allowances.hasPlace(account)) {
      this.#start(visit)
      return begin()
    }
    this.#waiting.add(visit)
    const beginOrClose = (): void => {
      this.#waiting.delete(visit)
      if (this.#allowances.isShutOut(account)) return this.#close(raw, 'refused')
      this.#start(visit)
      begin()
    }
    account.queue.add(raw, beginOrClose, () => this.#allowances.isShutOut(account) || this.#allowances.canAfford(account))
  }

  /**
   * A handshake has ended well, which says nothing about the client.
   *
   * @returns begins handshakes of the same address that wait for its place; to be called when the client is judged, or its judgment
   *   has to wait, because a refusal must be charged before the next one begins
   */
  finish(socket: TLSSocket): () => void {
    const visit = this.#visitOf(socket)
    if (visit === undefined) return () => undefined
    if (visit.said !== undefined) setAddress(socket, visit.said)
    if (this.#leaveUnfinished(visit)) visit.cost.add(this.#stopwatch.lap(), visit.raw.bytesRead)
    return () => this.#fill(visit)
  }

  /** A handshake has failed. */
  fail(socket: TLSSocket): void {
    const visit = this.#visitOf(socket)
    if (visit === undefined || !this.#leaveUnfinished(visit)) return
    visit.cost.add(this.#stopwatch.lap(), visit.raw.bytesRead)
    this.#charge(visit)
    this.#fill(visit)
  }

  /** A connection was let through, or refused; `isItsFault`: for something that the client did. */
  judge(socket: TLSSocket, isAdmitted: boolean, isItsFault: boolean): void {
    const visit = this.#visitOf(socket)
    if (visit === undefined) return
    const { account } = visit
    visit.isAdmitted = isAdmitted
    if (isAdmitted && account !== undefined) {
      account.admitted++
      account.lastAdmitted = performance.now()
    }
    if (isItsFault || visit.cost.isExcessive) this.#charge(visit)
    // One of its clients was let in, so that the others need not wait.
    if (isAdmitted && account !== undefined) while (account.queue.size > 0) account.queue.next()
  }

  /** Whether a refused connection may stay until it is answered. */
  mayLinger(socket: TLSSocket): boolean {
    const visit = this.#visitOf(socket)
    if (this.#limits === undefined || visit?.account === undefined) return true
    if (visit.account.lingering >= this.#limits.lingering) {
      this.#count('lingering')
      return false
    }
    visit.account.lingering++
    visit.lingers = true
    return true
  }

  /** Starts a new lap: the time until now was the application's. */
  lap(): void {
    if (this.#metered.size > 0) this.#stopwatch.lap()
  }

  #askAddress(raw: Socket): string | undefined {
    if (this.#clientAddress === undefined) return undefined
    try {
      const said: unknown = this.#clientAddress(raw)
      if (said === undefined) return undefined
      if (typeof said === 'string' && keyOfAddress(said) !== undefined) return said
      this.#warn('clientAddress', `gave ${thrownText(said)}, which is no IP address; such connections are closed`)
    } catch (error) {
      this.#warn('clientAddress', `failed: ${thrownText(error)}; such connections are closed`)
    }
    return 'failed'
  }

  /** Once of each kind, because clients could cause any number of them. */
  #warn(about: 'clientAddress' | 'limits', what: string): void {
    if (!this.#warned.has(about)) emitWarning(`${about} of mutualTls ${what}`, 'MutualTlsWarning')
    this.#warned.add(about)
  }

  #accountOf(raw: Socket): Account<Visit> | undefined {
    if (this.#limits === undefined) return undefined
    const key = addressKey(raw, this.#limits.exempt)
    return key === undefined ? undefined : this.#table.accountOf(key, performance.now())
  }

  #close(raw: Socket, limit: LimitName): void {
    this.#count(limit)
    raw.destroy()
  }

  #count(limit: LimitName): void {
    this.#limited.set(limit, (this.#limited.get(limit) ?? 0) + 1)
  }

  #follow(visit: Visit): void {
    const { raw, account, endpoint } = visit
    if (account !== undefined) account.open++
    if (endpoint !== undefined) this.#visits.set(endpoint, visit)
    raw.once('close', () => {
      if (endpoint !== undefined && this.#visits.get(endpoint) === visit) this.#visits.delete(endpoint)
      this.#leave(visit)
    })
  }

  /** Its handshake is under way from now on. For a stream that is not a socket, there is no way to find its TLS socket. */
  #start(visit: Visit): void {
    if (visit.endpoint === undefined) return
    this.#unfinished.add(visit)
    if (visit.account === undefined) return
    visit.account.unfinished.add(visit)
    this.#metered.add(visit)
    this.#stopwatch.start()
  }

  #leave(visit: Visit): void {
    if (this.#leaveUnfinished(visit)) this.#charge(visit)
    this.#waiting.delete(visit)
    if (visit.account === undefined) return
    visit.account.open--
    if (visit.isAdmitted) visit.account.admitted--
    if (visit.lingers) visit.account.lingering--
    this.#fill(visit)
  }

  /** Returns whether its handshake was under way and metered. */
  #leaveUnfinished(visit: Visit): boolean {
    visit.account?.unfinished.delete(visit)
    this.#unfinished.delete(visit)
    return this.#metered.delete(visit)
  }

  /** Begins handshakes of the same address that wait for its place. */
  #fill({ account }: Visit): void {
    if (account === undefined) return
    while (account.queue.size > 0 && (this.#allowances.hasPlace(account) || this.#allowances.isShutOut(account)))
      account.queue.next()
  }

  #visitOf(socket: TLSSocket): Visit | undefined {
    const endpoint = endpointOf(socket)
    return endpoint === undefined ? undefined : this.#visits.get(endpoint)
  }

  /** Probes that connect and send nothing are not charged. */
  #charge(visit: Visit): void {
    const { account, raw, cost } = visit
    if (account === undefined || visit.isCharged || raw.bytesRead === 0) return
    visit.isCharged = true
    if (!this.#allowances.charge(account, cost.weight)) return
    for (const other of account.unfinished) this.#end(other)
    if (account.admitted > 0)
      this.#warn(
        'limits',
        `shut out ${addressOf(raw)}, from where clients were let in; if it is a balancer, list it in limits.exempt`,
      )
  }

  #end(visit: Visit): void {
    visit.isCharged = true
    this.#leaveUnfinished(visit)
    visit.raw.destroy()
  }

  /** Finds those that keep the server busy and never end their handshakes. */
  #turn(busyMs: number): boolean {
    if (busyMs > slowTurnMs) {
      for (const visit of this.#metered) {
        visit.cost.add(busyMs, visit.raw.bytesRead)
        if (visit.cost.ms > dearestMs) {
          this.#charge(visit)
          this.#end(visit)
        }
      }
    }
    return this.#metered.size > 0
  }
}

/** The same for the socket below TLS and the one above, and for no other connection that is open. */
function endpointOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
