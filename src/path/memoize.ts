import type { CertificateView } from '../x509/certificate.ts'

/**
 * Caches what `read` returns for each certificate during one call. A search may complete hundreds of paths over the same few
 * certificates, and the budget counts the items read, not their length.
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
