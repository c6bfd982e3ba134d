import type { Policy } from '../policy/policy.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { isTrustAnchor, TrustGraph, type TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as PurposeBit from '../x509/ids/purpose-bit.ts'

/** Whether a CA's extendedKeyUsage lets nobody below it be a TLS client. Verification judges alike. */
export function excludesClients({ purposeBits }: CertificateView): boolean {
  return purposeBits !== undefined && (purposeBits & (PurposeBit.clientAuth | PurposeBit.any)) === 0
}

/**
 * The graph of a truststore as lint rules ask about it: only CAs and anchors issue. Each answer is computed once, when a rule
 * first asks, in time linear in certificates and signatures. It has a TrustGraph and does not extend it, because bundlers keep
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

  /** How many certificates there are from this one to the nearest anchor, both counted; undefined: it reaches none. */
  depthOf(node: TrustNode): number | undefined {
    return this.#graph.depthOf(node)
  }

  /** Whether a CA other than its own next key is below it. */
  hasCasBelow(node: TrustNode): boolean {
    return this.#graph.childrenOf(node).some(({ certificate }) => certificate.isCa && !certificate.isSelfIssued)
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

  /** For a certificate below one whose issuer is missing: that one. */
  openEndAbove(node: TrustNode): TrustNode | undefined {
    this.#cachedOpenEnds ??= this.#graph.spread(
      this.nodes.filter((each) => this.issuersOf(each).length === 0 && !this.isAnchor(each)),
      (top) => top,
      (top) => top,
    )
    return this.#cachedOpenEnds.get(node)
  }

  /** Whether some path upwards from it goes through no CA whose extendedKeyUsage excludes TLS clients. */
  isOpenToClients(node: TrustNode): boolean {
    this.#cachedForClients ??= new Set(
      this.#graph
        .spread(
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

  /** The certificates on a circle of cross-signatures with this one, itself included; empty where there is none. */
  cycleOf(node: TrustNode): readonly TrustNode[] {
    // A CA that signs its next key with the old one, and the old one with the next, is no circle (RFC 4210 4.4).
    this.#cachedCycles ??= cyclesIn(this.nodes, (each) => (each.certificate.isSelfIssued ? [] : this.issuersOf(each)))
    return this.#cachedCycles.get(node) ?? []
  }

  /** The CA whose path length leaves no room for this one, if none of its paths has. */
  blockerOf(node: TrustNode): TrustNode | undefined {
    this.#cachedPathLengths ??= new PathLengths(this.#graph, this.#enforceAnchorConstraints)
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
}

/** Path lengths up to 255 are read (`x509/constraints.ts`); above them all there is no limit. */
const unlimited = 256

/**
 * Which CAs of a truststore stand deeper than the path lengths above them allow (RFC 5280 6.1.4 (l) and (m)): for every CA
 * the most that is left below it on any of its paths, found from the top, largest first, so that each is settled once.
 */
export class PathLengths {
  readonly #left = new Map<TrustNode, number>()
  /** Whose path length it is that limits a CA. */
  readonly #limiters = new Map<TrustNode, TrustNode>()
  readonly #blockers = new Map<TrustNode, TrustNode>()

  /** @param anchorsCount whether the policy counts what an anchor's certificate says */
  constructor(graph: TrustGraph, anchorsCount: boolean) {
    const buckets: TrustNode[][] = Array.from({ length: unlimited + 1 }, () => [])
    const offer = (node: TrustNode, allowed: number, limiter: TrustNode): void => {
      const own = anchorsCount || !graph.isAnchor(node) ? ownLimit(node) : unlimited
      const left = Math.min(own, allowed)
      if ((this.#left.get(node) ?? -1) >= left) return
      this.#left.set(node, left)
      this.#limiters.set(node, own <= allowed ? node : limiter)
      buckets[left]!.push(node)
    }
    for (const node of graph.nodes) {
      if (graph.isAnchor(node) || graph.issuersOf(node).length === 0) offer(node, unlimited, node)
    }
    for (let left = unlimited; left >= 0; left--) {
      for (const node of buckets[left]!) {
        if (this.#left.get(node) !== left) continue
        for (const child of graph.childrenOf(node)) {
          if (!child.certificate.isCa) continue
          const limiter = this.#limiters.get(node)!
          if (child.certificate.isSelfIssued) offer(child, left, limiter)
          else if (left > 0) offer(child, left === unlimited ? left : left - 1, limiter)
          else if (!this.#left.has(child)) this.#blockers.set(child, limiter)
        }
      }
    }
  }

  /** The CA whose path length leaves no room for this one; undefined where one of its paths has room. */
  blockerOf(node: TrustNode): TrustNode | undefined {
    return this.#left.has(node) ? undefined : this.#blockers.get(node)
  }
}

/** What the certificate itself allows below. */
function ownLimit({ certificate: { pathLength } }: TrustNode): number {
  return pathLength === undefined ? unlimited : pathLength
}

/**
 * The circles of a directed graph: its strongly connected components of more than one node, by Tarjan's algorithm without
 * recursion, so that a chain of thousands does not exhaust the stack. Linear in nodes and edges.
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
