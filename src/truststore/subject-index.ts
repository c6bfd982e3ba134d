import { hashRange, rangesEqual } from '../bytes/range.ts'
import { canonicalName } from '../x509/name.ts'
import type { TrustNode } from './node.ts'

interface Spelling {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly nodes: TrustNode[]
}

/**
 * Finds the certificates of a subject. A name is looked up by its bytes, as CAs write it; only a spelling that the store
 * does not have is folded (RFC 5280 7.1). Both ways lead to all nodes of the name, however each of them spells it.
 */
export class SubjectIndex {
  private readonly spellings = new Map<number, Spelling[]>()
  private readonly names = new Map<string, TrustNode[]>()

  add(node: TrustNode): void {
    const { bytes, subjectStart: start, subjectEnd: end } = node.certificate
    const spelled = this.findSpelling(bytes, start, end)
    if (spelled !== undefined) {
      spelled.push(node)
      return
    }
    const name = canonicalName(bytes, start, end)
    let nodes = this.names.get(name)
    if (nodes === undefined) {
      nodes = []
      this.names.set(name, nodes)
    }
    nodes.push(node)
    const hash = hashRange(bytes, start, end)
    const bucket = this.spellings.get(hash)
    if (bucket === undefined) this.spellings.set(hash, [{ bytes, start, end, nodes }])
    else bucket.push({ bytes, start, end, nodes })
  }

  /** All nodes whose subject is this name, in bundle order. */
  find(bytes: Uint8Array, start: number, end: number): readonly TrustNode[] {
    return this.findSpelling(bytes, start, end) ?? this.names.get(canonicalName(bytes, start, end)) ?? []
  }

  /** The nodes of a certificate's subject, if one of them spells it like this: enough to find the certificate itself. */
  findSpelled(bytes: Uint8Array, start: number, end: number): readonly TrustNode[] {
    return this.findSpelling(bytes, start, end) ?? []
  }

  /** Every distinct subject's nodes. */
  groups(): Iterable<readonly TrustNode[]> {
    return this.names.values()
  }

  private findSpelling(bytes: Uint8Array, start: number, end: number): TrustNode[] | undefined {
    const bucket = this.spellings.get(hashRange(bytes, start, end))
    return bucket?.find((known) => rangesEqual(known.bytes, known.start, known.end, bytes, start, end))?.nodes
  }
}
