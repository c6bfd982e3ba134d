import { writeFileSync } from 'node:fs'
import { type KeyKind, keyPair, type Minted, mint } from '../test/support/mint.ts'

/**
 * Mints what the benchmark works on, for each kind of key: three CAs, 64 clients of theirs, one more of each to warm up with, and
 * three that everybody must refuse. Writes one JSON file of base64 to the path given.
 */
const kinds: Readonly<Record<string, KeyKind>> = { 'P-256': 'p256', 'P-384': 'p384', 'RSA-2048': 'rsa2048' }
const clients = 64
const day = 86_400_000

function mintKind(kind: KeyKind): object {
  const ca = (number: number, slot: number): Minted =>
    mint({
      ca: true,
      subject: `C=CH,O=Meier & Sons,CN=Client CA ${number}`,
      key: keyPair(kind, slot),
      keyUsage: ['keyCertSign', 'cRLSign'],
    })
  const authorities = [ca(1, 0), ca(2, 1), ca(3, 2)]
  const client = (number: number, issuer: Minted, notAfter?: Date): Uint8Array =>
    mint(
      {
        subject: `C=CH,ST=Zurich,O=Meier & Sons,OU=Devices,CN=device-${number}`,
        key: keyPair(kind, 3 + (number % 4)),
        subjectAltNames: [
          { dns: `device-${number}.example.com` },
          { uri: `urn:example:device:${number}` },
          { email: `device-${number}@example.com` },
        ],
        extendedKeyUsage: ['clientAuth', 'serverAuth'],
        keyUsage: ['digitalSignature'],
        certificatePolicies: ['1.3.6.1.4.1.99999.2.1'],
        crlDistributionPoints: ['http://crl.example.com/clients.crl'],
        ...(notAfter && { notAfter }),
      },
      issuer,
    ).der
  const authorityOf = (number: number): Minted => authorities[number % authorities.length]!
  const leaves = Array.from({ length: clients }, (_, number) => client(number, authorityOf(number)))
  return {
    authorities: authorities.map(({ der }) => base64(der)),
    leaves: leaves.map(base64),
    warm: authorities.map((authority, i) => base64(client(clients + i, authority))),
    refused: {
      'an altered client': base64(withAlteredSubject(leaves[0]!)),
      'an expired client': base64(client(clients + 3, authorityOf(1), new Date(Date.now() - day / 2))),
      'a client of a stranger of the CA’s name': base64(client(clients + 4, ca(1, 7))),
    },
  }
}

/** Another client's name under the signature of this one's. */
function withAlteredSubject(der: Uint8Array): Uint8Array {
  const altered = Buffer.from(der)
  altered.write('device-9', altered.indexOf('device-0'))
  return altered
}

function base64(der: Uint8Array): string {
  return Buffer.from(der).toString('base64')
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: tsx bench/fixtures.ts FILE')
const fixtures = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, mintKind(kind)]))
writeFileSync(file, JSON.stringify({ kinds: fixtures }))
