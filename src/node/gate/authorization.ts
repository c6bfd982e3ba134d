import { clearTimeout, setTimeout } from 'node:timers'
import type { TLSSocket } from 'node:tls'
import { member, own } from '../../policy/fields.ts'
import { thrownText } from '../safely.ts'
import { Timer } from '../source/source.ts'
import { type AddressRanges, addressKey } from './addresses.ts'
import type { Connection } from './connections.ts'
import type { Authorize } from './gate-options.ts'
import type { ClientIdentity } from './identity.ts'
import type { GateCode } from './refuse.ts'

/** The result of calling `authorize`. */
export type Decision =
  | { readonly ok: true; readonly context: Readonly<Record<string, unknown>> | undefined }
  | { readonly ok: false; readonly code: GateCode; readonly error: unknown }

/**
 * Calls `authorize`. A synchronous answer takes effect at once; a promise is awaited for at most `timeoutMs`. If it throws or
 * rejects, the client is rejected.
 */
export function callAuthorize(authorize: Authorize, identity: ClientIdentity, signal: AbortSignal): Decision | Promise<unknown> {
  try {
    const answer: unknown = authorize(identity, signal)
    // Wrap it in our own promise: that calls `then` later, catches what it throws, and cannot be mistaken for a decision.
    return isThenable(answer) ? new Promise((resolve) => resolve(answer)) : readAnswer(answer)
  } catch (error) {
    return { ok: false, code: 'authorizer_failed', error }
  }
}

/**
 * Calls `settle` exactly once, with what the promise brings or with a rejection after `timeoutMs`.
 *
 * @param abort called when the answer is no longer needed
 * @returns a function that decides in place of the answer
 */
export function awaitAuthorization(
  answer: Promise<unknown>,
  timeoutMs: number,
  abort: () => void,
  settle: (decision: Decision) => void,
): (decision: Decision) => void {
  let settled = false
  const once = (decision: Decision): boolean => {
    if (settled) return false
    settled = true
    clearTimeout(timer)
    settle(decision)
    return true
  }
  const settleEarly = (decision: Decision): void => {
    if (once(decision)) abort()
  }
  const timer = setTimeout(() => settleEarly({ ok: false, code: 'authorizer_timeout', error: undefined }), timeoutMs).unref()
  answer.then(
    (value) => void once(readSafely(value)),
    (error: unknown) => void once({ ok: false, code: 'authorizer_failed', error }),
  )
  return settleEarly
}

export function isDecision(value: Decision | Promise<unknown>): value is Decision {
  return !(value instanceof Promise)
}

function readSafely(value: unknown): Decision {
  try {
    return readAnswer(value)
  } catch (error) {
    return { ok: false, code: 'authorizer_failed', error }
  }
}

/** Only a literal `true` is consent. */
function readAnswer(answer: unknown): Decision {
  if (answer === true) return { ok: true, context: undefined }
  const isAuthorized = own(answer, 'isAuthorized')
  if (isAuthorized !== true) return { ok: false, code: 'not_authorized', error: answerError(answer, isAuthorized) }
  const context = own(answer, 'context')
  return { ok: true, context: typeof context === 'object' && context !== null ? (context as Record<string, unknown>) : undefined }
}

/** The error for `onReject` if an answer neither accepts nor denies. That is a mistake in the application. */
function answerError(answer: unknown, isAuthorized: unknown): TypeError | undefined {
  if (answer === false || isAuthorized === false) return undefined
  const given = typeof answer === 'object' && answer !== null ? 'an object without isAuthorized' : thrownText(answer)
  return new TypeError(`authorize returned ${given}; return true or { isAuthorized: true } to accept, false to deny`)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof member(value, 'then') === 'function'
}

/** Remembered answers of `authorize`. */
export interface RememberedAuthorizations {
  /** How many are stored, expired ones included. */
  readonly size: number
  /** Forgets all answers. Pending ones will not be remembered either. */
  clear(): void
}

interface Answer {
  readonly decision: Decision
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly until: number
}

/** Remembers answers of `authorize` for a limited time and up to a limited number. The oldest are dropped first. */
export class AuthorizationCache implements RememberedAuthorizations {
  readonly #ttlMs: number
  readonly #maxEntries: number
  readonly #answers = new Map<string, Answer>()
  #generation = 0

  constructor(ttlMs: number, most: number) {
    this.#ttlMs = ttlMs
    this.#maxEntries = most
  }

  get size(): number {
    return this.#answers.size
  }

  clear(): void {
    this.#generation++
    this.#answers.clear()
  }

  find(client: ClientIdentity, now: number): Decision | undefined {
    if (this.#ttlMs === 0) return undefined
    const answer = this.#answers.get(keyOf(client))
    // An answer from the future does not count: the clock went back.
    return answer !== undefined && now >= answer.from && now < answer.until ? answer.decision : undefined
  }

  /** Returns a function that stores the answer to a question asked now. Failures and timeouts are not stored. */
  recorder(client: ClientIdentity, now: number): (decision: Decision) => void {
    const generation = this.#generation
    return (decision) => {
      const isAnswer = decision.ok || decision.code === 'not_authorized'
      if (!isAnswer || this.#ttlMs === 0 || generation !== this.#generation) return
      const key = keyOf(client)
      // Reinsert, so that the oldest come first.
      this.#answers.delete(key)
      this.#answers.set(key, { decision, from: now, until: now + this.#ttlMs })
      for (const oldest of this.#answers.keys()) {
        if (this.#answers.size <= this.#maxEntries) break
        this.#answers.delete(oldest)
      }
    }
  }
}

/** Includes the server name: it selects the domain, and `authorize` may treat names below a wildcard differently. */
function keyOf({ certificate, truststoreVersion, serverName = '' }: ClientIdentity): string {
  return `${certificate.fingerprint} ${truststoreVersion} ${serverName}`
}

/** How often pending connections are checked for disconnected clients, in milliseconds. */
const pendingCheckMs = 250

/** Never reported, because the connection is closed. */
const disconnected: Decision = { ok: false, code: 'authorizer_failed', error: undefined }

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
  readonly #pending = new Map<Connection, (decision: Decision) => void>()
  readonly #perAddress = new Map<string, number>()
  readonly #checkTimer: Timer = new Timer(() => this.#closeDisconnected())

  constructor(settings: PendingSettings) {
    this.#settings = settings
  }

  get size(): number {
    return this.#pending.size
  }

  get connections(): readonly Connection[] {
    return [...this.#pending.keys()]
  }

  hasRoom(socket: TLSSocket): boolean {
    const address = this.#keyOf(socket)
    const ofAddress = address === undefined ? 0 : (this.#perAddress.get(address) ?? 0)
    return this.#pending.size < this.#settings.maxPending && ofAddress < this.#settings.maxPendingPerAddress
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
      this.#pending.delete(connection)
      this.#count(address, -1)
      socket.off('close', leave)
      if (!socket.destroyed) settle(decision)
      socket.off('error', ignore)
    })
    this.#pending.set(connection, decide)
    const leave = (): void => decide(disconnected)
    socket.once('close', leave)
    // An `error` event without a listener would end the process.
    socket.on('error', ignore)
    if (!this.#checkTimer.isSet) this.#checkTimer.set(pendingCheckMs)
  }

  /** Decides about a pending connection instead of `authorize`. */
  decide(connection: Connection, decision: Decision): void {
    this.#pending.get(connection)?.(decision)
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
  #closeDisconnected(): void {
    for (const { socket } of this.#pending.keys()) if (hasEnded(socket)) socket.destroy()
    if (this.#pending.size > 0) this.#checkTimer.set(pendingCheckMs)
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
