/** One label of the hosts in a tree, reached by those to its right. */
interface HostNode {
  /** A subtree has this very host. */
  itself: boolean
  /** One has the hosts below it. */
  below: boolean
  /** One has a host that is a label longer, or those below it. */
  hasChild: boolean
  /** Local parts of mailboxes at the host; and, after an `@`, which none has, the same in lower case. */
  mailboxes: Set<string> | undefined
  next: Map<string, HostNode> | undefined
}

function newNode(): HostNode {
  return { itself: false, below: false, hasChild: false, mailboxes: undefined, next: undefined }
}

/**
 * The hosts that subtrees of name constraints are about, as a tree of labels from the right: looking one up takes as many
 * steps as it has labels, however many subtrees there are. All in lower case, without final dot.
 */
export class HostTree {
  private readonly root: HostNode = newNode()

  /** Adds a host, or those below it, or both; the empty one has all others below it. */
  add(host: string, itself: boolean, below: boolean): void {
    const node = this.grow(host)
    node.itself ||= itself
    node.below ||= below
    if (host !== '') this.grow(parentOf(host)).hasChild = true
  }

  addMailbox(host: string, local: string): void {
    const node = this.grow(host)
    node.mailboxes ??= new Set()
    node.mailboxes.add(local).add(`@${local.toLowerCase()}`)
  }

  /** Whether a subtree has the host. */
  has(host: string): boolean {
    return this.find(host, true)?.itself === true
  }

  /** Whether a subtree has something of what a wildcard before this host stands for, which is one label. */
  hasBelow(host: string): boolean {
    return this.find(host, false)?.hasChild === true
  }

  /**
   * Whether the mailbox is one of those that were added.
   *
   * @param foldLocal compare local parts without regard to case; RFC 5280 7.5 says exactly
   */
  hasMailbox(host: string, local: string, foldLocal: boolean): boolean {
    return this.find(host, false)?.mailboxes?.has(foldLocal ? `@${local.toLowerCase()}` : local) === true
  }

  /** The node of a host; on the way to it, with `orBelow`, whatever has all that is below. */
  private find(host: string, orBelow: boolean): Pick<HostNode, 'itself' | 'hasChild' | 'mailboxes'> | undefined {
    let node: HostNode | undefined = this.root
    for (let end = host.length; end > 0 && node !== undefined; ) {
      if (orBelow && node.below) return { ...node, itself: true }
      const dot = host.lastIndexOf('.', end - 1)
      node = node.next?.get(host.slice(dot + 1, end))
      end = dot
    }
    return node
  }

  /** The node of a host, made where there is none. */
  private grow(host: string): HostNode {
    let node = this.root
    for (let end = host.length; end > 0; ) {
      const dot = host.lastIndexOf('.', end - 1)
      const label = host.slice(dot + 1, end)
      node.next ??= new Map()
      const next: HostNode = node.next.get(label) ?? newNode()
      node.next.set(label, next)
      node = next
      end = dot
    }
    return node
  }
}

/** What follows the first label. */
export function parentOf(host: string): string {
  const dot = host.indexOf('.')
  return dot < 0 ? '' : host.slice(dot + 1)
}
