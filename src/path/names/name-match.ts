import { compareBytes } from '../../bytes/span.ts'

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

/** Marks of a host: a subtree contains the host itself, */
const itself = 1
/** the hosts below it, */
const below = 2
/** or a host that is one label longer, or hosts below that one. */
const longer = 4

/**
 * The hosts in subtrees of name constraints. A look-up takes one step for each label of a name, however many subtrees there
 * are. All hosts are in lower case, without final dot, and no longer than the DNS allows.
 */
export class HostSet {
  readonly #hosts = new Map<string, number>()
  /** Each mailbox as it is, and folded: with an `@` in front, with which no address begins, and its local part in lower case. */
  readonly #mailboxes = new Set<string>()

  /** Adds a host, the hosts below it, or both. All hosts are below the empty one. */
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

  /** Whether a subtree contains any host that `*.host` matches. A wildcard stands for one label. */
  hasBelow(host: string): boolean {
    return this.#isMarked(host, longer)
  }

  /**
   * Whether the mailbox is one of those that were added.
   *
   * @param foldLocal compare local parts without regard to case; RFC 5280 7.5 says exactly
   */
  hasMailbox(host: string, local: string, foldLocal: boolean): boolean {
    return this.#mailboxes.has(foldLocal ? `@${local.toLowerCase()}@${host}` : `${local}@${host}`)
  }
}

/** What follows the first label. */
export function parentOf(host: string): string {
  const dot = host.indexOf('.')
  return dot < 0 ? '' : host.slice(dot + 1)
}

/** Addresses from `low` on that agree with it where the mask has ones. */
interface Block {
  readonly low: Uint8Array
  readonly mask: Uint8Array
}

/**
 * Blocks of addresses of one width, as name constraints have them: `address ‖ mask`, the ones of a mask first (RFC 4632). Two
 * of them are one within the other or apart, so that an address has to be held against one alone.
 */
export class AddressBlocks {
  readonly #added: Block[] = []
  /** Those that are not within another one, in order; made when first needed. */
  #apart: readonly Block[] | undefined

  add(addressAndMask: Uint8Array): void {
    const width = addressAndMask.length / 2
    const mask = addressAndMask.subarray(width)
    // Bits of the address outside its mask do not count.
    this.#added.push({ low: masked(addressAndMask.subarray(0, width), mask), mask })
  }

  has(address: Uint8Array): boolean {
    this.#apart ??= apartOf(this.#added)
    const blocks = this.#apart
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

function apartOf(blocks: readonly Block[]): readonly Block[] {
  const apart: Block[] = []
  // The wider one first where two begin alike.
  for (const block of [...blocks].sort((a, b) => compareBytes(a.low, b.low) || compareBytes(a.mask, b.mask))) {
    const last = apart[apart.length - 1]
    if (last === undefined || !isWithin(block.low, last)) apart.push(block)
  }
  return apart
}

function masked(address: Uint8Array, mask: Uint8Array): Uint8Array {
  return address.map((byte, i) => byte & mask[i]!)
}

function isWithin(address: Uint8Array, { low, mask }: Block): boolean {
  return low.every((byte, i) => byte === (address[i]! & mask[i]!))
}
