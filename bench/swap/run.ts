import { once } from 'node:events'
import { eventually } from '../../test/support/eventually.ts'
import { type Client, clients, numberAfter, PublishedVersions, type Version, versionOf } from '../fixtures/versions.ts'
import { type Answer, ask, startGateway } from './gateway.ts'
import type { Scene, Swap } from './swap.ts'

/** The results of a run. Every line of `problems` is a failure. */
export interface SwapReport {
  readonly swaps: number
  readonly taken: number
  readonly rejected: number
  readonly rolledBack: number
  readonly connections: number
  readonly accepted: number
  /** Connections by the version that verified them. */
  readonly byVersion: ReadonlyMap<string, number>
  readonly wrongVerdicts: number
  /** Verified by a version that was not current at any moment of the connection. */
  readonly wrongVersions: number
  readonly dropped: number
  /** How often each swap happened. */
  readonly kinds: ReadonlyMap<string, number>
  readonly problems: readonly string[]
}

/** Clients that connect at the same time. */
const workers = 8

/** After every 20 swaps, the run rolls back. The source must not take the rolled-back version again. */
const rollBackEvery = 20

/**
 * Swaps a truststore while a TLS server accepts connections, and checks each answer against the version that gave it. Runs
 * until it has made as many swaps and connections as wanted.
 */
export async function swapUnderLoad(
  makeScene: (first: Version) => Promise<Scene>,
  wanted: { readonly swaps: number; readonly connections: number },
): Promise<SwapReport> {
  const first = versionOf(0)
  const scene = await makeScene(first)
  const { server, port } = await startGateway(scene.source)
  const log = new Log(first)
  scene.source.on('updated', ({ version }) => log.serving.push(version.version))
  try {
    const load = Promise.all(Array.from({ length: workers }, (_, i) => connectOn(port, log, i, wanted.connections)))
    await swapOn(scene, log, wanted)
    log.swapping = false
    await load
  } finally {
    await scene.close()
    server.close()
    await once(server, 'close')
  }
  return log
}

class Log implements SwapReport {
  swaps = 0
  taken = 0
  rejected = 0
  rolledBack = 0
  connections = 0
  accepted = 0
  wrongVerdicts = 0
  wrongVersions = 0
  dropped = 0
  started = 0
  swapping = true
  readonly byVersion: Map<string, number> = new Map()
  readonly kinds: Map<string, number> = new Map()
  readonly problems: string[] = []
  /** The versions that were current, in order. */
  readonly serving: string[]
  readonly published: PublishedVersions = new PublishedVersions()

  constructor(first: Version) {
    this.serving = [first.fingerprint]
    this.published.publish(first)
  }

  judge(client: Client, { version, code }: Answer, servedBefore: number): void {
    this.connections++
    this.byVersion.set(version, (this.byVersion.get(version) ?? 0) + 1)
    if (code === 'ok') this.accepted++
    if (!this.serving.slice(servedBefore - 1).includes(version)) {
      this.wrongVersions++
      this.problems.push(`${client.name}: verified by ${version}, which was not current`)
    }
    const mistake = this.published.mistake(version, client, code)
    if (mistake === undefined) return
    this.wrongVerdicts++
    this.problems.push(mistake)
  }
}

async function connectOn(port: number, log: Log, worker: number, connections: number): Promise<void> {
  for (let i = worker; log.swapping || log.started < connections; i++) {
    const client = clients[i % clients.length]!
    const servedBefore = log.serving.length
    log.started++
    try {
      log.judge(client, await ask(port, client), servedBefore)
    } catch (error) {
      log.dropped++
      log.problems.push(`${client.name}: dropped: ${String(error)}`)
    }
  }
}

/** Spreads the swaps evenly over the connections. */
async function swapOn(scene: Scene, log: Log, wanted: { readonly swaps: number; readonly connections: number }): Promise<void> {
  let number = 0
  for (let i = 0; i < wanted.swaps; i++) {
    const swap = scene.swaps[i % scene.swaps.length]!
    // A swap needs a different bundle from the current one.
    const next = numberAfter(number, swap.good ? i : 0)
    if (swap.good) number = next
    const serving = log.published.get(log.serving.at(-1)!)!
    await swapOnce(scene, log, swap, versionOf(next), serving)
    if (i % rollBackEvery === rollBackEvery - 1) await rollBackOnce(scene, log)
    const share = (wanted.connections * (i + 1)) / wanted.swaps
    await eventually(() => log.connections + log.dropped >= share, 60_000)
  }
}

async function swapOnce({ source }: Scene, log: Log, swap: Swap, next: Version, serving: Version): Promise<void> {
  log.swaps++
  log.kinds.set(swap.name, (log.kinds.get(swap.name) ?? 0) + 1)
  if (swap.good) log.published.publish(next)
  await swap.apply(next, serving)
  const isOut = (): boolean => source.current.fingerprint === next.fingerprint
  if (swap.good) {
    if (swap.unasked === true) await eventually(isOut).catch(() => undefined)
    else await source.refresh()
    if (isOut()) log.taken++
    else log.problems.push(`${swap.name}: not taken: ${source.failure?.message ?? 'no failure'}`)
    return
  }
  const { status } = await source.refresh()
  if (status === 'rejected') log.rejected++
  else log.problems.push(`${swap.name}: ${status} instead of rejected`)
  if (source.current.fingerprint !== serving.fingerprint) log.problems.push(`${swap.name}: the current version changed`)
}

async function rollBackOnce({ source }: Scene, log: Log): Promise<void> {
  const [serving, earlier] = source.versions
  if (serving === undefined || earlier === undefined) return
  source.rollBack(earlier.version)
  log.rolledBack++
  await source.refresh()
  if (source.current.fingerprint !== earlier.version) log.problems.push('a rolled-back version was taken again')
  source.rollBack(serving.version)
}
