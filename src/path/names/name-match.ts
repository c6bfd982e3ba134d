import { compareBytes } from '../../bytes/span.ts'

/**
 * Syntax of names and subtrees, and look-up tables that match them (RFC 5280 4.2.1.10). Readers return `undefined` for text that
 * is not well-formed. Such names cannot be compared, and callers must treat them as violations.
 */

/** The maximum length of a DNS name (RFC 1035 2.3.4), without the final dot. */
const longestName = 253

/** Whether a lower-case name consists of DNS labels. */
export function isHostName(name: string): boolean {
  return name.length <= longestName && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name)
}

/** Whether the last label has only digits, as in an IPv4 address. */
export function endsInNumber(host: string): boolean {
  return /(^|\.)[0-9]+$/.test(host)
}

/** A DNS name or subtree without its final dot. */
export function withoutFinalDot(name: string): string {
  return name.endsWith('.') && name.length > 1 ? name.slice(0, -1) : name
}

/**
 * Whether a common name looks like a host name: at least two labels, none of which begins or ends with a hyphen. This is
 * OpenSSL's rule; a single word could be any text.
 */
export function looksLikeHost(commonName: string): boolean {
  return /^[a-z0-9_]+(-+[a-z0-9_]+)*(\.[a-z0-9_]+(-+[a-z0-9_]+)*)+$/i.test(commonName)
}

/** The part of a name or subtree that DNS, e-mail and URI constraints compare. */
export interface HostPart {
  /** The local part of a mailbox; empty if only the host is compared. */
  readonly local: string
  /** In lower case. */
  readonly host: string
  /** True for a subtree that starts with a dot: it contains the hosts below `host`, but not `host`. */
  readonly below: boolean
}

/**
 * Reads a DNS name in lower case without final dot. Its first label may be or contain a wildcard. RFC 9525 6.3 forbids partial
 * wildcards, but Node and OpenSSL still match them.
 */
export function readDnsName(text: string): HostPart | undefined {
  const wellFormed = text.length <= longestName && /^[a-z0-9_*-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(text)
  return text === '' || wellFormed ? { local: '', host: text, below: false } : undefined
}

/**
 * Reads a DNS subtree: a host and all hosts below it. With a leading dot, only the hosts below; RFC 5280 does not define that
 * form, but CAs use it. An empty subtree contains all names. A single dot is not well-formed.
 */
export function readDnsSubtree(text: string): HostPart | undefined {
  if (text === '') return { local: '', host: '', below: false }
  const below = text.startsWith('.')
  const host = withoutFinalDot((below ? text.slice(1) : text).toLowerCase())
  return isHostName(host) ? { local: '', host, below } : undefined
}

/** Reads a mailbox `local@host` in dot-atom form (RFC 5321 4.1.2). Quoted local parts and address literals are not supported. */
export function readEmail(text: string): HostPart | undefined {
  const at = text.indexOf('@')
  const local = text.slice(0, at)
  const host = text.slice(at + 1).toLowerCase()
  const wellFormed = at > 0 && /^[!#-'*+\-/-9=?A-Z^-~]+(\.[!#-'*+\-/-9=?A-Z^-~]+)*$/.test(local) && isHostName(host)
  return wellFormed ? { local, host, below: false } : undefined
}

/** Reads an e-mail subtree: one mailbox, all mailboxes of a host or, with a leading dot, all mailboxes of the hosts below. */
export function readEmailSubtree(text: string): HostPart | undefined {
  return text.includes('@') ? readEmail(text) : readHostSubtree(text)
}

/** Reads the host of a URI with an authority. IP addresses and unusual forms are not supported. */
export function readUri(uri: string): HostPart | undefined {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\\]*)(?:[/?#]|$)/i.exec(uri)
  if (match === null) return undefined
  const [userOrHost, hostAfterUser, ...more] = match[1]!.split('@')
  if (more.length > 0) return undefined
  const host = withoutFinalDot((hostAfterUser ?? userOrHost!).replace(/:\d*$/, '').toLowerCase())
  return isHostName(host) && !endsInNumber(host) ? { local: '', host, below: false } : undefined
}

/** Reads a URI subtree: one host or, with a leading dot, the hosts below it. */
export function readHostSubtree(text: string): HostPart | undefined {
  const below = text.startsWith('.')
  const host = (below ? text.slice(1) : text).toLowerCase()
  return isHostName(host) ? { local: '', host, below } : undefined
}

/** Mark of a host: a subtree contains the host itself. */
const itself = 1
/** A subtree contains the hosts below it. */
const below = 2
/** A subtree contains a host that has one label more, or hosts below that one. */
const longer = 4

/**
 * The hosts and mailboxes in subtrees of name constraints. A look-up takes one step per label of the name, however many subtrees
 * there are. All hosts are in lower case, without final dot, and no longer than a DNS name may be.
 */
export class HostSet {
  /** Marks by host. */
  readonly #hosts = new Map<string, number>()
  /** Every mailbox twice: unchanged, and as `@` and the mailbox with lower-case local part. No address begins with `@`. */
  readonly #mailboxes = new Set<string>()

  /** Adds a host, the hosts below it, or both. All hosts are below the empty string. */
  add(host: string, hasItself: boolean, hasBelow: boolean): void {
    this.#mark(host, (hasItself ? itself : 0) | (hasBelow ? below : 0))
    if (host !== '') this.#mark(parentOf(host), longer)
  }

  #mark(host: string, marks: number): void {
    this.#hosts.set(host, (this.#hosts.get(host) ?? 0) | marks)
  }

  #isMarked(host: string, mark: number): boolean {
    return ((this.#hosts.get(host) ?? 0) & mark) !== 0
  }

  addMailbox(host: string, local: string): void {
    this.#mailboxes.add(`${local}@${host}`).add(`@${local.toLowerCase()}@${host}`)
  }

  /** Whether a subtree contains the host. */
  has(host: string): boolean {
    if (this.#isMarked(host, itself)) return true
    for (let rest = host; rest !== ''; ) {
      rest = parentOf(rest)
      if (this.#isMarked(rest, below)) return true
    }
    return false
  }

  /** Whether a subtree contains any host that `*.host` matches. A wildcard matches one label. */
  hasBelow(host: string): boolean {
    return this.#isMarked(host, longer)
  }

  /**
   * Whether the mailbox was added.
   *
   * @param foldLocal compare local parts ignoring case; RFC 5280 7.5 compares them exactly
   */
  hasMailbox(host: string, local: string, foldLocal: boolean): boolean {
    return this.#mailboxes.has(foldLocal ? `@${local.toLowerCase()}@${host}` : `${local}@${host}`)
  }
}

/** The host without its first label. */
export function parentOf(host: string): string {
  const dot = host.indexOf('.')
  return dot < 0 ? '' : host.slice(dot + 1)
}

/** The addresses that agree with `low` where the mask has ones. */
interface Block {
  readonly low: Uint8Array
  readonly mask: Uint8Array
}

/**
 * Address blocks of one width, encoded as `address ‖ mask` with the ones of the mask first (RFC 4632). Two such blocks are nested
 * or disjoint, so a look-up compares an address with one block only.
 */
export class AddressBlocks {
  readonly #added: Block[] = []
  /** The outermost blocks in order, computed on first use. */
  #disjoint: readonly Block[] | undefined

  add(addressAndMask: Uint8Array): void {
    const width = addressAndMask.length / 2
    const mask = addressAndMask.subarray(width)
    // Bits outside the mask do not count.
    this.#added.push({ low: masked(addressAndMask.subarray(0, width), mask), mask })
  }

  has(address: Uint8Array): boolean {
    this.#disjoint ??= outermost(this.#added)
    const blocks = this.#disjoint
    let first = 0
    let end = blocks.length
    while (first < end) {
      const middle = (first + end) >> 1
      if (compareBytes(blocks[middle]!.low, address) <= 0) first = middle + 1
      else end = middle
    }
    const block = blocks[first - 1]
    return block !== undefined && isWithin(address, block)
  }
}

function outermost(blocks: readonly Block[]): readonly Block[] {
  const disjoint: Block[] = []
  // Of two blocks with the same first address, the wider one comes first.
  for (const block of [...blocks].sort((a, b) => compareBytes(a.low, b.low) || compareBytes(a.mask, b.mask))) {
    const last = disjoint[disjoint.length - 1]
    if (last === undefined || !isWithin(block.low, last)) disjoint.push(block)
  }
  return disjoint
}

function masked(address: Uint8Array, mask: Uint8Array): Uint8Array {
  return address.map((byte, i) => byte & mask[i]!)
}

function isWithin(address: Uint8Array, { low, mask }: Block): boolean {
  return low.every((byte, i) => byte === (address[i]! & mask[i]!))
}
