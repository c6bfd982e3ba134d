import type { Policy } from '../policy/policy.ts'
import { isTrustAnchor } from '../truststore/anchor.ts'
import type { TrustNode } from '../truststore/node.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { excludesClients } from './client-purpose.ts'
import { cyclesIn } from './cycles.ts'
import { PathLengths } from './path-lengths.ts'

/**
 * A truststore as the graph of who signed whom. Everything that advice asks about it is computed once, when it is first
 * asked, in time linear in certificates and in who signed whom.
 */
export class BundleGraph {
  readonly nodes: readonly TrustNode[]
  readonly policy: Policy
  readonly #store: TruststoreView
  readonly #children: ReadonlyMap<TrustNode, readonly TrustNode[]>
  #cachedHierarchies: boolean | undefined = undefined
  #cachedDepths: ReadonlyMap<TrustNode, number> | undefined = undefined
  #cachedOpenEnds: ReadonlyMap<TrustNode, TrustNode> | undefined = undefined
  #cachedForClients: ReadonlySet<TrustNode> | undefined = undefined
  #cachedCycles: ReadonlyMap<TrustNode, readonly TrustNode[]> | undefined = undefined
  #cachedPathLengths: PathLengths | undefined = undefined
  #cachedGroups: ReadonlyMap<TrustNode, number> | undefined = undefined

  constructor(store: TruststoreView, policy: Policy) {
    this.#store = store
    this.nodes = store.nodes
    this.policy = policy
    const children = new Map<TrustNode, TrustNode[]>()
    for (const node of store.nodes) {
      for (const issuer of this.issuersOf(node)) {
        const list = children.get(issuer)
        if (list === undefined) children.set(issuer, [node])
        else list.push(node)
      }
    }
    this.#children = children
  }

  /** Certificates other than itself that signed this one and may issue. */
  issuersOf(node: TrustNode): readonly TrustNode[] {
    return node.issuers.filter((issuer) => issuer !== node && (issuer.certificate.isCa || this.isAnchor(issuer)))
  }

  /** Certificates other than itself that this one signed. */
  childrenOf(node: TrustNode): readonly TrustNode[] {
    return this.#children.get(node) ?? []
  }

  /** Whether a path may end at it, as verification has it. */
  isAnchor(node: TrustNode): boolean {
    return isTrustAnchor(node, this.policy)
  }

  /** Whether a CA other than its own next key is below it. */
  hasCasBelow(node: TrustNode): boolean {
    return this.childrenOf(node).some(({ certificate }) => certificate.isCa && !certificate.isSelfIssued)
  }

  /** Whether any anchor has CAs below it. */
  get hasHierarchies(): boolean {
    this.#cachedHierarchies ??= this.nodes.some((node) => this.isAnchor(node) && this.hasCasBelow(node))
    return this.#cachedHierarchies
  }

  /** The first of the store's certificates with this one's subject. */
  firstOfSubject({ certificate }: TrustNode): TrustNode | undefined {
    return this.#store.subjects.find(certificate.subjectName)[0]
  }

  /** How many certificates there are from this one to the nearest anchor, both counted; undefined: it reaches none. */
  depthOf(node: TrustNode): number | undefined {
    this.#cachedDepths ??= this.#spread(
      this.nodes.filter((each) => this.isAnchor(each)),
      () => 1,
      (depth) => depth + 1,
    )
    return this.#cachedDepths.get(node)
  }

  /** For a certificate below one whose issuer is missing: that one. */
  openEndAbove(node: TrustNode): TrustNode | undefined {
    this.#cachedOpenEnds ??= this.#spread(
      this.nodes.filter((each) => this.issuersOf(each).length === 0 && !this.isAnchor(each)),
      (top) => top,
      (top) => top,
    )
    return this.#cachedOpenEnds.get(node)
  }

  /** Whether some path upwards from it goes through no CA whose extendedKeyUsage excludes TLS clients. */
  isOpenToClients(node: TrustNode): boolean {
    this.#cachedForClients ??= new Set(
      this.#spread(
        this.nodes.filter(
          (each) => (this.issuersOf(each).length === 0 || this.isAnchor(each)) && !excludesClients(each.certificate),
        ),
        () => true,
        (_, child) => (excludesClients(child.certificate) ? undefined : true),
      ).keys(),
    )
    return this.#cachedForClients.has(node)
  }

  /** The certificates on a circle of cross-signatures with this one, itself included; empty where there is none. */
  cycleOf(node: TrustNode): readonly TrustNode[] {
    // A CA that signs its next key with the old one, and the old one with the next, is no circle (RFC 4210 4.4).
    this.#cachedCycles ??= cyclesIn(this.nodes, (each) => (each.certificate.isSelfIssued ? [] : this.issuersOf(each)))
    return this.#cachedCycles.get(node) ?? []
  }

  /** The CA whose path length leaves no room for this one, if none of its paths has. */
  blockerOf(node: TrustNode): TrustNode | undefined {
    this.#cachedPathLengths ??= new PathLengths(this)
    return this.#cachedPathLengths.blockerOf(node)
  }

  /** How many certificates have its subject, told of the one with which they become more than `limit` only. */
  sameSubjectCount(node: TrustNode, limit: number): number | undefined {
    if (this.#cachedGroups === undefined) {
      const sameSubjectGroups = new Map<TrustNode, number>()
      for (const group of this.#store.subjects.groups()) {
        const first = group.at(limit)
        if (first !== undefined) sameSubjectGroups.set(first, group.length)
      }
      this.#cachedGroups = sameSubjectGroups
    }
    return this.#cachedGroups.get(node)
  }

  /** Breadth first from `tops` downwards: the value with which each node is reached first; undefined: not to be passed. */
  #spread<Value>(
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
