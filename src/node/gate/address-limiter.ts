import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { emitWarning } from 'node:process'
import type { TLSSocket } from 'node:tls'
import { thrownText } from '../safely.ts'
import { type Account, AddressTable, addressKey, addressOf, keyOfAddress, setAddress } from './addresses.ts'
import { Allowances, type ClientAddress, type Limits } from './allowances.ts'
import { HandshakeCost, Stopwatch } from './handshake-cost.ts'

/** The limit that closed a connection. `address`: `clientAddress` failed. */
export type LimitName = 'open' | 'handshakes' | 'unfinished' | 'refused' | 'lingering' | 'address'

/** Counters kept before the gate verifies a connection. */
export interface AddressCounters {
  /** Handshakes in progress now, including those of exempt addresses. */
  readonly unfinished: number
  /** Connections that now wait for other handshakes from their address to finish. */
  readonly waiting: number
  /** Connections closed by the limits per address, by limit. `lingering`: rejected connections closed without an answer. */
  readonly limited: Readonly<Partial<Record<LimitName, number>>>
  /** Addresses in memory now. */
  readonly addresses: number
}

/** A connection, from arrival to close. */
interface Arrival {
  readonly raw: Socket
  /** The client's address behind a proxy, which `clientAddress` returned. */
  readonly realAddress: string | undefined
  /** `undefined` if no limits apply. */
  readonly account: Account<Arrival> | undefined
  readonly cost: HandshakeCost
  /** Unique among open connections. `undefined` for a stream that is not a socket. */
  readonly endpoint: string | undefined
  /** Whether it already counted as a failed or rejected handshake. */
  isCharged: boolean
  isAdmitted: boolean
  isLingering: boolean
}

/** After a turn of the event loop longer than this, the gate checks the handshakes in progress. */
const slowTurnMs = 5

/** A handshake that has cost this much before it finishes is aborted. */
const maxCostMs = 50

/**
 * Limits per address, enforced before TLS begins: a connection closed here has cost no cryptography. Failed and rejected
 * handshakes are charged by their cost. OpenSSL checks every signature that an unverified client sends, and the client
 * chooses how expensive those are.
 */
export class AddressLimiter {
  readonly #limits: Limits | undefined
  readonly #clientAddress: ClientAddress | undefined
  readonly #allowances: Allowances
  readonly #table: AddressTable<Arrival>
  readonly #stopwatch = new Stopwatch((busyMs) => this.#checkUnfinished(busyMs))
  readonly #arrivals = new Map<string, Arrival>()
  readonly #unfinished = new Set<Arrival>()
  /** The unfinished handshakes that have an account to charge. */
  readonly #metered = new Set<Arrival>()
  readonly #waiting = new Set<Arrival>()
  readonly #limited = new Map<LimitName, number>()
  readonly #warned = new Set<string>()

  constructor(limits: Limits | undefined, clientAddress: ClientAddress | undefined) {
    this.#limits = limits
    this.#clientAddress = clientAddress
    this.#allowances = new Allowances(limits)
    this.#table = new AddressTable((account, now, isCrowded) => this.#allowances.isUnused(account, now, isCrowded))
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
   * Handles a new connection, before TLS sees it.
   *
   * @param begin hands the connection to TLS. Called at once, later, or never if the connection was closed
   */
  handleConnection(raw: Socket, begin: () => void): void {
    const realAddress = this.#readAddress(raw)
    if (realAddress === 'failed') return this.#close(raw, 'address')
    if (realAddress !== undefined) setAddress(raw, realAddress)
    const account = this.#accountOf(raw)
    const limit = account === undefined ? undefined : this.#allowances.countConnection(account)
    if (limit !== undefined) return this.#close(raw, limit)
    const endpoint = endpointOf(raw)
    const arrival = {
      raw,
      realAddress,
      account,
      endpoint,
      cost: new HandshakeCost(),
      isCharged: false,
      isAdmitted: false,
      isLingering: false,
    }
    this.#register(arrival)
    if (account === undefined || this.#allowances.mayBeginAtOnce(account)) {
      this.#start(arrival)
      return begin()
    }
    this.#waiting.add(arrival)
    const beginOrClose = (): void => {
      this.#waiting.delete(arrival)
      if (this.#allowances.isBlocked(account)) return this.#close(raw, 'refused')
      this.#start(arrival)
      begin()
    }
    account.queue.add(raw, beginOrClose, () => this.#allowances.isBlocked(account) || this.#allowances.canAfford(account))
  }

  /**
   * A handshake succeeded. That proves nothing about the client yet.
   *
   * @returns starts the next waiting handshakes from the same address. Call it once the client is verified or waits for
   *   `authorize`: a rejection must be charged before the next handshake begins
   */
  finish(socket: TLSSocket): () => void {
    const arrival = this.#arrivalOf(socket)
    if (arrival === undefined) return () => undefined
    if (arrival.realAddress !== undefined) setAddress(socket, arrival.realAddress)
    if (this.#endHandshake(arrival)) arrival.cost.add(this.#stopwatch.lap(), arrival.raw.bytesRead)
    return () => this.#startWaiting(arrival)
  }

  /** A handshake failed. */
  fail(socket: TLSSocket): void {
    const arrival = this.#arrivalOf(socket)
    if (arrival === undefined || !this.#endHandshake(arrival)) return
    arrival.cost.add(this.#stopwatch.lap(), arrival.raw.bytesRead)
    this.#charge(arrival)
    this.#startWaiting(arrival)
  }

  /** A connection was accepted or rejected. `isItsFault`: the client caused the rejection. */
  conclude(socket: TLSSocket, isAdmitted: boolean, isClientFault: boolean): void {
    const arrival = this.#arrivalOf(socket)
    if (arrival === undefined) return
    const { account } = arrival
    arrival.isAdmitted = isAdmitted
    if (isAdmitted && account !== undefined) {
      account.admitted++
      account.lastAdmitted = performance.now()
    }
    if (isClientFault || arrival.cost.isExcessive) this.#charge(arrival)
    // An accepted client shows that the address is in good standing, so the others need not wait.
    if (isAdmitted && account !== undefined) while (account.queue.size > 0) account.queue.next()
  }

  /** Whether a rejected connection may stay open until it is answered. */
  mayLinger(socket: TLSSocket): boolean {
    const arrival = this.#arrivalOf(socket)
    if (this.#limits === undefined || arrival?.account === undefined) return true
    if (arrival.account.lingering >= this.#limits.lingering) {
      this.#count('lingering')
      return false
    }
    arrival.account.lingering++
    arrival.isLingering = true
    return true
  }

  /** Starts a new lap. The time until now was spent by the application. */
  lap(): void {
    if (this.#metered.size > 0) this.#stopwatch.lap()
  }

  #readAddress(raw: Socket): string | undefined {
    if (this.#clientAddress === undefined) return undefined
    try {
      const address: unknown = this.#clientAddress(raw)
      if (address === undefined) return undefined
      if (typeof address === 'string' && keyOfAddress(address) !== undefined) return address
      this.#warn('clientAddress', `returned ${thrownText(address)}, not an IP address; the connection was closed`)
    } catch (error) {
      this.#warn('clientAddress', `failed: ${thrownText(error)}; the connection was closed`)
    }
    return 'failed'
  }

  /** One warning of each kind, because clients could trigger any number of them. */
  #warn(about: 'clientAddress' | 'limits', message: string): void {
    if (!this.#warned.has(about)) emitWarning(`${about} of mutualTls ${message}`, 'MutualTlsWarning')
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

  #register(arrival: Arrival): void {
    const { raw, account, endpoint } = arrival
    if (account !== undefined) account.open++
    if (endpoint !== undefined) this.#arrivals.set(endpoint, arrival)
    raw.once('close', () => {
      if (endpoint !== undefined && this.#arrivals.get(endpoint) === arrival) this.#arrivals.delete(endpoint)
      this.#removeConnection(arrival)
    })
  }

  /** Marks the handshake as in progress. Streams that are not sockets are skipped: their TLS socket cannot be found later. */
  #start(arrival: Arrival): void {
    if (arrival.endpoint === undefined) return
    this.#unfinished.add(arrival)
    if (arrival.account === undefined) return
    arrival.account.unfinished.add(arrival)
    this.#metered.add(arrival)
    this.#stopwatch.start()
  }

  #removeConnection(arrival: Arrival): void {
    if (this.#endHandshake(arrival)) this.#charge(arrival)
    this.#waiting.delete(arrival)
    if (arrival.account === undefined) return
    arrival.account.open--
    if (arrival.isAdmitted) arrival.account.admitted--
    if (arrival.isLingering) arrival.account.lingering--
    this.#startWaiting(arrival)
  }

  /** Returns whether the handshake was in progress and metered. */
  #endHandshake(arrival: Arrival): boolean {
    arrival.account?.unfinished.delete(arrival)
    this.#unfinished.delete(arrival)
    return this.#metered.delete(arrival)
  }

  /** Starts waiting handshakes of the same address. */
  #startWaiting({ account }: Arrival): void {
    if (account === undefined) return
    while (account.queue.size > 0 && (this.#allowances.mayBeginAtOnce(account) || this.#allowances.isBlocked(account)))
      account.queue.next()
  }

  #arrivalOf(socket: TLSSocket): Arrival | undefined {
    const endpoint = endpointOf(socket)
    return endpoint === undefined ? undefined : this.#arrivals.get(endpoint)
  }

  /** Health checks that connect and send nothing are not charged. */
  #charge(arrival: Arrival): void {
    const { account, raw, cost } = arrival
    if (account === undefined || arrival.isCharged || raw.bytesRead === 0) return
    arrival.isCharged = true
    if (!this.#allowances.charge(account, cost.weight)) return
    for (const other of account.unfinished) this.#abort(other)
    if (account.admitted > 0)
      this.#warn(
        'limits',
        `blocked ${addressOf(raw)}, which also has accepted clients; if it is a load balancer, list it in limits.exempt`,
      )
  }

  #abort(arrival: Arrival): void {
    arrival.isCharged = true
    this.#endHandshake(arrival)
    arrival.raw.destroy()
  }

  /** Finds clients that keep the server busy and never finish their handshakes. */
  #checkUnfinished(busyMs: number): boolean {
    if (busyMs > slowTurnMs) {
      for (const arrival of this.#metered) {
        arrival.cost.add(busyMs, arrival.raw.bytesRead)
        if (arrival.cost.ms > maxCostMs) {
          this.#charge(arrival)
          this.#abort(arrival)
        }
      }
    }
    return this.#metered.size > 0
  }
}

/** The same for a TLS socket and the socket below it, and unique among open connections. */
function endpointOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
