import { createSecureServer } from 'node:http2'
import { afterEach, describe, expect, it } from 'vitest'
import { type MutualTlsOptions, mutualTls, selectServerCertificate } from '../../../../src/node/index.ts'
import {
  ask,
  askHttp2,
  closeServers,
  good,
  listen,
  open,
  otherStore,
  own,
  serverFor,
  startGate,
  store,
  unknownClient,
} from '../../../support/gate.ts'

afterEach(closeServers)

/** Our clients at api.example.com, other clients at all other names below example.com. */
const domains: NonNullable<MutualTlsOptions['domains']> = {
  'api.example.com': { truststore: store, ...serverFor('api.example.com') },
  '*.example.com': { truststore: otherStore, ...serverFor('*.example.com') },
}
const to = (servername: string, host = servername) => ({ servername, headers: { host } })

describe('selectServerCertificate', () => {
  it.each([
    ['api.example.com', 'api.example.com', 'exact'],
    ['API.example.COM.', 'api.example.com', 'exact'],
    ['www.example.com', '*.example.com', 'wildcard'],
  ])('%s is served by %s', (name, domain, match) => {
    expect(selectServerCertificate(name, Object.keys(domains))).toMatchObject({ ok: true, domain, match })
  })

  it.each([
    undefined,
    '',
    'example.com',
    'a.b.example.com',
    'example.org',
    '*.example.com',
    'a b.example.com',
    '.example.com',
    'ＡPI.example.com',
    'a'.repeat(300),
  ])('%s is served by no domain', (name) => {
    expect(selectServerCertificate(name, Object.keys(domains))).toMatchObject({ ok: false })
  })

  it('says why', () => {
    const reason = (name: string, of: readonly string[]): string => selectServerCertificate(name, of).reason
    expect(reason('api.example.com', Object.keys(domains))).toBe(
      'api.example.com has its own entry, which takes precedence over *.example.com',
    )
    expect(reason('www.example.com', Object.keys(domains))).toBe('www.example.com has no entry; *.example.com covers it')
    expect(reason('example.org', Object.keys(domains))).toBe('neither example.org nor a wildcard is in the list of domains')
  })

  it('ignores prototypes', () => {
    expect(selectServerCertificate('constructor', Object.keys(domains)).ok).toBe(false)
    expect(selectServerCertificate('__proto__', Object.keys(domains)).ok).toBe(false)
  })
})

describe('a gate for several domains', () => {
  it('verifies with the truststore of the requested domain', async () => {
    const { port } = await startGate({ domains })
    expect(await ask(port, good, to('api.example.com'))).toMatchObject({ status: 200 })
    expect(await ask(port, unknownClient, to('api.example.com'))).toMatchObject({ status: 403, code: 'unknown_issuer' })
    expect(await ask(port, unknownClient, to('www.example.com'))).toMatchObject({ status: 200 })
    expect(await ask(port, good, to('www.example.com'))).toMatchObject({ status: 403, code: 'unknown_issuer' })
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('presents the domain its own certificate (%s)', async (maxVersion) => {
    const { port } = await startGate({ domains })
    const subject = async (servername: string): Promise<unknown> => {
      const socket = await open(port, good, { servername, maxVersion })
      const { CN } = socket.getPeerCertificate().subject
      socket.destroy()
      return CN
    }
    expect(await subject('api.example.com')).toBe('api.example.com')
    expect(await subject('www.example.com')).toBe('*.example.com')
    expect(await subject('example.org')).toBe('localhost')
  })

  it.each(['example.org', 'a.b.example.com', ''])('refuses the name it does not have: %s', async (servername) => {
    const { port, reached } = await startGate({ domains })
    expect(await ask(port, good, { servername, headers: { host: 'api.example.com' } })).toMatchObject({
      status: 403,
      code: 'unknown_domain',
    })
    expect(reached).toEqual([])
  })

  it('lets sessions be resumed where TLS 1.3 keeps the domain, each judged by the domain that is asked for', async () => {
    const { port, gate } = await startGate({ domains, minVersion: 'TLSv1.3' })
    const first = await open(port, unknownClient, { servername: 'www.example.com' })
    expect(await ask(port, unknownClient, { socket: first, ...to('www.example.com') })).toMatchObject({ status: 200 })
    const session = first.getSession()
    const again = await open(port, unknownClient, { servername: 'www.example.com', session })
    expect(await ask(port, unknownClient, { socket: again, ...to('www.example.com') })).toMatchObject({ status: 200 })
    expect([again.isSessionReused(), gate.counters().resumed]).toEqual([true, 1])
    const across = await open(port, unknownClient, { servername: 'api.example.com', session: again.getSession() })
    expect(await ask(port, unknownClient, { socket: across, ...to('api.example.com') })).toMatchObject({ status: 403 })
  })

  it('switches sessions off where TLS 1.2 would lose the domain', async () => {
    const { port } = await startGate({ domains })
    const first = await open(port, good, { servername: 'api.example.com', maxVersion: 'TLSv1.2' })
    const options = { servername: 'api.example.com', maxVersion: 'TLSv1.2' } as const
    const again = await open(port, good, { ...options, session: first.getSession() })
    expect(again.isSessionReused()).toBe(false)
    expect(await ask(port, good, { socket: again, ...to('api.example.com') })).toMatchObject({ status: 200 })
  })
})

describe('requests for another domain than the connection', () => {
  it.each([
    ['the name of another domain', 'api.example.com'],
    ['with a port', 'api.example.com:8443'],
    ['in capitals', 'API.EXAMPLE.COM'],
    ['with its final dot', 'api.example.com.'],
    ['a name that is not served', 'example.org'],
    ['an address', '127.0.0.1'],
    ['with a user', 'www.example.com@api.example.com'],
    ['with a path', 'www.example.com/api.example.com'],
    ['a list', 'www.example.com, api.example.com'],
  ])('are refused with 421: %s', async (_name, host) => {
    const { port, reached, gate } = await startGate({ domains })
    expect(await ask(port, unknownClient, to('www.example.com', host))).toMatchObject({
      status: 421,
      code: 'misdirected_request',
    })
    expect(reached).toEqual([])
    expect(gate.counters()).toMatchObject({ accepted: 1, refusedRequests: { misdirected_request: 1 } })
  })

  it('are not shared by names under one wildcard', async () => {
    const { port } = await startGate({ domains })
    expect(await ask(port, unknownClient, to('www.example.com', 'shop.example.com:443'))).toMatchObject({ status: 200 })
  })

  it.each([
    ['an absolute target', 'GET https://api.example.com/ HTTP/1.1\r\nHost: www.example.com\r\n\r\n'],
    ['two Host headers', 'GET / HTTP/1.1\r\nHost: www.example.com\r\nHost: api.example.com\r\n\r\n'],
    ['no Host header', 'GET / HTTP/1.0\r\n\r\n'],
    ['a tunnel', 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: www.example.com\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: api.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['an expectation', 'POST / HTTP/1.1\r\nHost: api.example.com\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n'],
    ['another expectation', 'POST / HTTP/1.1\r\nHost: api.example.com\r\nExpect: magic\r\nContent-Length: 3\r\n\r\n'],
    ['a target that is neither', 'GET api.example.com/ HTTP/1.1\r\nHost: www.example.com\r\n\r\n'],
  ])('are rejected in every form: %s', async (_name, text) => {
    const { port, server, reached } = await startGate({ domains })
    for (const event of ['upgrade', 'connect', 'checkContinue', 'checkExpectation']) {
      server.on(event, () => reached.push(event))
    }
    const socket = await open(port, unknownClient, { servername: 'www.example.com' })
    socket.write(text)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1.1 (421|400) /)
    expect(reached).toEqual([])
  })

  it('are refused over HTTP/2, one by one', async () => {
    const gate = mutualTls({ domains })
    const seen: string[] = []
    const server = gate.protect(
      createSecureServer({ ...own, ...gate.tlsOptions }, (_request, response) => void response.end('in')),
    )
    server.on('stream', (_stream, headers) => seen.push(String(headers[':authority'])))
    const port = await listen(server)
    const options = { servername: 'www.example.com' }
    const authority = (name: string, host?: string) => ({ ...options, headers: { ':authority': name, ...(host && { host }) } })
    expect(await askHttp2(port, unknownClient, authority('www.example.com'))).toMatchObject({ status: 200, body: 'in' })
    expect(await askHttp2(port, unknownClient, authority('api.example.com'))).toMatchObject({ status: 421 })
    expect(await askHttp2(port, unknownClient, authority('www.example.com', 'api.example.com'))).toMatchObject({ status: 421 })
    expect(seen).toEqual(['www.example.com'])
  })

  it('are not used with a single truststore', async () => {
    const { port } = await startGate({ truststore: store })
    expect(await ask(port, good, to('localhost', 'anything.example'))).toMatchObject({ status: 200 })
  })
})
