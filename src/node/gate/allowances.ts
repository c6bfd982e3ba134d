import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { type NoFields, readFields } from '../../policy/fields.ts'
import { numberOption } from '../source/source-options.ts'
import { type Account, AddressRanges, Bucket, unknownAddressFactor } from './addresses.ts'

/**
 * How much of a server one address may use. Every limit may be `Infinity`. The defaults suit an address that thousands of
 * clients share behind a NAT.
 */
export interface AddressLimits {
  /** Open connections. Default 10,000. */
  readonly open?: number
  /** New connections per second, averaged over ten seconds. Default 500. */
  readonly handshakesPerSecond?: number
  /** Handshakes in progress. Default 500. */
  readonly unfinished?: number
  /**
   * Rejected, failed or abandoned handshakes per second, averaged over four seconds. Default 25. If no client of
   * the address was accepted in the last minute, they count double, and at most one second's worth is allowed at once. A
   * handshake that keeps the server busy for more than three milliseconds counts (ms / 3)² times, because the delay for other
   * clients grows with the square.
   */
  readonly refusedPerSecond?: number
  /** Rejected connections that are being answered. Beyond that, they are closed without an answer. Default 100. */
  readonly lingering?: number
  /** Addresses and CIDR ranges without limits, such as your load balancers. */
  readonly exempt?: readonly string[]
}

/** Returns the client's IP address. Called before TLS begins. `undefined`: use the socket's remote address. */
export type ClientAddress = (socket: Socket) => string | undefined

/** The limits with their defaults. */
export type Limits = Required<Omit<AddressLimits, 'exempt'>> & { readonly exempt: AddressRanges }

const noLimits: NoFields<AddressLimits> = {
  open: undefined,
  handshakesPerSecond: undefined,
  unfinished: undefined,
  refusedPerSecond: undefined,
  lingering: undefined,
  exempt: undefined,
}

/** @returns `undefined` if limits are off */
export function readLimits(label: string, limits: AddressLimits | false | undefined): Limits | undefined {
  if (limits === false) return undefined
  const given = limits === undefined ? noLimits : readFields<AddressLimits>(`${label}: options.limits`, limits, noLimits)
  const { exempt = [] } = given
  if (!Array.isArray(exempt)) throw new TypeError(`${label}: options.limits.exempt must be an array of addresses and CIDR ranges`)
  const limit = (name: Exclude<keyof AddressLimits, 'exempt'>, otherwise: number): number =>
    numberOption(label, `limits.${name}`, given[name], otherwise, 1, Infinity)
  return {
    open: limit('open', 10_000),
    handshakesPerSecond: limit('handshakesPerSecond', 500),
    unfinished: limit('unfinished', 500),
    refusedPerSecond: limit('refusedPerSecond', 25),
    lingering: limit('lingering', 100),
    exempt: new AddressRanges(exempt, `${label}: options.limits.exempt`),
  }
}

/** How long an unused bucket takes to fill up. */
const handshakeWindowMs = 10_000
const refusalWindowMs = 4000

/**
 * The longest that an address without accepted connections is blocked after its last expensive handshake. Addresses with
 * accepted connections are blocked for less, since they may be a load balancer or NAT with honest clients.
 */
const longestDebtMs = 300_000

/** Beyond this debt, the address's other handshakes are aborted too: they may be just as expensive. */
const overdrawnMs = 1000

/**
 * Concurrent handshakes of an address with no recently accepted client. All of them start before the first is verified, so
 * the limit on rejections cannot stop them.
 */
const firstHandshakes = 2

/**
 * The most after waiting for half a second: the first ones may never finish. Few, because an attacker can hold handshakes and
 * finish them together, which delays other clients as one long handshake would but is charged as several short ones.
 */
const mostHandshakes = 4

/** The share of the rejections that is reserved for addresses with a recently accepted client. Others may use only the rest. */
const reservedForKnown = 0.75

/** How long an address counts as known after one of its clients was accepted, even if that client has left. */
const knownForMs = 60_000

type Counted = Account<unknown>

/** Tracks how much of its limits an address has used. */
export class Allowances {
  readonly #limits: Limits | undefined
  readonly #handshakes: Bucket
  readonly #refusals: Bucket

  constructor(limits: Limits | undefined) {
    this.#limits = limits
    this.#handshakes = new Bucket(limits?.handshakesPerSecond ?? Infinity, handshakeWindowMs)
    this.#refusals = new Bucket(limits?.refusedPerSecond ?? Infinity, refusalWindowMs)
  }

  /** Whether an account may be forgotten: it has no connections, full buckets, and nothing else that is worth its place. */
  isUnused(account: Counted, now: number, isCrowded: boolean): boolean {
    const { open, handshakes, refusals, expectedCharge } = account
    if (open > 0 || !this.#handshakes.isFull(handshakes, now) || !this.#refusals.isFull(refusals, now)) return false
    // The state of a bucket is a time. The last rejection was at most four seconds later.
    const sinceRejection = now - refusals
    if (isKnown(account) && (!isCrowded || sinceRejection < knownForMs)) return false
    return expectedCharge <= unknownAddressFactor || sinceRejection > longestDebtMs
  }

  /** Counts one more connection, or returns the limit that it exceeds. */
  countConnection(account: Counted): 'refused' | 'open' | 'unfinished' | 'handshakes' | undefined {
    const { open, unfinished } = this.#limits!
    if (this.isBlocked(account)) return 'refused'
    if (account.open >= open) return 'open'
    if (account.unfinished.size + account.queue.size >= unfinished) return 'unfinished'
    const now = performance.now()
    if (this.#handshakes.isEmpty(account.handshakes, now)) return 'handshakes'
    account.handshakes = this.#handshakes.take(account.handshakes, 1, now)
    return undefined
  }

  /** Whether the address has used up its rejections. */
  isBlocked(account: Counted): boolean {
    const now = performance.now()
    // After many recent rejections, assume that the handshakes in progress will be rejected too. Otherwise all that start
    // before the first is charged would pass.
    if (isKnown(account) && this.#refusals.isHalfEmpty(account.refusals, now)) return !this.canAfford(account)
    return this.#refusals.isEmpty(account.refusals, now, this.#reservedOf(account))
  }

  /**
   * Whether one more handshake may start, even if all in progress are rejected. If no client of the address was accepted
   * recently, each is expected to cost as much as its recent rejections. Expensive handshakes then start one at a time, and do
   * not block other clients back to back.
   */
  canAfford(account: Counted): boolean {
    const known = isKnown(account)
    const inProgress = account.unfinished.size
    if (!known && inProgress >= mostHandshakes) return false
    const reserved = this.#reservedOf(account) + inProgress * (known ? 1 : account.expectedCharge)
    return !this.#refusals.isEmpty(account.refusals, performance.now(), reserved)
  }

  /** Whether a handshake may begin at once. */
  mayBeginAtOnce(account: Counted): boolean {
    return isKnown(account) || (account.unfinished.size < firstHandshakes && this.canAfford(account))
  }

  /** Charges a rejection by its weight. Returns whether the address is far over its limit. */
  charge(account: Counted, weight: number): boolean {
    const now = performance.now()
    const refusals = isKnown(account) ? weight : unknownAddressFactor * weight
    // Not just the last one: cheap rejections in between must not hide expensive ones.
    account.expectedCharge = Math.max(refusals, account.expectedCharge / 2)
    account.refusals = this.#refusals.take(account.refusals, refusals, now, longestDebtMs / (1 + account.admitted))
    return account.refusals > now + overdrawnMs
  }

  #reservedOf(account: Counted): number {
    return isKnown(account) ? 0 : this.#refusals.capacity * reservedForKnown
  }
}

/** Whether a client of the address is accepted now, or was a short time ago. */
function isKnown({ admitted, lastAdmitted }: Counted): boolean {
  return admitted > 0 || performance.now() - lastAdmitted < knownForMs
}
