import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildTruststore, parseRevocationList, type RevocationCheck } from '../src/index.ts'
import { mutualTls } from '../src/node/index.ts'
import { keyPair, mint, mintCrl, privateKeyPem } from '../test/support/mint.ts'
import { type Blocks, watchBlocks } from './open/blocks.ts'
import type { OpenWork } from './open/client.ts'

/**
 * `npm run bench:open -- [--connections N] [--clients N] [--processes N]`: a TLS server has many open connections while its
 * truststore and revocation lists change. Prints how long the event loop is blocked while all connections are verified again,
 * and while connections of revoked clients are closed. Exits with 1 if a turn without a garbage collection takes more than
 * 20 ms of CPU time.
 */
const allowedMs = 20
const text = { type: 'string' } as const
const { values } = parseArgs({ options: { connections: text, clients: text, processes: text } })
const wanted = {
  connections: Number(values.connections ?? 10_000),
  clients: Number(values.clients ?? 1000),
  processes: Number(values.processes ?? 2),
}
if (!Object.values(wanted).every((number) => Number.isInteger(number) && number >= 1)) {
  console.error('usage: npm run bench:open -- [--connections N] [--clients N] [--processes N], N a whole number')
  process.exit(2)
}

const authority = mint({ ca: true, subject: 'O=Open,CN=CA' })
const another = mint({ ca: true, subject: 'O=Open,CN=Another' })
const key = keyPair('p256', 7300)
const leaves = Array.from({ length: wanted.clients }, (_, i) => mint({ subject: `CN=client ${i}`, key }, authority))
const credentials = leaves.map(({ pem }) => ({ cert: pem, key: privateKeyPem(key) }))

function checkWith(revoked: readonly { readonly serial: Uint8Array }[]): RevocationCheck {
  const list = parseRevocationList(mintCrl({ issuer: authority, revoked }).der)
  if (!list.ok) throw new Error(list.message)
  return { lists: [list.value] }
}

const source = { current: buildTruststore(authority.pem) }
let revocation = checkWith([])
// With limits, the gate would reject so many connections from one address.
const gate = mutualTls({ truststore: source, revocation: () => revocation, limits: false })
const own = mint({ subject: 'CN=localhost', key, extendedKeyUsage: ['serverAuth'] }, authority)
const server = createServer({ cert: own.pem, key: privateKeyPem(key), ...gate.tlsOptions }, (socket) => {
  socket.on('error', () => undefined).resume()
})
gate.protect(server).listen(0, '127.0.0.1', 2048)
await once(server, 'listening')

const children = Array.from({ length: wanted.processes }, (_, i): ChildProcess => {
  const child = fork(fileURLToPath(new URL('./open/client.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
  const connections = Math.floor((wanted.connections + i) / wanted.processes)
  child.send({ port: (server.address() as AddressInfo).port, connections, credentials } satisfies OpenWork)
  return child
})
await Promise.all(children.map((child) => once(child, 'message')))
while (gate.counters().open < wanted.connections) await new Promise((resolve) => setTimeout(resolve, 50))

let missed = false
function print(what: string, { longest, longestWithGc, longestByClock, longestGc, total }: Blocks): void {
  const isLong = longest > allowedMs
  if (isLong) missed = true
  const ms = (time: number): string => `${time.toFixed(1)} ms`
  console.log(
    `${what}: ${(total / 1000).toFixed(2)} s, longest turn ${ms(longest)}${isLong ? `, MORE THAN ${allowedMs} ms` : ''} ` +
      `(with collections ${ms(longestWithGc)}, by the clock ${ms(longestByClock)}; longest collection ${ms(longestGc)})`,
  )
}

/** Waits until all connections have been verified again. */
async function whileRejudged(): Promise<Blocks> {
  const { rejudged } = gate.counters()
  return watchBlocks(() => gate.counters().rejudged >= rejudged + wanted.connections, 120_000)
}

const { open } = gate.counters()
console.log(`${open} open connections of ${wanted.clients} clients; Node ${process.version}`)
const quietUntil = performance.now() + 5000
print('nothing changed, checked five times', await watchBlocks(() => performance.now() > quietUntil, 10_000))
source.current = buildTruststore([authority.pem, another.pem])
print('truststore replaced, every signature computed', await whileRejudged())
revocation = checkWith([])
print('revocation list replaced, signatures in the memo', await whileRejudged())
const half = leaves.filter((_, i) => i % 2 === 0)
const remaining = leaves.reduce((sum, _, i) => sum + (i % 2 === 0 ? 0 : countOf(i)), 0)
revocation = checkWith(half)
print('half of the clients revoked, connections closed', await watchBlocks(() => gate.counters().open <= remaining, 120_000))
console.log(`${JSON.stringify(gate.counters().ended)} closed, ${gate.counters().open} still open`)
if (gate.counters().open !== remaining) {
  console.log(`  PROBLEM: ${remaining} connections should be open`)
  missed = true
}
for (const child of children) child.disconnect()
server.close()
await once(server, 'close')
process.exitCode = missed ? 1 : 0

/** The number of connections of a client. */
function countOf(client: number): number {
  const ofChild = (i: number): number => Math.floor((wanted.connections + i) / wanted.processes)
  const each = Array.from({ length: wanted.processes }, (_, i) => ofChild(i))
  return each.reduce((sum, connections) => sum + Math.floor((connections - client - 1) / wanted.clients) + 1, 0)
}
