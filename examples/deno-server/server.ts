import { buildTruststore } from 'portcullis'
import { verifyRequest } from 'portcullis/headers'

/**
 * A Deno server behind a proxy that terminates TLS and forwards the client's certificate (RFC 9440). With `trustedProxy` you
 * confirm that only this proxy can reach the server, and that the proxy removes `Client-Cert` from client requests.
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
