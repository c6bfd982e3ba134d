import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { costlyChain } from '../support/costly-chain.ts'
import { eventually } from '../support/eventually.ts'
import { ask, closeServers, good, unknownClient } from '../support/gate.ts'
import { openMany, other, startLimited, stopClock } from '../support/limited-gate.ts'

/** An address whose clients are unknown so far gets few handshakes at a time; its other connections wait. */

afterEach(async () => {
  vi.restoreAllMocks()
  await closeServers()
})

describe('an address without recently accepted clients', () => {
  it('starts two handshakes at a time, and after half a second four', async () => {
    const { port, gate, from } = await startLimited({})
    const silent = await openMany(port, 30)
    await eventually(() => gate.counters().waiting === 28)
    expect(gate.counters()).toMatchObject({ unfinished: 2, limited: {} })
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters()).toMatchObject({ unfinished: 2, waiting: 28 })
    await eventually(() => gate.counters().waiting === 26)
    expect(gate.counters()).toMatchObject({ unfinished: 4, limited: {} })
    for (const socket of silent.slice(0, 27)) socket.destroy()
    await eventually(() => gate.counters().waiting === 0)
  })

  it('has few of a burst of unknown clients rejected, and the others closed before TLS starts', async () => {
    const { port, gate, from } = await startLimited({})
    stopClock()
    await Promise.all(Array.from({ length: 400 }, () => ask(port, unknownClient).catch(() => undefined)))
    const { refused, limited, waiting } = gate.counters()
    // A quarter of its allowance, which is 25 for each of four seconds, at two for each rejection.
    expect(refused.unknown_issuer).toBe(13)
    expect([refused.unknown_issuer! + limited.refused!, waiting]).toEqual([400, 0])
    from.address = other
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('starts no handshake before the cost of the last one is known', async () => {
    const { port, gate } = await startLimited({ refusedPerSecond: 1 })
    await Promise.all(Array.from({ length: 10 }, () => ask(port, costlyChain(5)).catch(() => undefined)))
    expect(gate.counters()).toMatchObject({ refused: { unknown_issuer: 1 }, limited: { refused: 9 } })
  })

  it('no longer waits once one of its clients is accepted', async () => {
    const { port, gate } = await startLimited({})
    await openMany(port, 1)
    await eventually(() => gate.counters().unfinished === 1)
    const clients = Array.from({ length: 20 }, () => ask(port, good))
    await openMany(port, 30)
    expect((await Promise.all(clients)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    // More than the four that waiting alone would allow.
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
