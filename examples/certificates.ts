import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyPair, type Minted, mint, mintCrl, privateKeyPem } from '../test/support/mint.ts'

/** Writes the files that the examples read: a truststore, a revocation list, and certificates and keys of a server and four clients. */
export function writeCertificates(directory: string): void {
  const root = mint({ ca: true, subject: 'O=Example,CN=Root', key: keyPair('p256', 0) })
  const elsewhere = mint({ ca: true, subject: 'O=Elsewhere,CN=Root', key: keyPair('p256', 1) })
  const named = (...names: readonly string[]) => ({ subjectAltNames: names.map((dns) => ({ dns })) })
  const revoked = mint({ subject: 'O=Example,CN=revoked', ...named('client.example.org') }, root)
  const parties: Readonly<Record<string, Minted>> = {
    server: mint({ subject: 'CN=localhost', extendedKeyUsage: ['serverAuth'], ...named('localhost') }, root),
    client: mint({ subject: 'O=Example,CN=client', ...named('client.example.org') }, root),
    // Issued by the same CA, but not on the allow-list of the examples that have one.
    other: mint({ subject: 'O=Example,CN=other', ...named('other.example.org') }, root),
    revoked,
    stranger: mint({ subject: 'O=Elsewhere,CN=stranger', ...named('client.example.org') }, elsewhere),
  }
  const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(directory, name), content)
  write('truststore.pem', root.pem)
  write('next-truststore.pem', root.pem + elsewhere.pem)
  write('clients.crl', mintCrl({ issuer: root, revoked: [{ serial: revoked.serial }] }).der)
  for (const [name, { pem, key }] of Object.entries(parties)) {
    write(`${name}.pem`, pem)
    write(`${name}.key`, privateKeyPem(key))
  }
}
