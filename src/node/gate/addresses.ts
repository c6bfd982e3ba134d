import { BlockList, isIP, type Socket } from 'node:net'
import { clearInterval, setInterval } from 'node:timers'

/** A TLS socket or the socket below it. */
export interface Remote {
  readonly remoteAddress?: string | undefined
}

/** The address that `clientAddress` returned. The symbol stays in this module. */
const clientAddress = Symbol('portcullis.address')

/** Stores the client's real address on a socket. */
export function setAddress(socket: object, address: string): void {
  Object.defineProperty(socket, clientAddress, { value: address, configurable: true })
}

/** The client's address: the one that `clientAddress` returned, or else the socket's remote address. */
export function addressOf(socket: Remote): string | undefined {
  return (socket as { readonly [clientAddress]?: string })[clientAddress] ?? socket.remoteAddress
}

/**
 * The key that connections are counted by: the IPv4 address, or the first 64 bits of the IPv6 address, because a site has at
 * least a /64 (RFC 6177). `undefined` for exempt addresses, and for sockets without an address, such as Unix domain sockets.
 */
export function addressKey(socket: Remote, exempt?: AddressRanges): string | undefined {
  const address = addressOf(socket)
  return address === undefined || exempt?.has(address) ? undefined : keyOfAddress(address)
}

/** The key of an address in text form; `undefined` if it is not an address. */
export function keyOfAddress(address: string): string | undefined {
  const family = isIP(address)
  if (family === 4) return address
  if (family === 0) return undefined
  const groups = groupsOf(address)
  const networkPart = groups.slice(0, 4).map((group) => group.toString(16))
  return ipv4Within(groups) ?? `${networkPart.join(':')}::/64`
}

/** Addresses and ranges such as `10.0.0.0/8` and `2001:db8::/32`. */
export class AddressRanges {
  readonly #ranges = new BlockList()

  /** @throws TypeError that names the invalid entry */
  constructor(entries: readonly string[], label: string) {
    for (const entry of entries)
      if (!this.#add(entry)) throw new TypeError(`${label}: ${String(entry)} is not an IP address or CIDR range`)
  }

  has(address: string): boolean {
    const family = isIP(address)
    if (family === 0) return false
    if (family === 4) return this.#ranges.check(address, 'ipv4')
    const ipv4 = ipv4Within(groupsOf(address))
    return ipv4 === undefined ? this.#ranges.check(withoutZone(address), 'ipv6') : this.#ranges.check(ipv4, 'ipv4')
  }

  #add(entry: unknown): boolean {
    if (typeof entry !== 'string') return false
    const [address = '', bits, ...more] = entry.split('/')
    const family = isIP(address)
    if (family === 0 || more.length > 0) return false
    // It would never match: IPv4 addresses in IPv6 notation are compared as IPv4.
    if (family === 6 && (address.includes('%') || ipv4Within(groupsOf(address)) !== undefined)) return false
    const most = family === 4 ? 32 : 128
    if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return false
    this.#ranges.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6')
    return true
  }
}

/** The eight numbers of an IPv6 address that `isIP` has accepted. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = withoutZone(address).split('::')
  const first = numbersOf(head)
  const last = tail === undefined ? [] : numbersOf(tail)
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function numbersOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').flatMap(numbersOfGroup)
}

function numbersOfGroup(group: string): readonly number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)]
  const [a, b, c, d] = group.split('.').map(Number) as [number, number, number, number]
  return [a * 256 + b, c * 256 + d]
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0]!
}

/** IPv4 addresses on IPv6 sockets: ::ffff:0:0/96 (RFC 4291 2.5.5.2), and 64:ff9b::/96 for clients of a translator (RFC 6052 2.1). */
const ipv4Prefixes: ReadonlySet<string> = new Set(['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'])

function ipv4Within(groups: readonly number[]): string | undefined {
  const prefix = groups.slice(0, 6).map((group) => group.toString(16))
  if (!ipv4Prefixes.has(prefix.join(':'))) return undefined
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}

/**
 * A token bucket. Its state is one number that the caller keeps: the time in milliseconds at which the bucket was, or will
 * be, empty. It holds the tokens gained since then, up to those of `fullAfterMs`.
 */
export class Bucket {
  /** The state of a full bucket. */
  static readonly full: number = -Infinity

  readonly #perMs: number
  readonly #fullAfterMs: number

  constructor(perSecond: number, fullAfterMs: number) {
    this.#perMs = perSecond / 1000
    this.#fullAfterMs = fullAfterMs
  }

  get capacity(): number {
    return this.#perMs * this.#fullAfterMs
  }

  /**
   * Whether less than one token is left.
   *
   * @param reserved tokens that must remain untouched
   */
  isEmpty(state: number, now: number, reserved = 0): boolean {
    return this.#tokens(state, now) < 1 + reserved
  }

  /** Whether less than half of its capacity is left. */
  isHalfEmpty(state: number, now: number): boolean {
    return now - state < this.#fullAfterMs / 2
  }

  #tokens(state: number, now: number): number {
    return Math.min(now - state, this.#fullAfterMs) * this.#perMs
  }

  isFull(state: number, now: number): boolean {
    return state <= now - this.#fullAfterMs
  }

  /**
   * The state after taking tokens, even if fewer were left.
   *
   * @param longestDebtMs the longest time that the bucket then stays empty
   */
  take(state: number, tokens: number, now: number, longestDebtMs = 0): number {
    const before = Math.max(state, now - this.#fullAfterMs)
    return Math.max(state, Math.min(before + tokens / this.#perMs, now + longestDebtMs))
  }
}

/** After this wait, `isDue` decides whether the handshake begins. The handshakes ahead of it may never finish. */
const longWaitMs = 500

/** Connections of one address whose TLS handshake has not begun, oldest first. */
export class HandshakeQueue {
  readonly #waiting = new Map<Socket, () => void>()

  get size(): number {
    return this.#waiting.size
  }

  /**
   * @param begin called at most once: when its turn comes or after a long wait, and never after the connection was closed
   * @param mayBegin whether to begin after a long wait without its turn; if not, the wait starts over
   */
  add(raw: Socket, begin: () => void, mayBegin: () => boolean): void {
    const leave = (): void => {
      clearInterval(timer)
      raw.off('error', ignore)
      raw.off('close', leave)
      this.#waiting.delete(raw)
    }
    const begun = (): void => {
      leave()
      begin()
    }
    const timer = setInterval(() => {
      if (mayBegin()) begun()
    }, longWaitMs)
    // TLS handles errors once it has the connection. Until then an `error` event would be unhandled.
    raw.on('error', ignore)
    raw.once('close', leave)
    this.#waiting.set(raw, begun)
  }

  /** Begins the oldest handshake. */
  next(): void {
    for (const begin of this.#waiting.values()) return begin()
  }
}

const ignore = (): void => undefined

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
  /** How many ordinary rejections the next rejection is expected to count for, judging by the last ones. */
  expectedCharge: number
  /** States of the two buckets. */
  handshakes: number
  refusals: number
}

/** How many times a rejection counts if the address has no recently accepted client: then it is unlikely to be shared. */
export const unknownAddressFactor = 2

type IsSettled<Arrival> = (account: Account<Arrival>, now: number, isCrowded: boolean) => boolean

/** The most accounts. */
export const mostAccounts = 65_536

/** Shared accounts, used once all others are taken. */
const sharedAccounts = 1024

/** Old accounts checked for each new one, so that unused accounts are dropped. */
const accountsSwept = 2

/**
 * One account per address, at most `most`. Accounts for which `isSettled` is true are dropped: a new one would serve as well.
 * It is stricter once half of the places are taken. When all are in use, addresses share accounts: IPv6 addresses by their first 32 bits, IPv4 addresses by
 * their first 16. Someone who owns a whole network then fills one account, not the table.
 */
export class AddressTable<Arrival> {
  readonly #accounts = new Map<string, Account<Arrival>>()
  readonly #shared: (Account<Arrival> | undefined)[] = []
  readonly #isSettled: IsSettled<Arrival>
  readonly #most: number

  constructor(isSettled: IsSettled<Arrival>, most: number = mostAccounts) {
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
    let left = accountsSwept
    for (const [key, account] of this.#accounts) {
      if (left-- === 0) return
      this.#accounts.delete(key)
      if (!this.#isSettled(account, now, this.#accounts.size > this.#most / 2)) this.#accounts.set(key, account)
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
    expectedCharge: unknownAddressFactor,
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
