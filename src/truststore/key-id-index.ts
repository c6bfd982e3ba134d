import { hashRange, rangesEqual } from '../bytes/range.ts'
import type { TrustNode } from './node.ts'

/** Finds certificates by subject key identifier. */
export class KeyIdIndex {
  private readonly buckets = new Map<number, TrustNode[]>()

  constructor(nodes: readonly TrustNode[]) {
    for (const node of nodes) {
      const { bytes, subjectKeyIdStart, subjectKeyIdEnd } = node.certificate
      if (subjectKeyIdStart === 0) continue
      const hash = hashRange(bytes, subjectKeyIdStart, subjectKeyIdEnd)
      const bucket = this.buckets.get(hash)
      if (bucket === undefined) this.buckets.set(hash, [node])
      else bucket.push(node)
    }
  }

  find(bytes: Uint8Array, start: number, end: number): readonly TrustNode[] {
    const bucket = this.buckets.get(hashRange(bytes, start, end)) ?? []
    return bucket.filter(({ certificate: own }) =>
      rangesEqual(own.bytes, own.subjectKeyIdStart, own.subjectKeyIdEnd, bytes, start, end),
    )
  }
}
