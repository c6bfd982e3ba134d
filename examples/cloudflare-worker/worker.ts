import { buildTruststore, type Truststore } from 'portcullis'
import { verifyRequest } from 'portcullis/headers'

interface Environment {
  /** PEM: `npx wrangler secret put TRUSTSTORE < truststore.pem`. */
  readonly TRUSTSTORE: string
}

/** Built once in the life of an isolate. */
let store: Truststore | undefined

/**
 * A Worker that judges clients by a truststore of its own. Cloudflare asks them for a certificate and proves that they have
 * its key, wherever mutual TLS is switched on for the host name; `tlsClientAuth` is written by it alone, which makes
 * `trustedProxy` true.
 */
export default {
  fetch(request: Request, { TRUSTSTORE }: Environment): Response {
    store ??= buildTruststore(TRUSTSTORE)
    const verdict = verifyRequest(request, store, { from: 'cloudflare', trustedProxy: true })
    if (verdict.ok) return new Response(`hello ${verdict.leaf.subject}\n`)
    console.warn(`refused: ${verdict.code}: ${verdict.message}`)
    return Response.json({ code: verdict.code }, { status: 403 })
  },
}
