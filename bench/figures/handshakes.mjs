import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { buildTruststore, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { median } from '../harness/statistics.mjs'

/** Two client processes are enough to keep the server busy. */
const clientProcesses = 2
const handshakes = 300

/**
 * Two servers alternate in one process. In one, OpenSSL verifies the clients; the other calls `verifyChain` with a truststore
 * that has not seen them. TLS clients connect from other processes, without resumption.
 */
export async function measure({ blocks }) {
  const { ca, server, clients, clientKey, unknown } = fixture('tls')
  const options = { ...server, requestCert: true, minVersion: 'TLSv1.2' }
  const gate = { store: undefined }
  const contestants = {
    'rejectUnauthorized: true': await listen(createServer({ ...options, ca, rejectUnauthorized: true }, accept)),
    portcullis: await listen(
      createServer({ ...options, rejectUnauthorized: false }, (socket) => {
        const certificate = socket.getPeerX509Certificate()
        if (certificate !== undefined && verifyChain(gate.store, certificate.raw).ok) accept(socket)
        else socket.destroy()
      }),
    ),
  }
  const unknownClients = await startClients([unknown], clientKey)
  const newClients = await startClients(clients.slice(100), clientKey)
  const renewStore = () => {
    gate.store = warmStore(ca, clients.slice(0, 100))
  }
  try {
    renewStore()
    for (const port of Object.values(contestants)) {
      const { accepted } = await connectAll(unknownClients, { port, maxVersion: 'TLSv1.3', count: 2 })
      if (accepted > 0) throw new Error('a client of an unknown CA was accepted')
    }
    const rows = []
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'])
      rows.push(await measureVersion(maxVersion, contestants, newClients, blocks, renewStore))
    return rows
  } finally {
    for (const child of [...newClients, ...unknownClients]) child.kill()
  }
}

async function measureVersion(maxVersion, contestants, children, blocks, renewStore) {
  const rates = new Map(Object.keys(contestants).map((name) => [name, []]))
  const work = new Map(Object.keys(contestants).map((name) => [name, []]))
  const order = Object.entries(contestants)
  for (let round = -2; round < blocks; round++) {
    for (let i = 0; i < order.length; i++) {
      const [name, port] = order[(((round + i) % 2) + 2) % 2]
      renewStore()
      const cpu = process.cpuUsage()
      const begin = performance.now()
      const { accepted } = await connectAll(children, { port, maxVersion, count: handshakes })
      const seconds = (performance.now() - begin) / 1000
      const { user, system } = process.cpuUsage(cpu)
      if (accepted !== handshakes * children.length) throw new Error(`${name} accepted only ${accepted}`)
      if (round < 0) continue
      rates.get(name).push(accepted / seconds)
      work.get(name).push((user + system) / accepted)
    }
  }
  const native = rates.get('rejectUnauthorized: true')
  return {
    name: maxVersion,
    title: `handshakes per second, ${maxVersion}, compared with \`rejectUnauthorized: true\``,
    value: median(rates.get('portcullis').map((rate, round) => rate / native[round])),
    unit: '×',
    details: [
      ...order.map(([name]) => ({ name, value: median(rates.get(name)), unit: 'per second' })),
      ...order.map(([name]) => ({ name: `${name}, CPU time of the server`, value: median(work.get(name)), unit: 'µs' })),
    ],
  }
}

/** A truststore that has verified other clients, but none of those that will connect. */
function warmStore(ca, others) {
  const store = buildTruststore(ca)
  store.warmUp()
  for (const pem of others) verifyChain(store, new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')))
  return store
}

function accept(socket) {
  socket.on('error', () => undefined)
  socket.end('accepted')
}

async function listen(server) {
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

/** Divides the clients between the processes. */
async function startClients(clients, key) {
  const count = Math.min(clientProcesses, clients.length)
  const children = Array.from({ length: count }, () => fork(join(import.meta.dirname, 'handshakes', 'clients.mjs')))
  for (const [i, child] of children.entries()) {
    child.send({ key, clients: clients.filter((_, number) => number % count === i) })
    await once(child, 'message')
  }
  return children
}

async function connectAll(children, task) {
  const answers = children.map((child) => once(child, 'message'))
  for (const child of children) child.send(task)
  const counts = await Promise.all(answers)
  return { accepted: counts.reduce((sum, [{ accepted }]) => sum + accepted, 0) }
}
