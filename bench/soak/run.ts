import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildTruststore, type Truststore } from '../../src/index.ts'
import { type GateCounters, mutualTls } from '../../src/node/index.ts'
import { clients, server as credentials, differentVersions, rightAnswer, type Version, versionOf } from '../swap/pki.ts'
import type { Progress, Work } from './client.ts'
import { endTimeoutMs, numberOf, Stays } from './stays.ts'

export interface SoakReport {
  readonly connections: number
  readonly seconds: number
  readonly swaps: number
  readonly resumed: number
  /** What clients heard, by code. */
  readonly heard: ReadonlyMap<string, number>
  readonly counters: GateCounters
  /** Connections that were kept open besides, and how many of them the gate has ended. */
  readonly kept: number
  readonly ended: number
  /** Verdicts that were not right for the version that gave them, and open connections that outlived their trust. */
  readonly wrong: readonly string[]
  /** Uncaught exceptions and unhandled rejections of the server's process, and warnings. */
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

/** Handshakes after which memory is looked at: before, code is compiled and the heap finds its size. */
const warmUp = 5000

/**
 * A gate in this process and clients in others. Each verdict is compared where it is given, with what is right for the
 * version that serves at that moment; that it is what the client hears is compared by the sums.
 */
export async function soak(wish: SoakWish): Promise<SoakReport> {
  const scene = new Scene()
  const stopWatching = scene.watch()
  const gate = mutualTls({
    truststore: scene,
    // Thousands of bad clients from one address are what limits are against.
    limits: { exempt: ['127.0.0.1'] },
    endTimeoutMs,
    // So that a connection is ended in the moment in which it is judged.
    endsPerSecond: 1_000_000,
    onAccept: ({ serverName }) => scene.stays.count(serverName, 'ok'),
    onReject: ({ serverName, code, message, refused }) => {
      scene.judge(serverName, code, message)
      if (refused === 'connection') scene.stays.count(serverName, code)
    },
    onClose: ({ serverName }, code) => scene.judge(serverName, code, 'ended'),
  })
  const server = createServer(
    { ...credentials, ...gate.tlsOptions },
    gate.handler<IncomingMessage, ServerResponse>((request, response) => {
      const { serverName, truststoreVersion } = request.clientIdentity
      scene.accepted(serverName, truststoreVersion)
      if (request.url === '/stay') scene.stays.open(numberOf(serverName), response)
      else response.end('hello')
    }),
  )
  gate.protect(server).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const begin = performance.now()
  const work = {
    port: (server.address() as AddressInfo).port,
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

/** Every process keeps a connection open for each client that some version lets in. */
const staying = clients.flatMap(({ authority, listed }, number) => (authority !== undefined && listed === 'ok' ? [number] : []))

/** The truststore that is swapped, what was seen, and how much memory it took. */
class Scene {
  current: Truststore
  readonly stays = new Stays()
  private version: Version
  private number = 0
  private swaps = 0
  private readonly versions = new Map<number, Version>()
  private readonly byFingerprint = new Map<string, Version>()
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
    this.compare(serverName, this.version, code, message)
  }

  /** It may have been judged by the version before the one that serves when the request arrives. */
  accepted(serverName: string | undefined, fingerprint: string): void {
    const version = this.byFingerprint.get(fingerprint)
    if (version === undefined) this.wrong.push(`accepted by version ${fingerprint}, which never served`)
    else this.compare(serverName, version, 'ok', '')
  }

  private compare(serverName: string | undefined, version: Version, code: string, message: string): void {
    const client = clients[numberOf(serverName)]
    const expected = client === undefined ? 'a known client' : right(version, client)
    if (code !== expected) this.wrong.push(`${client?.name ?? serverName}: ${code}, ${expected} is right: ${message}`)
  }

  progress({ accepted, refused }: GateCounters, { connections, swapEvery, onProgress }: SoakWish): void {
    const done = accepted + Object.values(refused).reduce((sum, count) => sum + count, 0)
    const warm = Math.min(warmUp, connections / 4)
    if (done >= warm) this.resident.push({ at: (done - warm) / (connections - warm), bytes: process.memoryUsage.rss() })
    onProgress?.(done)
    this.wrong.push(...this.stays.overdue())
    if (done - this.last < swapEvery) return
    this.last = done
    this.number = (this.number + 1 + (this.swaps % 5)) % differentVersions
    this.swaps++
    // Built anew each time, as a source would: what a swapped truststore holds must go with it.
    const { version, store } = this.load(this.number)
    this.version = version
    this.current = store
    this.stays.swapped((number) => right(version, clients[number]!) === 'ok')
  }

  private load(number: number): { readonly version: Version; readonly store: Truststore } {
    const version = this.versions.get(number) ?? versionOf(number)
    const store = buildTruststore(version.pem)
    this.versions.set(number, version)
    this.byFingerprint.set(version.fingerprint, version)
    return { version, store }
  }

  report(results: readonly Progress[], counters: GateCounters, seconds: number): SoakReport {
    const heard = new Map<string, number>()
    for (const result of results) {
      for (const [code, count] of Object.entries(result.heard)) heard.set(code, (heard.get(code) ?? 0) + count)
    }
    for (const [code, count] of heard) {
      const all = code === 'ok' ? counters.accepted : (counters.refused[code as 'expired'] ?? 0)
      const told = all - this.stays.counted(code)
      if (told !== count) this.wrong.push(`clients heard ${code} ${count} times, the gate said it ${told} times`)
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
      heard,
      counters,
      wrong: this.wrong,
      unhandled: this.unhandled,
      residentByQuarter: [0, 1, 2, 3].map(quarter),
    }
  }
}

function right(version: Version, client: (typeof clients)[number]): string {
  // A gate has a code of its own for clients without a certificate.
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
