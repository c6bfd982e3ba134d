/** A subtree has this very host. */
const itself = 1
/** One has the hosts below it. */
const below = 2
/** One has a host that is a label longer, or those below it. */
const longer = 4

/**
 * The hosts that subtrees of name constraints are about: looking one up takes a step for each of its labels, however many
 * subtrees there are. All in lower case, without final dot, and as short as names in the DNS.
 */
export class HostSet {
  readonly #hosts = new Map<string, number>()
  /** As they are, and with their local part in lower case after an `@`, with which no address begins. */
  readonly #mailboxes = new Set<string>()

  /** Adds a host, or those below it, or both; the empty one has all others below it. */
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

  /** Whether a subtree has the host. */
  has(host: string): boolean {
    if (this.#isMarked(host, itself)) return true
    for (let rest = host; rest !== ''; ) {
      rest = parentOf(rest)
      if (this.#isMarked(rest, below)) return true
    }
    return false
  }

  /** Whether a subtree has something of what a wildcard before this host stands for, which is one label. */
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
