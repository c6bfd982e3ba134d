import { parseRevocationList, type RevocationCheck, type RevocationList } from '../../src/index.ts'
import { type CertificateSpec, type CrlSpec, type ExtensionSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** Clients and revocation lists of one root. */

export const day = 86_400_000
export const root: Minted = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
export const store: ReturnType<typeof storeFor> = storeFor(presented, root)
export const unknown = 'revocation_unknown 0'
export const revoked = 'revoked 0'

export function client(spec: CertificateSpec = {}, issuer: Minted = root): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

export function list(spec: Partial<CrlSpec> = {}): RevocationList {
  return valueIn(parseRevocationList(mintCrl({ issuer: root, ...spec }).der))
}

/** An extension that the library does not know. */
export function unknownExtension(critical: boolean): ExtensionSpec {
  return { oid: '1.3.6.1.4.1.99999.4', critical, value: Uint8Array.of(5, 0) }
}

/** The verdict on a chain with these lists. */
export function judgeBy(
  lists: readonly RevocationList[],
  chain: readonly Minted[],
  options: Omit<RevocationCheck, 'lists'> = {},
): string {
  return judge(store, chain, { revocation: { lists, ...options } })
}
