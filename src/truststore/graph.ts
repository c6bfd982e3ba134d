import type { CertificateView } from '../x509/certificate.ts'
import { KeyIdIndex } from './key-id-index.ts'
import { compareKeyIds, type TrustNode } from './node.ts'
import type { SubjectIndex } from './subject-index.ts'

/**
 * How many certificates of one name are tried as issuers of another. A bundle with more of them that key identifiers do not
 * tell apart is a mistake, and trying all would be quadratic.
 */
const maxCandidates = 32

/**
 * Finds out who signed whom within a bundle, once, so that no handshake has to: sets `issuers` of every node to those
 * whose name and signature are right, and marks signatures that are certainly wrong.
 */
export function linkIssuers(nodes: readonly TrustNode[], subjects: SubjectIndex): void {
  const crowds = new Map<readonly TrustNode[], Crowd>()
  for (const node of nodes) {
    const { certificate } = node
    const named = subjects.find(certificate.bytes, certificate.issuerStart, certificate.issuerEnd)
    let crowd = crowds.get(named)
    if (crowd === undefined) {
      crowd = new Crowd(named)
      crowds.set(named, crowd)
    }
    const { same, untold } = crowd.candidatesFor(node)
    // Key identifiers are hints (RFC 5280 4.2.1.1): the signature decides, but wrong hints are followed last.
    let issuers = signersAmong([...same, ...untold], certificate)
    if (issuers.length === 0) issuers = signersAmong(crowd.othersFor(node), certificate)
    node.issuers = issuers
    if (issuers.length > 0) continue
    // Without an authority key identifier a self-issued certificate claims to be self-signed (RFC 5280 4.2.1.1).
    const claimsSelf = same.includes(node) || (untold.includes(node) && certificate.authorityKeyIdStart === 0)
    node.hasBadSelfSignature = claimsSelf
    node.falseIssuer = claimsSelf ? undefined : same[0]
  }
  for (const node of nodes) node.releaseIdleKey()
}

/** The certificates of one name, found by key identifier without asking each of them. */
class Crowd {
  private readonly nodes: readonly TrustNode[]
  private readonly keyIds: KeyIdIndex
  /** Those that have no key identifier. */
  private readonly nameless: readonly TrustNode[]

  constructor(nodes: readonly TrustNode[]) {
    this.nodes = nodes
    this.keyIds = new KeyIdIndex(nodes)
    this.nameless = nodes.filter(({ certificate }) => certificate.subjectKeyIdStart === 0)
  }

  /** Possible issuers whose key identifier is the right one, and those of which nothing can be said; itself first. */
  candidatesFor(child: TrustNode): { readonly same: readonly TrustNode[]; readonly untold: readonly TrustNode[] } {
    const { bytes, authorityKeyIdStart, authorityKeyIdEnd } = child.certificate
    if (authorityKeyIdStart === 0) return { same: [], untold: selfFirst(this.nodes, child) }
    const same = this.keyIds.find(bytes, authorityKeyIdStart, authorityKeyIdEnd)
    return { same: selfFirst(same, child), untold: selfFirst(this.nameless, child) }
  }

  /** Those whose key identifier is another one. */
  othersFor(child: TrustNode): readonly TrustNode[] {
    const others: TrustNode[] = []
    for (const node of this.nodes) {
      if (others.length === maxCandidates) break
      if (compareKeyIds(child.certificate, node.certificate) === 'different') others.push(node)
    }
    return others
  }
}

/** The first of them, and the node itself if it is one of them: a root has to find itself in any crowd. */
function selfFirst(nodes: readonly TrustNode[], node: TrustNode): readonly TrustNode[] {
  if (nodes.length <= maxCandidates) return nodes
  const first = nodes.slice(0, maxCandidates)
  return first.includes(node) || !nodes.includes(node) ? first : [node, ...first.slice(1)]
}

/**
 * Those whose key made the signature. Certificates may share a key, which is asked once, and the first key that fits is taken:
 * a second one fits an ECDSA signature only where it was made to, by whoever got it listed.
 */
function signersAmong(candidates: readonly TrustNode[], child: CertificateView): readonly TrustNode[] {
  const strangers: CertificateView[] = []
  const signer = candidates.find((candidate) => {
    const { certificate } = candidate
    if (strangers.some((other) => other.hasKeyOf(certificate))) return false
    if (candidate.signed(child)) return true
    strangers.push(certificate)
    return false
  })
  return signer === undefined ? [] : candidates.filter(({ certificate }) => certificate.hasKeyOf(signer.certificate))
}
