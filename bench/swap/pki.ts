import { buildTruststore } from '../../src/index.ts'
import { keyPair, type Minted, mint, privateKeyPem } from '../../test/support/mint.ts'

/** A client and the CA that it needs; `undefined` for one that no version accepts. */
export interface Client {
  readonly name: string
  readonly credentials: { readonly cert?: string; readonly key?: string }
  /** What it is told where its CA is listed, and where it is not. */
  readonly listed: string
  readonly unlisted: string
  readonly authority: number | undefined
}

/** A version of the truststore: the base CA and some of the others. */
export interface Version {
  readonly pem: string
  readonly fingerprint: string
  readonly lists: (authority: number) => boolean
}

/** How many CAs come and go, besides the base CA, which is number 0 and always listed. */
const others = 6
const day = 86_400_000

const authorities: readonly Minted[] = Array.from({ length: others + 1 }, (_, i) =>
  mint({ ca: true, subject: `O=Swap,CN=CA ${i}`, key: keyPair('p256', 7000 + i) }),
)
const stranger = mint({ ca: true, subject: 'O=Swap,CN=Stranger', key: keyPair('p256', 7100) })

/** A truststore that has nothing in common with any version. */
export const strangerPem: string = stranger.pem

/** The version of this number; numbers that differ modulo 64 are different versions. */
export function versionOf(number: number): Version {
  const lists = (authority: number): boolean => authority === 0 || ((number >> (authority - 1)) & 1) === 1
  const pem = authorities.filter((_, i) => lists(i)).map((authority) => authority.pem)
  const text = pem.join('')
  return { pem: text, fingerprint: buildTruststore(text).fingerprint, lists }
}

export const differentVersions = 1 << others

export const server = (() => {
  const certificate = mint({ subject: 'CN=localhost', extendedKeyUsage: ['serverAuth'] }, authorities[0])
  return { cert: certificate.pem, key: privateKeyPem(certificate.key) }
})()

export const clients: readonly Client[] = [
  ...authorities.map((authority, i) => client(`client of CA ${i}`, mint({ key: keyPair('p256', 7200) }, authority), 'ok', i)),
  client(
    'expired client of CA 1',
    mint(
      { key: keyPair('p256', 7200), notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - day) },
      authorities[1],
    ),
    'expired',
    1,
  ),
  client('stranger', mint({ key: keyPair('p256', 7200) }, stranger), 'unknown_issuer', undefined),
  { name: 'nobody', credentials: {}, listed: 'malformed', unlisted: 'malformed', authority: undefined },
]

function client(name: string, { pem, key }: Minted, listed: string, authority: number | undefined): Client {
  const unlisted = listed === 'expired' ? 'expired' : 'unknown_issuer'
  return { name, credentials: { cert: pem, key: privateKeyPem(key) }, listed, unlisted, authority }
}

/** What a version must answer to a client. */
export function rightAnswer(version: Version, { authority, listed, unlisted }: Client): string {
  return authority !== undefined && version.lists(authority) ? listed : unlisted
}
