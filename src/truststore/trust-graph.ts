import { finish, type Steps } from '../bytes/steps.ts'
import type { Policy } from '../policy/policy.ts'
import type { TrustNode } from './node.ts'

/**
 * Whether a path may end at a listed certificate: `Policy.trust` alone decides. Whether the certificate's own statements count,
 * such as that it is no CA, is decided by `enforceAnchorConstraints`.
 */
export function isTrustAnchor({ certificate, isSelfSigned }: TrustNode, { trust }: Pick<Policy, 'trust'>): boolean {
  return isSelfSigned || trust === 'every-certificate' || (trust === 'every-ca' && certificate.isCa)
}

const none: readonly TrustNode[] = []

/** The certificates of a truststore as a graph of who signed whom. Every question is linear in certificates and signatures. */
export class TrustGraph {
  readonly nodes: readonly TrustNode[]
  readonly policy: Pick<Policy, 'trust'>
  readonly #mayIssue: (node: TrustNode) => boolean
  #children: ReadonlyMap<TrustNode, readonly TrustNode[]> | undefined = undefined
  #depths: ReadonlyMap<TrustNode, number> | undefined = undefined

  /** @param mayIssue whose signatures count; left out: everyone's */
  constructor(nodes: readonly TrustNode[], policy: Pick<Policy, 'trust'>, mayIssue = (_: TrustNode): boolean => true) {
    this.nodes = nodes
    this.policy = policy
    this.#mayIssue = mayIssue
  }

  /** Collects the children of every certificate, in steps. Without it the first question does so at once. */
  *collectChildren(): Steps<ReadonlyMap<TrustNode, readonly TrustNode[]>> {
    const children = new Map<TrustNode, TrustNode[]>()
    for (const node of this.nodes) {
      yield
      for (const issuer of node.issuers) {
        if (issuer === node || !this.#mayIssue(issuer)) continue
        const others = children.get(issuer)
        if (others === undefined) children.set(issuer, [node])
        else others.push(node)
      }
    }
    this.#children = children
    return children
  }

  /** Whether a path may end at it, as verification decides. */
  isAnchor(node: TrustNode): boolean {
    return isTrustAnchor(node, this.policy)
  }

  /** The certificates other than itself that signed this one. */
  issuersOf(node: TrustNode): readonly TrustNode[] {
    return node.issuers.filter((issuer) => issuer !== node && this.#mayIssue(issuer))
  }

  /** The certificates other than itself that this one signed. */
  childrenOf(node: TrustNode): readonly TrustNode[] {
    this.#children ??= finish(this.collectChildren())
    return this.#children.get(node) ?? none
  }

  /** How many certificates there are from this one to the nearest anchor, both counted; undefined: it reaches none. */
  depthOf(node: TrustNode): number | undefined {
    this.#depths ??= this.spread(
      this.nodes.filter((each) => this.isAnchor(each)),
      () => 1,
      (depth) => depth + 1,
    )
    return this.#depths.get(node)
  }

  /** Breadth first from `tops` downwards: the value with which each certificate is reached first. `next` stops at `undefined`. */
  spread<Value>(
    tops: readonly TrustNode[],
    start: (top: TrustNode) => Value,
    next: (value: Value, child: TrustNode) => Value | undefined,
  ): ReadonlyMap<TrustNode, Value> {
    const values = new Map<TrustNode, Value>(tops.map((top) => [top, start(top)]))
    const queue = [...tops]
    for (let i = 0; i < queue.length; i++) {
      const value = values.get(queue[i]!)!
      for (const child of this.childrenOf(queue[i]!)) {
        if (values.has(child)) continue
        const reached = next(value, child)
        if (reached === undefined) continue
        values.set(child, reached)
        queue.push(child)
      }
    }
    return values
  }
}
