import type { CertificateView } from '../x509/certificate.ts'
import { compareKeyIds, type KeyIdMatch, type TrustNode } from './node.ts'
import type { SubjectIndex } from './subject-index.ts'

/**
 * How many certificates of one name are tried as issuers of another when key identifiers do not tell which it is. A
 * bundle with more of them than that is a mistake, and trying all would be quadratic.
 */
const maxCandidates = 32

/**
 * Finds out who signed whom within a bundle, once, so that no handshake has to: sets `issuers` of every node to those
 * whose name and signature are right, and marks signatures that are certainly wrong.
 */
export function linkIssuers(nodes: readonly TrustNode[], subjects: SubjectIndex): void {
  for (const node of nodes) {
    const { certificate } = node
    const named = subjects.find(certificate.bytes, certificate.issuerStart, certificate.issuerEnd)
    const byMatch = (match: KeyIdMatch): readonly TrustNode[] =>
      named.filter((candidate) => compareKeyIds(certificate, candidate.certificate) === match).slice(0, maxCandidates)
    const signers = (candidates: readonly TrustNode[]): readonly TrustNode[] => signersAmong(candidates, certificate)
    const same = byMatch('same')
    const untold = byMatch('untold')
    // Key identifiers are hints (RFC 5280 4.2.1.1): the signature decides, but wrong hints are followed last.
    let issuers = signers([...same, ...untold])
    if (issuers.length === 0) issuers = signers(byMatch('different'))
    node.issuers = issuers
    if (issuers.length > 0) continue
    // Without an authority key identifier a self-issued certificate claims to be self-signed (RFC 5280 4.2.1.1).
    const claimsSelf = same.includes(node) || (untold.includes(node) && certificate.authorityKeyIdStart === 0)
    node.hasBadSelfSignature = claimsSelf
    node.falseIssuer = claimsSelf ? undefined : same[0]
  }
  for (const node of nodes) node.releaseIdleKey()
}

/** Those whose key made the signature. Cross-certificates share a key, which is asked once. */
function signersAmong(candidates: readonly TrustNode[], child: CertificateView): readonly TrustNode[] {
  const asked: { readonly certificate: CertificateView; readonly signed: boolean }[] = []
  return candidates.filter((candidate) => {
    const { certificate } = candidate
    const known = asked.find((other) => other.certificate.hasKeyOf(certificate))
    if (known !== undefined) return known.signed
    const signed = candidate.signed(child)
    asked.push({ certificate, signed })
    return signed
  })
}
