import type { Span } from '../bytes/span.ts'
import { SpanMap } from '../bytes/span-map.ts'
import type { TrustNode } from './node.ts'

const none: readonly TrustNode[] = []

/** Finds certificates by their subject key identifier, or by their public key. */
export class PartIndex {
  readonly #groups = new SpanMap<TrustNode[]>()

  constructor(nodes: readonly TrustNode[], part: 'subjectKeyIdentifier' | 'keyInfo') {
    for (const node of nodes) {
      const key = node.certificate[part]
      if (key === undefined) continue
      const group = this.#groups.get(key)
      if (group === undefined) this.#groups.add(key, [node])
      else group.push(node)
    }
  }

  /** In bundle order; for the same part always the same array. */
  find(part: Span): readonly TrustNode[] {
    return this.#groups.get(part) ?? none
  }
}
