import type { Policy } from '../policy/policy.ts'
import type { TrustNode } from '../truststore/node.ts'
import type { TruststoreView } from '../truststore/store.ts'
import { isTrustAnchor, TrustGraph } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as PurposeBit from '../x509/purpose-bit.ts'
import { cyclesIn } from './cycles.ts'
import { PathLengths } from './path-lengths.ts'

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
  #cachedHierarchies: boolean | undefined = undefined
  #cachedOpenEnds: ReadonlyMap<TrustNode, TrustNode> | undefined = undefined
  #cachedForClients: ReadonlySet<TrustNode> | undefined = undefined
  #cachedCycles: ReadonlyMap<TrustNode, readonly TrustNode[]> | undefined = undefined
  #cachedPathLengths: PathLengths | undefined = undefined
  #cachedGroups: ReadonlyMap<TrustNode, number> | undefined = undefined

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
