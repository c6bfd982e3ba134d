import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { buildTruststore, type RevocationCheck } from '../../src/index.ts'
import { type ClientIdentity, type GateRejection, type MutualTlsOptions, mutualTls } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import {
  ask,
  authority,
  client,
  closeServers,
  credentialsOf,
  elsewhere,
  good,
  issuing,
  listen,
  open,
  otherStore,
  own,
  startGate,
  store,
} from '../support/gate.ts'
import { mint } from '../support/mint.ts'
import { pendingAuthorize } from '../support/pending-authorize.ts'
import { listOf } from '../support/revocable.ts'

/** While `authorize` is pending, trust may end, the client may leave, and a place is taken. */

afterEach(closeServers)

const day = 86_400_000

describe('trust that ends while authorize is pending', () => {
  const leaf = mint({ subject: 'CN=leaving' }, issuing)
  const lists = (spec = {}): RevocationCheck['lists'] => [listOf(spec, issuing), listOf({}, authority)]

  /** Changes that end the trust, and the resulting code. */
  const changes: Readonly<Record<string, () => readonly [MutualTlsOptions, () => unknown, string]>> = {
    'the truststore is replaced'() {
      const source = { current: store }
      return [{ truststore: source }, () => (source.current = otherStore), 'unknown_issuer']
    },
    'the client is revoked within the same second'() {
      let revocation = { lists: lists() }
      const revoke = (): unknown => (revocation = { lists: lists({ revoked: [{ serial: leaf.serial }] }) })
      const now = Date.now()
      return [{ truststore: store, revocation: () => revocation, clock: () => now }, revoke, 'revoked']
    },
    'the list becomes outdated'() {
      let now = Date.now()
      const revocation = { lists: lists({ nextUpdate: new Date(Math.floor(now / 1000) * 1000 + day) }) }
      return [{ truststore: store, revocation, clock: () => now }, () => (now += 2 * day), 'revocation_unknown']
    },
    'the certificate expires'() {
      let now = Date.now()
      return [{ truststore: store, clock: () => now }, () => (now += 400 * day), 'expired']
    },
    'the clock is set back'() {
      let now = Date.now()
      return [{ truststore: store, clock: () => now }, () => (now -= 2 * day), 'not_yet_valid']
    },
    'the settings fail'() {
      let broken = false
      const revocation = (): RevocationCheck => {
        if (broken) throw new Error('no lists today')
        return { lists: lists() }
      }
      return [{ truststore: store, revocation }, () => (broken = true), 'internal_error']
    },
  }
  const servers: Readonly<Record<string, (own: object, heard: (what: string) => void) => Server>> = {
    'HTTP/1': (options, heard) => createHttpsServer(options, () => heard('request')),
    'HTTP/2': (options, heard) => createSecureServer(options, () => heard('request')),
    'plain TLS': (options, heard) => createServer(options, () => heard('connection')),
  }

  describe.each(Object.entries(servers))('%s', (_name, makeServer) => {
    it.each(Object.entries(changes))('rejects the client: %s', async (_change, prepare) => {
      const [options, apply, code] = prepare()
      const { authorize, answer } = pendingAuthorize()
      const rejections: GateRejection[] = []
      const accepted: unknown[] = []
      // `recheck: false` only applies to accepted connections.
      const gate = mutualTls({
        ...options,
        authorize,
        recheck: false,
        onReject: (rejection) => rejections.push(rejection),
        onAccept: (identity) => accepted.push(identity),
      } as MutualTlsOptions)
      const heard: string[] = []
      const server = gate.protect(makeServer({ ...own, ...gate.tlsOptions }, (what) => heard.push(what)))
      const port = await listen(server)
      const socket = await open(port, credentialsOf(leaf), { ALPNProtocols: ['h2', 'http/1.1'] })
      await eventually(() => gate.counters().pending === 1)
      apply()
      answer(true)
      await eventually(() => rejections.length > 0)
      socket.destroy()
      expect(rejections).toMatchObject([{ code, refused: 'connection', identity: { certificate: { subject: 'CN=leaving' } } }])
      expect([heard, accepted, gate.counters().accepted, gate.counters().open]).toEqual([[], [], 0, 0])
    })
  })

  it('control: a client that is still trusted is accepted by the current version', async () => {
    const source = { current: store }
    const { authorize, answer } = pendingAuthorize()
    const { port, gate } = await startGate({ truststore: source, authorize, onAccept: (identity) => (version = identity) })
    let version: ClientIdentity | undefined
    const asking = ask(port, good)
    await eventually(() => gate.counters().pending === 1)
    source.current = buildTruststore([authority.pem, issuing.pem, elsewhere.pem])
    answer(true)
    expect(await asking).toMatchObject({ status: 200 })
    expect(version?.truststoreVersion).toBe(source.current.fingerprint)
  })
})

describe('a client that leaves while authorize is pending', () => {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

  it.each([
    ['by a reset', (socket: TLSSocket) => socket.destroy()],
    ['by closing', (socket: TLSSocket) => socket.end()],
    ['by a reset, after a request', (socket: TLSSocket) => socket.write(request, () => socket.destroy())],
    ['by closing, after a request', (socket: TLSSocket) => socket.end(request)],
  ])('frees its place and aborts the signal: %s', async (_name, leave) => {
    const signals: AbortSignal[] = []
    const authorize = (_identity: unknown, signal: AbortSignal): Promise<boolean> => {
      signals.push(signal)
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = { truststore: store, authorize, maxPending: 1, authorizeTimeoutMs: 60_000 }
      const { port, gate, reached } = await startGate(options)
      const socket = await open(port, good, { maxVersion })
      await eventually(() => gate.counters().pending === 1)
      leave(socket)
      await eventually(() => gate.counters().pending === 0, 3000)
      expect(signals.at(-1)?.aborted).toBe(true)
      // Another client can take the place.
      const next = await open(port, good)
      await eventually(() => gate.counters().pending === 1)
      next.destroy()
      await eventually(() => gate.counters().pending === 0, 3000)
      expect([reached, gate.counters().accepted, gate.counters().refused]).toEqual([[], 0, {}])
    }
  })

  it('is still waited for if the server allows half-open connections', async () => {
    const { authorize, answer } = pendingAuthorize()
    const gate = mutualTls({ truststore: store, authorize })
    const server = createServer({ ...own, ...gate.tlsOptions, allowHalfOpen: true }, (socket) => {
      socket.on('data', (chunk) => socket.end(`heard ${chunk}`))
    })
    const port = await listen(gate.protect(server))
    const socket = await open(port, good, { allowHalfOpen: true })
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    socket.end('all')
    await eventually(() => gate.counters().pending === 1)
    await new Promise((resolve) => setTimeout(resolve, 600))
    answer(true)
    await eventually(() => text === 'heard all')
  })

  it('has its signal aborted only if the answer takes too long', async () => {
    const signals: AbortSignal[] = []
    const authorize = ({ certificate }: ClientIdentity, signal: AbortSignal): boolean | Promise<boolean> => {
      signals.push(signal)
      if (certificate.subject === 'CN=slow') return new Promise(() => undefined)
      return certificate.subject === 'CN=sync' || new Promise((resolve) => setTimeout(resolve, 5, true))
    }
    const { port } = await startGate({ truststore: store, authorize, authorizeTimeoutMs: 50 })
    expect(await ask(port, client({ subject: 'CN=slow' }))).toMatchObject({ code: 'authorizer_timeout' })
    expect(await ask(port, client({ subject: 'CN=sync' }))).toMatchObject({ status: 200 })
    expect(await ask(port, client({ subject: 'CN=later' }))).toMatchObject({ status: 200 })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false])
  })
})

describe('the places for pending clients', () => {
  // Only Linux has a second loopback address by default.
  it.skipIf(process.platform !== 'linux')('cannot all be taken by one address', async () => {
    const { authorize, answer } = pendingAuthorize()
    const { port, gate } = await startGate({ truststore: store, authorize, maxPending: 6, authorizeTimeoutMs: 60_000 })
    const waiting = await Promise.all(Array.from({ length: 3 }, () => open(port, good)))
    await eventually(() => gate.counters().pending === 3)
    expect(await ask(port, good)).toMatchObject({ status: 503, code: 'overloaded' })
    waiting.push(await open(port, good, { localAddress: '127.0.0.2' }))
    await eventually(() => gate.counters().pending === 4)
    expect(gate.counters().refused).toEqual({ overloaded: 1 })
    waiting[0]!.destroy()
    await eventually(() => gate.counters().pending === 3)
    const asking = ask(port, good)
    await eventually(() => gate.counters().pending === 4)
    answer(true)
    expect(await asking).toMatchObject({ status: 200 })
    for (const socket of waiting) socket.destroy()
  })

  it('are limited per address by option', async () => {
    const { authorize } = pendingAuthorize()
    const options = { truststore: store, authorize, maxPending: 6, maxPendingPerAddress: 1, authorizeTimeoutMs: 60_000 }
    const { port, gate } = await startGate(options)
    const socket = await open(port, good)
    await eventually(() => gate.counters().pending === 1)
    expect(await ask(port, good)).toMatchObject({ status: 503, code: 'overloaded' })
    socket.destroy()
  })
})
