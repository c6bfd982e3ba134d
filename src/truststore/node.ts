import type { VerifyingKey } from '../crypto/backend.ts'
import type { BundleEntry } from '../rules/rule.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { VerificationCache } from './verification-cache.ts'

/** One certificate of a truststore: its key, prepared when first needed, and which others of the store signed it. */
export class TrustNode implements BundleEntry {
  readonly certificate: CertificateView
  readonly index: number
  readonly line: number | undefined
  issuers: readonly TrustNode[] = []
  isSelfSigned = false
  falseIssuer: TrustNode | undefined = undefined
  hasBadSelfSignature = false
  readonly #cache: VerificationCache
  #importedKey: VerifyingKey | undefined | null = null
  #asked = 0

  constructor(certificate: CertificateView, index: number, line: number | undefined, cache: VerificationCache) {
    this.certificate = certificate
    this.index = index
    this.line = line
    this.#cache = cache
  }

  /** The key, checked; `undefined` for one that the backend refuses. */
  get key(): VerifyingKey | undefined {
    if (this.#importedKey === null) this.#importedKey = this.#cache.importKey(this.certificate)
    return this.#importedKey
  }

  /** Whether this key signed that certificate. Names are not compared, and policies not asked. */
  signed(child: CertificateView): boolean {
    this.#asked++
    return this.key !== undefined && child.isSignedBy(this.key)
  }

  /** Lets go of a key that only checked its own certificate: of many CAs, few ever see a client. */
  releaseIdleKey(): void {
    if (this.#asked >= 2) return
    this.#importedKey = null
    this.certificate.releaseCaches()
  }
}

/** How the key identifiers of a certificate and of a possible issuer compare. */
export type KeyIdMatch = 'same' | 'different' | 'unknown'

/** Compares the child's authority key identifier with the issuer's subject key identifier (RFC 5280 4.2.1.1). */
export function compareKeyIds(child: CertificateView, issuer: CertificateView): KeyIdMatch {
  const { authorityKeyIdentifier } = child
  const { subjectKeyIdentifier } = issuer
  if (authorityKeyIdentifier === undefined || subjectKeyIdentifier === undefined) return 'unknown'
  return authorityKeyIdentifier.equals(subjectKeyIdentifier) ? 'same' : 'different'
}
