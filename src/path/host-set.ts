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
