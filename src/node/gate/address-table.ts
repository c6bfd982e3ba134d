import { Bucket } from './bucket.ts'
import { HandshakeQueue } from './handshake-queue.ts'

/** What the gate knows about one address. */
export interface Account<Arrival> {
  open: number
  /** Open connections that were accepted. */
  admitted: number
  lingering: number
  readonly unfinished: Set<Arrival>
  readonly queue: HandshakeQueue
  /** When a client of this address was last accepted, in milliseconds of `performance.now()`. */
  lastAdmitted: number
  /** How many ordinary rejections the last rejection counted for. */
  lastCharge: number
  /** States of the two buckets. */
  handshakes: number
  refusals: number
}

/** The most accounts. */
export const mostAccounts = 65_536

/** Shared accounts, used once all others are taken. */
const sharedAccounts = 1024

/** Old accounts checked for each new one, so that unused accounts are dropped. */
const looks = 2

/**
 * One account per address, at most `most`. An account without connections and with full buckets is the same as a new one, so
 * it is dropped. When all are in use, addresses share accounts: IPv6 addresses by their first 32 bits, IPv4 addresses by
 * their first 16. Someone who owns a whole network then fills one account, not the table.
 */
export class AddressTable<Arrival> {
  readonly #accounts = new Map<string, Account<Arrival>>()
  readonly #shared: (Account<Arrival> | undefined)[] = []
  readonly #isSettled: (account: Account<Arrival>, now: number) => boolean
  readonly #most: number

  constructor(isSettled: (account: Account<Arrival>, now: number) => boolean, most: number = mostAccounts) {
    this.#isSettled = isSettled
    this.#most = most
  }

  get size(): number {
    return this.#accounts.size
  }

  accountOf(key: string, now: number): Account<Arrival> {
    const known = this.#accounts.get(key)
    if (known !== undefined) return known
    this.#sweep(now)
    if (this.#accounts.size >= this.#most) return this.#sharedAccount(key)
    const account = newAccount<Arrival>()
    this.#accounts.set(key, account)
    return account
  }

  /** Checks the oldest first. Those that stay go to the end, so that each gets its turn. */
  #sweep(now: number): void {
    let left = looks
    for (const [key, account] of this.#accounts) {
      if (left-- === 0) return
      this.#accounts.delete(key)
      if (!this.#isSettled(account, now)) this.#accounts.set(key, account)
    }
  }

  #sharedAccount(key: string): Account<Arrival> {
    const number = networkNumber(key) % sharedAccounts
    this.#shared[number] ??= newAccount()
    return this.#shared[number]
  }
}

function newAccount<Arrival>(): Account<Arrival> {
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
