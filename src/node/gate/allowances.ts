import { performance } from 'node:perf_hooks'
import type { Account } from './address-table.ts'
import { Bucket } from './bucket.ts'
import type { Limits } from './limits.ts'

/** How long an untouched bucket takes to fill up. */
const handshakeWindowMs = 10_000
const refusalWindowMs = 4000

/**
 * The longest that an address without accepted connections is shut out after its last costly handshake. The more accepted
 * connections it has, the shorter: it may be a balancer or a NAT with honest clients.
 */
const longestDebtMs = 300_000

/** With such a debt, an address's other handshakes are ended as well: they may be as costly. */
const overdrawnMs = 1000

/**
 * Handshakes under way of an address that has let nobody in lately. All that begin before the first is judged pass every
 * limit on refusals.
 */
const firstHandshakes = 2

/** The part of its allowance of refusals that such an address cannot use, so that strangers get little of it at once. */
const reservedForKnown = 0.75

/** How long an address is known for a client that was let in. */
const acquaintanceMs = 60_000

type Counted = Account<unknown>

/** How much of its limits an address has used. */
export class Allowances {
  readonly #limits: Limits | undefined
  readonly #handshakes: Bucket
  readonly #refusals: Bucket

  constructor(limits: Limits | undefined) {
    this.#limits = limits
    this.#handshakes = new Bucket(limits?.handshakesPerSecond ?? Infinity, handshakeWindowMs)
    this.#refusals = new Bucket(limits?.refusedPerSecond ?? Infinity, refusalWindowMs)
  }

  /** Whether an account is like a new one. */
  isUnused({ open, handshakes, refusals }: Counted, now: number): boolean {
    return open === 0 && this.#handshakes.isFull(handshakes, now) && this.#refusals.isFull(refusals, now)
  }

  /** Counts one more connection, or answers which limit it is beyond. */
  take(account: Counted): 'refused' | 'open' | 'unfinished' | 'handshakes' | undefined {
    const { open, unfinished } = this.#limits!
    if (this.isShutOut(account)) return 'refused'
    if (account.open >= open) return 'open'
    if (account.unfinished.size + account.queue.size >= unfinished) return 'unfinished'
    const now = performance.now()
    if (this.#handshakes.isEmpty(account.handshakes, now)) return 'handshakes'
    account.handshakes = this.#handshakes.take(account.handshakes, 1, now)
    return undefined
  }

  /** Whether the address has had all refused that it may. */
  isShutOut(account: Counted): boolean {
    const now = performance.now()
    // Where many were refused lately, those under way are taken for such: otherwise all pass that come before the first is charged.
    if (isKnown(account) && this.#refusals.isHalfEmpty(account.refusals, now)) return !this.canAfford(account)
    return this.#refusals.isEmpty(account.refusals, now, this.#reservedOf(account))
  }

  /**
   * Whether the address could have one more refused if all handshakes under way were. Where nobody was let in lately, each of them
   * is expected to cost what the last refusal did, so that costly ones begin one by one and do not hold up others in a row.
   */
  canAfford(account: Counted): boolean {
    const expected = isKnown(account) ? 1 : account.lastCharge
    const reserved = this.#reservedOf(account) + account.unfinished.size * expected
    return !this.#refusals.isEmpty(account.refusals, performance.now(), reserved)
  }

  /** Whether a handshake may begin at once. */
  hasPlace(account: Counted): boolean {
    return isKnown(account) || (account.unfinished.size < firstHandshakes && this.canAfford(account))
  }

  /** Charges so many refusals, and answers whether the address is far beyond what it may have. */
  charge(account: Counted, refusals: number): boolean {
    const now = performance.now()
    account.lastCharge = refusals
    account.refusals = this.#refusals.take(account.refusals, refusals, now, longestDebtMs / (1 + account.admitted))
    return account.refusals > now + overdrawnMs
  }

  #reservedOf(account: Counted): number {
    return isKnown(account) ? 0 : this.#refusals.capacity * reservedForKnown
  }
}

function isKnown({ lastAdmitted }: Counted): boolean {
  return performance.now() - lastAdmitted < acquaintanceMs
}
