import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Policy } from '../../policy/policy.ts'

/**
 * The chain that the client presented, as DER, leaf first; empty if it presented none. Intermediates are read only if the
 * policy uses them, and at most one more than its budget allows, so that the budget rejects longer lists.
 *
 * For a resumed session TLS returns the leaf, which the session holds, but not the intermediates.
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
