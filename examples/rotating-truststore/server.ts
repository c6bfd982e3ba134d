import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileTruststore, mutualTls } from 'portcullis/node'

/**
 * A truststore that is replaced while the server runs. New connections are verified against the current version, and open
 * ones are checked again when it is replaced. A bad version changes nothing.
 */
const truststore = await fileTruststore('truststore.pem', { expiresWithinDays: 30 })
truststore.on('updated', ({ version, diff }) => {
  console.log(`version ${version.version.slice(0, 16)}…: ${diff.added.length} added, ${diff.removed.length} removed`)
  for (const issuer of diff.droppedIssuers) console.warn(`clients of ${issuer} are rejected from now on`)
})
truststore.on('rejected', ({ error }) => console.error(`the truststore is not replaced: ${error.message}`))
truststore.on('expiring', ({ certificates }) => {
  for (const { subject, notAfter } of certificates) console.warn(`${subject} ends on ${notAfter.toISOString()}`)
})

const gate = mutualTls({ truststore })
const credentials = { key: readFileSync('server.key'), cert: readFileSync('server.pem') }
const server = createServer(
  { ...credentials, ...gate.tlsOptions },
  gate.handler((request, response) => response.end(`hello ${request.clientIdentity.certificate.subject}\n`)),
)

gate.protect(server).listen(Number(process.env['PORT'] ?? 8443), () => {
  console.log(`listening on https://localhost:${(server.address() as AddressInfo).port}`)
})
// SIGHUP reads the file at once; SIGUSR2 rolls back to the previous version.
process.on('SIGHUP', () => void truststore.refresh())
process.on('SIGUSR2', () => {
  const [, previous] = truststore.versions
  if (previous !== undefined) truststore.rollBack(previous.version)
})
process.once('SIGTERM', () => {
  truststore.close()
  server.close()
})
