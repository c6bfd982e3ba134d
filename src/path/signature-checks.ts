import type { VerifyingKey } from '../crypto/backend.ts'
import type { TrustNode } from '../truststore/node.ts'
import type { VerificationCache } from '../truststore/verification-cache.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Meter } from './meter.ts'

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
  #results: Checked | undefined = undefined
  /** Keys of presented certificates, which no accepted path has vouched for. */
  #untrusted: Map<CertificateView, VerifyingKey | undefined> | undefined = undefined

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
