import { compareKeyIds, type TrustNode } from './node.ts'
import { PartIndex } from './part-index.ts'
import type { SubjectIndex } from './subject-index.ts'

const none: readonly TrustNode[] = []

/**
 * Finds out who signed whom within a bundle, once, so that no handshake has to: sets `issuers` of every node to those
 * whose name and signature are right, and marks signatures that are certainly wrong.
 */
export function linkIssuers(nodes: readonly TrustNode[], subjects: SubjectIndex): void {
  const crowds = new Map<readonly TrustNode[], Crowd>()
  for (const node of nodes) {
    const { certificate } = node
    const named = subjects.find(certificate.bytes, certificate.issuerStart, certificate.issuerEnd)
    node.issuers = signersOf(node, named, crowds)
    node.isSelfSigned = node.issuers.includes(node)
    if (node.issuers.length > 0) continue
    // Without an authority key identifier a self-issued certificate claims to be self-signed (RFC 5280 4.2.1.1).
    node.hasBadSelfSignature =
      certificate.isSelfIssued && (certificate.authorityKeyIdStart === 0 || compareKeyIds(certificate, certificate) === 'same')
    if (node.hasBadSelfSignature) continue
    node.falseIssuer = named.find(({ certificate: issuer }) => compareKeyIds(certificate, issuer) === 'same')
  }
  for (const node of nodes) node.releaseIdleKey()
}

/** Those of the issuer's name whose key made the signature, whatever their key identifiers say (RFC 5280 4.2.1.1). */
function signersOf(node: TrustNode, named: readonly TrustNode[], crowds: Map<readonly TrustNode[], Crowd>): readonly TrustNode[] {
  if (named.length < 2) return named[0]?.signed(node.certificate) === true ? named : none
  let crowd = crowds.get(named)
  if (crowd === undefined) {
    crowd = new Crowd(named)
    crowds.set(named, crowd)
  }
  return crowd.signersOf(node)
}

/** Certificates of one name, found by key identifier and by key without looking at each of them. */
class Crowd {
  private readonly nodes: readonly TrustNode[]
  /** Those that have no key identifier. */
  private readonly nameless: readonly TrustNode[]
  private readonly keyIds: PartIndex
  private readonly keys: PartIndex

  constructor(nodes: readonly TrustNode[]) {
    this.nodes = nodes
    this.nameless = nodes.filter(({ certificate }) => certificate.subjectKeyIdStart === 0)
    this.keyIds = new PartIndex(nodes, 'subjectKeyId')
    this.keys = new PartIndex(nodes, 'key')
  }

  /**
   * Key identifiers say who is asked first, and nothing else. Certificates that share a key are asked once, and are all
   * issuers or none. No order of the bundle and no number of namesakes hides an issuer.
   *
   * A second key can fit an ECDSA signature, but only one that was made to fit it, by whoever got it listed under the
   * issuer's name. It must not take the issuer's place, so every key of the identifier that the certificate names is asked:
   * in an honest bundle that is one. Without such a hint the first that fits is taken, since going on would cost every
   * bundle with a re-keyed CA a signature more for each certificate.
   */
  signersOf(node: TrustNode): readonly TrustNode[] {
    const { certificate } = node
    const asked = new Set<readonly TrustNode[]>()
    const ask = ({ certificate: { bytes, keyStart, keyEnd } }: TrustNode): readonly TrustNode[] => {
      const twins = this.keys.find(bytes, keyStart, keyEnd)
      if (asked.has(twins)) return none
      asked.add(twins)
      return twins[0]!.signed(certificate) ? twins : none
    }
    const { bytes, authorityKeyIdStart: start, authorityKeyIdEnd: end } = certificate
    const hinted = (start === 0 ? none : this.keyIds.find(bytes, start, end)).map(ask).filter(({ length }) => length > 0)
    if (hinted.length > 0) return hinted.length === 1 ? hinted[0]! : hinted.flat()
    // Itself before others, so that of many roots of one name none has to ask them all.
    for (const candidates of [certificate.isSelfIssued ? [node] : none, this.nameless, this.nodes]) {
      for (const candidate of candidates) {
        const twins = ask(candidate)
        if (twins.length > 0) return twins
      }
    }
    return none
  }
}
