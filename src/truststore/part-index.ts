import { RangeMap } from '../bytes/range-map.ts'
import type { TrustNode } from './node.ts'

const none: readonly TrustNode[] = []

/** Finds certificates by their subject key identifier, or by their public key. */
export class PartIndex {
  readonly #groups = new RangeMap<TrustNode[]>()

  constructor(nodes: readonly TrustNode[], part: 'subjectKeyId' | 'key') {
    for (const node of nodes) {
      const { bytes, [`${part}Start` as const]: start, [`${part}End` as const]: end } = node.certificate
      if (start === 0) continue
      const group = this.#groups.get(bytes, start, end)
      if (group === undefined) this.#groups.add(bytes, start, end, [node])
      else group.push(node)
    }
  }

  /** In bundle order; for the same part always the same array. */
  find(bytes: Uint8Array, start: number, end: number): readonly TrustNode[] {
    return this.#groups.get(bytes, start, end) ?? none
  }
}
