import { buildTruststore, type Truststore } from 'portcullis'
import { verifyRequest } from 'portcullis/headers'

interface Environment {
  /** PEM: `npx wrangler secret put TRUSTSTORE < truststore.pem`. */
  readonly TRUSTSTORE: string
}

/** Built once per isolate. */
let store: Truststore | undefined

/**
 * A Worker that verifies clients against its own truststore. If mutual TLS is enabled for the host name, Cloudflare asks
 * clients for a certificate and proves that they have its key. `trustedProxy` is true because only Cloudflare writes
 * `tlsClientAuth`.
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
