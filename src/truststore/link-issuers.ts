import type { Steps } from '../bytes/steps.ts'
import { PartIndex, type SubjectIndex } from './lookup.ts'
import { compareKeyIds, type TrustNode } from './trust-graph.ts'

const none: readonly TrustNode[] = []

/**
 * Finds out who signed whom within a bundle, once, so that no handshake has to: sets `issuers` of every node to those
 * whose name and signature are right, and marks signatures that are certainly wrong.
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
    // Without an authority key identifier a self-issued certificate claims to be self-signed (RFC 5280 4.2.1.1).
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

/** Those of the issuer's name whose key made the signature, whatever their key identifiers say (RFC 5280 4.2.1.1). */
function* signersOf(
  node: TrustNode,
  named: readonly TrustNode[],
  groups: Map<readonly TrustNode[], SameSubjectGroup>,
): Steps<readonly TrustNode[]> {
  const [first] = named
  if (named.length < 2) return first?.signed(node.certificate) === true ? named : none
  const group = groups.get(named) ?? new SameSubjectGroup(named)
  groups.set(named, group)
  return yield* group.signersOf(node)
}

/** Certificates with the same name and key: checking a signature by one of them is enough. */
type Twins = readonly TrustNode[]

/** Certificates of one name, found by key identifier and by key without looking at each of them. */
class SameSubjectGroup {
  readonly #keyIds: PartIndex
  readonly #keys: PartIndex
  readonly #twins = new Map<readonly TrustNode[], ReadonlySet<Twins>>()
  /** Each key once; those in certificates without key identifier first. */
  readonly #all: ReadonlySet<Twins>

  constructor(nodes: readonly TrustNode[]) {
    this.#keyIds = new PartIndex(nodes, 'subjectKeyIdentifier')
    this.#keys = new PartIndex(nodes, 'keyInfo')
    const nameless = nodes.filter(({ certificate }) => certificate.subjectKeyIdentifier === undefined)
    this.#all = this.#twinsAmong([...nameless, ...nodes])
  }

  /**
   * Key identifiers only decide which keys are tried first: neither the order of the bundle nor the number of CAs of one name
   * hides an issuer.
   *
   * A second key can be made to fit an ECDSA signature. If it is listed under the issuer's name, it must not take the issuer's
   * place. So every key with the identifier that the certificate names is tried, and a self-issued certificate's own: in an
   * honest bundle that is one key. After these the first key that fits is taken, because trying all would cost bundles with
   * re-keyed CAs one more signature check for each certificate.
   */
  *signersOf({ certificate }: TrustNode): Steps<readonly TrustNode[]> {
    const { authorityKeyIdentifier: named } = certificate
    const likely = new Set(named === undefined ? [] : this.#twinsAmong(this.#keyIds.find(named)))
    if (certificate.isSelfIssued) likely.add(this.#keys.find(certificate.keyInfo))
    const signers: Twins[] = []
    for (const twins of likely) {
      yield
      const [first] = twins
      if (first?.signed(certificate) === true) signers.push(twins)
    }
    if (signers.length > 0) return signers.length === 1 ? signers[0]! : signers.flat()
    for (const twins of this.#all) {
      if (likely.has(twins)) continue
      yield
      if (twins[0]!.signed(certificate)) return twins
    }
    return none
  }

  /** The keys of these candidates, told apart once for all certificates that ask for the same. */
  #twinsAmong(candidates: readonly TrustNode[]): ReadonlySet<Twins> {
    let twins = this.#twins.get(candidates)
    if (twins === undefined) {
      twins = new Set(candidates.map(({ certificate }) => this.#keys.find(certificate.keyInfo)))
      this.#twins.set(candidates, twins)
    }
    return twins
  }
}
