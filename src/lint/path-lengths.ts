import type { TrustNode } from '../truststore/node.ts'
import type { TrustGraph } from '../truststore/trust-graph.ts'

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
