import type { CertificateView } from '../x509/certificate.ts'

/**
 * A reader that reads every certificate once, for as long as one call lasts: a search may complete hundreds of paths of the
 * same few certificates, and a meter that counts what was read does not see how long each of it is.
 */
export function memoize<T>(read: (certificate: CertificateView) => T): (certificate: CertificateView) => T {
  const known = new Map<CertificateView, T>()
  return (certificate) => {
    const found = known.get(certificate)
    if (found !== undefined) return found
    const value = read(certificate)
    known.set(certificate, value)
    return value
  }
}
