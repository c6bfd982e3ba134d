import { type CertificateSpec, keyPair, type Minted, mint, type NameSpec, privateKeyPem } from './mint.ts'

/** Small, so that many fit into a handshake. */
const bare: CertificateSpec = { keyUsage: [], extendedKeyUsage: [], subjectKeyId: false, authorityKeyId: false }

/**
 * What a client may send to keep OpenSSL busy: a leaf, and certificates above it that have signed one another on the slowest
 * curve there is. The leaf's own key is on an ordinary curve: TLS takes no other.
 *
 * @param above the subject of the leaf's issuer
 */
export function costlyChain(
  certificates: number,
  leaf?: Minted,
  above: NameSpec = 'CN=Above',
): { readonly cert: string; readonly key: string } {
  const key = keyPair('sect571r1')
  const authorities: Minted[] = []
  for (let i = certificates - 1; i > 0; i--)
    authorities.unshift(mint({ ...bare, subject: i === 1 ? above : `CN=${i}`, key }, authorities[0]))
  const end = leaf ?? mint({ ...bare, subject: 'CN=costly', key: keyPair('p256', 9000) }, authorities[0])
  return { cert: [end, ...authorities].map(({ pem }) => pem).join(''), key: privateKeyPem(end.key) }
}
