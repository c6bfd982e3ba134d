import { spawnSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { Closings, Usage } from '../../../../src/node/gate/closing.ts'
import {
  type Connection,
  type ConnectionJudge,
  type OpenConnectionSettings,
  OpenConnections,
} from '../../../../src/node/gate/connections.ts'
import { GateDomain } from '../../../../src/node/gate/judge.ts'
import type { CloseCode, GateCode } from '../../../../src/node/gate/refuse.ts'
import { fileTruststore } from '../../../../src/node/index.ts'
import { eventually } from '../../../support/eventually.ts'
import { authority, elsewhere } from '../../../support/gate.ts'
import { ToyPace } from '../../../support/toy-pace.ts'

const day = 86_400_000

class ToySocket extends EventEmitter {
  closed = false

  destroy(): void {
    if (this.closed) return
    this.closed = true
    this.emit('close')
  }
}

function toyConnection(): Connection {
  const socket = new ToySocket() as unknown as TLSSocket
  return { socket, usage: new Usage(false), closing: undefined } as unknown as Connection
}

interface Scene {
  readonly pace: ToyPace
  readonly open: OpenConnections
  readonly judged: Connection[]
  readonly ended: CloseCode[]
}

/** Connections whose check takes `costMs` of the toy clock and has this `verdict`. */
function scene(
  costMs: number,
  verdict: () => GateCode | undefined = () => undefined,
  own: Partial<OpenConnectionSettings> = {},
  bases: readonly GateDomain[] = [],
): Scene {
  const pace = new ToyPace()
  const judged: Connection[] = []
  const ended: CloseCode[] = []
  const watch: ConnectionJudge = {
    judge(connection) {
      pace.time += costMs
      judged.push(connection)
      return verdict()
    },
    closing: (_connection, code) => void ended.push(code),
    clock: () => 0,
  }
  const settings: OpenConnectionSettings = {
    onChange: 'end',
    maxConnectionAgeMs: Infinity,
    endTimeoutMs: 0,
    endsPerSecond: 1e6,
    ...own,
  }
  return { pace, open: new OpenConnections(settings, watch, bases, pace), judged, ended }
}

function add({ open }: Scene, count: number): readonly Connection[] {
  const connections = Array.from({ length: count }, toyConnection)
  for (const connection of connections) open.add(connection)
  return connections
}

describe('open connections', () => {
  it.each([
    ['cheap', 0.01],
    ['as usual', 0.3],
    ['dearer than a slice', 8],
  ])('are verified in slices, each once: %s', (_name, costMs) => {
    const toy = scene(costMs)
    const connections = add(toy, 1000)
    toy.open.check()
    expect(toy.judged).toEqual([])
    const turns: number[] = []
    while (toy.pace.waiting.length > 0) turns.push(toy.pace.turn())
    expect(toy.judged).toEqual(connections)
    // No slice starts another check after 5 ms, so none takes longer than that plus one check.
    expect(Math.max(...turns)).toBeLessThanOrEqual(5 + costMs)
    expect(turns.length).toBeGreaterThanOrEqual((1000 * costMs) / (5 + costMs))
  })

  it('are checked once more if something changes during a check', () => {
    const toy = scene(1)
    add(toy, 12)
    toy.open.check()
    toy.pace.turn()
    expect(toy.judged).toHaveLength(5)
    toy.open.check()
    toy.open.check()
    while (toy.pace.waiting.length > 0) toy.pace.turn()
    expect(toy.judged).toHaveLength(24)
  })

  it('may close, and others open, during a check', () => {
    const toy = scene(1)
    const connections = add(toy, 12)
    toy.open.check()
    toy.pace.turn()
    for (const { socket } of [connections[0]!, connections[6]!]) socket.destroy()
    const [late] = add(toy, 1)
    while (toy.pace.waiting.length > 0) toy.pace.turn()
    expect(toy.judged).toEqual([...connections.filter((_, i) => i !== 6), late])
    expect(toy.open.size).toBe(11)
  })

  it('are removed when they close, for whatever reason', () => {
    let verdict: GateCode | undefined
    const toy = scene(0, () => verdict)
    const connections = add(toy, 30)
    for (const { socket } of connections.slice(0, 10)) socket.destroy()
    expect(toy.open.size).toBe(20)
    verdict = 'revoked'
    toy.open.check()
    while (toy.pace.waiting.length > 0) toy.pace.turn()
    expect([toy.open.size, toy.open.connections, toy.ended]).toEqual([0, [], new Array(20).fill('revoked')])
    const over = toyConnection()
    over.socket.destroy()
    toy.open.add(over)
    expect(toy.open.size).toBe(0)
  })

  it.each([1, 24.9, 40, 4000])('end at an age of %d days, and not before', (days) => {
    const toy = scene(0, undefined, { onChange: 'keep', maxConnectionAgeMs: days * day })
    add(toy, 1)
    const lookAfter = (ms: number): void => {
      toy.pace.time += ms
      toy.open.check()
      while (toy.pace.waiting.length > 0) toy.pace.turn()
    }
    lookAfter(days * day - 1)
    expect(toy.ended).toEqual([])
    lookAfter(1)
    expect(toy.ended).toEqual(['max_age_reached'])
    // The client's certificate does not matter if connections are left open.
    expect(toy.judged).toEqual([])
  })

  it('are ended once, even if a later check rejects them again', () => {
    const toy = scene(0, () => 'revoked', { endsPerSecond: 1 })
    add(toy, 3)
    for (let i = 0; i < 3; i++) {
      toy.open.check()
      while (toy.pace.waiting.length > 0) toy.pace.turn()
    }
    expect([toy.ended, toy.judged.length, toy.open.size]).toEqual([['revoked'], 3, 2])
  })
})

describe('a source whose truststore is replaced', () => {
  it('is noticed at once, and subscribed to only while connections are open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-connections-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, authority.pem)
    const source = await fileTruststore(file)
    const swap = async (...certificates: readonly { readonly pem: string }[]): Promise<void> => {
      writeFileSync(file, certificates.map(({ pem }) => pem).join(''))
      await source.refresh()
      expect(source.current.certificates).toHaveLength(certificates.length)
    }
    const toy = scene(0, undefined, {}, [new GateDomain({ truststore: source })])
    const looks: number[] = []
    for (const connections of [0, 2, 0, 1]) {
      const added = add(toy, connections)
      await swap(authority, ...(looks.length % 2 === 0 ? [elsewhere] : []))
      looks.push(toy.pace.waiting.length)
      while (toy.pace.waiting.length > 0) toy.pace.turn()
      for (const { socket } of added) socket.destroy()
    }
    source.close()
    rmSync(folder, { recursive: true })
    expect([looks, toy.judged.length]).toEqual([[0, 1, 0, 1], 3])
  })
})

describe('the timers of a gate', () => {
  /** One connection that is open and one that waits, on sockets that keep no process alive. */
  const script = `
    import { once } from 'node:events'
    import { createServer } from 'node:tls'
    import { mutualTls } from './src/node/index.ts'
    import { good, open, own, store } from './test/support/gate.ts'
    let asked = 0
    const gate = mutualTls({
      truststore: store,
      maxConnectionAgeMs: 40 * 86_400_000,
      authorizeTimeoutMs: 600_000,
      endTimeoutMs: 600_000,
      authorize: () => asked++ === 0 || new Promise(() => undefined),
    })
    const server = createServer({ ...own, ...gate.tlsOptions })
    server.on('secureConnection', (socket) => socket.unref())
    gate.protect(server).listen(0, '127.0.0.1')
    await once(server, 'listening')
    server.on('connection', (socket) => socket.unref())
    for (let i = 0; i < 2; i++) (await open(server.address().port, good)).resume().unref()
    while (gate.counters().open + gate.counters().pending < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    server.unref()
    process.on('exit', () => console.log(JSON.stringify(gate.counters())))
  `

  it('keep no process alive, and are never longer than timers can be', () => {
    const args = ['--import', 'tsx', '--input-type=module', '-e', script]
    const { stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 })
    expect([signal, stderr]).toEqual([null, ''])
    expect(JSON.parse(stdout)).toMatchObject({ open: 1, pending: 1, ended: {} })
  })
})

describe('closings', () => {
  it.each([
    [100, 35, 2, 340],
    [15, 4, 1, 199],
    [4, 2, 1, 250],
    [1_000_000, 5000, 5000, 0],
  ])('are limited: %d a second; of %d the first %d are immediate, and all take %d ms', async (perSecond, count, first, ms) => {
    const done: number[] = []
    const closings = new Closings<number>(perSecond, (item) => done.push(item))
    const begin = performance.now()
    const all = Array.from({ length: count }, (_, i) => i)
    for (const item of all) closings.add(item)
    expect(done).toEqual(all.slice(0, first))
    await eventually(() => done.length === count)
    // Timers are never early, except for rounding.
    expect(performance.now() - begin).toBeGreaterThanOrEqual(ms - 5)
    expect(done).toEqual(all)
  })

  it('skips what was removed from the queue', async () => {
    const done: number[] = []
    const closings = new Closings<number>(20, (item) => done.push(item))
    for (const item of [1, 2, 3, 4, 5]) closings.add(item)
    closings.delete(4)
    await eventually(() => done.includes(5))
    expect(done).toEqual([1, 2, 3, 5])
  })
})
