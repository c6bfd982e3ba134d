import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buildTruststore } from 'portcullis'
import { mutualTls } from 'portcullis/node'
import { handler } from './authorizer.ts'

/**
 * API Gateway on your machine, to try an authorizer before you deploy it: mutual TLS with the same truststore and rules, the
 * event that authorizers get, and the same responses.
 */
const gate = mutualTls({
  truststore: buildTruststore(readFileSync('truststore.pem')),
  onReject: ({ message }) => console.warn(`Access denied. Reason: ${message}`),
})
const credentials = { key: readFileSync('server.key'), cert: readFileSync('server.pem') }
const server = createServer(
  { ...credentials, ...gate.tlsOptions },
  gate.handler((request, response) => {
    const { clientCert, remoteAddress } = request.clientIdentity
    const path = request.url ?? '/'
    const { isAuthorized, context } = handler({
      version: '2.0',
      type: 'REQUEST',
      routeKey: '$default',
      rawPath: path,
      requestContext: { http: { method: request.method, path, sourceIp: remoteAddress }, authentication: { clientCert } },
    })
    response.writeHead(isAuthorized ? 200 : 403, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isAuthorized ? context : { message: 'Forbidden' }))
  }),
)

gate.protect(server).listen(Number(process.env['PORT'] ?? 8443), () => {
  console.log(`listening on https://localhost:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', () => server.close())
