import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buildTruststore, parseRevocationList, type RevocationCheck } from 'portcullis'
import { matchIdentity } from 'portcullis/headers'
import { mutualTls } from 'portcullis/node'

/** An HTTPS server that accepts only clients of the truststore, with revocation, an authorizer, a log and counters. */

/** Throws if the list cannot be read. At startup the server then does not start; later it keeps the last good list. */
function readRevocation(): RevocationCheck {
  const list = parseRevocationList(readFileSync('clients.crl'))
  if (!list.ok) throw new Error(`clients.crl: ${list.message}`)
  return { lists: [list.value], depth: 'leaf' }
}

let revocation = readRevocation()
setInterval(() => {
  try {
    revocation = readRevocation()
  } catch (error) {
    console.error('the revocation list is not replaced:', error)
  }
}, 3_600_000).unref()

const gate = mutualTls({
  truststore: buildTruststore(readFileSync('truststore.pem')),
  revocation: () => revocation,
  authorize: ({ certificate }) => matchIdentity(certificate, { dns: 'client.example.org' }).ok,
  onReject: ({ code, message, remoteAddress }) => console.warn(`refused ${remoteAddress}: ${code}: ${message}`),
})
const credentials = { key: readFileSync('server.key'), cert: readFileSync('server.pem') }
const server = createServer(
  { ...credentials, ...gate.tlsOptions },
  gate.handler((request, response) => {
    if (request.url === '/counters') response.end(`${JSON.stringify(gate.counters(), undefined, 2)}\n`)
    else response.end(`hello ${request.clientIdentity.certificate.subject}\n`)
  }),
)

gate.protect(server).listen(Number(process.env['PORT'] ?? 8443), () => {
  console.log(`listening on https://localhost:${(server.address() as AddressInfo).port}`)
})
process.once('SIGTERM', () => server.close())
