import { buildTruststore } from 'portcullis'
import { connect } from './clients.ts'
import { startGateway } from './gateway.ts'
import { type DemoClient, makePki } from './pki.ts'
import { showPublicRoots } from './roots.ts'
import { heading, table } from './table.ts'

/**
 * Builds a truststore of public roots, then connects real clients to a mutual-TLS gateway. Exits with 0 only if every client
 * gets the expected verdict.
 */
showPublicRoots()

console.log(heading('2  A mutual-TLS gateway and its clients'))
const { truststore, clients, server: identity } = makePki()
const store = buildTruststore(truststore)
store.warmUp()
console.log(
  `  truststore of ${store.certificates.length} certificates, policy apiGateway, version ${store.fingerprint.slice(0, 16)}…`,
)
for (const warning of store.warnings) console.log(`  warning: ${warning}`)

const { server, port } = await startGateway(store, identity)
console.log(`  https://localhost:${port}, one connection for each client\n`)
const rows: string[][] = []
let wrong = 0
for (const client of clients) {
  const { status, code, message, first, again } = await connect(client, port, identity.authority)
  const right = code === client.expected && status === (client.expected === 'ok' ? 200 : 403)
  if (!right) wrong++
  const expectation = right ? '✓' : `✗ expected ${client.expected}`
  rows.push([expectation, client.title, String(status), code, first.toFixed(0), again.toFixed(0), withoutName(message, client)])
}
server.close()

console.log(
  table(
    [
      { title: '' },
      { title: 'client' },
      { title: 'HTTP' },
      { title: 'code' },
      { title: 'first', right: true },
      { title: 'again', right: true },
      { title: 'message' },
    ],
    rows,
  ),
)
console.log('\n  first, again: µs of verifyChain at the handshake, and of 15 more calls for the same client (median)')
console.log(
  wrong === 0 ? `\n${clients.length} of ${clients.length} verdicts as expected` : `\n${wrong} verdicts are not as expected`,
)
if (wrong > 0) process.exitCode = 1

/** Removes the certificate's name from the start of a rejection, because the table already shows it. */
function withoutName(message: string, { expected }: DemoClient): string {
  return expected === 'ok' ? message : message.replace(/^(?:leaf|CA) certificate [^:]*: /, '')
}
