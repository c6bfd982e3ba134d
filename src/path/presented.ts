import { bytesEqual } from '../bytes/span.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { SignedView } from '../x509/signed.ts'

/**
 * The certificates that a peer sent along with its own, each once. Names are folded once and looked up as text: comparing them in
 * pairs takes quadratic time.
 */
export class Presented {
  readonly length: number
  readonly #bySubject = new Map<string, CertificateView[]>()
  /** The same groups by certificate. Listed certificates that were looked up have groups too, which may be empty. */
  readonly #groups = new Map<CertificateView, CertificateView[]>()

  constructor(certificates: readonly CertificateView[]) {
    this.length = certificates.length
    for (const certificate of certificates) this.#groupOf(certificate).push(certificate)
  }

  /** Those whose subject is the issuer of a certificate or revocation list, in the order in which they came. */
  issuersOf(signed: SignedView): readonly CertificateView[] {
    return this.length === 0 ? none : (this.#bySubject.get(signed.issuerKey) ?? none)
  }

  /** Whether two certificates, presented or not, have the same subject (RFC 5280 7.1) and key. */
  areOne(a: CertificateView, b: CertificateView): boolean {
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

/** Up to this many, which honest peers do not exceed, are compared in pairs: that is faster than hashing them. */
const few = 4

/** Certificates that a peer sent beside its own, each once. */
export function withoutCopies(certificates: readonly CertificateView[], leaf: CertificateView): readonly CertificateView[] {
  if (certificates.length <= few) {
    const others = [leaf, ...certificates]
    return certificates.filter((view, i) => others.findIndex(({ bytes }) => bytesEqual(bytes, view.bytes)) === i + 1)
  }
  const seen = new Set([leaf.fingerprint])
  return certificates.filter(({ fingerprint }) => seen.size < seen.add(fingerprint).size)
}
