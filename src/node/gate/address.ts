import { BlockList, isIP } from 'node:net'

/** A TLS socket or the socket below it. */
export interface Remote {
  readonly remoteAddress?: string | undefined
}

/** The address that `clientAddress` returned. The symbol stays in this module. */
const said = Symbol('portcullis.address')

/** Stores the client's real address on a socket. */
export function setAddress(socket: object, address: string): void {
  Object.defineProperty(socket, said, { value: address, configurable: true })
}

/** The client's address: the one that `clientAddress` returned, or else the socket's remote address. */
export function addressOf(socket: Remote): string | undefined {
  return (socket as { readonly [said]?: string })[said] ?? socket.remoteAddress
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
  constructor(entries: readonly string[], what: string) {
    for (const entry of entries)
      if (!this.#add(entry)) throw new TypeError(`${what}: ${String(entry)} is not an IP address or CIDR range`)
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
