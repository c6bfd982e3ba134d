import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRevocationList, type RevocationList } from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl, privateKeyPem } from '../../test/support/mint.ts'

/** A client's files and the expected answer. */
export interface Client {
  readonly name: string
  /** `ok` or a reject code. */
  readonly expected: string
  readonly cert: string | undefined
  readonly key: string | undefined
}

export interface Pki {
  readonly truststore: string
  readonly lists: readonly RevocationList[]
  readonly clients: readonly Client[]
  readonly server: { readonly cert: string; readonly key: string }
}

const day = 86_400_000
const ago = (days: number): Date => new Date(Date.now() - days * day)

/**
 * Five CAs, each issued by the one before. A client of the fourth has the longest path allowed; a client of the fifth has a
 * path that is too long.
 */
const authorities: readonly Minted[] = (() => {
  const all = [mint({ ca: true, subject: 'O=Example,CN=Root' })]
  for (let i = 1; i < 5; i++) all.push(mint({ ca: true, subject: `O=Example,CN=Issuing ${i}` }, all[i - 1]))
  return all
})()
const elsewhere = mint({ ca: true, subject: 'O=Elsewhere,CN=Root' })

/** Writes the clients' files into the folder. */
export function makePki(folder: string): Pki {
  const [root, issuing, , fourth, fifth] = authorities as [Minted, Minted, Minted, Minted, Minted]
  mkdirSync(folder, { recursive: true })
  const revoked = mint({ subject: 'O=Example,CN=revoked' }, issuing)
  const client = (name: string, expected: string, spec: CertificateSpec = {}, issuer: Minted = issuing): Client =>
    write(folder, name, expected, mint({ subject: `O=Example,CN=${name.replaceAll(',', '')}`, ...spec }, issuer))
  const clients: readonly Client[] = [
    client('good, P-256', 'ok'),
    client('good, P-384', 'ok', { key: keyPair('p384') }),
    client('good, RSA', 'ok', { key: keyPair('rsa2048') }),
    client('good, below four CAs', 'ok', {}, fourth),
    client('expired', 'expired', { notBefore: ago(9), notAfter: ago(1) }),
    client('not yet valid', 'not_yet_valid', { notBefore: ago(-1) }),
    client('unknown CA', 'unknown_issuer', {}, elsewhere),
    client('weak key', 'weak_key', { key: keyPair('rsa1024') }),
    client('weak hash', 'weak_hash', { hash: 'sha1' }),
    write(folder, 'revoked', 'revoked', revoked),
    client('too deep', 'chain_too_long', {}, fifth),
    client('wrong EKU', 'extended_key_usage_violation', { extendedKeyUsage: ['serverAuth'] }),
    { name: 'no certificate', expected: 'no_certificate', cert: undefined, key: undefined },
  ]
  const server = mint(
    { subject: 'CN=localhost', extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'localhost' }] },
    root,
  )
  return {
    truststore: authorities.map(({ pem }) => pem).join(''),
    lists: authorities.map((issuer) => listOf(issuer, issuer === issuing ? [revoked] : [])),
    clients,
    server: { cert: server.pem, key: privateKeyPem(server.key) },
  }
}

function write(folder: string, name: string, expected: string, { pem, key }: Minted): Client {
  const path = join(folder, name.replace(/\W+/g, '-'))
  writeFileSync(`${path}.pem`, pem)
  writeFileSync(`${path}.key`, privateKeyPem(key))
  return { name, expected, cert: `${path}.pem`, key: `${path}.key` }
}

function listOf(issuer: Minted, revoked: readonly Minted[]): RevocationList {
  const list = parseRevocationList(mintCrl({ issuer, revoked: revoked.map(({ serial }) => ({ serial })) }).der)
  if (!list.ok) throw new Error(list.message)
  return list.value
}
