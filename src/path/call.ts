import { bytesEqual } from '../bytes/span.ts'
import type { VerifyingKey } from '../crypto/signatures.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { TrustNode } from '../truststore/trust-graph.ts'
import type { VerificationCache } from '../truststore/verification-cache.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { SignedView } from '../x509/signed.ts'
import type { Meter } from './meter.ts'
import type { VerifyParameters } from './verify-options.ts'

/** The state of one `verifyChain` call: presented certificates, signature results, and what they share. */

/**
 * The certificates that a peer sent after its leaf, without copies. Each name is folded once and looked up as text, because
 * comparing names in pairs takes quadratic time.
 */
export class Presented {
  readonly length: number
  readonly #bySubject = new Map<string, CertificateView[]>()
  /** The same groups by certificate. A listed certificate that was looked up has a group too, which may be empty. */
  readonly #groups = new Map<CertificateView, CertificateView[]>()

  constructor(certificates: readonly CertificateView[]) {
    this.length = certificates.length
    for (const certificate of certificates) this.#groupOf(certificate).push(certificate)
  }

  get all(): readonly CertificateView[] {
    return [...this.#groups.keys()]
  }

  /** Certificates whose subject is the issuer of a certificate or revocation list, in presented order. */
  issuersOf(signed: SignedView): readonly CertificateView[] {
    return this.length === 0 ? none : (this.#bySubject.get(signed.issuerKey) ?? none)
  }

  /** Whether two certificates, presented or not, have the same subject (RFC 5280 7.1) and key. */
  sameSubjectAndKey(a: CertificateView, b: CertificateView): boolean {
    if (a === b) return true
    if (!a.hasKeyOf(b)) return false
    return this.length === 0 ? a.hasSubjectOf(b) : this.#groupOf(a) === this.#groupOf(b)
  }

  #groupOf(certificate: CertificateView): CertificateView[] {
    const known = this.#groups.get(certificate)
    if (known !== undefined) return known
    const group = this.#bySubject.get(certificate.subjectKey) ?? []
    this.#bySubject.set(certificate.subjectKey, group)
    this.#groups.set(certificate, group)
    return group
  }
}

const none: readonly CertificateView[] = []

/** Up to this many certificates, comparing in pairs is faster than hashing. Honest peers rarely send more. */
const few = 4

/** Removes duplicates and copies of the leaf from the presented certificates. */
export function withoutCopies(certificates: readonly CertificateView[], leaf: CertificateView): readonly CertificateView[] {
  if (certificates.length <= few) {
    const others = [leaf, ...certificates]
    return certificates.filter((view, i) => others.findIndex(({ bytes }) => bytesEqual(bytes, view.bytes)) === i + 1)
  }
  const seen = new Set([leaf.fingerprint])
  return certificates.filter(({ fingerprint }) => seen.size < seen.add(fingerprint).size)
}

interface SignatureResult {
  readonly child: CertificateView
  readonly issuer: CertificateView
  readonly signed: boolean
  readonly next: SignatureResult | undefined
}

/** A possible issuer. */
interface Issuer {
  readonly certificate: CertificateView
  /** Undefined if it is not in the truststore. */
  readonly node: TrustNode | undefined
}

/** Signature results of one call. However many paths share a link, each certificate is checked once per key. */
export class SignatureChecks {
  readonly #cache: VerificationCache
  readonly #meter: Meter
  #results: SignatureResult | undefined
  /** Keys of presented certificates that are not on an accepted path yet. */
  #untrusted: Map<CertificateView, VerifyingKey | undefined> | undefined

  constructor(cache: VerificationCache, meter: Meter) {
    this.#cache = cache
    this.#meter = meter
  }

  /**
   * Whether the issuer's key signed the child. Also false once the budget is exhausted. The cache's results cost as much as
   * computed ones, so that verdicts do not depend on earlier calls.
   */
  isSignedBy(child: CertificateView, { certificate, node }: Issuer): boolean {
    for (let known = this.#results; known !== undefined; known = known.next) {
      if (known.child === child && known.issuer.hasKeyOf(certificate)) return known.signed
    }
    if (!this.#meter.signature(certificate.keyParts)) return false
    const trusted = node === undefined ? this.#cache.presentedKey(certificate) : node.key
    const signed = trusted === undefined ? this.#isSignedByUntrusted(child, certificate) : this.#cache.hasSigned(trusted, child)
    this.#results = { child, issuer: certificate, signed, next: this.#results }
    return signed
  }

  /** Caches the keys of presented CAs on an accepted path. */
  remember(path: readonly CertificateView[]): void {
    if (this.#untrusted === undefined) return
    for (const certificate of path) {
      if (this.#untrusted.has(certificate)) this.#cache.remember(certificate)
    }
  }

  #isSignedByUntrusted(child: CertificateView, issuer: CertificateView): boolean {
    this.#untrusted ??= new Map()
    if (!this.#untrusted.has(issuer)) this.#untrusted.set(issuer, this.#cache.importUntrusted(issuer))
    const key = this.#untrusted.get(issuer)
    return key !== undefined && child.isSignedBy(key)
  }
}

/** Everything that the parts of one `verifyChain` call share. */
export interface Call {
  readonly store: TruststoreView
  readonly request: VerifyParameters
  readonly presented: Presented
  readonly meter: Meter
  /** Shared by the searches for the peer's path and for the paths of CRL signers. */
  readonly signatures: SignatureChecks
}
