import { hashRange, rangesEqual } from '../bytes/range.ts'
import type { TrustNode } from './node.ts'

/** All nodes in which the part has the same bytes; groups of the same hash are chained. */
interface Group {
  readonly nodes: TrustNode[]
  readonly next: Group | undefined
}

/** Finds certificates by their subject key identifier, or by their public key. */
export class PartIndex {
  private readonly start: 'subjectKeyIdStart' | 'keyStart'
  private readonly end: 'subjectKeyIdEnd' | 'keyEnd'
  private readonly groups = new Map<number, Group>()

  constructor(nodes: readonly TrustNode[], part: 'subjectKeyId' | 'key') {
    this.start = `${part}Start`
    this.end = `${part}End`
    for (const node of nodes) {
      const { bytes, [this.start]: start, [this.end]: end } = node.certificate
      if (start === 0) continue
      const hash = hashRange(bytes, start, end)
      const group = this.findGroup(hash, bytes, start, end)
      if (group === undefined) this.groups.set(hash, { nodes: [node], next: this.groups.get(hash) })
      else group.nodes.push(node)
    }
  }

  /** In bundle order; always the same array for the same part. */
  find(bytes: Uint8Array, start: number, end: number): readonly TrustNode[] {
    return this.findGroup(hashRange(bytes, start, end), bytes, start, end)?.nodes ?? []
  }

  private findGroup(hash: number, bytes: Uint8Array, start: number, end: number): Group | undefined {
    for (let group = this.groups.get(hash); group !== undefined; group = group.next) {
      const own = group.nodes[0]!.certificate
      if (rangesEqual(own.bytes, own[this.start], own[this.end], bytes, start, end)) return group
    }
    return undefined
  }
}
