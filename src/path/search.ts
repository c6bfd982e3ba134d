import type { RejectCode } from '../codes/reject.ts'
import type { Refusal } from '../policy/strength.ts'
import { compareKeyIds, isTrustAnchor, type TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Call } from './call.ts'
import { refuseAnchor, refuseIntermediate } from './certificate-checks.ts'
import { describeMissingIssuer, type Failure, moreSpecific, type PathRefusal } from './failure.ts'

/** Path building. */

/** A certificate on a path under construction: a linked list from the top down to the leaf. */
export interface Link {
  readonly certificate: CertificateView
  /** Undefined if the certificate is not in the truststore. */
  readonly node: TrustNode | undefined
  /** The certificate that this one may have issued; undefined for the leaf. */
  readonly below: Link | undefined
  /** Number of certificates below it. */
  readonly depth: number
}

/** Leaf first. */
type Path = readonly CertificateView[]

/** Checks a complete path, leaf first. A refusal makes the search continue. */
export interface PathCheck {
  refuse(path: Path): PathRefusal | undefined
}

/** A certificate whose subject is the wanted issuer name. */
interface Candidate {
  readonly certificate: CertificateView
  readonly node: TrustNode | undefined
}

/**
 * Builds paths from a leaf to an anchor by depth-first search (RFC 4158). It tries the likeliest issuer first and backtracks
 * when a path fails. No certificate and no pair of subject and key occurs twice on a path, and every step is metered. The
 * most specific failure is reported.
 *
 * Hot path: nearly every search finds one candidate per step, so avoid allocations there. Paths are linked lists, which branches
 * share. Maps are created at the first branch. Closures live in their own methods so that V8 allocates no context for them.
 */
export class Search {
  failure: Failure | undefined = undefined
  readonly #call: Call
  readonly #checkPath: PathCheck
  /** Possible issuers by certificate. They do not depend on the path, so they are looked up once. */
  #candidates: Map<CertificateView, readonly Candidate[]> | undefined
  /** Results of the checks of an issuer by itself, which do not depend on the path either. */
  #refusals: Map<CertificateView, Refusal | undefined> | undefined

  constructor(call: Call, checkPath: PathCheck) {
    this.#call = call
    this.#checkPath = checkPath
  }

  /**
   * Returns the first valid path, leaf first, or `undefined`.
   *
   * @param mayBePinned whether a listed leaf may be a path by itself; CRL signers always need an issuer
   */
  run(certificate: CertificateView, mayBePinned = true): Path | undefined {
    const node = this.#call.store.nodeOf(certificate)
    const leaf: Link = { certificate, node, below: undefined, depth: 0 }
    // A listed leaf is a complete path if it is self-signed or the policy pins leaves. If it is self-signed, the search stops here,
    // because `refuseLeaf` skipped its signature algorithm.
    if (mayBePinned && node?.isSelfSigned === true) return this.#completed(leaf)
    const pinned = mayBePinned && node !== undefined && this.#call.store.policy.trust === 'every-certificate'
    const path = (pinned ? this.#completed(leaf) : undefined) ?? this.#extend(leaf)
    if (path !== undefined) this.#call.signatures.remember(path)
    return path
  }

  /** Tries every possible issuer of the path's top. */
  #extend(top: Link): Path | undefined {
    if (this.#call.presented.length === 0) {
      const listed = this.#listedIssuers(top)
      const [first] = listed
      if (first !== undefined && listed.length === 1 && !this.#isOnPath(first.certificate, top)) {
        return this.#tryIssuer(linkAbove(top, first.certificate, first))
      }
    }
    const issuers = this.#issuersNotOnPath(top)
    if (issuers.length === 0) this.#failWithoutIssuer(top)
    for (const issuer of issuers) {
      const path = this.#tryIssuer(issuer)
      if (path !== undefined) return path
      if (this.#call.meter.exhausted !== undefined) return undefined
    }
    return undefined
  }

  /** For a listed certificate, the signers that `buildTruststore` found; for others, all certificates with the issuer's name. */
  #listedIssuers({ certificate, node }: Link): readonly TrustNode[] {
    return node?.issuers ?? this.#call.store.subjects.issuersOf(certificate)
  }

  /** Adds an issuer to the path, if all checks pass, and continues above it. */
  #tryIssuer(issuer: Link): Path | undefined {
    if (!this.#call.meter.step()) return undefined
    const { policy } = this.#call.request
    const { certificate, depth } = issuer
    if (depth > policy.maxChainLength) {
      const message = `more than ${policy.maxChainLength} CA certificates above the leaf`
      this.#failBy({ code: 'chain_too_long', message }, depth, certificate)
      return undefined
    }
    const isAnchor = this.#isAnchor(issuer)
    const hasLength = !isAnchor || policy.enforceAnchorConstraints
    const refusal = this.#refusalOf(issuer, isAnchor) ?? (hasLength ? refusePathLength(issuer) : undefined)
    // Check the signature before reporting a fault: a certificate that did not issue the child is irrelevant. With an unusable
    // key, the signature cannot be checked, so the fault is reported.
    const canVerify = certificate.keyParts.fault === undefined
    if (canVerify && !this.#isIssuer(issuer)) return undefined
    if (refusal !== undefined) {
      this.#failBy(refusal, depth, certificate)
      if (!isAnchor) return undefined
    } else if (isAnchor) {
      const path = this.#completed(issuer)
      if (path !== undefined || this.#call.meter.exhausted !== undefined) return path
    }
    // Above an anchor, accepted as one or not, the path continues only if the certificate is valid as an intermediate.
    if (isAnchor && (refuseIntermediate(certificate, this.#call.request) ?? refusePathLength(issuer)) !== undefined)
      return undefined
    return this.#extend(issuer)
  }

  #refusalOf({ certificate, node }: Link, isAnchor: boolean): Refusal | undefined {
    const known = this.#refusals?.get(certificate)
    if (known !== undefined || this.#refusals?.has(certificate) === true) return known
    const { request } = this.#call
    const refusal = isAnchor ? refuseAnchor(node!, request) : refuseIntermediate(certificate, request)
    this.#refusals?.set(certificate, refusal)
    return refusal
  }

  /** The path up to this anchor, if it passes the checks of complete paths. */
  #completed(top: Link): Path | undefined {
    const path = pathTo(top)
    const refusal = this.#checkPath.refuse(path)
    if (refusal === undefined) return this.#call.meter.exhausted === undefined ? path : undefined
    const { code, index, message } = refusal
    const describe = Object.hasOwn(refusal, 'describe') ? refusal.describe : undefined
    this.#fail(code, index, path[index]!, describe ?? (() => message))
    return undefined
  }

  #isAnchor({ node }: Candidate): boolean {
    return node !== undefined && isTrustAnchor(node, this.#call.store.policy)
  }

  /** Possible issuers that are not on the path yet, likeliest first. */
  #issuersNotOnPath(top: Link): readonly Link[] {
    const { certificate: child } = top
    this.#candidates ??= new Map()
    this.#refusals ??= new Map()
    const candidates = this.#candidates.get(child) ?? this.#ranked(top)
    this.#candidates.set(child, candidates)
    const links: Link[] = []
    for (const { certificate, node } of candidates) {
      if (!this.#isOnPath(certificate, top)) links.push(linkAbove(top, certificate, node))
    }
    return links
  }

  /** Possible issuers, likeliest first: anchors, then a matching key identifier, then current dates, then listed. */
  #ranked(top: Link): readonly Candidate[] {
    const child = top.certificate
    const candidates: Candidate[] = this.#listedIssuers(top).map((node) => ({ certificate: node.certificate, node }))
    for (const certificate of this.#call.presented.issuersOf(child)) candidates.push({ certificate, node: undefined })
    if (candidates.length < 2) return candidates
    const scored = candidates.map((candidate) => ({ candidate, score: this.#likelihood(child, candidate) }))
    return scored.sort((a, b) => b.score - a.score).map(({ candidate }) => candidate)
  }

  #likelihood(child: CertificateView, candidate: Candidate): number {
    const { certificate, node } = candidate
    const match = compareKeyIds(child, certificate)
    const valid = this.#call.request.at >= certificate.notBeforeTime && this.#call.request.at < certificate.notAfterTime + 1000
    return (
      (match === 'same' ? 8 : match === 'unknown' ? 4 : 0) + (valid ? 2 : 0) + (this.#isAnchor(candidate) ? 16 : node ? 1 : 0)
    )
  }

  /** Whether the path has a certificate with this subject and key, whatever the spelling of the name. */
  #isOnPath(certificate: CertificateView, top: Link): boolean {
    for (let link: Link | undefined = top; link !== undefined; link = link.below) {
      if (this.#call.presented.sameSubjectAndKey(certificate, link.certificate)) return true
    }
    return false
  }

  /** Whether the issuer's key signed the certificate below it. Records a failure if not. */
  #isIssuer(issuer: Link): boolean {
    const child = issuer.below!
    if (child.node?.issuers.includes(issuer.node!) === true) return true
    const signed = this.#call.signatures.isSignedBy(child.certificate, issuer)
    if (!signed) this.#failSignature(child, issuer)
    return signed
  }

  #failSignature(child: Link, issuer: Pick<Candidate, 'certificate'>): void {
    const { certificate, depth } = child
    if (compareKeyIds(certificate, issuer.certificate) === 'different') {
      this.#failUnknown(child)
    } else {
      this.#fail(
        'signature_mismatch',
        depth,
        certificate,
        () => `the signature was not made by the key of ${issuer.certificate.subjectForMessage}`,
      )
    }
  }

  /** Records that there is no issuer left to try. */
  #failWithoutIssuer(top: Link): void {
    const { certificate, node, depth } = top
    const named = node?.falseIssuer
    if (named !== undefined) this.#failSignature(top, named)
    else if (node === undefined && certificate.isSelfIssued)
      this.#fail('self_signed_untrusted', depth, certificate, () => 'it is self-issued and not in the truststore')
    else this.#failUnknown(top, node === undefined ? 'unknown_issuer' : 'incomplete_chain')
  }

  /** Records that no known certificate can be the issuer of this one. */
  #failUnknown({ certificate, depth }: Link, code: RejectCode = 'unknown_issuer'): void {
    const message = (): string => `its issuer is not in the truststore: ${describeMissingIssuer(certificate, this.#call.store)}`
    this.#fail(code, depth, certificate, message)
  }

  #failBy({ code, message }: Refusal, index: number, certificate: CertificateView): void {
    this.#fail(code, index, certificate, () => message)
  }

  #fail(code: RejectCode, index: number, certificate: CertificateView, message: () => string): void {
    this.failure = moreSpecific(this.failure, { code, index, certificate, message })
  }
}

function linkAbove(below: Link, certificate: CertificateView, node: TrustNode | undefined): Link {
  return { certificate, node, below, depth: below.depth + 1 }
}

function pathTo(top: Link): Path {
  const path = new Array<CertificateView>(top.depth + 1)
  for (let link: Link | undefined = top; link !== undefined; link = link.below) path[link.depth] = link.certificate
  return path
}

/** Checks pathLenConstraint (RFC 5280 6.1.4 (l) and (m)). Self-issued CAs and the leaf do not count. */
function refusePathLength({ certificate, below: child }: Link): Refusal | undefined {
  let count = 0
  for (let link = child; link?.below !== undefined; link = link.below) if (!link.certificate.isSelfIssued) count++
  const { pathLength } = certificate
  if (pathLength === undefined || count <= pathLength) return undefined
  const message = `path length is ${pathLength}, but ${count} CA certificates are below`
  return { code: 'path_length_exceeded', message }
}
