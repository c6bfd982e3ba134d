import { keyPair, mint, mintCrl, privateKeyPem } from '../support/mint.ts'
import { pkcs7 } from '../support/pkcs7.ts'

/** The files that examples read, minted for each run. Certificates whose dates are printed have fixed dates. */
function makeFiles(): Readonly<Record<string, string | Uint8Array>> {
  const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
  const rootCa = mint({ subject: 'O=Example,CN=Example Root', ca: true })
  const clients = mint({ subject: 'O=Example,CN=Example Clients', ca: true, pathLength: 0 }, rootCa)
  const rekeyed = mint({ subject: 'O=Example,CN=Example Clients', ca: true }, rootCa)
  const partners = mint({ subject: 'O=Partner,CN=Partner Root', ca: true })
  const client = mint({ subject: 'O=Example,CN=client-1' }, clients)
  const expiry = { notBefore: day('2023-01-01'), notAfter: new Date('2024-12-31T23:59:59Z') }
  const oldClient = mint({ subject: 'O=Example,CN=client-2', ...expiry }, clients)
  const server = mint(
    { subject: 'CN=localhost', extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'localhost' }] },
    clients,
  )
  const rsaRoot = mint({ subject: 'O=Example,CN=RSA Root', ca: true, key: keyPair('rsa2048', 1) })
  const weakRoot = mint({ subject: 'O=Example,CN=Old Root', ca: true, key: keyPair('rsa1024', 1) })
  const stolen = mint({ subject: 'O=Example,CN=stolen' }, clients)
  const stranger = mint({ subject: 'O=Example,CN=stranger' }, partners)
  const service = mint({ subjectAltNames: [{ uri: 'spiffe://example.org/service/a' }, { dns: 'a.example.org' }] }, clients)
  const modern = mint({ subject: 'O=Example,CN=Example Root', ca: true, notAfter: day('2049-01-01') })
  const publicDates = { notBefore: day('2026-01-01'), notAfter: day('2045-01-01') }
  const publicRoot = mint({ subject: 'O=Public CA,CN=Public Root', ca: true, ...publicDates })
  const publicIssuing = mint({ subject: 'O=Public CA,CN=Public Issuing', ca: true, ...publicDates }, publicRoot)
  const publicClient = mint(
    {
      subject: 'CN=partner.example',
      subjectAltNames: [{ dns: 'partner.example' }],
      extendedKeyUsage: ['serverAuth', 'clientAuth'],
      certificatePolicies: ['2.23.140.1.2.1'],
    },
    publicIssuing,
  )
  const renewedClient = mint(
    {
      subject: 'CN=partner.example',
      subjectAltNames: [{ dns: 'partner.example' }],
      extendedKeyUsage: ['serverAuth'],
      ...publicDates,
    },
    publicIssuing,
  )
  return {
    'public-roots.pem': publicRoot.pem,
    'public-truststore.pem': publicRoot.pem + publicIssuing.pem,
    'public-client.der': publicClient.der,
    'renewed-client.der': renewedClient.der,
    'root.pem': rootCa.pem,
    'clients-ca.pem': clients.pem,
    'clients-ca.der': clients.der,
    'cas.p7b': pkcs7({ certificates: [rootCa.der, clients.der] }),
    'truststore.pem': rootCa.pem + clients.pem,
    'next-truststore.pem': rootCa.pem + rekeyed.pem + partners.pem,
    'truststore-with-problems.pem': modern.pem + modern.pem + weakRoot.pem,
    'client.der': client.der,
    'client.pem': client.pem,
    'client.key': privateKeyPem(client.key),
    'stranger.der': stranger.der,
    'stranger.pem': stranger.pem,
    'stranger.key': privateKeyPem(stranger.key),
    'old-client.pem': oldClient.pem,
    'service.der': service.der,
    'server.pem': server.pem,
    'server.key': privateKeyPem(server.key),
    'rsa-root.pem': rsaRoot.pem,
    'rsa-client.der': mint({ subject: 'CN=rsa-client' }, rsaRoot).der,
    'stolen.der': stolen.der,
    'clients.crl': mintCrl({ issuer: clients, revoked: [{ serial: stolen.serial, date: new Date('2026-01-31T12:00:00Z') }] }).der,
    spki: rsaRoot.key.spki,
  }
}

const files = makeFiles()

/** The content of the file with this name, as examples read it. */
export function fileText(name: string): Buffer {
  const content = files[name]
  if (content === undefined) throw new Error(`no fixture is named ${name}`)
  return Buffer.from(content)
}
