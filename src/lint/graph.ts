import type { Policy } from '../policy/policy.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { isTrustAnchor, TrustGraph, type TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as PurposeBit from '../x509/ids/purpose-bit.ts'

/** The graph of a truststore for lint rules, and its algorithms. */

/** Whether a CA's extendedKeyUsage allows no TLS client below it. `verifyChain` applies the same rule. */
export function excludesClients({ purposeBits }: CertificateView): boolean {
  return purposeBits !== undefined && (purposeBits & (PurposeBit.clientAuth | PurposeBit.any)) === 0
}

/**
 * The graph of a truststore for lint rules. Only CAs and anchors count as issuers. Each result is computed on first use, in time
 * linear in certificates and signatures. The class wraps TrustGraph and does not extend it, because bundlers cannot drop
 * classes that extend others.
 */
export class LintGraph {
  readonly nodes: readonly TrustNode[]
  readonly #graph: TrustGraph
  readonly #store: TruststoreView
  readonly #enforceAnchorConstraints: boolean
  #cachedHierarchies: boolean | undefined
  #cachedOpenEnds: ReadonlyMap<TrustNode, TrustNode> | undefined
  #cachedForClients: ReadonlySet<TrustNode> | undefined
  #cachedCycles: ReadonlyMap<TrustNode, readonly TrustNode[]> | undefined
  #cachedPathLengths: PathLengths | undefined
  #cachedGroups: ReadonlyMap<TrustNode, number> | undefined

  constructor(store: TruststoreView, policy: Policy) {
    this.nodes = store.nodes
    this.#graph = new TrustGraph(store.nodes, policy, (node) => node.certificate.isCa || isTrustAnchor(node, policy))
    this.#store = store
    this.#enforceAnchorConstraints = policy.enforceAnchorConstraints
  }

  /** Whether a path may end at it, as verification decides. */
  isAnchor(node: TrustNode): boolean {
    return this.#graph.isAnchor(node)
  }

  /** Certificates other than itself that signed this one and may issue. */
  issuersOf(node: TrustNode): readonly TrustNode[] {
    return this.#graph.issuersOf(node)
  }

  /** Certificates other than itself that this one signed. */
  childrenOf(node: TrustNode): readonly TrustNode[] {
    return this.#graph.childrenOf(node)
  }

  /** Number of certificates from this one to the nearest anchor, both included; undefined if it reaches none. */
  depthOf(node: TrustNode): number | undefined {
    return this.#graph.depthOf(node)
  }

  /** Whether any CA is below it, apart from key rollover certificates of itself. */
  hasCasBelow(node: TrustNode): boolean {
    return this.#graph.childrenOf(node).some(({ certificate }) => certificate.isCa && !certificate.isSelfIssued)
  }

  /** Whether any anchor has CAs below it. */
  get hasHierarchies(): boolean {
    this.#cachedHierarchies ??= this.nodes.some((node) => this.isAnchor(node) && this.hasCasBelow(node))
    return this.#cachedHierarchies
  }

  /** The first certificate of the store with the same subject. */
  firstOfSubject({ certificate }: TrustNode): TrustNode | undefined {
    return this.#store.subjects.find(certificate.subjectName)[0]
  }

  /** A certificate above this one whose issuer is missing. */
  openEndAbove(node: TrustNode): TrustNode | undefined {
    this.#cachedOpenEnds ??= this.#graph.propagate(
      this.nodes.filter((each) => this.issuersOf(each).length === 0 && !this.isAnchor(each)),
      (top) => top,
      (top) => top,
    )
    return this.#cachedOpenEnds.get(node)
  }

  /** Whether it has a path upwards without a CA whose extendedKeyUsage excludes TLS clients. */
  isOpenToClients(node: TrustNode): boolean {
    this.#cachedForClients ??= new Set(
      this.#graph
        .propagate(
          this.nodes.filter(
            (each) => (this.issuersOf(each).length === 0 || this.isAnchor(each)) && !excludesClients(each.certificate),
          ),
          () => true,
          (_, child) => (excludesClients(child.certificate) ? undefined : true),
        )
        .keys(),
    )
    return this.#cachedForClients.has(node)
  }

  /** The certificates in a cycle of cross-signatures with this one, itself included; empty if there is none. */
  cycleOf(node: TrustNode): readonly TrustNode[] {
    // In a key rollover, the old and the new key of a CA sign each other (RFC 4210 4.4). That is not a cycle.
    this.#cachedCycles ??= cyclesIn(this.nodes, (each) => (each.certificate.isSelfIssued ? [] : this.issuersOf(each)))
    return this.#cachedCycles.get(node) ?? []
  }

  /** The CA whose path length excludes this one; undefined if some path allows it. */
  blockerOf(node: TrustNode): TrustNode | undefined {
    this.#cachedPathLengths ??= new PathLengths(this.#graph, this.#enforceAnchorConstraints)
    return this.#cachedPathLengths.blockerOf(node)
  }

  /** The number of certificates with its subject, if it is the first one beyond `limit`. Undefined for all others. */
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
}

/** Stands for no limit. The parser accepts path lengths up to 255 (`x509/constraints.ts`). */
const unlimited = 256

/**
 * Finds the CAs that are deeper than the path lengths above them allow (RFC 5280 6.1.4 (l) and (m)). For every CA it computes the
 * remaining path length on its best path. It proceeds from the largest to the smallest value, so that each CA is final when it is
 * processed.
 */
export class PathLengths {
  readonly #remaining = new Map<TrustNode, number>()
  /** For each CA, the CA whose path length limits it. */
  readonly #limiters = new Map<TrustNode, TrustNode>()
  readonly #blockers = new Map<TrustNode, TrustNode>()

  /** @param enforceAnchors whether the policy enforces the path lengths of anchors */
  constructor(graph: TrustGraph, enforceAnchors: boolean) {
    const buckets: TrustNode[][] = Array.from({ length: unlimited + 1 }, () => [])
    const offer = (node: TrustNode, allowed: number, limiter: TrustNode): void => {
      const own = enforceAnchors || !graph.isAnchor(node) ? ownLimit(node) : unlimited
      const left = Math.min(own, allowed)
      if ((this.#remaining.get(node) ?? -1) >= left) return
      this.#remaining.set(node, left)
      this.#limiters.set(node, own <= allowed ? node : limiter)
      buckets[left]!.push(node)
    }
    for (const node of graph.nodes) {
      if (graph.isAnchor(node) || graph.issuersOf(node).length === 0) offer(node, unlimited, node)
    }
    for (let left = unlimited; left >= 0; left--) {
      for (const node of buckets[left]!) {
        if (this.#remaining.get(node) !== left) continue
        for (const child of graph.childrenOf(node)) {
          if (!child.certificate.isCa) continue
          const limiter = this.#limiters.get(node)!
          if (child.certificate.isSelfIssued) offer(child, left, limiter)
          else if (left > 0) offer(child, left === unlimited ? left : left - 1, limiter)
          else if (!this.#remaining.has(child)) this.#blockers.set(child, limiter)
        }
      }
    }
  }

  /** The CA whose path length excludes this one; undefined if some path allows it. */
  blockerOf(node: TrustNode): TrustNode | undefined {
    return this.#remaining.has(node) ? undefined : this.#blockers.get(node)
  }
}

/** The certificate's own path length. */
function ownLimit({ certificate: { pathLength } }: TrustNode): number {
  return pathLength === undefined ? unlimited : pathLength
}

/**
 * The cycles of a directed graph: its strongly connected components of more than one node, by Tarjan's algorithm. Iterative, so
 * that a chain of thousands does not exhaust the stack. Linear in nodes and edges.
 */
export function cyclesIn<Node>(
  nodes: readonly Node[],
  targetsOf: (node: Node) => readonly Node[],
): ReadonlyMap<Node, readonly Node[]> {
  const cycles = new Map<Node, readonly Node[]>()
  const visits = new Map<Node, Visit<Node>>()
  const open: Visit<Node>[] = []
  const visit = (node: Node): Visit<Node> => {
    const made = { node, targets: targetsOf(node), next: 0, order: visits.size, low: visits.size, isOpen: true }
    visits.set(node, made)
    open.push(made)
    return made
  }
  for (const root of nodes) {
    if (visits.has(root)) continue
    const trail = [visit(root)]
    while (trail.length > 0) {
      const current = trail[trail.length - 1]!
      const target = current.targets.at(current.next++)
      if (target !== undefined) {
        const known = visits.get(target)
        if (known === undefined) trail.push(visit(target))
        else if (known.isOpen) current.low = Math.min(current.low, known.order)
        continue
      }
      trail.pop()
      const above = trail.at(-1)
      if (above !== undefined) above.low = Math.min(above.low, current.low)
      if (current.low < current.order) continue
      const component = open.splice(open.lastIndexOf(current))
      for (const member of component) member.isOpen = false
      if (component.length < 2) continue
      const members = component.map(({ node }) => node)
      for (const member of members) cycles.set(member, members)
    }
  }
  return cycles
}

interface Visit<Node> {
  readonly node: Node
  readonly targets: readonly Node[]
  next: number
  readonly order: number
  low: number
  isOpen: boolean
}
