import { bytesEqual } from '../bytes/range.ts'
import { latin1OfRange } from '../bytes/text.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { SignedView } from '../x509/signed.ts'

/**
 * Up to so many presented certificates are compared with one another, as honest peers send them; of more, names and keys are
 * made texts and looked up, since comparing all with all takes time that is quadratic in what a peer sends.
 */
const few = 4

/** The certificates that a peer sent along with its own, each once. */
export class Presented {
  private readonly certificates: readonly CertificateView[]
  private subjects: Map<string, CertificateView[]> | undefined = undefined
  private authorities: Authorities | undefined = undefined

  constructor(certificates: readonly CertificateView[]) {
    this.certificates = certificates
  }

  get length(): number {
    return this.certificates.length
  }

  /** Those whose subject is the issuer of a certificate or revocation list, in the order in which they came. */
  issuersOf(signed: SignedView): readonly CertificateView[] {
    if (this.length <= few) return this.certificates.filter((certificate) => signed.issuerIs(certificate))
    this.subjects ??= bySubject(this.certificates)
    return this.subjects.get(signed.issuerKey) ?? []
  }

  /** Whether two certificates, presented or not, have the same subject (RFC 5280 7.1) and key. */
  areOne(a: CertificateView, b: CertificateView): boolean {
    if (a === b) return true
    if (this.length <= few) return a.hasKeyOf(b) && a.hasSubjectOf(b)
    this.authorities ??= new Authorities()
    return this.authorities.numberOf(a) === this.authorities.numberOf(b)
  }
}

/** Numbers for subject and key: certificates that have both in common have the same one. */
class Authorities {
  private readonly numbers: Map<CertificateView, number> = new Map()
  private readonly byText: Map<string, number> = new Map()

  numberOf(certificate: CertificateView): number {
    const known = this.numbers.get(certificate)
    if (known !== undefined) return known
    const { bytes, keyStart, keyEnd, subjectKey } = certificate
    const text = subjectKey + latin1OfRange(bytes, keyStart, keyEnd)
    const number = this.byText.get(text) ?? this.byText.size
    this.byText.set(text, number)
    this.numbers.set(certificate, number)
    return number
  }
}

function bySubject(certificates: readonly CertificateView[]): Map<string, CertificateView[]> {
  const groups = new Map<string, CertificateView[]>()
  for (const certificate of certificates) {
    const group = groups.get(certificate.subjectKey)
    if (group === undefined) groups.set(certificate.subjectKey, [certificate])
    else group.push(certificate)
  }
  return groups
}

/** Certificates that a peer sent beside its own, each once. */
export function withoutCopies(certificates: readonly CertificateView[], leaf: CertificateView): readonly CertificateView[] {
  const others = [leaf, ...certificates]
  if (certificates.length <= few) {
    return certificates.filter((view, i) => others.findIndex(({ bytes }) => bytesEqual(bytes, view.bytes)) === i + 1)
  }
  const seen = new Set([leaf.fingerprint])
  return certificates.filter(({ fingerprint }) => seen.size < seen.add(fingerprint).size)
}
