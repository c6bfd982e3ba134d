import type { RejectCode } from 'portcullis'
import { type CertificateSpec, type KeyPair, keyPair, type Minted, mint, privateKeyPem } from '../../test/support/mint.ts'

/** A client of the demo: its credentials and the verdict that it must get. */
export interface DemoClient {
  readonly title: string
  /** Its certificate and intermediates as PEM; undefined for a client without a certificate. */
  readonly certificates: string | undefined
  readonly privateKey: string | undefined
  readonly expected: 'ok' | RejectCode
}

export interface DemoPki {
  /** PEM of the certificates that the gateway trusts. */
  readonly truststore: string
  readonly clients: readonly DemoClient[]
  readonly server: { readonly authority: string; readonly certificate: string; readonly privateKey: string }
}

const day = 86_400_000
const daysFromNow = (days: number): Date => new Date(Date.now() + days * day)

/** Creates a company's CAs, its good clients, and the clients that must be rejected. */
export function makePki(): DemoPki {
  const authority = (name: string, key: KeyPair, issuer?: Minted): Minted =>
    mint({ ca: true, subject: `O=Example,CN=${name}`, key }, issuer)
  const p256Root = authority('Root P-256', keyPair('p256', 0))
  const p384Root = authority('Root P-384', keyPair('p384', 0))
  const rsaRoot = authority('Root RSA', keyPair('rsa2048', 0))
  const issuing = authority('Issuing P-384', keyPair('p384', 1), p384Root)
  // A chain of five CAs. API Gateway allows four above a client.
  const tower = [p256Root]
  for (let level = 2; level <= 5; level++) tower.push(authority(`Level ${level}`, keyPair('p256', level), tower[level - 2]))
  const stranger = mint({ ca: true, subject: 'O=Elsewhere,CN=Root', key: keyPair('p256', 10) })
  const impostor = authority('Root P-256', keyPair('p256', 11))
  const pinned = mint({ subject: 'O=Example,CN=pinned', key: keyPair('p256', 12) })
  const server = mint(
    {
      subject: 'CN=localhost',
      key: keyPair('p256', 13),
      subjectAltNames: [{ dns: 'localhost' }],
      extendedKeyUsage: ['serverAuth'],
    },
    p256Root,
  )

  const clients: DemoClient[] = []
  const connect = (title: string, expected: DemoClient['expected'], leaf: Minted, ...sentAlong: readonly Minted[]): void => {
    const certificates = [leaf, ...sentAlong].map(({ pem }) => pem).join('')
    clients.push({ title, certificates, privateKey: privateKeyPem(leaf.key), expected })
  }
  const device = (name: string, issuer: Minted, spec: CertificateSpec = {}): Minted =>
    mint({ subject: `O=Example,CN=${name}`, key: keyPair('p256', 20), ...spec }, issuer)

  connect('good, P-256', 'ok', device('device-1', p256Root))
  connect('good, RSA-2048', 'ok', device('device-2', rsaRoot, { key: keyPair('rsa2048', 1) }))
  connect('good, P-384 with intermediate', 'ok', device('device-3', issuing, { key: keyPair('p384', 2) }))
  connect('good, four CAs deep', 'ok', device('device-4', tower[3]!))
  connect('self-signed, but pinned', 'ok', pinned)
  connect('expired', 'expired', device('device-5', p256Root, { notBefore: daysFromNow(-30), notAfter: daysFromNow(-1) }))
  connect('not yet valid', 'not_yet_valid', device('device-6', p256Root, { notBefore: daysFromNow(1) }))
  connect('from an unknown CA', 'unknown_issuer', device('device-7', stranger), stranger)
  connect('from a false CA with that name', 'unknown_issuer', device('device-8', impostor), impostor)
  connect('self-signed', 'self_signed_untrusted', mint({ subject: 'O=Example,CN=anybody', key: keyPair('p256', 21) }))
  connect('RSA-1024', 'weak_key', device('device-9', rsaRoot, { key: keyPair('rsa1024', 0) }))
  connect('signed with SHA-1', 'weak_hash', device('device-10', rsaRoot, { hash: 'sha1' }))
  connect('five CAs deep', 'chain_too_long', device('device-11', tower[4]!))
  connect('wrong key usage', 'key_usage_violation', device('device-12', p256Root, { keyUsage: ['keyEncipherment'] }))
  connect(
    'with a server certificate',
    'extended_key_usage_violation',
    device('device-13', p256Root, { extendedKeyUsage: ['serverAuth'] }),
  )
  clients.push({ title: 'without a certificate', certificates: undefined, privateKey: undefined, expected: 'malformed' })

  return {
    truststore: [p384Root, rsaRoot, issuing, ...tower, pinned].map(({ pem }) => pem).join(''),
    clients,
    server: { authority: p256Root.pem, certificate: server.pem, privateKey: privateKeyPem(server.key) },
  }
}
