import { readFileSync } from 'node:fs'
import { buildTruststore, parseRevocationList } from 'portcullis'
import { matchIdentity, verifyRequest } from 'portcullis/headers'

/**
 * A Lambda authorizer of an HTTP API with mutual TLS (payload 2.0, simple responses). API Gateway has proved that the client
 * has its key and looked for its issuer in the truststore; what it leaves out is done here: revocation, and who of the
 * clients of a CA may come in.
 */
const store = buildTruststore(readFileSync('truststore.pem'))
const list = parseRevocationList(readFileSync('clients.crl'))
if (!list.ok) throw new Error(`clients.crl: ${list.message}`)
const revocation = { lists: [list.value], depth: 'leaf' } as const
const allowed = { dns: ['client.example.org'] }

export interface Authorization {
  readonly isAuthorized: boolean
  /** For the function behind: `event.requestContext.authorizer.lambda`. */
  readonly context?: { readonly client: string; readonly fingerprint: string }
}

export function handler(event: object): Authorization {
  const verdict = verifyRequest(event, store, { from: 'api-gateway', trustedProxy: true, revocation })
  if (!verdict.ok) {
    console.warn(`refused: ${verdict.code}: ${verdict.message}`)
    return { isAuthorized: false }
  }
  const { ok: isAuthorized } = matchIdentity(verdict.leaf, allowed)
  return { isAuthorized, context: { client: verdict.leaf.subject, fingerprint: verdict.leaf.fingerprint } }
}
