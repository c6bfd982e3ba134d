import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { connect as connectHttp2, createSecureServer, type ServerHttp2Stream } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { domainName } from '../../src/node/gate/domain.ts'
import { getClientIdentity, mutualTls } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import {
  ask,
  client,
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

/** Ways around gates that were found elsewhere. `gate-unknown-clients.test.ts` has bounds on what unknown clients cost. */

afterEach(closeServers)

const later = <T>(value: T, ms: number): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value))

/** Written by hand, because Node's client does not report the response to CONNECT if nothing listens for `connect`. */
async function requestTunnel(port: number, credentials: typeof good): Promise<string> {
  const socket = await open(port, credentials, { ALPNProtocols: ['http/1.1'] })
  socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk
  return text
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describe('a client that changes its identity', () => {
  it.skipIf(!hasOpenssl)('cannot renegotiate (skipped without openssl)', { timeout: 30_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-gate-'))
    writeFileSync(join(folder, 'c.pem'), `${good.cert}${good.key}`)
    const { port, reached } = await startGate({ truststore: store })
    const args = [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-tls1_2',
      '-cert',
      join(folder, 'c.pem'),
      '-servername',
      'localhost',
    ]
    const child = spawn('openssl', args)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    child.stdin.on('error', () => undefined)
    await eventually(() => text.includes('Verify return code'))
    // A line with only R makes s_client renegotiate.
    child.stdin.write('R\n')
    await eventually(() => text.includes('RENEGOTIATING'))
    await eventually(() => /no renegotiation|handshake failure|unexpected message/i.test(text) || child.exitCode !== null)
    child.kill()
    rmSync(folder, { recursive: true })
    expect(text).toMatch(/no renegotiation/i)
    expect(reached).toEqual([])
  })

  it('cannot set its identity by headers, nor by a property of the request', async () => {
    const { port, server } = await startGate({ truststore: store })
    let seen: unknown
    server.on('request', (request: IncomingMessage) => {
      seen = Reflect.get(request, 'clientIdentity').certificate.subject
      Reflect.set(request, 'clientIdentity', { certificate: { subject: 'CN=admin' } })
    })
    const headers = { 'x-forwarded-client-cert': 'Subject="CN=admin"', 'client-cert': ':AA==:', clientidentity: 'CN=admin' }
    for (const credentials of [noCertificate, unknownClient]) expect((await ask(port, credentials, { headers })).status).toBe(403)
    expect(await ask(port, good, { headers })).toMatchObject({ body: 'hello CN=client,O=Gate' })
    expect(seen).toBe('CN=client,O=Gate')
  })
})

describe('an application that listens to every event', () => {
  it('gets no event of a rejected client', async () => {
    const gate = mutualTls({ truststore: store })
    const server = createSecureServer({ ...own, ...gate.tlsOptions, allowHTTP1: true })
    const heard: string[] = []
    const events = ['secureConnection', 'session', 'stream', 'request', 'upgrade', 'connect', 'checkContinue', 'unknownProtocol']
    for (const event of events) server.prependListener(event, () => heard.push(event))
    gate.protect(server)
    for (const event of events) server.prependListener(event, () => heard.push(event))
    const port = await listen(server)
    const ALPNProtocols = ['http/1.1']
    await ask(port, unknownClient, { ALPNProtocols })
    await requestTunnel(port, unknownClient)
    await ask(port, unknownClient, { ALPNProtocols, headers: { connection: 'Upgrade', upgrade: 'websocket' } }).catch(
      () => undefined,
    )
    await ask(port, noCertificate, { ALPNProtocols, headers: { expect: '100-continue' }, method: 'POST', body: 'x' })
    await ask(port, unknownClient, { ALPNProtocols: ['spdy/9'] }).catch(() => undefined)
    expect(heard).toEqual([])
  })

  it('gets no event for a dropped request once its connection is rejected', async () => {
    const source = { current: store }
    const { port, server } = await startGate({ truststore: source })
    server.maxRequestsPerSocket = 1
    let heard = 0
    server.on('dropRequest', () => heard++)
    for (const swapped of [false, true]) {
      source.current = store
      const socket = await open(port, good)
      server.once('request', () => {
        if (swapped) source.current = otherStore
      })
      const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
      socket.write(get + get)
      let text = ''
      socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      await eventually(() => text.includes('HTTP/1.1 503'))
      socket.destroy()
      expect(heard).toBe(1)
    }
  })

  it('gets no event for the tunnel of a rejected client, which gets its response', async () => {
    const gate = mutualTls({ truststore: store, authorize: () => later(true, 50), maxPending: 0 })
    const server = gate.protect(createHttpsServer({ ...own, ...gate.tlsOptions }))
    server.on('connect', () => expect.unreachable())
    const port = await listen(server)
    for (const [credentials, status, code] of [
      [unknownClient, '403 Forbidden', 'unknown_issuer'],
      [good, '503 Service Unavailable', 'overloaded'],
    ] as const) {
      const answer = await requestTunnel(port, credentials)
      expect(answer).toMatch(`HTTP/1.1 ${status}\r\n`)
      expect(answer).toContain(code)
    }
  })

  it('gets no event for a rejected stream, not even on the HTTP/2 session', async () => {
    const source = { current: store }
    const gate = mutualTls({ truststore: source })
    const server = createSecureServer({ ...own, ...gate.tlsOptions })
    const heard: unknown[] = []
    const hear = (stream: ServerHttp2Stream): void => void heard.push(getClientIdentity(stream)?.certificate.subject)
    server.on('session', (session) => session.on('stream', hear))
    gate.protect(server)
    server.prependListener('session', (session) => session.prependListener('stream', hear))
    server.once('stream', ({ session }) => session?.on('stream', hear))
    server.on('stream', (stream) => {
      stream.respond()
      stream.end('in')
    })
    const port = await listen(server)
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, ...good })
    const status = async (): Promise<unknown> => (await once(session.request().resume(), 'response'))[0][':status']
    expect([await status(), await status()]).toEqual([200, 200])
    expect(heard).toEqual(new Array(5).fill('CN=client,O=Gate'))
    source.current = otherStore
    expect([await status(), await status()]).toEqual([403, 403])
    source.current = store
    // A session that was rejected once stays rejected.
    expect(await status()).toBe(403)
    session.destroy()
    expect(heard).toHaveLength(5)
    expect(gate.counters()).toMatchObject({ accepted: 1, refusedRequests: { unknown_issuer: 3 } })
  })
})

describe('connections that stay open', () => {
  it('carry thousands of requests, each with the right client', async () => {
    const { port, gate, reached } = await startGate({ truststore: store })
    const sockets = [await open(port, good), await open(port, client({ subject: 'CN=second' }))]
    const names = await Promise.all(
      sockets.map(async (socket) => {
        const seen = new Set<string>()
        for (let i = 0; i < 1500; i++) seen.add((await ask(port, good, { socket })).body)
        return [...seen]
      }),
    )
    expect(names).toEqual([['hello CN=client,O=Gate'], ['hello CN=second']])
    expect(reached).toHaveLength(3000)
    expect(gate.counters()).toMatchObject({ accepted: 2, verifyMicroseconds: { count: 2 } })
  })

  it('have every stream rejected after their truststore was replaced', async () => {
    const source = { current: store }
    const gate = mutualTls({ truststore: source })
    let reached = 0
    const server = createSecureServer({ ...own, ...gate.tlsOptions }, (request, response) => {
      reached++
      response.end(String(getClientIdentity(request)?.certificate.subject))
    })
    const port = await listen(gate.protect(server))
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, ...good })
    const status = async (): Promise<unknown> => {
      const stream = session.request({ ':path': '/' })
      const [headers] = await once(stream.resume(), 'response')
      return headers[':status']
    }
    expect(await Promise.all(Array.from({ length: 50 }, status))).toEqual(new Array(50).fill(200))
    source.current = otherStore
    expect(await Promise.all(Array.from({ length: 50 }, status))).toEqual(new Array(50).fill(403))
    session.destroy()
    expect(reached).toBe(50)
  })
})

describe('a server name that is not a DNS name', () => {
  const names = [
    'x\n2026-11-27 INFO accepted CN=admin from 10.0.0.1',
    '\x1b[2J\x1b]0;owned\x07',
    'a\u202eb',
    'a b',
    'a'.repeat(64),
    `${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(62),
    '-'.repeat(250),
    '*.example.com',
    'a..b',
    '.',
    '"\'\\',
  ]

  it.each(names)('does not appear in rejections, identities or authorize: %j', async (servername) => {
    const seen: (string | undefined)[] = []
    const note = ({ serverName }: { readonly serverName: string | undefined }): boolean => seen.push(serverName) > 0
    const { port, server } = await startGate({ truststore: store, onReject: note, onAccept: note, authorize: note })
    server.on('request', (request) => note(getClientIdentity(request)!))
    expect(await ask(port, unknownClient, { servername })).toMatchObject({ status: 403 })
    expect(await ask(port, good, { servername })).toMatchObject({ status: 200 })
    expect(seen).toEqual([undefined, undefined, undefined, undefined])
  })

  it('differs from one that is, which appears in lower case', async () => {
    const seen: (string | undefined)[] = []
    const onReject = ({ serverName }: { readonly serverName: string | undefined }): unknown => seen.push(serverName)
    const { port } = await startGate({ truststore: store, onReject })
    for (const servername of ['API.example.com', 'xn--bcher-kva.example', 'a_b.example'])
      await ask(port, unknownClient, { servername })
    expect(seen).toEqual(['api.example.com', 'xn--bcher-kva.example', 'a_b.example'])
  })

  it('is never returned, whatever bytes it has', () => {
    const letters = fc.constantFrom(...'aZ09-_.*\n\u0000\u001b\u00e9\u202e ')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: letters, maxLength: 300 })), (text) => {
        const name = domainName(text)
        if (name === undefined) return
        expect(name).toMatch(/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/)
        expect(name.length).toBeLessThanOrEqual(253)
        expect(text.toLowerCase().replace(/\.$/, '')).toBe(name)
      }),
    )
  })
})

describe('a request without TLS', () => {
  it('is rejected by handlers', async () => {
    const gate = mutualTls({ truststore: store })
    const server = createServer(gate.handler((_request, response) => void response.end('in')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const answer = await fetch(`http://127.0.0.1:${port}/`)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'not_judged'])
    server.close()
  })
})
