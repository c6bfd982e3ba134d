/** What has a remote address, such as a socket. */
interface Addressed {
  readonly remoteAddress?: string | undefined
}

/**
 * The key under which connections of one client are counted: an IPv4 address, or the /64 of an IPv6 address, because one
 * site usually has all of it. `undefined` without an address, as on Unix domain sockets.
 */
export function addressKey({ remoteAddress }: Addressed): string | undefined {
  if (remoteAddress === undefined) return undefined
  // A zone index (RFC 4007 11.2) names the interface here.
  const address = remoteAddress.replace(/%.*$/, '').toLowerCase()
  // An IPv4 client on a dual-stack socket (RFC 4291 2.5.5.2).
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  return `${networkOf(address)}::/64`
}

/** The first four of the eight groups of an IPv6 address, with the zeros that `::` stands for. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const groups = groupsOf(head)
  if (tail !== undefined) {
    const rest = groupsOf(tail)
    while (groups.length + rest.length < 8) groups.push('0')
    groups.push(...rest)
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}

function groupsOf(text: string): string[] {
  if (text === '') return []
  // Four octets at the end are two groups (RFC 4291 2.2).
  return text.split(':').flatMap((group) => (group.includes('.') ? [group, group] : [group]))
}
