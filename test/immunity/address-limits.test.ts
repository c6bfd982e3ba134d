import { once } from 'node:events'
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import type { AddressLimits, LimitName, MutualTls, MutualTlsOptions } from '../../src/node/index.ts'
import { costlyChain } from '../support/costly-chain.ts'
import { eventually } from '../support/eventually.ts'
import {
  ask,
  closeServers,
  good,
  issuing,
  noCertificate,
  open,
  type Started,
  startGate,
  store,
  unknownClient,
} from '../support/gate.ts'
import { mint } from '../support/mint.ts'

/** One address must not use up a server: all clients share the event loop, and OpenSSL works before any verdict. */

afterEach(closeServers)

const attacker = '192.0.2.1'
const other = '198.51.100.1'

/** A gate whose connections come from the address in `from`. */
async function startLimited(limits: AddressLimits, options: Partial<MutualTlsOptions> = {}): Promise<Started & From> {
  const from = { address: attacker }
  const clientAddress = (): string => from.address
  const started = await startGate({ truststore: store, limits, clientAddress, ...options } as MutualTlsOptions)
  return { ...started, from }
}

interface From {
  /** Connections read it when they arrive. */
  readonly from: { address: string }
}

/** Whether a connection is closed before its handshake ends. */
async function isTurnedAway(port: number): Promise<boolean> {
  return (await ask(port, good).catch(() => undefined)) === undefined
}

async function openTcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const openMany = (port: number, count: number): Promise<Socket[]> =>
  Promise.all(Array.from({ length: count }, () => openTcp(port)))

/** Repeats an action, which must take less than a second, until the limit is reached. */
async function until(limit: LimitName, gate: MutualTls, act: () => Promise<unknown>): Promise<void> {
  for (let i = 0; gate.counters().limited[limit] === undefined; i++) {
    if (i === 500) throw new Error(`${limit}: no limit`)
    await act()
  }
}

/** A client that sends only the first record of its second flight, which has the certificates. */
async function stall(port: number, credentials: ConnectionOptions): Promise<Socket> {
  const relay = createTcpServer((near) => {
    const far = connectTcp(port, '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => undefined)
    far.on('close', () => near.destroy()).pipe(near)
    let flights = 0
    near.on('data', (flight: Buffer) => {
      flights++
      if (flights === 1) far.write(flight)
      // RFC 5246 6.2.1: the last two bytes before the content of a record are its length.
      else if (flights === 2) far.write(flight.subarray(0, 5 + flight.readUInt16BE(3)))
    })
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const near = await openTcp((relay.address() as { port: number }).port)
  const client = connect({ socket: near, rejectUnauthorized: false, maxVersion: 'TLSv1.2', ...credentials })
  client.on('error', () => undefined)
  relay.close()
  return near
}

describe('a handshake that is costly for OpenSSL', () => {
  it('blocks its address, and no other', async () => {
    const { port, gate, from, reached } = await startLimited({})
    expect(await ask(port, costlyChain(60))).toMatchObject({ status: 403 })
    expect(await isTurnedAway(port)).toBe(true)
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters()).toMatchObject({ limited: { refused: 1 }, refused: { unknown_issuer: 1 } })
    expect(reached).toHaveLength(1)
  })

  it('blocks its address even if it never ends', async () => {
    const { port, gate, from } = await startLimited({}, { handshakeTimeoutMs: 1000 })
    const stalled = await stall(port, costlyChain(36))
    await once(stalled.resume(), 'close')
    expect(await isTurnedAway(port)).toBe(true)
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters().limited).toEqual({ refused: 1 })
  })

  it('ends the unfinished handshakes of the same address', async () => {
    const { port, from } = await startLimited({})
    const halfway = await openTcp(port)
    from.address = other
    const unrelated = await openTcp(port)
    from.address = attacker
    await ask(port, costlyChain(60))
    await once(halfway.resume(), 'close')
    expect(unrelated.closed).toBe(false)
    unrelated.destroy()
  })

  it('blocks an address with many accepted clients for a shorter time, and a warning mentions load balancers', async () => {
    const warnings: string[] = []
    const note = ({ message }: Error): unknown => warnings.push(message)
    process.on('warning', note)
    const { port, gate } = await startLimited({})
    const inside: TLSSocket[] = []
    for (let i = 0; i < 40; i++) inside.push(await open(port, good))
    await eventually(() => gate.counters().accepted === 40)
    await ask(port, costlyChain(60))
    const begin = Date.now()
    await eventually(async () => !(await isTurnedAway(port)))
    expect(Date.now() - begin).toBeLessThan(10_000)
    for (const socket of inside) socket.destroy()
    process.off('warning', note)
    expect(warnings).toEqual([
      `limits of mutualTls blocked ${attacker}, which also has accepted clients; if it is a load balancer, list it in limits.exempt`,
    ])
  })

  it('is not counted for an accepted client with a chain of normal size', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1 })
    for (let i = 0; i < 30; i++) expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters()).toMatchObject({ accepted: 30, limited: {} })
  })

  it('is counted for an accepted client with an unusually large chain', async () => {
    const { port, gate } = await startLimited({})
    const insider = costlyChain(60, mint({ subject: 'O=Gate,CN=insider' }, issuing), issuing.subject)
    expect(await ask(port, insider)).toMatchObject({ status: 200, body: 'hello CN=insider,O=Gate' })
    expect(await isTurnedAway(port)).toBe(true)
    expect(gate.counters()).toMatchObject({ accepted: 1, limited: { refused: 1 } })
  })
})

describe('one address', () => {
  it('has a limit for rejected handshakes that does not affect other addresses', async () => {
    const { port, gate, from } = await startLimited({ refusedPerSecond: 1 })
    await until('refused', gate, () => ask(port, noCertificate).catch(() => undefined))
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
    await until('refused', gate, () => ask(port, good).catch(() => undefined))
    expect(reached).toHaveLength(1)
  })

  it('has unfinished handshakes counted as rejected once it has many rejected ones', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 5 })
    await ask(port, good)
    await openMany(port, 30)
    await eventually(() => gate.counters().unfinished === 30)
    const begin = performance.now()
    await until('refused', gate, () => ask(port, unknownClient).catch(() => undefined))
    const regained = ((performance.now() - begin) / 1000) * 5
    // The address may have 20. With the unfinished ones, half of that blocked it.
    const refused = gate.counters().refused.unknown_issuer
    expect(refused).toBeGreaterThanOrEqual(11)
    expect(refused).toBeLessThanOrEqual(Math.min(11 + regained, 19))
    const turnedAway = gate.counters().limited.refused!
    await openMany(port, 30)
    await eventually(() => gate.counters().limited.refused! + gate.counters().unfinished === turnedAway + 60)
    // Half of the allowance comes back within two seconds.
    expect(gate.counters().limited.refused).toBeGreaterThan(turnedAway)
  })

  it('has a limit for failed handshakes', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1 })
    await until('refused', gate, async () => {
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
    await until('handshakes', gate, () => ask(port, good).catch(() => undefined))
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

  it('is forgotten as soon as possible', async () => {
    const { port, gate, from } = await startLimited({})
    for (let i = 0; i < 50; i++) {
      from.address = `10.0.0.${i}`
      await ask(port, good)
    }
    expect(gate.counters().addresses).toBeLessThan(25)
  })
})

describe('an address without recently accepted clients', () => {
  it('starts two handshakes at a time, and after half a second as many as may be rejected', async () => {
    const { port, gate, from } = await startLimited({})
    const silent = await openMany(port, 30)
    await eventually(() => gate.counters().waiting === 28)
    expect(gate.counters()).toMatchObject({ unfinished: 2, limited: {} })
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters()).toMatchObject({ unfinished: 2, waiting: 28 })
    // A quarter of its allowance, which is 25 for each of four seconds.
    await eventually(() => gate.counters().waiting === 5)
    expect(gate.counters()).toMatchObject({ unfinished: 25, limited: {} })
    for (const socket of silent.slice(0, 20)) socket.destroy()
    await eventually(() => gate.counters().waiting === 0)
  })

  it('has few of a burst of unknown clients rejected, and the others closed before TLS starts', async () => {
    const { port, gate, from } = await startLimited({})
    const begin = performance.now()
    await Promise.all(Array.from({ length: 400 }, () => ask(port, unknownClient).catch(() => undefined)))
    const regained = ((performance.now() - begin) / 1000) * 25
    const { refused, limited, waiting } = gate.counters()
    // A quarter of its allowance, which is 25 for each of four seconds, and those that had started when it was used up.
    expect(refused.unknown_issuer).toBeLessThan(25 + regained + 2)
    expect([refused.unknown_issuer! + limited.refused!, waiting]).toEqual([400, 0])
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('starts no handshake before the cost of the last one is known', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1 })
    await Promise.all(Array.from({ length: 10 }, () => ask(port, costlyChain(5)).catch(() => undefined)))
    expect(gate.counters()).toMatchObject({ refused: { unknown_issuer: 1 }, limited: { refused: 9 } })
  })

  it('starts fewer handshakes at a time if its last one was more costly', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1000 })
    expect(await ask(port, costlyChain(5))).toMatchObject({ status: 403 })
    await openMany(port, 200)
    await eventually(() => gate.counters().waiting === 198)
    await eventually(() => gate.counters().waiting < 198)
    // At normal cost, all 200 would have started.
    expect(gate.counters().waiting).toBeGreaterThan(100)
    expect(gate.counters().limited).toEqual({})
  })

  it('no longer waits once one of its clients is accepted', async () => {
    const { port, gate } = await startLimited({})
    await openMany(port, 1)
    await eventually(() => gate.counters().unfinished === 1)
    const clients = Array.from({ length: 20 }, () => ask(port, good))
    await openMany(port, 30)
    expect((await Promise.all(clients)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    // More than the 25 that waiting alone would allow.
    await eventually(() => gate.counters().unfinished === 31)
    expect(gate.counters()).toMatchObject({ waiting: 0, limited: {} })
  })

  it('has waiting connections counted as open and as unfinished', async () => {
    const { port, gate } = await startLimited({ unfinished: 10, open: 12 })
    await openMany(port, 15)
    await eventually(() => gate.counters().limited.unfinished === 5)
    expect(gate.counters()).toMatchObject({ unfinished: 2, waiting: 8 })
  })

  it('frees waiting connections that leave, in whatever way', async () => {
    const { port, gate } = await startLimited({})
    const sockets = await openMany(port, 30)
    await eventually(() => gate.counters().waiting === 28)
    for (const socket of sockets.slice(2, 20)) socket.resetAndDestroy()
    for (const socket of sockets.slice(20)) socket.destroy()
    await eventually(() => gate.counters().waiting === 0)
    expect(gate.counters()).toMatchObject({ unfinished: 2, limited: {} })
  })

  it('has waiting connections closed with the server', async () => {
    const { port, gate, server } = await startLimited({})
    const sockets = await openMany(port, 30)
    await eventually(() => gate.counters().waiting === 28)
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets.slice(0, 2)) socket.destroy()
    await closed
    await eventually(() => gate.counters().waiting === 0)
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
    front.listen(0, '127.0.0.1')
    await once(front, 'listening')
    const { port } = front.address() as { port: number }
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
