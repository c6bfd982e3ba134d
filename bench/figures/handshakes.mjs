import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { buildTruststore, verifyChain } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { median } from '../harness/statistics.mjs'

/** Two processes of clients keep the server busy. */
const clientProcesses = 2
const handshakes = 300

/**
 * Two servers in one process, in turn: one lets OpenSSL judge the clients, the other calls `verifyChain`, always in a
 * truststore that has not met them. Real TLS clients connect from other processes, without resumption.
 */
export async function measure({ blocks }) {
  const { ca, server, clients, clientKey, stranger } = fixture('tls')
  const options = { ...server, requestCert: true, minVersion: 'TLSv1.2' }
  const gate = { store: undefined }
  const contestants = {
    'rejectUnauthorized: true': await listen(createServer({ ...options, ca, rejectUnauthorized: true }, welcome)),
    portcullis: await listen(
      createServer({ ...options, rejectUnauthorized: false }, (socket) => {
        const certificate = socket.getPeerX509Certificate()
        if (certificate !== undefined && verifyChain(gate.store, certificate.raw).ok) welcome(socket)
        else socket.destroy()
      }),
    ),
  }
  const strangers = await startClients([stranger], clientKey)
  const crowd = await startClients(clients.slice(100), clientKey)
  const warmed = () => {
    gate.store = warmStore(ca, clients.slice(0, 100))
  }
  try {
    warmed()
    for (const port of Object.values(contestants)) {
      const { welcomed } = await connectAll(strangers, { port, maxVersion: 'TLSv1.3', count: 2 })
      if (welcomed > 0) throw new Error('a stranger was let in')
    }
    const rows = []
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'])
      rows.push(await measureVersion(maxVersion, contestants, crowd, blocks, warmed))
    return rows
  } finally {
    for (const child of [...crowd, ...strangers]) child.kill()
  }
}

async function measureVersion(maxVersion, contestants, crowd, blocks, warmed) {
  const rates = new Map(Object.keys(contestants).map((name) => [name, []]))
  const work = new Map(Object.keys(contestants).map((name) => [name, []]))
  const order = Object.entries(contestants)
  for (let round = -2; round < blocks; round++) {
    for (let i = 0; i < order.length; i++) {
      const [name, port] = order[(((round + i) % 2) + 2) % 2]
      warmed()
      const cpu = process.cpuUsage()
      const begin = performance.now()
      const { welcomed } = await connectAll(crowd, { port, maxVersion, count: handshakes })
      const seconds = (performance.now() - begin) / 1000
      const { user, system } = process.cpuUsage(cpu)
      if (welcomed !== handshakes * crowd.length) throw new Error(`${name} let only ${welcomed} in`)
      if (round < 0) continue
      rates.get(name).push(welcomed / seconds)
      work.get(name).push((user + system) / welcomed)
    }
  }
  const native = rates.get('rejectUnauthorized: true')
  return {
    name: maxVersion,
    title: `handshakes a second, ${maxVersion}, against \`rejectUnauthorized: true\``,
    value: median(rates.get('portcullis').map((rate, round) => rate / native[round])),
    unit: '×',
    details: [
      ...order.map(([name]) => ({ name, value: median(rates.get(name)), unit: 'a second' })),
      ...order.map(([name]) => ({ name: `${name}, the server’s work`, value: median(work.get(name)), unit: 'µs' })),
    ],
  }
}

/** Has seen other clients and none of those that come. */
function warmStore(ca, others) {
  const store = buildTruststore(ca)
  store.warmUp()
  for (const pem of others) verifyChain(store, new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')))
  return store
}

function welcome(socket) {
  socket.on('error', () => undefined)
  socket.end('welcome')
}

async function listen(server) {
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

/** Each process has its share of the clients. */
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
  return { welcomed: counts.reduce((sum, [{ welcomed }]) => sum + welcomed, 0) }
}
