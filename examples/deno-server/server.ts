import { buildTruststore } from 'portcullis'
import { verifyRequest } from 'portcullis/headers'

/**
 * A Deno server behind a proxy that ends TLS and hands on the client's certificate as RFC 9440 says. It listens where only
 * that proxy can reach it, and the proxy removes `Client-Cert` from what clients send: that is what `trustedProxy` promises.
 *
 *     deno run --allow-net --allow-read=truststore.pem server.ts [PORT]
 */
const store = buildTruststore(Deno.readTextFileSync('truststore.pem'))

Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.args[0] ?? 8080) }, (request: Request): Response => {
  const verdict = verifyRequest(request, store, { from: 'rfc9440', trustedProxy: true })
  if (verdict.ok) return new Response(`hello ${verdict.leaf.subject}\n`)
  console.warn(`refused: ${verdict.code}: ${verdict.message}`)
  return Response.json({ code: verdict.code }, { status: 403 })
})
