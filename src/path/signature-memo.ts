import type { VerifyingKey } from '../crypto/backend.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Meter } from './meter.ts'

interface Checked {
  readonly issuer: CertificateView
  readonly signed: boolean
}

/** Signature results of one search: no certificate is checked twice under the same key, however many paths ask. */
export class SignatureMemo {
  private readonly store: TruststoreView
  private readonly meter: Meter
  private readonly results = new Map<CertificateView, Checked[]>()
  private readonly keys = new Map<CertificateView, VerifyingKey | undefined>()

  constructor(store: TruststoreView, meter: Meter) {
    this.store = store
    this.meter = meter
  }

  /** Whether the issuer's key signed the child; false as well when the meter has run out. */
  isSignedBy(child: CertificateView, issuer: CertificateView): boolean {
    let checked = this.results.get(child)
    if (checked === undefined) {
      checked = []
      this.results.set(child, checked)
    }
    const known = checked.find((result) => result.issuer.hasKeyOf(issuer))
    if (known !== undefined) return known.signed
    if (!this.meter.signature(issuer.keyParts)) return false
    const signed = this.keyOf(issuer)?.verify(child.algorithmIdentifier, child.tbs, child.signature) ?? false
    checked.push({ issuer, signed })
    return signed
  }

  private keyOf(issuer: CertificateView): VerifyingKey | undefined {
    if (!this.keys.has(issuer)) this.keys.set(issuer, this.store.keyOf(issuer))
    return this.keys.get(issuer)
  }
}
