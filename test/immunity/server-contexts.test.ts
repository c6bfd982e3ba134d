import { createServer } from 'node:https'
import { createSecureContext, createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore, profiles } from '../../src/index.ts'
import { type AdvertisedAuthorities, type MutualTlsOptions, mutualTls } from '../../src/node/index.ts'
import { requestedAuthorities } from '../support/certificate-request.ts'
import {
  ask,
  authority,
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
  type Started,
  serverFor,
  startGate,
  store,
} from '../support/gate.ts'
import { type Minted, mint } from '../support/mint.ts'

/** The gate's TLS requirements must survive every replacement of the server's context. */

afterEach(closeServers)

const api = { 'api.example.com': { truststore: store, ...serverFor('api.example.com') } }
const fresh = serverFor('fresh.example.com')
const strict = 'ECDHE-ECDSA-AES256-GCM-SHA384'

async function subjectFor(port: number, servername: string): Promise<unknown> {
  const socket = await open(port, good, { servername })
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return CN
}

/** The negotiated version and cipher suite of a connection; `undefined` if it fails. */
async function negotiates(port: number, options: object): Promise<string | undefined> {
  const socket: TLSSocket | undefined = await open(port, good, options).catch(() => undefined)
  const negotiated = socket && `${socket.getProtocol()} ${socket.getCipher().name}`
  socket?.destroy()
  return negotiated
}

const changes: readonly (readonly [string, (started: Pick<Started, 'gate' | 'server'>) => void])[] = [
  ['setSecureContext of the server', ({ server }) => server.setSecureContext(fresh)],
  ['replaceCredentials of the gate', ({ gate }) => gate.replaceCredentials(fresh)],
]

describe('the certificate of a running server', () => {
  it.each(changes)('is replaced by %s, and the minimum TLS version stays', async (_name, change) => {
    const started = await startGate({ truststore: store, minVersion: 'TLSv1.3' })
    const { port } = started
    expect([await subjectFor(port, 'localhost'), await negotiates(port, { maxVersion: 'TLSv1.2' })]).toEqual([
      'localhost',
      undefined,
    ])
    change(started)
    expect(await subjectFor(port, 'localhost')).toBe('fresh.example.com')
    expect(await negotiates(port, { maxVersion: 'TLSv1.2' })).toBeUndefined()
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it.each(changes)('is replaced by %s, and resumption stays off', async (_name, change) => {
    const started = await startGate({ truststore: store, resumption: false })
    change(started)
    const first = await open(started.port, good, { maxVersion: 'TLSv1.2' })
    expect(await ask(started.port, good, { socket: first })).toMatchObject({ status: 200 })
    const again = await open(started.port, good, { maxVersion: 'TLSv1.2', session: first.getSession() })
    expect(again.isSessionReused()).toBe(false)
    again.destroy()
  })

  it('is replaced by the gate, and other options of the server stay', async () => {
    const gate = mutualTls({ truststore: store })
    const server = gate.protect(
      createServer({ ...own, ciphers: strict, ...gate.tlsOptions }, (_request, response) => response.end()),
    )
    const port = await listen(server)
    gate.replaceCredentials(fresh)
    expect(await subjectFor(port, 'localhost')).toBe('fresh.example.com')
    expect(await negotiates(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBeUndefined()
    expect(await negotiates(port, { maxVersion: 'TLSv1.2' })).toBe(`TLSv1.2 ${strict}`)
  })

  it('is replaced, and clients still need a certificate', async () => {
    for (const [, change] of changes) {
      const started = await startGate({ truststore: store })
      change(started)
      expect(await ask(started.port, noCertificate)).toMatchObject({ status: 403, code: 'no_certificate' })
    }
  })

  it('may come with stricter options than the gate’s', async () => {
    const { port, server, gate } = await startGate({ truststore: store })
    server.setSecureContext({ ...fresh, minVersion: 'TLSv1.3' })
    gate.replaceCredentials(own)
    expect(await negotiates(port, { maxVersion: 'TLSv1.2' })).toBeUndefined()
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it.each([
    ['no object', 'key'],
    ['no key', { cert: fresh.cert }],
    ['no certificate', { key: fresh.key }],
    ['junk', { key: 'junk', cert: 'junk' }],
    ['the key of another certificate', { key: own.key, cert: fresh.cert }],
    ['other TLS options', { ...fresh, minVersion: 'TLSv1' }],
  ])('is not replaced by %s', async (_name, credentials) => {
    const { port, gate } = await startGate({ truststore: store })
    expect(() => gate.replaceCredentials(credentials as never)).toThrow()
    expect(await subjectFor(port, 'localhost')).toBe('localhost')
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('cannot be replaced without a server, or for an unknown domain', () => {
    const gate = mutualTls({ domains: api })
    expect(() => gate.replaceCredentials(fresh)).toThrow(/needs a server; call protect first/)
    for (const name of ['example.com', 'API.example.com', 'www.example.com', 'constructor', '__proto__'])
      expect(() => gate.replaceCredentials(fresh, name)).toThrow(`${name} is not in options.domains`)
  })
})

describe('the certificate of a domain', () => {
  const ways: readonly (readonly [string, (started: Pick<Started, 'gate' | 'server'>) => void])[] = [
    ['addContext of the server', ({ server }) => server.addContext('api.example.com', fresh)],
    ['replaceCredentials of the gate', ({ gate }) => gate.replaceCredentials(fresh, 'api.example.com')],
  ]

  it.each(ways)('is replaced by %s, and the minimum TLS version stays', async (_name, change) => {
    const started = await startGate({ domains: api, minVersion: 'TLSv1.3' })
    const { port } = started
    expect(await subjectFor(port, 'api.example.com')).toBe('api.example.com')
    change(started)
    expect(await subjectFor(port, 'api.example.com')).toBe('fresh.example.com')
    expect(await subjectFor(port, 'example.org')).toBe('localhost')
    expect(await negotiates(port, { servername: 'api.example.com', maxVersion: 'TLSv1.2' })).toBeUndefined()
  })

  it('has the ciphers of the server, even after either was replaced', async () => {
    const gate = mutualTls({ domains: api })
    const server = gate.protect(
      createServer({ ...own, ciphers: strict, ...gate.tlsOptions }, (_request, response) => response.end()),
    )
    const port = await listen(server)
    const weaker = { servername: 'api.example.com', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }
    for (const change of [
      () => undefined,
      () => gate.replaceCredentials(fresh),
      () => gate.replaceCredentials(fresh, 'api.example.com'),
    ]) {
      change()
      expect(await negotiates(port, weaker)).toBeUndefined()
      expect(await negotiates(port, { ...weaker, ciphers: strict })).toBe(`TLSv1.2 ${strict}`)
    }
  })

  it('is refused for an unknown domain, and as a SecureContext whose options cannot be read', async () => {
    const { server } = await startGate({ domains: api })
    expect(() => server.addContext('example.org', fresh)).toThrow(/example.org is not in options.domains/)
    expect(() => server.addContext('api.example.com', createSecureContext(fresh))).toThrow(TypeError)
  })

  it('does not weaken a server without domains', async () => {
    const { server, port } = await startGate({ truststore: store, minVersion: 'TLSv1.3' })
    server.addContext('fresh.example.com', fresh)
    expect(await subjectFor(port, 'fresh.example.com')).toBe('fresh.example.com')
    expect(await negotiates(port, { servername: 'fresh.example.com', maxVersion: 'TLSv1.2' })).toBeUndefined()
    expect(() => server.addContext('fresh.example.com', createSecureContext(fresh))).toThrow(TypeError)
  })

  it('is shared by all servers of a gate, whose TLS options must be equal', () => {
    const gate = mutualTls({ domains: api })
    gate.protect(createServer({ ...own, ...gate.tlsOptions }))
    gate.protect(createServer({ ...fresh, ...gate.tlsOptions }))
    expect(() => gate.protect(createServer({ ...own, ciphers: strict, ...gate.tlsOptions }))).toThrow(
      /must have the same TLS options/,
    )
  })
})

describe('a server that was made without tlsOptions', () => {
  it.each([
    ['forgotten', () => ({})],
    ['overridden', (options: object) => ({ ...options, requestCert: false })],
    ['with rejectUnauthorized: true', (options: object) => ({ ...options, rejectUnauthorized: true })],
  ])('is not protected: %s', (_name, bend) => {
    const gate = mutualTls({ truststore: store })
    const options = { ...own, ...bend(gate.tlsOptions) }
    for (const server of [createServer(options), createTlsServer(options)])
      expect(() => gate.protect(server)).toThrow(/made with gate.tlsOptions/)
  })
})

describe('the advertised names of CAs', () => {
  const hex = (text: string): string => Buffer.from(text).toString('hex')
  const advertise = { advertiseAuthorities: true } as const

  async function startAdvertising(options: MutualTlsOptions): Promise<Started & { readonly told: AdvertisedAuthorities[] }> {
    const told: AdvertisedAuthorities[] = []
    return { ...(await startGate({ ...advertise, onAdvertise: (report) => told.push(report), ...options })), told }
  }

  it('are not sent by default', async () => {
    const { port } = await startGate({ truststore: store })
    expect(await requestedAuthorities(port)).toEqual([])
  })

  it('are sent by option, each once', async () => {
    const twice = mint({ ca: true, subject: issuing.subject }, authority)
    const truststore = buildTruststore([authority.pem, issuing.pem, twice.pem])
    const { port, told } = await startAdvertising({ truststore })
    const names = await requestedAuthorities(port)
    expect(names.map((name) => [name.includes(hex('Root')), name.includes(hex('Issuing'))])).toEqual([
      [true, false],
      [false, true],
    ])
    const bytes = names.join('').length / 2 + 4
    expect(told).toEqual([{ truststoreVersion: truststore.fingerprint, domain: undefined, names: 2, bytes, sent: true }])
    expect(await ask(port, good)).toMatchObject({ status: 200 })
  })

  it('do not make OpenSSL trust anyone', async () => {
    const { port, server } = await startAdvertising({ truststore: store })
    const authorized: boolean[] = []
    server.on('secureConnection', (socket) => authorized.push(socket.authorized))
    const leaf = mint({ subject: 'CN=complete' }, issuing)
    for (const credentials of [good, credentialsOf(leaf, issuing, authority)])
      expect(await ask(port, credentials)).toMatchObject({ status: 200 })
    expect(authorized).toEqual([false, false])
  })

  it('are no verdict: a client of a CA from the previous version is rejected', async () => {
    const source = { current: store }
    const { port } = await startAdvertising({ truststore: source })
    const socket = await open(port, good)
    source.current = otherStore
    expect(await ask(port, good, { socket })).toMatchObject({ status: 403, code: 'unknown_issuer' })
  })

  it('follow the truststore, and stay when the certificate is replaced', async () => {
    const source = { current: store }
    const { port, gate, server, told } = await startAdvertising({ truststore: source, minVersion: 'TLSv1.2' })
    expect(await requestedAuthorities(port)).toHaveLength(2)
    source.current = otherStore
    const [elsewhereName, ...more] = await requestedAuthorities(port)
    expect([elsewhereName?.includes(hex('Elsewhere')), more]).toEqual([true, []])
    gate.replaceCredentials(fresh)
    server.setSecureContext({ ...fresh, ca: authority.pem })
    expect(await requestedAuthorities(port)).toEqual([elsewhereName])
    expect(await subjectFor(port, 'localhost')).toBe('fresh.example.com')
    expect(told.map(({ names }) => names)).toEqual([2, 1])
  })

  it('are those of the domain, whether or not it has its own certificate', async () => {
    const source = { current: store }
    const domains = { 'a.example.com': { truststore: source, ...fresh }, 'b.example.com': { truststore: otherStore } }
    const { port, told } = await startAdvertising({ domains })
    expect([
      (await requestedAuthorities(port, 'a.example.com')).length,
      (await requestedAuthorities(port, 'b.example.com')).length,
      (await requestedAuthorities(port, 'c.example.com')).length,
    ]).toEqual([2, 1, 0])
    source.current = otherStore
    expect(await requestedAuthorities(port, 'a.example.com')).toHaveLength(1)
    expect(await subjectFor(port, 'a.example.com')).toBe('fresh.example.com')
    expect(told.map(({ domain, names }) => [domain, names])).toEqual([
      ['a.example.com', 2],
      ['b.example.com', 1],
      ['a.example.com', 1],
    ])
  })

  const many = (count: number): Minted[] =>
    Array.from({ length: count }, (_, i) => mint({ ca: true, subject: `O=${'A long name of an organization '.repeat(2)}${i}` }))

  it('are not sent if they are too long for clients, and handshakes still work', { timeout: 60_000 }, async () => {
    const authorities = many(700)
    const source = { current: buildTruststore([authority.pem, issuing.pem, ...authorities.map(({ pem }) => pem)]) }
    const { port, told } = await startAdvertising({ truststore: source })
    expect(await requestedAuthorities(port)).toEqual([])
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    source.current = buildTruststore([authority.pem, issuing.pem, ...authorities.slice(0, 300).map(({ pem }) => pem)])
    expect(await requestedAuthorities(port)).toHaveLength(302)
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(told.map(({ names, sent }) => [names, sent])).toEqual([
      [702, 'too_long'],
      [302, true],
    ])
  })

  it('are not sent if an accepted CA would be missing, and a warning says so', async () => {
    const pinned = mint({ subject: 'CN=pinned' }, elsewhere)
    const policy = { ...profiles.apiGateway, trust: 'every-certificate' } as const
    const warnings: string[] = []
    const note = ({ message }: Error): unknown => warnings.push(message)
    process.on('warning', note)
    const incomplete = await startGate({ truststore: buildTruststore([authority.pem, pinned.pem], { policy }), ...advertise })
    expect(await requestedAuthorities(incomplete.port)).toEqual([])
    const own = mint({ subject: 'CN=its own' })
    const complete = await startGate({ truststore: buildTruststore([authority.pem, own.pem], { policy }), ...advertise })
    expect(await requestedAuthorities(complete.port)).toHaveLength(2)
    process.off('warning', note)
    expect(warnings).toEqual(['no CA names are advertised: the truststore lists a certificate without its issuer'])
  })

  it('stay when a source fails', async () => {
    let isBroken = false
    const source = {
      get current() {
        if (isBroken) throw new Error('x')
        return store
      },
    }
    const { port } = await startAdvertising({ truststore: source })
    isBroken = true
    expect(await requestedAuthorities(port)).toHaveLength(2)
    expect(await ask(port, good)).toMatchObject({ status: 403, code: 'internal_error' })
  })
})
