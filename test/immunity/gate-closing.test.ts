import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import { createServer, Server as HttpsServer } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { createServer as createTlsServer, type Server, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { type MutualTlsOptions, mutualTls } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import { ask, closeServers, good, listen, open, otherStore, own, startGate, store, unknownClient } from '../support/gate.ts'

/** A closing server does not wait for connections that were not accepted, and the application does not see them. */

afterEach(closeServers)

const never = new Promise<boolean>(() => undefined)
const kinds: readonly (readonly [string, (options: object) => Server])[] = [
  ['HTTPS', (options) => createServer(options)],
  ['HTTP/2', (options) => createSecureServer({ ...options, allowHTTP1: true })],
  ['TLS', (options) => createTlsServer(options)],
]

/** A server with a connection that waits for `authorize` and a rejected one. Neither sends a request. */
async function startOutside(create: (options: object) => Server) {
  // `authorize` takes much longer than the test.
  const options: MutualTlsOptions = { truststore: store, authorize: () => never, authorizeTimeoutMs: 600_000 }
  const gate = mutualTls(options)
  const server = gate.protect(create({ ...own, ...gate.tlsOptions }))
  const port = await listen(server)
  const sockets: TLSSocket[] = [await open(port, good), await open(port, unknownClient)]
  await eventually(() => gate.counters().pending === 1 && gate.counters().refused.unknown_issuer === 1)
  return { server, sockets }
}

describe('a server that closes', () => {
  it.each(kinds)('does not wait for connections that were not accepted: %s', async (_name, create) => {
    const { server, sockets } = await startOutside(create)
    const begin = Date.now()
    await new Promise((resolve) => server.close(resolve))
    // Rejected connections would stay open for longer by themselves.
    expect(Date.now() - begin).toBeLessThan(3000)
    for (const socket of sockets) await (socket.closed || once(socket.resume(), 'close'))
  })

  it('closes them by closeAllConnections', async () => {
    const { server, sockets } = await startOutside((options) => createServer(options))
    const begin = Date.now()
    if (server instanceof HttpsServer) server.closeAllConnections()
    await Promise.all(sockets.map((socket) => socket.closed || once(socket.resume(), 'close')))
    expect(Date.now() - begin).toBeLessThan(3000)
    expect(server.listening).toBe(true)
  })

  it('finishes the requests of accepted clients', async () => {
    const gate = mutualTls({ truststore: store })
    const server = gate.protect(
      createServer({ ...own, ...gate.tlsOptions }, (_request, response) => {
        server.close()
        setTimeout(() => response.end('in'), 100)
      }),
    )
    expect(await ask(await listen(server), good)).toMatchObject({ status: 200, body: 'in' })
  })

  it('calls the callback and returns the server', async () => {
    const { server } = await startGate({ truststore: store })
    let called = 0
    expect(server.close(() => called++)).toBe(server)
    await eventually(() => called === 1)
  })
})

describe('clientError', () => {
  /** A server that records its error events. */
  async function startListening(options: Partial<MutualTlsOptions> = {}) {
    const started = await startGate({ truststore: store, ...options } as MutualTlsOptions)
    const heard: string[] = []
    started.server.on('clientError', (_error, socket) => {
      heard.push('clientError')
      socket.end('HTTP/1.1 418 Heard\r\n\r\n')
    })
    started.server.on('tlsClientError', () => heard.push('tlsClientError'))
    return { ...started, heard }
  }

  async function answerTo(socket: TLSSocket, text: string): Promise<string> {
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk))
    socket.write(text)
    if (!socket.closed) await once(socket, 'close')
    return answer
  }

  it('is emitted for accepted clients', async () => {
    const { port, heard } = await startListening()
    expect(await answerTo(await open(port, good), 'junk\r\n\r\n')).toContain('418 Heard')
    expect(heard).toEqual(['clientError'])
  })

  it('is not emitted for unknown clients, whether their handshake fails or they are rejected', async () => {
    const { port, heard } = await startListening()
    const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await once(socket.resume(), 'close')
    expect(await answerTo(await open(port, unknownClient), 'junk\r\n\r\n')).not.toContain('418')
    expect(heard).toEqual(['tlsClientError'])
  })

  it('is not emitted for a client that is rejected later, which gets the default response', async () => {
    const source = { current: store }
    const { port, heard } = await startListening({ truststore: source })
    const socket = await open(port, good)
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    source.current = otherStore
    const answer = await answerTo(socket, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\njunk\r\n\r\n')
    expect(answer).toContain('403')
    expect(heard).toEqual([])
  })
})
