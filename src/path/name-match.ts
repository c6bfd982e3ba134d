/**
 * How names of each form compare with a subtree of name constraints (RFC 5280 4.2.1.10). `undefined` means that the
 * two cannot be compared, because one of them is not well-formed, and must be taken as a violation.
 */

/** Whether a name in lower case is made of labels. */
export function isHostName(name: string): boolean {
  return /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name)
}

/** Whether the last label has digits only, as an address has. */
export function endsInNumber(host: string): boolean {
  return /(^|\.)[0-9]+$/.test(host)
}

/** A DNS name or subtree without its final dot. */
export function withoutFinalDot(name: string): string {
  return name.endsWith('.') && name.length > 1 ? name.slice(0, -1) : name
}

/**
 * Whether all that a DNS name stands for lies within a permitted subtree: the name itself, or below it. A subtree that
 * starts with a dot, which the RFC does not know but CAs write, has only what is below it. Both in lower case, without
 * final dot.
 */
export function dnsIsWithin(name: string, subtree: string): boolean {
  const rest = name.length - subtree.length
  if (rest < 0) return false
  if (subtree === '') return true
  const isBelow = subtree.charCodeAt(0) === dot
  if (rest === 0) return !isBelow && name === subtree
  // The character before the subtree settles most comparisons.
  if (isBelow ? subtree.length === 1 : name.charCodeAt(rest - 1) !== dot) return false
  return name.endsWith(subtree)
}

const dot = 0x2e
const asterisk = 0x2a

/**
 * Whether a DNS name (in lower case, without final dot) is made of labels. An asterisk may stand anywhere: where it is no
 * wildcard it matches itself only.
 */
export function isDnsName(name: string): boolean {
  return name === '' || /^[a-z0-9_*-]{1,63}(\.[a-z0-9_*-]{1,63})*$/.test(name)
}

/** Whether a DNS subtree in lower case is made of labels, after one leading dot at most; a dot alone has nothing below it. */
export function isDnsSubtree(subtree: string): boolean {
  if (subtree === '' || subtree === '.') return true
  return isHostName(withoutFinalDot(subtree.startsWith('.') ? subtree.slice(1) : subtree))
}

/** Whether something that a DNS name stands for lies within an excluded subtree: a wildcard stands for many names. */
export function dnsMeets(name: string, subtree: string): boolean {
  if (dnsIsWithin(name, subtree)) return true
  if (name.charCodeAt(0) !== asterisk || name.charCodeAt(1) !== dot) return false
  // `*.example.com` covers `secret.example.com`, which is in that subtree though the pattern is not.
  const next = subtree.indexOf('.', 1)
  return next > 0 && subtree.length - next === name.length - 1 && name.endsWith(subtree.slice(next))
}

/** What e-mail and URI constraints are about: a host, in lower case, and for a mailbox its local part. */
export interface HostPart {
  /** Empty where only the host counts. */
  readonly local: string
  readonly host: string
  /** A subtree that starts with a dot: the hosts below, not the host itself. */
  readonly below: boolean
}

/** A mailbox `local@host` in dot-atom form (RFC 5321 4.1.2); quoted local parts and address literals are not compared. */
export function readEmail(text: string): HostPart | undefined {
  const at = text.indexOf('@')
  const local = text.slice(0, at)
  const host = text.slice(at + 1).toLowerCase()
  const wellFormed = at > 0 && /^[!#-'*+\-/-9=?A-Z^-~]+(\.[!#-'*+\-/-9=?A-Z^-~]+)*$/.test(local) && isHostName(host)
  return wellFormed ? { local, host, below: false } : undefined
}

/** An e-mail subtree: one mailbox, all of a host, or (with a leading dot) all of the hosts below. */
export function readEmailSubtree(text: string): HostPart | undefined {
  return text.includes('@') ? readEmail(text) : readHostSubtree(text)
}

/** The host of a URI with an authority; addresses and everything unusual are not compared. */
export function readUri(uri: string): HostPart | undefined {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\\]*)(?:[/?#]|$)/i.exec(uri)
  if (match === null) return undefined
  const [userOrHost, hostAfterUser, ...more] = match[1]!.split('@')
  if (more.length > 0) return undefined
  const host = withoutFinalDot((hostAfterUser ?? userOrHost!).replace(/:\d*$/, '').toLowerCase())
  return isHostName(host) && !endsInNumber(host) ? { local: '', host, below: false } : undefined
}

/** A URI subtree: one host, or (with a leading dot) the hosts below. */
export function readHostSubtree(text: string): HostPart | undefined {
  const below = text.startsWith('.')
  const host = (below ? text.slice(1) : text).toLowerCase()
  return isHostName(host) ? { local: '', host, below } : undefined
}

/**
 * Whether a mailbox or URI lies in a subtree.
 *
 * @param foldLocal compare local parts without regard to case; RFC 5280 7.5 says exactly
 */
export function hostMatches(name: HostPart, subtree: HostPart, foldLocal: boolean): boolean {
  if (subtree.below) return name.host.endsWith(`.${subtree.host}`)
  if (name.host !== subtree.host) return false
  if (subtree.local === '' || subtree.local === name.local) return true
  return foldLocal && subtree.local.toLowerCase() === name.local.toLowerCase()
}

/** Whether an address lies in `address ‖ mask`; IPv4 and IPv6 never meet. */
export function ipIsWithin(
  name: Uint8Array,
  start: number,
  end: number,
  subtree: Uint8Array,
  subtreeStart: number,
  subtreeEnd: number,
): boolean {
  const width = end - start
  if (subtreeEnd - subtreeStart !== 2 * width) return false
  for (let i = 0; i < width; i++) {
    const mask = subtree[subtreeStart + width + i]!
    if ((name[start + i]! & mask) !== (subtree[subtreeStart + i]! & mask)) return false
  }
  return true
}
