import { createSecureServer } from 'node:http2'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatApiGatewayClientCert, parseApiGatewayEvent } from '../../../../src/headers/index.ts'
import { parseCertificate } from '../../../../src/index.ts'
import { type Authorize, type ClientIdentity, type GateRejection, mutualTls } from '../../../../src/node/index.ts'
import { eventually } from '../../../support/eventually.ts'
import { ask, askHttp2, closeServers, good, listen, open, own, startGate, store, unknownClient } from '../../../support/gate.ts'

afterEach(closeServers)

/** A value that `String` cannot convert. */
function throwTextless(): never {
  throw Object.create(null)
}

const never = new Promise<boolean>(() => undefined)
const later = <T>(value: T, ms = 30): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value))

describe('authorize', () => {
  it('gets the identity as API Gateway hands it to a Lambda authorizer', async () => {
    const asked: ClientIdentity[] = []
    const { port } = await startGate({ truststore: store, authorize: (identity) => asked.push(identity) > 0 })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    const [identity] = asked
    const leaf = parseCertificate(good.cert!)
    expect(identity?.clientCert).toEqual(leaf.ok && formatApiGatewayClientCert(leaf.value))
    expect(parseApiGatewayEvent({ requestContext: { identity: { clientCert: identity?.clientCert } } }).ok).toBe(true)
    expect(identity).toMatchObject({ serverName: 'localhost', remoteAddress: '127.0.0.1', truststoreVersion: store.fingerprint })
    expect(identity?.path.map(({ subject }) => subject)).toEqual(['CN=client,O=Gate', 'CN=Issuing,O=Gate', 'CN=Root,O=Gate'])
  })

  it('is not called for clients whose certificate is rejected', async () => {
    const authorize = vi.fn(() => true)
    const { port } = await startGate({ truststore: store, authorize })
    expect(await ask(port, unknownClient)).toMatchObject({ code: 'unknown_issuer' })
    expect(authorize).not.toHaveBeenCalled()
  })

  it('is called once a connection, and its context stays with the identity', async () => {
    const authorize = vi.fn(() => later({ isAuthorized: true, context: { tenant: 7 } }))
    const { port, server } = await startGate({ truststore: store, authorize })
    const contexts: unknown[] = []
    server.prependListener('request', (request) => contexts.push(Reflect.get(request, 'clientIdentity').context))
    const socket = await open(port, good)
    for (let i = 0; i < 3; i++) expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    expect(authorize).toHaveBeenCalledTimes(1)
    expect(contexts).toEqual([{ tenant: 7 }, { tenant: 7 }, { tenant: 7 }])
  })

  it.each<readonly [unknown, string | undefined]>([
    [false, undefined],
    [{ isAuthorized: false }, undefined],
    ['true', 'authorize returned true;'],
    [undefined, 'authorize returned undefined;'],
    [{ allowed: true }, 'authorize returned an object without isAuthorized;'],
  ])('and reports a response that is not one: %j', async (answer, problem) => {
    const errors: unknown[] = []
    const onReject = ({ error }: GateRejection): void => void errors.push(error)
    const { port } = await startGate({ truststore: store, authorize: () => answer as boolean, onReject })
    expect(await ask(port, good)).toMatchObject({ status: 403, code: 'not_authorized' })
    expect(errors).toEqual([
      problem === undefined ? undefined : expect.objectContaining({ message: expect.stringContaining(problem) }),
    ])
  })

  const refusals: readonly (readonly [string, string, () => unknown])[] = [
    ['false', 'not_authorized', () => false],
    ['a promise of false', 'not_authorized', () => later(false)],
    ['isAuthorized: false', 'not_authorized', () => ({ isAuthorized: false, context: {} })],
    ['nothing', 'not_authorized', () => undefined],
    ['a text', 'not_authorized', () => 'true'],
    ['1', 'not_authorized', () => 1],
    ['isAuthorized: "true"', 'not_authorized', () => later({ isAuthorized: 'true' })],
    [
      'an exception',
      'authorizer_failed',
      () => {
        throw new Error('secret detail')
      },
    ],
    [
      'a thrown nothing',
      'authorizer_failed',
      () => {
        throw undefined
      },
    ],
    ['a rejected promise', 'authorizer_failed', () => Promise.reject(new Error('secret detail'))],
    [
      'an answer that throws',
      'authorizer_failed',
      () => ({
        get isAuthorized() {
          throw new Error('secret detail')
        },
      }),
    ],
    [
      'a thenable that throws',
      'authorizer_failed',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: it is what `authorize` gets wrong here
        then() {
          throw new Error('secret detail')
        },
      }),
    ],
    [
      'a thenable at first sight, that says ok',
      'not_authorized',
      () => {
        let looks = 0
        return Object.defineProperty({ ok: true }, 'then', { get: () => (looks++ === 0 ? () => undefined : undefined) })
      },
    ],
    [
      'a promise whose then throws',
      'authorizer_failed',
      () => {
        const value = (): never => {
          throw new Error('secret detail')
        }
        return Object.defineProperty(Promise.resolve(true), 'then', { value })
      },
    ],
    ['no answer in time', 'authorizer_timeout', () => never],
  ]

  it.each(refusals)('refuses, and the server goes on: %s', async (_name, code, answer) => {
    const rejections: GateRejection[] = []
    const onReject = (rejection: GateRejection): unknown => rejections.push(rejection)
    const options = { truststore: store, authorize: answer as Authorize, authorizeTimeoutMs: 100, onReject }
    const { port, reached, gate } = await startGate(options)
    for (const answered of [await ask(port, good), await ask(port, good)]) {
      expect(answered).toMatchObject({ status: 403, code })
      expect(answered.body).not.toContain('secret')
    }
    expect(reached).toEqual([])
    expect(rejections.map((rejection) => rejection.code)).toEqual([code, code])
    // Who was denied, and that it was not for the certificate.
    const denied = { identity: { certificate: { subject: 'CN=client,O=Gate' }, serverName: 'localhost' }, verdict: { ok: true } }
    expect(rejections).toMatchObject([denied, denied])
    expect(gate.counters()).toMatchObject({ accepted: 0, refused: { [code]: 2 }, pending: 0 })
  })

  it('holds requests back until it has decided, and loses none of them', async () => {
    let release: (value: boolean) => void = () => undefined
    const authorize = () =>
      new Promise<boolean>((resolve) => {
        release = resolve
      })
    const { port, reached, gate } = await startGate({ truststore: store, authorize })
    const socket = await open(port, good)
    const request = (path: string, more = ''): string =>
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000\r\n${more}\r\n${'x'.repeat(40_000)}`
    socket.write(request('/1') + request('/2') + request('/3', 'Connection: close\r\n'))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await later(undefined, 100)
    expect([reached, text, gate.counters().pending]).toEqual([[], '', 1])
    release(true)
    await eventually(() => socket.destroyed || socket.readableEnded)
    expect(reached).toEqual(['/1', '/2', '/3'])
    expect(text.match(/200 OK/g)).toHaveLength(3)
    expect(gate.counters().pending).toBe(0)
  })

  it('holds HTTP/2 back as well', async () => {
    const gate = mutualTls({
      truststore: store,
      authorize: () => later(true, 80),
    })
    const server = gate.protect(
      createSecureServer({ ...own, ...gate.tlsOptions }, (_request, response) => void response.end('in')),
    )
    expect(await askHttp2(await listen(server), good)).toMatchObject({ status: 200, body: 'in' })
  })

  it('never lets more wait than maxPending', async () => {
    const { port, gate } = await startGate({
      truststore: store,
      authorize: () => never,
      maxPending: 2,
      authorizeTimeoutMs: 60_000,
    })
    const waiting = [await open(port, good), await open(port, good)]
    await eventually(() => gate.counters().pending === 2)
    expect(await ask(port, good)).toMatchObject({ status: 503, code: 'overloaded' })
    for (const socket of waiting) socket.destroy()
  })

  it('releases a waiting client at its timeout, even if the promise never settles', async () => {
    const { port, gate } = await startGate({ truststore: store, authorize: () => never, maxPending: 1, authorizeTimeoutMs: 50 })
    expect(await ask(port, good)).toMatchObject({ code: 'authorizer_timeout' })
    expect(gate.counters().pending).toBe(0)
    expect(await ask(port, good)).toMatchObject({ code: 'authorizer_timeout' })
  })

  it('does nothing if the client has left', async () => {
    const { port, gate, reached } = await startGate({ truststore: store, authorize: () => later(true, 100) })
    const socket = await open(port, good)
    await eventually(() => gate.counters().pending === 1)
    socket.destroy()
    await eventually(() => gate.counters().pending === 0)
    expect([gate.counters().accepted, reached]).toEqual([0, []])
  })
})

describe('onReject', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('from onReject')
      },
    ],
    ['rejects', () => Promise.reject(new Error('from onReject'))],
    ['throws what has no text', () => throwTextless()],
    ['rejects with what has no text', async () => throwTextless()],
  ])('may fail without consequences: %s', async (_name, onReject) => {
    const warnings: string[] = []
    const listener = (warning: Error): unknown => warnings.push(warning.message)
    process.on('warning', listener)
    const { port } = await startGate({ truststore: store, onReject })
    expect(await ask(port, unknownClient)).toMatchObject({ status: 403, code: 'unknown_issuer' })
    await eventually(() => warnings.some((text) => /from onReject|a value that cannot be converted to a string/.test(text)))
    process.off('warning', listener)
  })
})

describe('settings that fail at run time', () => {
  it.each([
    [
      'a revocation function that throws',
      {
        truststore: store,
        revocation: () => {
          throw new Error('x')
        },
      },
    ],
    ['a revocation function that throws what has no text', { truststore: store, revocation: throwTextless }],
    ['a revocation function that forgets its result', { truststore: store, revocation: () => undefined as never }],
    ['revocation of the wrong shape', { truststore: store, revocation: () => ({ list: [] }) as never }],
    ['revocation that is promised', { truststore: store, revocation: (async () => ({ lists: [] })) as never }],
    [
      'a clock that throws',
      {
        truststore: store,
        clock: () => {
          throw new Error('x')
        },
      },
    ],
    ['a clock that gives no number', { truststore: store, clock: () => Number.NaN }],
  ])('refuse: %s', async (_name, options) => {
    const { port, reached } = await startGate(options)
    expect(await ask(port, good)).toMatchObject({ status: 403, code: 'internal_error' })
    expect(reached).toEqual([])
  })

  it('refuse: a source that breaks while a connection is open', async () => {
    let broken = false
    const source = {
      get current() {
        if (broken) throw new Error('x')
        return store
      },
    }
    const { port, reached } = await startGate({ truststore: source })
    const socket = await open(port, good)
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    broken = true
    expect(await ask(port, good, { socket })).toMatchObject({ status: 403, code: 'internal_error' })
    expect(reached).toHaveLength(1)
  })
})
