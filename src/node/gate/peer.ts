import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Policy } from '../../policy/policy.ts'

/**
 * What the client presented, as DER, leaf first; empty where it presented nothing. The others are read only where the
 * policy looks at them, and one more than its budget at most, so that the budget itself refuses a longer list.
 *
 * In a resumed session TLS hands out the leaf, which the session holds, and not the others.
 */
export function presentedChain(socket: TLSSocket, { intermediates, budget }: Policy): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const most = intermediates === 'presented' ? budget.presentedCertificates + 1 : 1
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate()
  while (certificate !== undefined && chain.length < most) {
    chain.push(certificate.raw)
    certificate = chain.length < most ? certificate.issuerCertificate : undefined
  }
  return chain
}
