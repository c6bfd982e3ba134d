import { readFileSync } from 'node:fs'
import { buildTruststore, parseRevocationList } from 'portcullis'
import { matchIdentity, verifyRequest } from 'portcullis/headers'

/**
 * A Lambda authorizer for an HTTP API with mutual TLS (payload 2.0, simple responses). API Gateway proves that the client
 * has its key and finds its issuer in the truststore. The authorizer adds what API Gateway does not check: revocation, and
 * which clients of a CA are allowed.
 */
const store = buildTruststore(readFileSync('truststore.pem'))
const list = parseRevocationList(readFileSync('clients.crl'))
if (!list.ok) throw new Error(`clients.crl: ${list.message}`)
const revocation = { lists: [list.value], depth: 'leaf' } as const
const allowed = { dns: ['client.example.org'] }

export interface Authorization {
  readonly isAuthorized: boolean
  /** Your function gets this as `event.requestContext.authorizer.lambda`. */
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
