import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'
import { buildTruststore, type Truststore } from '../../src/index.ts'
import { type GateCounters, mutualTls } from '../../src/node/index.ts'
import { listen } from '../../test/support/listen.ts'
import {
  type Client,
  clients,
  numberAfter,
  PublishedVersions,
  rightAnswer,
  serverCredentials,
  type Version,
  versionOf,
} from '../fixtures/versions.ts'
import type { Progress, Work } from './client.ts'
import { endTimeoutMs, numberOf, Stays } from './stays.ts'

export interface SoakReport {
  readonly connections: number
  readonly seconds: number
  readonly swaps: number
  readonly resumed: number
  /** Answers that clients received, by code. */
  readonly answers: ReadonlyMap<string, number>
  readonly counters: GateCounters
  /** Additional connections that were kept open, and how many of them the gate ended. */
  readonly kept: number
  readonly ended: number
  /** Verdicts that are wrong for their version, and connections that stayed open after their CA was removed. */
  readonly wrong: readonly string[]
  /** Uncaught exceptions, unhandled rejections and warnings of the server's process. */
  readonly unhandled: readonly string[]
  /** Mean resident memory in each quarter of the run after its warm-up, in bytes. */
  readonly residentByQuarter: readonly number[]
}

export interface SoakWish {
  readonly connections: number
  readonly processes: number
  /** Connections between two swaps of the truststore. */
  readonly swapEvery: number
  readonly onProgress?: (connections: number) => void
}

const parallel = 8

/** Memory is measured after this many connections, when V8 has compiled the code and the heap has its normal size. */
const warmUp = 5000

/**
 * Runs a gate in this process and clients in others. The gate's events compare each verdict with the right one for the current
 * version. At the end, the totals by code must equal those of the answers that clients received.
 */
export async function soak(wish: SoakWish): Promise<SoakReport> {
  const scene = new Scene()
  const stopWatching = scene.watch()
  const gate = mutualTls({
    truststore: scene,
    // With limits, the gate would block an address with thousands of invalid clients.
    limits: { exempt: ['127.0.0.1'] },
    endTimeoutMs,
    // Close rejected connections at once, without a limit per second.
    endsPerSecond: 1_000_000,
    onAccept: ({ serverName }) => scene.stays.count(serverName, 'ok'),
    onReject: ({ serverName, code, message, refused }) => {
      scene.judge(serverName, code, message)
      if (refused === 'connection') scene.stays.count(serverName, code)
    },
    onClose: ({ serverName }, code) => scene.judge(serverName, code, 'ended'),
  })
  const server = createServer(
    { ...serverCredentials, ...gate.tlsOptions },
    gate.handler<IncomingMessage, ServerResponse>((request, response) => {
      const { serverName, truststoreVersion } = request.clientIdentity
      scene.accepted(serverName, truststoreVersion)
      if (request.url === '/stay') scene.stays.open(numberOf(serverName), response)
      else response.end('hello')
    }),
  )
  const port = await listen(gate.protect(server))
  const begin = performance.now()
  const work = {
    port,
    parallel,
    credentials: clients.map((client) => client.credentials),
  }
  const children = Array.from({ length: wish.processes }, (_, i) => {
    const share = Math.floor((wish.connections + i) / wish.processes)
    return runClients({ ...work, connections: share, staying }, () => scene.progress(gate.counters(), wish))
  })
  const results = await Promise.all(children)
  const seconds = (performance.now() - begin) / 1000
  server.close()
  await once(server, 'close')
  stopWatching()
  return scene.report(results, gate.counters(), seconds)
}

/** Every process keeps one connection open for each client that some version accepts. */
const staying = clients.flatMap(({ authority, listed }, number) => (authority !== undefined && listed === 'ok' ? [number] : []))

/** The truststore that is replaced, the verdicts so far, and the memory used. */
class Scene {
  current: Truststore
  readonly stays = new Stays()
  private version: Version
  private number = 0
  private swaps = 0
  private readonly versions = new Map<number, Version>()
  private readonly published = new PublishedVersions(right)
  private readonly wrong: string[] = []
  private readonly unhandled: string[] = []
  private readonly resident: { readonly at: number; readonly bytes: number }[] = []
  private last = 0

  constructor() {
    const first = this.load(0)
    this.current = first.store
    this.version = first.version
  }

  watch(): () => void {
    const note = (what: unknown): void => void this.unhandled.push(what instanceof Error ? what.message : String(what))
    const events = ['uncaughtException', 'unhandledRejection', 'warning'] as const
    for (const event of events) process.on(event, note)
    return () => {
      for (const event of events) process.off(event, note)
    }
  }

  judge(serverName: string | undefined, code: string, message: string): void {
    this.compare(serverName, this.version.fingerprint, code, message)
  }

  /** A request can arrive after a swap, so its verdict may come from an earlier version. */
  accepted(serverName: string | undefined, fingerprint: string): void {
    this.compare(serverName, fingerprint, 'ok', 'accepted')
  }

  private compare(serverName: string | undefined, fingerprint: string, code: string, message: string): void {
    const client = clients[numberOf(serverName)]
    const mistake = client === undefined ? `${serverName}: not a client` : this.published.mistake(fingerprint, client, code)
    if (mistake !== undefined) this.wrong.push(`${mistake} (${message})`)
  }

  progress({ accepted, refused }: GateCounters, { connections, swapEvery, onProgress }: SoakWish): void {
    const done = accepted + Object.values(refused).reduce((sum, count) => sum + count, 0)
    const warm = Math.min(warmUp, connections / 4)
    if (done >= warm) this.resident.push({ at: (done - warm) / (connections - warm), bytes: process.memoryUsage.rss() })
    onProgress?.(done)
    this.wrong.push(...this.stays.overdue())
    if (done - this.last < swapEvery) return
    this.last = done
    this.number = numberAfter(this.number, this.swaps)
    this.swaps++
    // Built again each time, as a source does: the replaced truststore must become garbage with everything it references.
    const { version, store } = this.load(this.number)
    this.version = version
    this.current = store
    this.stays.swapped((number) => right(version, clients[number]!) === 'ok')
  }

  private load(number: number): { readonly version: Version; readonly store: Truststore } {
    const version = this.versions.get(number) ?? versionOf(number)
    const store = buildTruststore(version.pem)
    this.versions.set(number, version)
    this.published.publish(version)
    return { version, store }
  }

  report(results: readonly Progress[], counters: GateCounters, seconds: number): SoakReport {
    const answers = new Map<string, number>()
    for (const result of results) {
      for (const [code, count] of Object.entries(result.answers)) answers.set(code, (answers.get(code) ?? 0) + count)
    }
    for (const [code, count] of answers) {
      const all = code === 'ok' ? counters.accepted : (counters.refused[code as 'expired'] ?? 0)
      const sent = all - this.stays.counted(code)
      if (sent !== count) this.wrong.push(`clients received ${code} ${count} times, the gate sent it ${sent} times`)
    }
    const quarter = (number: number): number => {
      const samples = this.resident.filter(({ at }) => Math.min(3, Math.floor(at * 4)) === number)
      return samples.reduce((sum, { bytes }) => sum + bytes, 0) / Math.max(1, samples.length)
    }
    return {
      connections: results.reduce((sum, { connections }) => sum + connections, 0),
      resumed: results.reduce((sum, { resumed }) => sum + resumed, 0),
      kept: results.reduce((sum, { kept }) => sum + kept, 0),
      ended: Object.values(counters.ended).reduce((sum, count) => sum + count, 0),
      seconds,
      swaps: this.swaps,
      answers,
      counters,
      wrong: this.wrong,
      unhandled: this.unhandled,
      residentByQuarter: [0, 1, 2, 3].map(quarter),
    }
  }
}

/** The gate has its own code for clients without a certificate. */
function right(version: Version, client: Client): string {
  return client.credentials.cert === undefined ? 'no_certificate' : rightAnswer(version, client)
}

async function runClients(work: Work, onProgress: () => void): Promise<Progress> {
  const script = fileURLToPath(new URL('./client.ts', import.meta.url))
  const child: ChildProcess = fork(script, { execArgv: ['--import', 'tsx'] })
  let last: Progress | undefined
  child.on('message', (progress: Progress) => {
    last = progress
    onProgress()
  })
  child.send(work)
  const [code] = await once(child, 'exit')
  if (last?.finished !== true) throw new Error(`a process of clients ended early, with exit code ${code}`)
  return last
}
