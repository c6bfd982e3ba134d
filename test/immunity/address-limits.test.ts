import { once } from 'node:events'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { costlyChain } from '../support/costly-chain.ts'
import { eventually } from '../support/eventually.ts'
import { ask, closeServers, good, noCertificate, open, startGate, store, unknownClient } from '../support/gate.ts'
import {
  attacker,
  isTurnedAway,
  openMany,
  openTcp,
  other,
  startLimited,
  stopClock,
  untilLimited,
} from '../support/limited-gate.ts'
import { listen } from '../support/listen.ts'

/** One address must not use up a server: all its clients share one event loop. */

afterEach(async () => {
  vi.restoreAllMocks()
  await closeServers()
})

describe('one address', () => {
  it('has a limit for rejected handshakes that does not affect other addresses', async () => {
    const { port, gate, from } = await startLimited({ refusedPerSecond: 1 })
    await untilLimited('refused', gate, () => ask(port, noCertificate).catch(() => undefined))
    expect(gate.counters().limited).toEqual({ refused: 1 })
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('is not charged for failures of the server itself', async () => {
    let trouble: () => boolean = () => {
      throw new Error('the directory is down')
    }
    const { port, gate, reached } = await startLimited({ refusedPerSecond: 1 }, { authorize: () => trouble() })
    for (let i = 0; i < 20; i++) expect(await ask(port, good)).toMatchObject({ status: 403 })
    expect(gate.counters()).toMatchObject({ limited: {}, refused: { authorizer_failed: 20 } })
    trouble = () => true
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    trouble = () => false
    await untilLimited('refused', gate, () => ask(port, good).catch(() => undefined))
    expect(reached).toHaveLength(1)
  })

  it('has unfinished handshakes counted as rejected once it has many rejected ones', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 5 })
    stopClock()
    await ask(port, good)
    await openMany(port, 30)
    await eventually(() => gate.counters().unfinished === 30)
    await untilLimited('refused', gate, () => ask(port, unknownClient).catch(() => undefined))
    // The address may have 20. With the unfinished ones, half of that blocked it.
    expect(gate.counters()).toMatchObject({ refused: { unknown_issuer: 11 }, limited: { refused: 1 } })
    await openMany(port, 30)
    await eventually(() => gate.counters().limited.refused === 31)
    expect(gate.counters().unfinished).toBe(30)
  })

  it('has a limit for failed handshakes', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1 })
    await untilLimited('refused', gate, async () => {
      const socket = await openTcp(port)
      socket.end('GET / HTTP/1.1\r\n\r\n')
      await once(socket.resume(), 'close')
    })
  })

  it('has a limit for open connections', async () => {
    const { port, gate, from } = await startLimited({ open: 3 })
    const sockets: TLSSocket[] = []
    for (let i = 0; i < 3; i++) sockets.push(await open(port, good))
    expect(await isTurnedAway(port)).toBe(true)
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    from.address = attacker
    sockets[0]!.destroy()
    await eventually(async () => !(await isTurnedAway(port)))
    for (const socket of sockets) socket.destroy()
    expect(gate.counters().limited.open).toBeGreaterThan(0)
  })

  it('has a limit for unfinished handshakes, and each is freed however it ends', async () => {
    const { port, gate, from, server } = await startLimited({ unfinished: 2 }, { handshakeTimeoutMs: 300 })
    server.on('tlsClientError', () => undefined)
    const silent = [await openTcp(port), await openTcp(port)]
    expect(await isTurnedAway(port)).toBe(true)
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    from.address = attacker
    silent[0]!.destroy()
    await eventually(async () => !(await isTurnedAway(port)))
    await once(silent[1]!.resume(), 'close')
    for (let i = 0; i < 5; i++) expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters().limited.unfinished).toBeGreaterThan(0)
  })

  it('has a limit for connections per second', async () => {
    const { port, gate, from } = await startLimited({ handshakesPerSecond: 1 })
    await untilLimited('handshakes', gate, () => ask(port, good).catch(() => undefined))
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('has a limit for rejected connections that wait for their response; more are closed without one', async () => {
    const { port, gate, from } = await startLimited({ lingering: 2 })
    const silent = [await open(port, unknownClient), await open(port, unknownClient)]
    await eventually(() => gate.counters().refused.unknown_issuer === 2)
    await expect(ask(port, unknownClient)).rejects.toThrow(/ECONNRESET|socket hang up|EPIPE/)
    expect(gate.counters().limited).toEqual({ lingering: 1 })
    from.address = other
    expect(await ask(port, unknownClient)).toMatchObject({ status: 403 })
    from.address = attacker
    for (const socket of silent) socket.destroy()
    await eventually(async () => (await ask(port, unknownClient).catch(() => undefined))?.status === 403)
  })

  it('is a whole /64 of IPv6', async () => {
    const { port, from } = await startLimited({ open: 1 })
    from.address = '2001:db8::1'
    const socket = await open(port, good)
    from.address = '2001:db8::ffff:1'
    expect(await isTurnedAway(port)).toBe(true)
    from.address = '2001:db8:0:1::1'
    expect(await isTurnedAway(port)).toBe(false)
    socket.destroy()
  })

  it('is not blocked for probes that connect and send nothing', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1 })
    for (let i = 0; i < 30; i++) (await openTcp(port)).destroy()
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters().limited).toEqual({})
  })

  it('is forgotten as soon as possible, but not while it is known', async () => {
    const { port, gate, from } = await startLimited({})
    for (let i = 0; i < 50; i++) {
      from.address = `10.0.0.${i}`
      ;(await openTcp(port)).destroy()
    }
    expect(gate.counters().addresses).toBeLessThan(25)
    for (let i = 0; i < 50; i++) {
      from.address = `10.0.1.${i}`
      await ask(port, good)
    }
    expect(gate.counters().addresses).toBeGreaterThanOrEqual(50)
  })
})

describe('limits', () => {
  it('do not apply to exempt addresses and ranges', async () => {
    const { port, from } = await startLimited({ open: 1, exempt: [attacker, '2001:db8::/32'] })
    const sockets = [await open(port, good), await open(port, good)]
    from.address = '2001:db8::1'
    sockets.push(await open(port, good), await open(port, good))
    for (const socket of sockets) expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    for (const socket of sockets) socket.destroy()
  })

  it('can be switched off', async () => {
    const { port, gate } = await startGate({ truststore: store, limits: false })
    await ask(port, costlyChain(30))
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters()).toMatchObject({ limited: {}, addresses: 0 })
  })

  it('are not reached by an address with hundreds of clients, some of them unknown', async () => {
    const { port, gate } = await startGate({ truststore: store })
    stopClock()
    const clients = Array.from({ length: 200 }, async (_, i) => (await ask(port, i % 50 === 0 ? unknownClient : good)).status)
    const statuses = await Promise.all(clients)
    expect(statuses.filter((status) => status === 200)).toHaveLength(196)
    expect(gate.counters()).toMatchObject({ accepted: 196, refused: { unknown_issuer: 4 }, limited: {} })
  })
})

describe('the address from clientAddress', () => {
  it('appears in identities and rejections', async () => {
    const seen: unknown[] = []
    const options = {
      authorize: ({ remoteAddress }: { remoteAddress: string | undefined }) => seen.push(remoteAddress) > 0,
      onReject: ({ remoteAddress }: { remoteAddress: string | undefined }) => seen.push(remoteAddress),
    }
    const { port, from } = await startLimited({}, options)
    await ask(port, good)
    from.address = other
    await ask(port, unknownClient)
    expect(seen).toEqual([attacker, other])
  })

  it('limits waiting for authorize, unless it is exempt', async () => {
    const options = {
      authorize: () => new Promise<boolean>(() => undefined),
      authorizeTimeoutMs: 60_000,
      maxPendingPerAddress: 1,
    }
    const { port, gate, from } = await startLimited({ exempt: ['203.0.113.0/24'] }, options)
    const waiting: TLSSocket[] = []
    for (const address of [attacker, other, '203.0.113.1', '203.0.113.1']) {
      from.address = address
      waiting.push(await open(port, good))
      await eventually(() => gate.counters().pending === waiting.length)
    }
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 503, code: 'overloaded' })
    for (const socket of waiting) socket.destroy()
  })

  it.each([
    ['not an address', () => 'unknown'],
    ['not a string', () => 7 as never],
    [
      'not available',
      () => {
        throw new Error('no header')
      },
    ],
  ])('closes the connection if it is %s', async (_name, clientAddress) => {
    const { port, gate, reached } = await startGate({ truststore: store, clientAddress })
    expect(await isTurnedAway(port)).toBe(true)
    expect([gate.counters().limited, reached]).toEqual([{ address: 1 }, []])
  })

  it('may come from a PROXY header that a load balancer sends before TLS', async () => {
    const seen: unknown[] = []
    const addresses = new WeakMap<Socket, string>()
    const { server } = await startGate({
      truststore: store,
      clientAddress: (socket) => addresses.get(socket),
      authorize: ({ remoteAddress }) => seen.push(remoteAddress) > 0,
      limits: { open: 1 },
    })
    const front = createTcpServer((socket) => {
      socket.once('data', (chunk: Buffer) => {
        const length = 16 + chunk.readUInt16BE(14)
        addresses.set(socket, chunk.subarray(16, 20).join('.'))
        socket.pause()
        socket.unshift(chunk.subarray(length))
        server.emit('connection', socket)
      })
    })
    const port = await listen(front)
    const connectFrom = async (last: number): Promise<TLSSocket> => {
      const socket = await openTcp(port)
      const header = Buffer.from(
        `0d0a0d0a000d0a515549540a2111000cc00002${last.toString(16).padStart(2, '0')}7f000001d43101bb`,
        'hex',
      )
      socket.write(header)
      return open(port, good, { socket })
    }
    const first = await connectFrom(7)
    expect(await ask(port, good, { socket: first })).toMatchObject({ status: 200 })
    expect(await ask(port, good, { socket: await connectFrom(8) })).toMatchObject({ status: 200 })
    await expect(connectFrom(7)).rejects.toThrow(/disconnected|ECONNRESET/)
    expect(seen).toEqual(['192.0.2.7', '192.0.2.8'])
    first.destroy()
    front.close()
  })
})
