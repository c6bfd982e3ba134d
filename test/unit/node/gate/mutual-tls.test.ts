import { once } from 'node:events'
import { connect as connectHttp2, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore, explain, parseRevocationList, profiles } from '../../../../src/index.ts'
import {
  type ClientIdentity,
  type GateRejection,
  getClientIdentity,
  type Identified,
  mutualTls,
} from '../../../../src/node/index.ts'
import { eventually } from '../../../support/eventually.ts'
import {
  ask,
  askHttp2,
  authority,
  client,
  closeServers,
  credentialsOf,
  elsewhere,
  good,
  issuing,
  listen,
  noCertificate,
  open,
  otherStore,
  own,
  startGate,
  store,
  unknownClient,
} from '../../../support/gate.ts'
import { mint, mintCrl } from '../../../support/mint.ts'

afterEach(closeServers)

const day = 86_400_000

describe('a gate', () => {
  it('lets good clients in and tells the application who they are', async () => {
    const { port, gate } = await startGate({ truststore: store })
    expect(await ask(port, good)).toMatchObject({ status: 200, body: 'hello CN=client,O=Gate' })
    expect(gate.counters()).toMatchObject({ accepted: 1, refused: {}, pending: 0, verifyMicroseconds: { count: 1 } })
  })

  it.each([
    ['no_certificate', noCertificate],
    ['unknown_issuer', unknownClient],
    ['expired', client({ notBefore: new Date(Date.now() - 9 * day), notAfter: new Date(Date.now() - day) })],
    ['not_yet_valid', client({ notBefore: new Date(Date.now() + day) })],
    ['extended_key_usage_violation', client({ extendedKeyUsage: ['serverAuth'] })],
  ])('refuses with 403 and the code: %s', async (code, credentials) => {
    const rejections: GateRejection[] = []
    const { port, reached, gate } = await startGate({ truststore: store, onReject: (rejection) => rejections.push(rejection) })
    const answer = await ask(port, credentials)
    expect(answer).toMatchObject({ status: 403, code })
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['code', 'message'])
    expect(answer.body).not.toMatch(/CN=|O=|\d{4}-\d\d/)
    if (code !== 'no_certificate') expect(JSON.parse(answer.body).message).toBe(explain(code as 'expired').summary)
    expect(reached).toEqual([])
    expect(gate.counters()).toMatchObject({ accepted: 0, refused: { [code]: 1 } })
    expect(rejections).toMatchObject([{ code, refused: 'connection', serverName: 'localhost', remoteAddress: '127.0.0.1' }])
  })

  it('gives the details of a refusal to onReject alone', async () => {
    const rejections: GateRejection[] = []
    const { port } = await startGate({ truststore: store, onReject: (rejection) => rejections.push(rejection) })
    await ask(port, unknownClient)
    expect(rejections[0]?.message).toContain('CN=stranger,O=Elsewhere')
    expect(rejections[0]?.verdict).toMatchObject({ ok: false, code: 'unknown_issuer', index: 0 })
  })

  it('checks revocation, with lists that change', async () => {
    const bad = mint({ subject: 'O=Gate,CN=bad' }, issuing)
    const lists = (revoked: readonly { serial: Uint8Array }[]) =>
      [mintCrl({ issuer: issuing, revoked }), mintCrl({ issuer: authority })].map(({ der }) => {
        const list = parseRevocationList(der)
        if (!list.ok) throw new Error(list.message)
        return list.value
      })
    let current = lists([])
    const { port } = await startGate({ truststore: store, revocation: () => ({ lists: current }) })
    expect(await ask(port, credentialsOf(bad))).toMatchObject({ status: 200 })
    current = lists([{ serial: bad.serial }])
    expect(await ask(port, credentialsOf(bad))).toMatchObject({ status: 403, code: 'revoked' })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('verifies with the version in use at that moment', async () => {
    const source = { current: store }
    const { port } = await startGate({ truststore: source })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    source.current = otherStore
    expect(await ask(port, good)).toMatchObject({ code: 'unknown_issuer' })
    expect(await ask(port, unknownClient)).toMatchObject({ status: 200 })
  })

  it('takes intermediates that the client presents, where the policy wants them', async () => {
    const presented = buildTruststore(authority.pem, { policy: { ...profiles.apiGateway, intermediates: 'presented' } })
    const { port, gate } = await startGate({ truststore: presented })
    const leaf = mint({ subject: 'CN=leaf' }, issuing)
    expect(await ask(port, credentialsOf(leaf, issuing))).toMatchObject({ status: 200 })
    expect(await ask(port, credentialsOf(leaf))).toMatchObject({ status: 403, code: 'unknown_issuer' })
    const many = Array.from({ length: 60 }, () => issuing)
    expect((await ask(port, credentialsOf(leaf, ...many))).code).toBe('budget_exhausted')
    expect(gate.counters().accepted).toBe(1)
  })

  it('verifies a client under a policy of any purpose', async () => {
    const web = buildTruststore([authority.pem, issuing.pem], { policy: { ...profiles.apiGateway, purpose: 'server' } })
    const { port } = await startGate({ truststore: web })
    expect(await ask(port, client({ extendedKeyUsage: ['serverAuth'] }))).toMatchObject({ code: 'extended_key_usage_violation' })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('closes the connection instead of responding, by option', async () => {
    const { port, reached } = await startGate({ truststore: store, refusal: 'close' })
    await expect(ask(port, unknownClient)).rejects.toThrow(/ECONNRESET|socket hang up|EPIPE/)
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(reached).toHaveLength(1)
  })

  it('counts signatures that were known already', async () => {
    const { port, gate } = await startGate({ truststore: buildTruststore([authority.pem, issuing.pem]) })
    await ask(port, good)
    expect(gate.counters().memoHits).toBe(0)
    await ask(port, good)
    expect(gate.counters().memoHits).toBe(1)
    const { buckets, count, sum } = gate.counters().verifyMicroseconds
    expect(buckets.at(-1)).toEqual({ le: '+Inf', count: 2 })
    expect(count).toBe(2)
    expect(sum).toBeGreaterThan(0)
  })
})

describe('onAccept', () => {
  it('gets every accepted connection, before the application, and no other', async () => {
    const told: string[] = []
    const onAccept = ({ certificate }: ClientIdentity): unknown => told.push(`accepted ${certificate.subject}`)
    const { port, server } = await startGate({ truststore: store, onAccept })
    server.on('secureConnection', () => told.push('secureConnection'))
    const socket = await open(port, good)
    for (let i = 0; i < 2; i++) expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    for (const credentials of [unknownClient, noCertificate]) expect(await ask(port, credentials)).toMatchObject({ status: 403 })
    socket.destroy()
    expect(told).toEqual(['accepted CN=client,O=Gate', 'secureConnection'])
  })

  it('may fail without consequences', async () => {
    const warnings: string[] = []
    const note = (warning: Error): unknown => warnings.push(warning.message)
    process.on('warning', note)
    const onAccept = (): never => {
      throw new Error('from onAccept')
    }
    const { port } = await startGate({ truststore: store, onAccept })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    await eventually(() => warnings.some((text) => text.startsWith('onAccept of mutualTls failed')))
    process.off('warning', note)
  })
})

describe('counters', () => {
  it('survive JSON', async () => {
    const { port, gate } = await startGate({ truststore: store })
    for (const credentials of [good, good, unknownClient]) await ask(port, credentials)
    const counters = gate.counters()
    expect(JSON.parse(JSON.stringify(counters))).toEqual(counters)
    expect(JSON.stringify(counters)).not.toContain('null')
  })

  it.each([
    ['by default', {}],
    ['without limits', { limits: false }],
    ['of an address that is exempt', { limits: { exempt: ['127.0.0.0/8'] } }],
  ] as const)('tell how many connections are unfinished, open and lingering, and go down again: %s', async (_name, settings) => {
    const gate = mutualTls({ truststore: store, ...settings })
    const server = createHttpsServer({ ...own, ...gate.tlsOptions }, (_request, response) => void response.end('in'))
    server.on('tlsClientError', () => undefined)
    const port = await listen(gate.protect(server))
    const present = (): readonly number[] => {
      const { unfinished, open: opened, lingering } = gate.counters()
      return [unfinished, opened, lingering]
    }
    const silent = [connectTcp(port, '127.0.0.1'), connectTcp(port, '127.0.0.1')]
    const inside = [await open(port, good), await open(port, good), await open(port, good)]
    const refused = await open(port, unknownClient)
    await eventually(() => String(present()) === '2,3,1')
    // Some fail in their handshake.
    silent[0]!.on('error', () => undefined).write('no TLS')
    await eventually(() => String(present()) === '1,3,1')
    for (const socket of [...silent, ...inside, refused]) socket.destroy()
    await eventually(() => String(present()) === '0,0,0')
    expect(gate.counters()).toMatchObject({ accepted: 3, refused: { unknown_issuer: 1 }, ended: {} })
  })
})

describe('HTTP/2', () => {
  it('is judged as HTTP/1 is, for both of its interfaces', async () => {
    const gate = mutualTls({ truststore: store })
    const seen: string[] = []
    const server = gate.protect(createSecureServer({ ...own, ...gate.tlsOptions, allowHTTP1: true }))
    server.on('stream', (stream) => seen.push(`stream ${getClientIdentity(stream)?.certificate.subject}`))
    server.on('session', () => seen.push('session'))
    server.on(
      'request',
      gate.handler((request: Http2ServerRequest & Identified, response: Http2ServerResponse) => {
        seen.push(`request ${getClientIdentity(request) === request.clientIdentity}`)
        response.end(`hello ${request.clientIdentity.certificate.subject}`)
      }),
    )
    const port = await listen(server)
    expect(await askHttp2(port, good)).toMatchObject({ status: 200, body: 'hello CN=client,O=Gate' })
    expect(seen.sort()).toEqual(['request true', 'session', 'stream CN=client,O=Gate'])
    seen.length = 0
    expect(await askHttp2(port, unknownClient)).toMatchObject({ status: 403, code: 'unknown_issuer' })
    expect(await askHttp2(port, noCertificate)).toMatchObject({ status: 403, code: 'no_certificate' })
    expect(await ask(port, unknownClient, { ALPNProtocols: ['http/1.1'] })).toMatchObject({ status: 403, code: 'unknown_issuer' })
    expect(seen).toEqual([])
    expect(await ask(port, good, { ALPNProtocols: ['http/1.1'] })).toMatchObject({ status: 200 })
  })
})

describe('a plain TLS server', () => {
  it('sees only accepted connections', async () => {
    const gate = mutualTls({ truststore: store })
    const server = createServer({ ...own, ...gate.tlsOptions }, (socket) => {
      socket.end(`hello ${getClientIdentity(socket)?.certificate.subject}`)
    })
    const port = await listen(gate.protect(server))
    const text = async (credentials: typeof good): Promise<string> => {
      let all = ''
      for await (const chunk of (await open(port, credentials)).setEncoding('utf8')) all += chunk
      return all
    }
    expect(await text(good)).toBe('hello CN=client,O=Gate')
    expect(await text(unknownClient).catch(() => '')).toBe('')
    expect(gate.counters()).toMatchObject({ accepted: 1, refused: { unknown_issuer: 1 } })
  })
})

describe('a connection that stays open', () => {
  it('is verified again when its truststore was replaced', async () => {
    const source = { current: store }
    const { port, gate } = await startGate({ truststore: source })
    const socket = await open(port, good)
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    expect(gate.counters().rejudged).toBe(0)
    source.current = buildTruststore([authority.pem, issuing.pem, elsewhere.pem])
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    expect(gate.counters().rejudged).toBe(1)
    source.current = otherStore
    expect(await ask(port, good, { socket })).toMatchObject({ status: 403, code: 'unknown_issuer' })
    expect(gate.counters()).toMatchObject({ accepted: 1, rejudged: 2, refused: {}, refusedRequests: { unknown_issuer: 1 } })
  })

  it('is verified again when a certificate has expired, over HTTP/2 too', async () => {
    let now = Date.now()
    const gate = mutualTls({ truststore: store, clock: () => now })
    const server = gate.protect(
      createSecureServer({ ...own, ...gate.tlsOptions }, (_request, response) => void response.end('in')),
    )
    const port = await listen(server)
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, ...good })
    const status = async (): Promise<unknown> => {
      const stream = session.request({ ':path': '/' })
      const [headers] = await once(stream.resume(), 'response')
      return headers[':status']
    }
    expect(await status()).toBe(200)
    now += 400 * day
    expect(await status()).toBe(403)
    now -= 400 * day
    // A rejected connection stays rejected.
    expect(await status()).toBe(403)
    session.destroy()
    expect(gate.counters().refusedRequests).toEqual({ expired: 2 })
  })

  it('keeps its verdict by option', async () => {
    const source = { current: store }
    const { port } = await startGate({ truststore: source, recheck: false })
    const socket = await open(port, good)
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    source.current = otherStore
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
  })
})

describe('what is forgotten', () => {
  it('protect: handlers refuse', async () => {
    const gate = mutualTls({ truststore: store })
    const server = createHttpsServer(
      { ...own, ...gate.tlsOptions },
      gate.handler((_request, response) => void response.end('in')),
    )
    expect(await ask(await listen(server), good)).toMatchObject({ status: 403, code: 'not_judged' })
  })

  it('protect: there is no identity', async () => {
    const gate = mutualTls({ truststore: store })
    const server = createHttpsServer({ ...own, ...gate.tlsOptions }, (request, response) => {
      response.end(String(getClientIdentity(request)))
    })
    expect(await ask(await listen(server), good)).toMatchObject({ body: 'undefined' })
  })

  it('tlsOptions: protect throws, so no client gets in', () => {
    const gate = mutualTls({ truststore: store })
    expect(() => gate.protect(createHttpsServer({ ...own }))).toThrow(/needs a server made with gate.tlsOptions/)
  })

  it('one gate does not vouch for another', async () => {
    const strict = mutualTls({ truststore: otherStore })
    const lax = mutualTls({ truststore: store })
    const server = createHttpsServer(
      { ...own, ...lax.tlsOptions },
      strict.handler((_request, response) => void response.end('in')),
    )
    expect(await ask(await listen(lax.protect(server)), good)).toMatchObject({ status: 403, code: 'not_judged' })
  })

  it('a socket is judged once', async () => {
    const { port, server, reached, gate } = await startGate({ truststore: store })
    server.once('secureConnection', (socket: TLSSocket) => server.emit('secureConnection', socket))
    await ask(port, good).catch(() => undefined)
    expect(gate.counters()).toMatchObject({ accepted: 1, refused: { internal_error: 1 } })
    expect(reached.length).toBeLessThanOrEqual(1)
  })
})
