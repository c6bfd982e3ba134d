import type { CertificateView } from '../x509/certificate.ts'
import * as PurposeBit from '../x509/purpose-bit.ts'

/** Whether a CA's extendedKeyUsage lets nobody below it be a TLS client. Verification judges alike. */
export function excludesClients({ purposeBits }: CertificateView): boolean {
  return purposeBits !== undefined && (purposeBits & (PurposeBit.clientAuth | PurposeBit.any)) === 0
}
