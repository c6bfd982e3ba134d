import { Bucket } from './bucket.ts'
import { HandshakeQueue } from './handshake-queue.ts'

/** What is known of one address. */
export interface Account<Visit> {
  open: number
  /** Open ones that were let through. */
  admitted: number
  lingering: number
  readonly unfinished: Set<Visit>
  readonly queue: HandshakeQueue
  /** When a client of it was let in last, in milliseconds of `performance.now()`. */
  lastAdmitted: number
  /** How many ordinary refusals the last one counted for. */
  lastCharge: number
  /** States of the two buckets. */
  handshakes: number
  refusals: number
}

/** Accounts of addresses. */
export const mostAccounts = 65_536

/** Accounts that are shared once those are all in use. */
const sharedAccounts = 1024

/** How many accounts are looked at for each new one, so that those of clients that have gone do not stay. */
const looks = 2

/**
 * An account for each address, and no more than `most`. An account without connections whose buckets are full is like a new
 * one and is dropped. When all are in use, addresses share accounts: IPv6 addresses by their first 32 bits, IPv4 addresses
 * by their first 16, so that the owner of a whole network fills one account and not the table.
 */
export class AddressTable<Visit> {
  readonly #accounts = new Map<string, Account<Visit>>()
  readonly #shared: (Account<Visit> | undefined)[] = []
  readonly #isSettled: (account: Account<Visit>, now: number) => boolean
  readonly #most: number

  constructor(isSettled: (account: Account<Visit>, now: number) => boolean, most: number = mostAccounts) {
    this.#isSettled = isSettled
    this.#most = most
  }

  get size(): number {
    return this.#accounts.size
  }

  accountOf(key: string, now: number): Account<Visit> {
    const known = this.#accounts.get(key)
    if (known !== undefined) return known
    this.#sweep(now)
    if (this.#accounts.size >= this.#most) return this.#sharedAccount(key)
    const account = newAccount<Visit>()
    this.#accounts.set(key, account)
    return account
  }

  /** The oldest come first; those that stay go to the end, so that all get their turn. */
  #sweep(now: number): void {
    let left = looks
    for (const [key, account] of this.#accounts) {
      if (left-- === 0) return
      this.#accounts.delete(key)
      if (!this.#isSettled(account, now)) this.#accounts.set(key, account)
    }
  }

  #sharedAccount(key: string): Account<Visit> {
    const number = networkNumber(key) % sharedAccounts
    this.#shared[number] ??= newAccount()
    return this.#shared[number]
  }
}

function newAccount<Visit>(): Account<Visit> {
  return {
    open: 0,
    admitted: 0,
    lingering: 0,
    unfinished: new Set(),
    queue: new HandshakeQueue(),
    lastAdmitted: -Infinity,
    lastCharge: 1,
    handshakes: Bucket.full,
    refusals: Bucket.full,
  }
}

/** A number for the network of a key: of `2001:db8:…::/64` the first 32 bits, of `192.0.2.1` the first 16. */
function networkNumber(key: string): number {
  const [first = '', second = ''] = key.split(/[.:]/, 2)
  return key.includes(':')
    ? Number.parseInt(first, 16) * 65_536 + Number.parseInt(second, 16)
    : Number(first) * 256 + Number(second)
}
