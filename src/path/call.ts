import { bytesEqual } from '../bytes/span.ts'
import type { VerifyingKey } from '../crypto/signatures.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { TrustNode } from '../truststore/trust-graph.ts'
import type { VerificationCache } from '../truststore/verification-cache.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { SignedView } from '../x509/signed.ts'
import type { Meter } from './meter.ts'
import type { VerifyParameters } from './verify-options.ts'

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

interface Checked {
  readonly child: CertificateView
  readonly issuer: CertificateView
  readonly signed: boolean
  readonly next: Checked | undefined
}

/** A certificate that may have issued another: with its node where the truststore has it. */
interface Issuer {
  readonly certificate: CertificateView
  readonly node: TrustNode | undefined
}

/** Who signed whom, as far as one call asked: no certificate is checked twice under a key, however many paths ask. */
export class SignatureChecks {
  readonly #cache: VerificationCache
  readonly #meter: Meter
  #results: Checked | undefined
  /** Keys of presented certificates, which no accepted path has vouched for. */
  #untrusted: Map<CertificateView, VerifyingKey | undefined> | undefined

  constructor(cache: VerificationCache, meter: Meter) {
    this.#cache = cache
    this.#meter = meter
  }

  /**
   * Whether the issuer's key signed the child; false as well when the meter has run out. What is remembered is metered like
   * what is computed, so that a verdict does not depend on who came before.
   */
  isSignedBy(child: CertificateView, { certificate, node }: Issuer): boolean {
    for (let known = this.#results; known !== undefined; known = known.next) {
      if (known.child === child && known.issuer.hasKeyOf(certificate)) return known.signed
    }
    if (!this.#meter.signature(certificate.keyParts)) return false
    const trusted = node === undefined ? this.#cache.presentedKey(certificate) : node.key
    const signed = trusted === undefined ? this.#hasUntrustedSigned(certificate, child) : this.#cache.hasSigned(trusted, child)
    this.#results = { child, issuer: certificate, signed, next: this.#results }
    return signed
  }

  /** Lets the cache keep the keys of presented CAs on an accepted path. */
  remember(path: readonly CertificateView[]): void {
    if (this.#untrusted === undefined) return
    for (const certificate of path) {
      if (this.#untrusted.has(certificate)) this.#cache.remember(certificate)
    }
  }

  #hasUntrustedSigned(certificate: CertificateView, child: CertificateView): boolean {
    this.#untrusted ??= new Map()
    if (!this.#untrusted.has(certificate)) this.#untrusted.set(certificate, this.#cache.importUntrusted(certificate))
    const key = this.#untrusted.get(certificate)
    return key !== undefined && child.isSignedBy(key)
  }
}

/** What one call of `verifyChain` works with. */
export interface Call {
  readonly store: TruststoreView
  readonly request: VerifyParameters
  readonly presented: Presented
  readonly meter: Meter
  /** Shared by the searches for the peer's path and for those of signers of revocation lists. */
  readonly signatures: SignatureChecks
}
