import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildTruststore } from '../../src/index.ts'
import { type GateCounters, mutualTls } from '../../src/node/index.ts'
import { costlyChain } from '../../test/support/costly-chain.ts'
import { listen } from '../../test/support/listen.ts'
import { keyPair, mint, privateKeyPem } from '../../test/support/mint.ts'
import type { Outcome, Work } from './client.ts'

/** Good and hostile clients connect from different addresses of the loopback interface. */
const goodAddress = '127.0.0.1'
const hostileAddress = '127.0.0.2'

const authority = mint({ ca: true, subject: 'CN=Authority' })
const elsewhere = mint({ ca: true, subject: 'CN=Elsewhere' })
const credentialsOf = (subject: string, issuer = authority): Work['credentials'] => {
  const { pem, key } = mint({ subject, key: keyPair('p256', 1) }, issuer)
  return { cert: pem, key: privateKeyPem(key) }
}
const own = credentialsOf('CN=localhost')

export interface HostileClients {
  readonly credentials: Work['credentials']
  /** Default length of a run. It is longer for costly handshakes, because each blocks its address for five minutes. */
  readonly seconds: number
}

export const hostileClients: Readonly<Record<string, HostileClients>> = {
  'a certificate of an unknown CA': { credentials: credentialsOf('CN=unknown', elsewhere), seconds: 120 },
  '5 certificates on sect571r1': { credentials: costlyChain(5), seconds: 60 },
  '100 certificates on sect571r1': { credentials: costlyChain(100), seconds: 300 },
}

/** `elsewhere`: the hostile clients connect to another server, which puts the same load on the machine. */
export type Scene = 'alone' | 'elsewhere' | 'limits' | 'no limits'

export interface SceneReport {
  readonly good: Outcome
  readonly hostile: Outcome | undefined
  readonly counters: GateCounters
  /** CPU time of the server's process as a share of one processor. Unlike waiting times, it is independent of other processes. */
  readonly busy: number
}

export interface Pace {
  readonly seconds: number
  readonly goodPerSecond: number
  readonly hostilePerSecond: number
}

/** Good clients at a gate, and hostile ones from another address. */
export async function play(scene: Scene, credentials: Work['credentials'], pace: Pace): Promise<SceneReport> {
  const gate = mutualTls({ truststore: buildTruststore(authority.pem), ...(scene === 'no limits' && { limits: false }) })
  const answer = gate.handler((_request, response) => void response.end('hello'))
  const server = gate.protect(createHttpsServer({ ...own, ...gate.tlsOptions }, answer))
  const port = await listen(server)
  const good = await startClients()
  const attackers = scene === 'alone' ? undefined : await startClients()
  const decoy = scene === 'elsewhere' ? createServer((socket) => void socket.destroy()) : undefined
  const { seconds, goodPerSecond, hostilePerSecond } = pace
  // Warm-up: V8 compiles code during the first connections.
  await run(good, { port, localAddress: goodAddress, credentials: goodCredentials, perSecond: goodPerSecond, seconds: 2 })
  const hostile =
    attackers === undefined
      ? undefined
      : run(attackers, {
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
  attackers?.kill()
  decoy?.close()
  server.closeAllConnections()
  server.close()
  return report
}

const goodCredentials = credentialsOf('CN=good')

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
