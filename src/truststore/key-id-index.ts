import { hashRange, rangesEqual } from '../bytes/range.ts'
import type { TrustNode } from './node.ts'

/** All nodes of one key identifier; groups of the same hash are chained. */
interface Group {
  readonly nodes: TrustNode[]
  readonly next: Group | undefined
}

/** Finds certificates by subject key identifier. */
export class KeyIdIndex {
  private readonly groups = new Map<number, Group>()

  constructor(nodes: readonly TrustNode[]) {
    for (const node of nodes) {
      const { bytes, subjectKeyIdStart: start, subjectKeyIdEnd: end } = node.certificate
      if (start === 0) continue
      const hash = hashRange(bytes, start, end)
      const group = this.findGroup(hash, bytes, start, end)
      if (group === undefined) this.groups.set(hash, { nodes: [node], next: this.groups.get(hash) })
      else group.nodes.push(node)
    }
  }

  /** In bundle order. */
  find(bytes: Uint8Array, start: number, end: number): readonly TrustNode[] {
    return this.findGroup(hashRange(bytes, start, end), bytes, start, end)?.nodes ?? []
  }

  private findGroup(hash: number, bytes: Uint8Array, start: number, end: number): Group | undefined {
    for (let group = this.groups.get(hash); group !== undefined; group = group.next) {
      const own = group.nodes[0]!.certificate
      if (rangesEqual(own.bytes, own.subjectKeyIdStart, own.subjectKeyIdEnd, bytes, start, end)) return group
    }
    return undefined
  }
}
