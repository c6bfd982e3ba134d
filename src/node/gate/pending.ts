import type { TLSSocket } from 'node:tls'
import { Timer } from '../source/timer.ts'
import { type AddressRanges, addressKey } from './address.ts'
import { awaitAuthorization, type Decision } from './authorization.ts'
import type { Connection } from './connection.ts'

/** How often pending connections are checked for disconnected clients, in milliseconds. */
const patrolMs = 250

/** Never reported, because the connection is closed. */
const gone: Decision = { ok: false, code: 'authorizer_failed', error: undefined }

interface PendingSettings {
  readonly authorizeTimeoutMs: number
  readonly maxPending: number
  readonly maxPendingPerAddress: number
  /** Exempt addresses have no `maxPendingPerAddress` either. */
  readonly limits: { readonly exempt: AddressRanges } | undefined
}

/**
 * The connections that wait for `authorize`, limited in total and per address. They are not read, so TLS buffers what clients
 * send, within its bounds.
 */
export class PendingConnections {
  readonly #settings: PendingSettings
  /** Each with a function that decides instead of `authorize`. */
  readonly #places = new Map<Connection, (decision: Decision) => void>()
  readonly #perAddress = new Map<string, number>()
  readonly #patrol: Timer = new Timer(() => this.#dropGone())

  constructor(settings: PendingSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#places.size
  }

  get connections(): readonly Connection[] {
    return [...this.#places.keys()]
  }

  hasRoom(socket: TLSSocket): boolean {
    const address = this.#keyOf(socket)
    const ofAddress = address === undefined ? 0 : (this.#perAddress.get(address) ?? 0)
    return this.#places.size < this.#settings.maxPending && ofAddress < this.#settings.maxPendingPerAddress
  }

  /**
   * Holds a place for the connection until there is an answer, the answer times out, or the client disconnects. In the last
   * case `settle` is not called.
   *
   * @param abort called when the answer is no longer needed
   */
  hold(connection: Connection, answer: Promise<unknown>, abort: () => void, settle: (decision: Decision) => void): void {
    const { socket } = connection
    const address = this.#keyOf(socket)
    this.#count(address, 1)
    const decide = awaitAuthorization(answer, this.#settings.authorizeTimeoutMs, abort, (decision) => {
      this.#places.delete(connection)
      this.#count(address, -1)
      socket.off('close', leave)
      if (!socket.destroyed) settle(decision)
      socket.off('error', ignore)
    })
    this.#places.set(connection, decide)
    const leave = (): void => decide(gone)
    socket.once('close', leave)
    // An `error` event without a listener would end the process.
    socket.on('error', ignore)
    if (!this.#patrol.isSet) this.#patrol.set(patrolMs)
  }

  /** Decides about a pending connection instead of `authorize`. */
  decide(connection: Connection, decision: Decision): void {
    this.#places.get(connection)?.(decision)
  }

  #keyOf(socket: TLSSocket): string | undefined {
    return addressKey(socket, this.#settings.limits?.exempt)
  }

  #count(address: string | undefined, change: 1 | -1): void {
    if (address === undefined) return
    const count = (this.#perAddress.get(address) ?? 0) + change
    if (count === 0) this.#perAddress.delete(address)
    else this.#perAddress.set(address, count)
  }

  /** While a socket is not read, Node emits no event for a client that sent data and then disconnected. */
  #dropGone(): void {
    for (const { socket } of this.#places.keys()) if (hasEnded(socket)) socket.destroy()
    if (this.#places.size > 0) this.#patrol.set(patrolMs)
  }
}

/**
 * Node has no public way to find out without reading. On half-open servers, clients may end their side and still wait for an
 * answer.
 */
function hasEnded(socket: TLSSocket): boolean {
  const { _readableState: state } = socket as { readonly _readableState?: { readonly ended?: unknown } }
  return state?.ended === true && !socket.allowHalfOpen
}

function ignore(): void {}
