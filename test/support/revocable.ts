import { parseRevocationList, type RevocationCheck, type RevocationList, type Truststore, verifyChain } from '../../src/index.ts'
import { type CertificateSpec, type CrlSpec, keyPair, type Minted, mint, mintCrl } from './mint.ts'
import { valueIn } from './refusal.ts'
import { leafKey, presented, root, storeFor } from './rejected-chain.ts'

/** A root, a CA and a client, and the revocation lists of the two: what tests of revocation change one thing of. */

export const issuing = mint({ ca: true, key: keyPair('p256', 90), subject: 'O=Verify,CN=Issuing' }, root)
export const client = mint({ key: leafKey, subject: 'O=Verify,CN=Client' }, issuing)
export const trust = storeFor(presented, root)

const day = 86_400_000

export function daysAgo(days: number): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000 - days * day)
}

export function listOf(spec: Partial<CrlSpec> = {}, issuer: Minted = issuing): RevocationList {
  return valueIn(parseRevocationList(mintCrl({ issuer, ...spec }).der))
}

/** Says that nothing of the root's is revoked. */
export const rootList = listOf({}, root)

export const revokesClient = { revoked: [{ serial: client.serial, date: new Date('2026-01-02T03:04:05Z') }] }

export interface Circumstances extends Omit<RevocationCheck, 'lists'> {
  readonly store?: Truststore
  /** Default: the client and its CA. */
  readonly chain?: readonly Minted[]
  readonly at?: number
}

/** What becomes of a chain: `accepted`, or code and index. */
export function judge(lists: readonly RevocationList[], circumstances: Circumstances = {}): string {
  const { store = trust, chain = [client, issuing], at, ...check } = circumstances
  const revocation: RevocationCheck = { lists, ...check }
  const verdict = verifyChain(
    store,
    chain.map(({ der }) => der),
    at === undefined ? { revocation } : { revocation, at },
  )
  return verdict.ok ? 'accepted' : `${verdict.code} ${verdict.index}`
}

/** The lists of the client's CA, below a root that revoked nothing. */
export function judgeClient(lists: readonly RevocationList[], circumstances: Circumstances = {}): string {
  return judge([rootList, ...lists], circumstances)
}

/** Another client of the CA. */
export function clientWith(spec: CertificateSpec, issuer: Minted = issuing): Minted {
  return mint({ key: leafKey, subject: 'O=Verify,CN=Client', ...spec }, issuer)
}
