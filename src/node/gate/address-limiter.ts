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
export interface AddressCounters {
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
interface Arrival {
  readonly raw: Socket
  /** What `clientAddress` gave. */
  readonly statedAddress: string | undefined
  /** `undefined` for those without limits. */
  readonly account: Account<Arrival> | undefined
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
export class AddressLimiter {
  readonly #limits: Limits | undefined
  readonly #clientAddress: ClientAddress | undefined
  readonly #allowances: Allowances
  readonly #table: AddressTable<Arrival>
  readonly #stopwatch = new Stopwatch((busyMs) => this.#turn(busyMs))
  readonly #arrivals = new Map<string, Arrival>()
  readonly #unfinished = new Set<Arrival>()
  /** Those of them that have an account to be charged. */
  readonly #metered = new Set<Arrival>()
  readonly #waiting = new Set<Arrival>()
  readonly #limited = new Map<LimitName, number>()
  readonly #warned = new Set<string>()

  constructor(limits: Limits | undefined, clientAddress: ClientAddress | undefined) {
    this.#limits = limits
    this.#clientAddress = clientAddress
    this.#allowances = new Allowances(limits)
    this.#table = new AddressTable((account, now) => this.#allowances.isUnused(account, now))
  }

  counters(): AddressCounters {
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
    const statedAddress = this.#askAddress(raw)
    if (statedAddress === 'failed') return this.#close(raw, 'address')
    if (statedAddress !== undefined) setAddress(raw, statedAddress)
    const account = this.#accountOf(raw)
    const limit = account === undefined ? undefined : this.#allowances.take(account)
    if (limit !== undefined) return this.#close(raw, limit)
    const endpoint = endpointOf(raw)
    const arrival = {
      raw,
      statedAddress,
      account,
      endpoint,
      cost: new HandshakeCost(),
      isCharged: false,
      isAdmitted: false,
      lingers: false,
    }
    this.#follow(arrival)
    if (account === undefined || this.#allowances.hasPlace(account)) {
      this.#start(arrival)
      return begin()
    }
    this.#waiting.add(arrival)
    const beginOrClose = (): void => {
      this.#waiting.delete(arrival)
      if (this.#allowances.isShutOut(account)) return this.#close(raw, 'refused')
      this.#start(arrival)
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
    const arrival = this.#arrivalOf(socket)
    if (arrival === undefined) return () => undefined
    if (arrival.statedAddress !== undefined) setAddress(socket, arrival.statedAddress)
    if (this.#leaveUnfinished(arrival)) arrival.cost.add(this.#stopwatch.lap(), arrival.raw.bytesRead)
    return () => this.#fill(arrival)
  }

  /** A handshake has failed. */
  fail(socket: TLSSocket): void {
    const arrival = this.#arrivalOf(socket)
    if (arrival === undefined || !this.#leaveUnfinished(arrival)) return
    arrival.cost.add(this.#stopwatch.lap(), arrival.raw.bytesRead)
    this.#charge(arrival)
    this.#fill(arrival)
  }

  /** A connection was let through, or refused; `isItsFault`: for something that the client did. */
  judge(socket: TLSSocket, isAdmitted: boolean, isItsFault: boolean): void {
    const arrival = this.#arrivalOf(socket)
    if (arrival === undefined) return
    const { account } = arrival
    arrival.isAdmitted = isAdmitted
    if (isAdmitted && account !== undefined) {
      account.admitted++
      account.lastAdmitted = performance.now()
    }
    if (isItsFault || arrival.cost.isExcessive) this.#charge(arrival)
    // One of its clients was let in, so that the others need not wait.
    if (isAdmitted && account !== undefined) while (account.queue.size > 0) account.queue.next()
  }

  /** Whether a refused connection may stay until it is answered. */
  mayLinger(socket: TLSSocket): boolean {
    const arrival = this.#arrivalOf(socket)
    if (this.#limits === undefined || arrival?.account === undefined) return true
    if (arrival.account.lingering >= this.#limits.lingering) {
      this.#count('lingering')
      return false
    }
    arrival.account.lingering++
    arrival.lingers = true
    return true
  }

  /** Starts a new lap: the time until now was the application's. */
  lap(): void {
    if (this.#metered.size > 0) this.#stopwatch.lap()
  }

  #askAddress(raw: Socket): string | undefined {
    if (this.#clientAddress === undefined) return undefined
    try {
      const stated: unknown = this.#clientAddress(raw)
      if (stated === undefined) return undefined
      if (typeof stated === 'string' && keyOfAddress(stated) !== undefined) return stated
      this.#warn('clientAddress', `gave ${thrownText(stated)}, which is no IP address; such connections are closed`)
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

  #accountOf(raw: Socket): Account<Arrival> | undefined {
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

  #follow(arrival: Arrival): void {
    const { raw, account, endpoint } = arrival
    if (account !== undefined) account.open++
    if (endpoint !== undefined) this.#arrivals.set(endpoint, arrival)
    raw.once('close', () => {
      if (endpoint !== undefined && this.#arrivals.get(endpoint) === arrival) this.#arrivals.delete(endpoint)
      this.#leave(arrival)
    })
  }

  /** Its handshake is under way from now on. For a stream that is not a socket, there is no way to find its TLS socket. */
  #start(arrival: Arrival): void {
    if (arrival.endpoint === undefined) return
    this.#unfinished.add(arrival)
    if (arrival.account === undefined) return
    arrival.account.unfinished.add(arrival)
    this.#metered.add(arrival)
    this.#stopwatch.start()
  }

  #leave(arrival: Arrival): void {
    if (this.#leaveUnfinished(arrival)) this.#charge(arrival)
    this.#waiting.delete(arrival)
    if (arrival.account === undefined) return
    arrival.account.open--
    if (arrival.isAdmitted) arrival.account.admitted--
    if (arrival.lingers) arrival.account.lingering--
    this.#fill(arrival)
  }

  /** Returns whether its handshake was under way and metered. */
  #leaveUnfinished(arrival: Arrival): boolean {
    arrival.account?.unfinished.delete(arrival)
    this.#unfinished.delete(arrival)
    return this.#metered.delete(arrival)
  }

  /** Begins handshakes of the same address that wait for its place. */
  #fill({ account }: Arrival): void {
    if (account === undefined) return
    while (account.queue.size > 0 && (this.#allowances.hasPlace(account) || this.#allowances.isShutOut(account)))
      account.queue.next()
  }

  #arrivalOf(socket: TLSSocket): Arrival | undefined {
    const endpoint = endpointOf(socket)
    return endpoint === undefined ? undefined : this.#arrivals.get(endpoint)
  }

  /** Probes that connect and send nothing are not charged. */
  #charge(arrival: Arrival): void {
    const { account, raw, cost } = arrival
    if (account === undefined || arrival.isCharged || raw.bytesRead === 0) return
    arrival.isCharged = true
    if (!this.#allowances.charge(account, cost.weight)) return
    for (const other of account.unfinished) this.#end(other)
    if (account.admitted > 0)
      this.#warn(
        'limits',
        `shut out ${addressOf(raw)}, from where clients were let in; if it is a balancer, list it in limits.exempt`,
      )
  }

  #end(arrival: Arrival): void {
    arrival.isCharged = true
    this.#leaveUnfinished(arrival)
    arrival.raw.destroy()
  }

  /** Finds those that keep the server busy and never end their handshakes. */
  #turn(busyMs: number): boolean {
    if (busyMs > slowTurnMs) {
      for (const arrival of this.#metered) {
        arrival.cost.add(busyMs, arrival.raw.bytesRead)
        if (arrival.cost.ms > dearestMs) {
          this.#charge(arrival)
          this.#end(arrival)
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
