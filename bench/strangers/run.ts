import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildTruststore } from '../../src/index.ts'
import { type GateCounters, mutualTls } from '../../src/node/index.ts'
import { costlyChain } from '../../test/support/costly-chain.ts'
import { keyPair, mint, privateKeyPem } from '../../test/support/mint.ts'
import type { Outcome, Work } from './client.ts'

/** Where the two kinds of clients come from: the loopback has more addresses than one. */
const goodAddress = '127.0.0.1'
const hostileAddress = '127.0.0.2'

const authority = mint({ ca: true, subject: 'CN=Authority' })
const elsewhere = mint({ ca: true, subject: 'CN=Elsewhere' })
const credentialsOf = (subject: string, issuer = authority): Work['credentials'] => {
  const { pem, key } = mint({ subject, key: keyPair('p256', 1) }, issuer)
  return { cert: pem, key: privateKeyPem(key) }
}
const own = credentialsOf('CN=localhost')

export interface Strangers {
  /** What they present. */
  readonly credentials: Work['credentials']
  /** How long a scene lasts unless the caller says: one handshake that shuts its address out counts against all that time. */
  readonly seconds: number
}

export const strangers: Readonly<Record<string, Strangers>> = {
  'an unknown certificate': { credentials: credentialsOf('CN=stranger', elsewhere), seconds: 120 },
  '5 certificates on sect571r1': { credentials: costlyChain(5), seconds: 60 },
  '100 certificates on sect571r1': { credentials: costlyChain(100), seconds: 300 },
}

/** `elsewhere`: strangers knock at another server of another process, which takes as much from the machine. */
export type Scene = 'alone' | 'elsewhere' | 'limits' | 'no limits'

export interface SceneReport {
  readonly good: Outcome
  readonly hostile: Outcome | undefined
  readonly counters: GateCounters
  /** What the server's process had of a processor, as a part of one: unlike waiting times it knows no other processes. */
  readonly busy: number
}

export interface Pace {
  readonly seconds: number
  readonly goodPerSecond: number
  readonly hostilePerSecond: number
}

/** Good clients of one address at a gate, and strangers of another. */
export async function play(scene: Scene, credentials: Work['credentials'], pace: Pace): Promise<SceneReport> {
  const gate = mutualTls({ truststore: buildTruststore(authority.pem), ...(scene === 'no limits' && { limits: false }) })
  const answer = gate.handler((_request, response) => void response.end('hello'))
  const server = gate.protect(createHttpsServer({ ...own, ...gate.tlsOptions }, answer))
  const port = await listen(server)
  const good = await startClients()
  const crowd = scene === 'alone' ? undefined : await startClients()
  const decoy = scene === 'elsewhere' ? createServer((socket) => void socket.destroy()) : undefined
  const { seconds, goodPerSecond, hostilePerSecond } = pace
  // Not measured: code is compiled, and connections are made for the first time.
  await run(good, { port, localAddress: goodAddress, credentials: goodCredentials, perSecond: goodPerSecond, seconds: 2 })
  const hostile =
    crowd === undefined
      ? undefined
      : run(crowd, {
          port: decoy === undefined ? port : await listen(decoy),
          localAddress: hostileAddress,
          credentials,
          perSecond: hostilePerSecond,
          seconds,
        })
  const cpu = process.cpuUsage()
  const begin = performance.now()
  const outcome = await run(good, {
    port,
    localAddress: goodAddress,
    credentials: goodCredentials,
    perSecond: goodPerSecond,
    seconds,
  })
  const { user, system } = process.cpuUsage(cpu)
  const busy = (user + system) / 1000 / (performance.now() - begin)
  const report = { good: outcome, hostile: await hostile, counters: gate.counters(), busy }
  good.kill()
  crowd?.kill()
  decoy?.close()
  server.closeAllConnections()
  server.close()
  return report
}

const goodCredentials = credentialsOf('CN=good')

async function listen(server: Server): Promise<number> {
  server.listen(0, goodAddress)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function startClients(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./client.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return child
}

async function run(child: ChildProcess, work: Work): Promise<Outcome> {
  const outcome = once(child, 'message')
  child.send(work)
  return (await outcome)[0]
}
