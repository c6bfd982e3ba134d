/**
 * How names of each form compare with a subtree of name constraints (RFC 5280 4.2.1.10). `undefined` means that the
 * two cannot be compared, because one of them is not well-formed, and must be taken as a violation.
 */

/** The longest that a name in the DNS is (RFC 1035 2.3.4), without its final dot. */
const longestName = 253

/** Whether a name in lower case is made of labels. */
export function isHostName(name: string): boolean {
  return name.length <= longestName && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name)
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
 * Whether a common name looks like a host name: of at least two labels, of which none begins or ends with a hyphen. That
 * is OpenSSL's rule; a single word cannot be told from any other text.
 */
export function looksLikeHost(commonName: string): boolean {
  return /^[a-z0-9_]+(-+[a-z0-9_]+)*(\.[a-z0-9_]+(-+[a-z0-9_]+)*)+$/i.test(commonName)
}

/** What DNS, e-mail and URI constraints are about: a host, in lower case, and for a mailbox its local part. */
export interface HostPart {
  /** Empty where only the host counts. */
  readonly local: string
  readonly host: string
  /** A subtree that starts with a dot: the hosts below, not the host itself. */
  readonly below: boolean
}

/**
 * A DNS name in lower case, without final dot. Its first label may be a wildcard, or have one in it: RFC 9525 6.3 knows no
 * such thing, but Node and OpenSSL still match it.
 */
export function readDnsName(text: string): HostPart | undefined {
  const wellFormed = text.length <= longestName && /^[a-z0-9_*-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(text)
  return text === '' || wellFormed ? { local: '', host: text, below: false } : undefined
}

/**
 * A DNS subtree: a host and those below, or (with a leading dot, which the RFC does not know but CAs write) only those below;
 * the empty one has all names. A dot alone is none of these.
 */
export function readDnsSubtree(text: string): HostPart | undefined {
  if (text === '') return { local: '', host: '', below: false }
  const below = text.startsWith('.')
  const host = withoutFinalDot((below ? text.slice(1) : text).toLowerCase())
  return isHostName(host) ? { local: '', host, below } : undefined
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
