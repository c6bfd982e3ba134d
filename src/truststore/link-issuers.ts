import type { Steps } from '../bytes/steps.ts'
import { PartIndex, type SubjectIndex } from './lookup.ts'
import { compareKeyIds, type TrustNode } from './trust-graph.ts'

const none: readonly TrustNode[] = []

/** Finds the issuers of a bundle's certificates by verifying the signatures between them. */

/**
 * Sets `issuers` of every node to the certificates that match by name and signature, and marks signatures that are certainly
 * wrong. This happens once per bundle, so that handshakes need not do it.
 */
export function* linkIssuers(nodes: readonly TrustNode[], subjects: SubjectIndex): Steps<void> {
  const groups = new Map<readonly TrustNode[], SameSubjectGroup>()
  for (const node of nodes) {
    yield
    const { certificate } = node
    const named = subjects.find(certificate.issuerName)
    node.issuers = yield* signersOf(node, named, groups)
    node.isSelfSigned = node.issuers.includes(node)
    if (node.issuers.length > 0) continue
    // A self-issued certificate without authority key identifier claims to be self-signed (RFC 5280 4.2.1.1).
    node.hasBadSelfSignature =
      certificate.isSelfIssued &&
      (certificate.authorityKeyIdentifier === undefined || compareKeyIds(certificate, certificate) === 'same')
    if (node.hasBadSelfSignature) continue
    node.falseIssuer = named.find(({ certificate: issuer }) => compareKeyIds(certificate, issuer) === 'same')
  }
  for (const node of nodes) {
    yield
    node.releaseIdleKey()
  }
}

/** Certificates with the issuer's name whose key made the signature. Key identifiers need not match (RFC 5280 4.2.1.1). */
function* signersOf(
  node: TrustNode,
  named: readonly TrustNode[],
  groups: Map<readonly TrustNode[], SameSubjectGroup>,
): Steps<readonly TrustNode[]> {
  const [first] = named
  if (named.length < 2) return first?.hasSigned(node.certificate) === true ? named : none
  const group = groups.get(named) ?? new SameSubjectGroup(named)
  groups.set(named, group)
  return yield* group.signersOf(node)
}

/** Certificates with the same subject and key. A signature is checked with only one of them. */
type SameKey = readonly TrustNode[]

/** Certificates with one subject, indexed by key identifier and by key. */
class SameSubjectGroup {
  readonly #keyIds: PartIndex
  readonly #keys: PartIndex
  readonly #byKey = new Map<readonly TrustNode[], ReadonlySet<SameKey>>()
  /** Every distinct key, first those in certificates without subject key identifier. */
  readonly #all: ReadonlySet<SameKey>

  constructor(nodes: readonly TrustNode[]) {
    this.#keyIds = new PartIndex(nodes, 'subjectKeyIdentifier')
    this.#keys = new PartIndex(nodes, 'keyIdentity')
    const withoutKeyId = nodes.filter(({ certificate }) => certificate.subjectKeyIdentifier === undefined)
    this.#all = this.#groupByKey([...withoutKeyId, ...nodes])
  }

  /**
   * Key identifiers only decide which keys are tried first. An issuer is found whatever the order of the bundle and the number of
   * CAs with its name.
   *
   * Attackers can craft a second key that fits an ECDSA signature. Listed under the issuer's name, such a key must not replace the
   * issuer. So all keys with the identifier that the certificate names are tried, and the own key of a self-issued certificate;
   * in an honest bundle that is one key. Of the remaining keys only the first that fits is taken, because trying all would cost
   * bundles with re-keyed CAs another signature check per certificate.
   */
  *signersOf({ certificate }: TrustNode): Steps<readonly TrustNode[]> {
    const { authorityKeyIdentifier } = certificate
    const likely = new Set(
      authorityKeyIdentifier === undefined ? [] : this.#groupByKey(this.#keyIds.find(authorityKeyIdentifier)),
    )
    if (certificate.isSelfIssued) likely.add(this.#keys.find(certificate.keyIdentity))
    const signers: SameKey[] = []
    for (const sameKey of likely) {
      yield
      const [first] = sameKey
      if (first?.hasSigned(certificate) === true) signers.push(sameKey)
    }
    if (signers.length > 0) return signers.length === 1 ? signers[0]! : signers.flat()
    for (const sameKey of this.#all) {
      if (likely.has(sameKey)) continue
      yield
      if (sameKey[0]!.hasSigned(certificate)) return sameKey
    }
    return none
  }

  /** Groups candidates by key. Cached, because certificates with the same issuer have the same candidates. */
  #groupByKey(candidates: readonly TrustNode[]): ReadonlySet<SameKey> {
    let groups = this.#byKey.get(candidates)
    if (groups === undefined) {
      groups = new Set(candidates.map(({ certificate }) => this.#keys.find(certificate.keyIdentity)))
      this.#byKey.set(candidates, groups)
    }
    return groups
  }
}
