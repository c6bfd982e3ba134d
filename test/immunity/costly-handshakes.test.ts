import { once } from 'node:events'
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { costlyChain } from '../support/costly-chain.ts'
import { eventually } from '../support/eventually.ts'
import { ask, closeServers, good, issuing, open } from '../support/gate.ts'
import { attacker, isTurnedAway, openTcp, other, startLimited } from '../support/limited-gate.ts'
import { listen } from '../support/listen.ts'
import { mint } from '../support/mint.ts'

/** Before any verdict, OpenSSL does work that depends on the certificates. One costly handshake must be enough to block an address. */

afterEach(closeServers)

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
  const near = await openTcp(await listen(relay))
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
