import { rangesEqual } from '../bytes/range.ts'
import type { RejectCode } from '../codes/reject.ts'
import type { Refusal } from '../policy/strength.ts'
import { compareKeyIds, type TrustNode } from '../truststore/node.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { refuseAnchor, refuseBelowAnchor, refuseIntermediate, type Terms } from './check.ts'
import { type Failure, moreSpecific } from './failure.ts'
import type { Meter } from './meter.ts'
import { describeWanted } from './near-miss.ts'
import { SignatureChecks } from './signature-checks.ts'

/** A certificate of a path: with its node where the truststore has it. */
export interface Link {
  readonly certificate: CertificateView
  readonly node: TrustNode | undefined
}

/** Judges a complete path, leaf first; a refusal makes the search go on. */
export type PathCheck = (path: readonly CertificateView[]) => (Refusal & { readonly index: number }) | undefined

/**
 * Builds paths from a leaf to an anchor by depth-first search (RFC 4158): the likeliest issuer first, back to the next
 * one when a path fails, no certificate and no (subject, key) pair twice on a path, every step metered. The most
 * specific of all failures is kept.
 */
export class Search {
  failure: Failure | undefined = undefined
  private readonly store: TruststoreView
  private readonly terms: Terms
  private readonly presented: readonly CertificateView[]
  private readonly meter: Meter
  private readonly checkPath: PathCheck
  private readonly path: Link[] = []
  private readonly signatures: SignatureChecks
  /** What is wrong with a certificate as an issuer does not depend on the path, so it is asked once. */
  private readonly refusals = new Map<CertificateView, Refusal | undefined>()

  constructor(store: TruststoreView, terms: Terms, presented: readonly CertificateView[], meter: Meter, checkPath: PathCheck) {
    this.store = store
    this.terms = terms
    this.presented = presented
    this.meter = meter
    this.checkPath = checkPath
    this.signatures = new SignatureChecks(store.keyring, meter)
  }

  /**
   * The first path that holds, leaf first; `undefined` when none does.
   *
   * @param mayBePinned whether the leaf may stand for itself
   */
  run(leaf: CertificateView, mayBePinned = true): readonly CertificateView[] | undefined {
    const node = this.store.nodeOf(leaf)
    this.path.push({ certificate: leaf, node })
    // A certificate that is listed itself needs no issuer: a self-signed one always, another where policy pins leafs.
    const pinned = node !== undefined && (node.isSelfSigned || this.store.policy.trust === 'every-certificate')
    if (!(mayBePinned && pinned && this.completes()) && !this.extend()) return undefined
    this.signatures.welcome(this.path)
    return this.certificates()
  }

  private certificates(): readonly CertificateView[] {
    return this.path.map((link) => link.certificate)
  }

  /** Tries every possible issuer of the last certificate of the path. */
  private extend(): boolean {
    const child = this.path[this.path.length - 1]!
    const candidates = this.candidatesFor(child)
    if (candidates.length === 0) this.failAtTop(child)
    for (const candidate of candidates) {
      if (!this.meter.step()) return false
      if (this.tryIssuer(child, candidate)) return true
      if (this.meter.exhausted !== undefined) return false
    }
    return false
  }

  /** Appends one issuer, if it may stand there, and goes on above it; takes it back when that leads nowhere. */
  private tryIssuer(child: Link, candidate: Link): boolean {
    const { policy } = this.terms
    const depth = this.path.length
    if (depth > policy.maxChainLength) {
      this.fail(
        'chain_too_long',
        depth,
        candidate.certificate,
        () => `more than ${policy.maxChainLength} CA certificates stand above the leaf`,
      )
      return false
    }
    const isAnchor = this.isAnchor(candidate)
    const refusal = this.refusalOf(candidate.certificate, isAnchor)
    const excess = isAnchor && !policy.enforceAnchorConstraints ? undefined : this.refuseLength(candidate.certificate)
    // What is wrong with a certificate that did not issue the child is no reason to refuse the child; whether it did
    // cannot be known where its key is of no use.
    const canVerify = candidate.certificate.keyParts.fault === undefined
    if (canVerify && !this.isSignedBy(child, candidate)) return false
    const refused = refusal ?? excess
    if (refused !== undefined) {
      this.fail(refused.code, depth, candidate.certificate, () => refused.message)
      return false
    }
    this.path.push(candidate)
    if (isAnchor && this.completes()) return true
    const mayGoOn = !isAnchor || refuseBelowAnchor(candidate.certificate, this.terms) === undefined
    if (mayGoOn && this.meter.exhausted === undefined && this.extend()) return true
    this.path.pop()
    return false
  }

  private refusalOf(certificate: CertificateView, isAnchor: boolean): Refusal | undefined {
    if (!this.refusals.has(certificate)) {
      this.refusals.set(
        certificate,
        isAnchor ? refuseAnchor(certificate, this.terms) : refuseIntermediate(certificate, this.terms),
      )
    }
    return this.refusals.get(certificate)
  }

  /** Whether everything that concerns the path as a whole holds. */
  private completes(): boolean {
    const refusal = this.checkPath(this.certificates())
    if (refusal === undefined) return this.meter.exhausted === undefined
    this.fail(refusal.code, refusal.index, this.path[refusal.index]!.certificate, () => refusal.message)
    return false
  }

  private isAnchor({ certificate, node }: Link): boolean {
    if (node === undefined) return false
    const { trust, enforceAnchorConstraints } = this.store.policy
    if (trust === 'roots') return node.isSelfSigned
    return trust === 'every-certificate' || certificate.isCa || !enforceAnchorConstraints || node.isSelfSigned
  }

  /**
   * Possible issuers by name that are not on the path yet, the likeliest first: of the truststore, of a matching key
   * identifier, valid now.
   */
  private candidatesFor({ certificate: child, node }: Link): readonly Link[] {
    const { bytes, issuerStart, issuerEnd } = child
    // Among the truststore's own certificates it was found out at build who signed whom.
    const listed = node?.issuers ?? this.store.subjects.find(bytes, issuerStart, issuerEnd)
    const candidates: Link[] = listed.map((issuer) => ({ certificate: issuer.certificate, node: issuer }))
    for (const certificate of this.presented) {
      if (child.issuerIs(certificate)) candidates.push({ certificate, node: undefined })
    }
    const fresh = candidates.filter((candidate) => !this.isOnPath(candidate.certificate))
    if (fresh.length < 2) return fresh
    const scored = fresh.map((link) => ({ link, score: this.likelihood(child, link) }))
    return scored.sort((a, b) => b.score - a.score).map(({ link }) => link)
  }

  private likelihood(child: CertificateView, link: Link): number {
    const { certificate } = link
    const match = compareKeyIds(child, certificate)
    const valid = this.terms.at >= certificate.notBeforeTime && this.terms.at < certificate.notAfterTime + 1000
    return (match === 'same' ? 8 : match === 'untold' ? 4 : 0) + (valid ? 2 : 0) + (this.isAnchor(link) ? 16 : link.node ? 1 : 0)
  }

  private isOnPath(certificate: CertificateView): boolean {
    return this.path.some(({ certificate: other }) => {
      const { bytes, subjectStart, subjectEnd } = certificate
      const sameSubject = rangesEqual(bytes, subjectStart, subjectEnd, other.bytes, other.subjectStart, other.subjectEnd)
      return sameSubject && certificate.hasKeyOf(other)
    })
  }

  /** RFC 5280 6.1.4 (l) and (m): how many CAs that are not self-issued stand between this one and the leaf. */
  private refuseLength(ca: CertificateView): Refusal | undefined {
    let below = 0
    for (let i = 1; i < this.path.length; i++) if (!this.path[i]!.certificate.isSelfIssued) below++
    if (below <= ca.pathLength) return undefined
    return { code: 'path_length_exceeded', message: `path length is ${ca.pathLength}, but ${below} CA certificates stand below` }
  }

  /** Whether the issuer's key made the child's signature; where not, that is recorded as a failure. */
  private isSignedBy(child: Link, issuer: Link): boolean {
    if (child.node?.issuers.includes(issuer.node!) === true) return true
    const signed = this.signatures.isSignedBy(child.certificate, issuer)
    if (signed) return true
    const index = this.path.length - 1
    if (compareKeyIds(child.certificate, issuer.certificate) === 'different') {
      this.failUnknown(child.certificate)
    } else {
      this.fail(
        'signature_mismatch',
        index,
        child.certificate,
        () => `the signature was not made by the key of ${issuer.certificate.subjectForMessage}`,
      )
    }
    return false
  }

  /** Nobody of the issuer's name is known. */
  private failAtTop({ certificate, node }: Link): void {
    const index = this.path.length - 1
    if (node !== undefined) {
      this.fail(
        'incomplete_chain',
        index,
        certificate,
        () => `its issuer is not in the truststore: ${describeWanted(certificate, this.store)}`,
      )
    } else if (certificate.isSelfIssued) {
      this.fail('self_signed_untrusted', index, certificate, () => 'it is self-signed and not in the truststore')
    } else {
      this.failUnknown(certificate)
    }
  }

  /** Nobody who is known can have issued the certificate at the top. */
  private failUnknown(certificate: CertificateView): void {
    this.fail(
      'unknown_issuer',
      this.path.length - 1,
      certificate,
      () => `no certificate of the truststore is its issuer: ${describeWanted(certificate, this.store)}`,
    )
  }

  private fail(code: RejectCode, index: number, certificate: CertificateView, message: () => string): void {
    this.failure = moreSpecific(this.failure, { code, index, certificate, message })
  }
}
