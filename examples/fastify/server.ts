import { readFileSync } from 'node:fs'
import fastify from 'fastify'
import { buildTruststore } from 'portcullis'
import { getClientIdentity, mutualTls } from 'portcullis/node'

/** Fastify with the gate. After `protect`, no hook, plugin or route sees a rejected client. */

const gate = mutualTls({ truststore: buildTruststore(readFileSync('truststore.pem')) })
const credentials = { key: readFileSync('server.key'), cert: readFileSync('server.pem') }
const app = fastify({ https: { ...credentials, ...gate.tlsOptions } })
gate.protect(app.server)

app.get('/', async (request) => {
  const identity = getClientIdentity(request.raw)
  return { hello: identity?.certificate.subject, until: identity?.certificate.notAfter }
})

const address = await app.listen({ port: Number(process.env['PORT'] ?? 8443), host: 'localhost' })
console.log('listening on', address)
process.once('SIGTERM', () => app.close())
