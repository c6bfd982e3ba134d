import { hashText, type Span, SpanMap } from '../bytes/span.ts'
import { canonicalName } from '../x509/name.ts'
import type { SignedView } from '../x509/signed.ts'
import type { TrustNode } from './trust-graph.ts'

/** Indexes of listed certificates: by subject, by subject key identifier and by public key. */

const none: readonly TrustNode[] = []

/** Finds certificates by subject key identifier or by public key. */
export class PartIndex {
  readonly #groups = new SpanMap<TrustNode[]>()

  constructor(nodes: readonly TrustNode[], part: 'subjectKeyIdentifier' | 'keyIdentity') {
    for (const node of nodes) {
      const key = node.certificate[part]
      if (key === undefined) continue
      const group = this.#groups.get(key)
      if (group === undefined) this.#groups.add(key, [node])
      else group.push(node)
    }
  }

  /** In bundle order. Equal parts return the same array. */
  find(part: Span): readonly TrustNode[] {
    return this.#groups.get(part) ?? none
  }
}

/** All nodes with one subject, in any spelling. Groups with the same hash form a linked list. */
interface Group {
  readonly nodes: TrustNode[]
  readonly next: Group | undefined
}

/**
 * Finds certificates by subject. A name is looked up by its bytes first. Only if the store has no such spelling is it folded
 * (RFC 5280 7.1). Both look-ups return all nodes with the name. Folded names are not stored, to save heap with 100,000 CAs.
 */
export class SubjectIndex {
  /** Groups by each spelling of their name. */
  readonly #spellings = new SpanMap<Group>()
  readonly #names = new Map<number, Group>()

  add(node: TrustNode): void {
    const { subjectName } = node.certificate
    const spelled = this.#spellings.get(subjectName)
    if (spelled !== undefined) {
      spelled.nodes.push(node)
      return
    }
    const name = canonicalName(subjectName)
    const nameHash = hashText(name)
    let group = this.#findGroup(name)
    if (group === undefined) {
      group = { nodes: [node], next: this.#names.get(nameHash) }
      this.#names.set(nameHash, group)
    } else {
      group.nodes.push(node)
    }
    this.#spellings.add(subjectName, group)
  }

  /** All nodes whose subject is this name, in bundle order. */
  find(name: Span): readonly TrustNode[] {
    return (this.#spellings.get(name) ?? this.#findGroup(canonicalName(name)))?.nodes ?? none
  }

  /** All nodes whose subject is the issuer of a certificate or revocation list, which caches its folded name. */
  issuersOf(signed: SignedView): readonly TrustNode[] {
    return (this.#spellings.get(signed.issuerName) ?? this.#findGroup(signed.issuerKey))?.nodes ?? none
  }

  /** Like {@link find}, but without folding, which suffices to find a listed certificate by its bytes. */
  findSpelled(name: Span): readonly TrustNode[] {
    return this.#spellings.get(name)?.nodes ?? none
  }

  /** The nodes of each distinct subject. */
  *groups(): Iterable<readonly TrustNode[]> {
    for (const first of this.#names.values()) {
      for (let group: Group | undefined = first; group !== undefined; group = group.next) yield group.nodes
    }
  }

  #findGroup(name: string): Group | undefined {
    for (let group = this.#names.get(hashText(name)); group !== undefined; group = group.next) {
      if (canonicalName(group.nodes[0]!.certificate.subjectName) === name) return group
    }
    return undefined
  }
}
