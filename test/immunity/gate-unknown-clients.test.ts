import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { mutualTls } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import {
  ask,
  closeServers,
  good,
  listen,
  noCertificate,
  open,
  otherStore,
  own,
  startGate,
  store,
  unknownClient,
} from '../support/gate.ts'

/** What unknown clients can make a gate hold. */

afterEach(closeServers)

const later = <T>(value: T, ms: number): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value))

/** The preface of an HTTP/2 client (RFC 9113 3.4): the magic, and empty SETTINGS. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')

/** HEADERS of a complete request (RFC 9113 6.2): `GET / https` from HPACK's table, and `:authority: a`. */
function getFrame(stream: number): Buffer {
  return Buffer.from([0, 0, 6, 1, 5, 0, 0, 0, stream, 0x82, 0x84, 0x87, 0x41, 1, 0x61])
}

/** Codes of RST_STREAM (RFC 9113 7). After `noError` Node's stream is closed but not yet destroyed; after `cancel` it is destroyed. */
const noError = 0
const cancel = 8

function resetFrame(stream: number, code: number): Buffer {
  return Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, stream, 0, 0, 0, code])
}

describe('what unknown clients can make a gate hold', () => {
  it('handshakes that do not end are closed', async () => {
    const { port, server } = await startGate({ truststore: store, handshakeTimeoutMs: 100 })
    server.on('tlsClientError', () => undefined)
    const socket = connectTcp(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    const begin = Date.now()
    await once(socket.resume(), 'close')
    expect(Date.now() - begin).toBeLessThan(3000)
  })

  it('rejected connections that send no request are closed', { timeout: 20_000 }, async () => {
    const { port } = await startGate({ truststore: store })
    const silent = [await open(port, unknownClient), await open(port, noCertificate)]
    await Promise.all(silent.map((socket) => once(socket.resume(), 'close')))
    const endless = await open(port, unknownClient)
    endless.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n')
    const chunk = Buffer.alloc(65_536)
    const timer = setInterval(() => endless.writable && endless.write(chunk), 1)
    await once(endless.resume(), 'close')
    clearInterval(timer)
  })

  it('rejected clients that send junk, or vanish, do no harm', async () => {
    const { port, gate } = await startGate({ truststore: store })
    for (const junk of ['\0\0\0', 'GET', 'GET / HTTP/9.9\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
      const socket = await open(port, unknownClient)
      socket.end(junk)
      await once(socket.resume(), 'close')
      const h2 = await open(port, unknownClient, { ALPNProtocols: ['h2', 'http/1.1'] })
      h2.write(junk)
      h2.destroy()
    }
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(gate.counters().accepted).toBe(1)
  })

  it('an accepted client that resets a stream is not counted as rejected', async () => {
    const rejections: unknown[] = []
    const onReject = (rejection: unknown): unknown => rejections.push(rejection)
    const gate = mutualTls({ truststore: store, authorize: () => later(true, 50), onReject })
    let heard = 0
    const server = createSecureServer({ ...own, ...gate.tlsOptions }, (_request, response) => {
      heard++
      response.end('in')
    })
    const port = await listen(gate.protect(server))
    const socket = await open(port, good, { ALPNProtocols: ['h2'] })
    socket.resume().write(Buffer.concat([preface, getFrame(1), resetFrame(1, cancel), getFrame(3)]))
    await eventually(() => heard > 0)
    socket.destroy()
    expect([heard, rejections, gate.counters().refusedRequests]).toEqual([1, [], {}])
  })

  it('HTTP/2 streams that are reset before they are handled do no harm', async () => {
    const thrown: unknown[] = []
    const note = (error: unknown): void => void thrown.push(error)
    process.on('uncaughtException', note)
    const source = { current: store }
    for (const [isAuthorized, code] of [
      [false, 'not_authorized'],
      [true, 'unknown_issuer'],
    ] as const) {
      // While `authorize` is pending, Node buffers what the client sends, and then reads all of it at once.
      const authorize = (): Promise<boolean> => later(isAuthorized, 50)
      const gate = mutualTls({ truststore: source, authorize })
      const server = createSecureServer({ ...own, ...gate.tlsOptions }, (_request, response) => void response.end('in'))
      const port = await listen(gate.protect(server))
      server.on('session', () => (source.current = otherStore))
      const socket = await open(port, good, { ALPNProtocols: ['h2'] })
      let text = ''
      socket.setEncoding('latin1').on('data', (chunk) => (text += chunk))
      socket.write(Buffer.concat([preface, getFrame(1), resetFrame(1, noError), getFrame(3)]))
      await eventually(() => text.includes(code))
      socket.destroy()
      source.current = store
    }
    process.off('uncaughtException', note)
    expect(thrown).toEqual([])
  })
})
