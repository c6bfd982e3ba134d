import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { RevocationCheck } from '../../src/index.ts'
import { type CloseCode, fileTruststore, type MutualTlsOptions } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import {
  ask,
  authority,
  closeServers,
  credentialsOf,
  elsewhere,
  good,
  issuing,
  open,
  otherStore,
  startGate,
} from '../support/gate.ts'
import { both, day, fromNow, hour, leaving, lists, staying, stillRuns } from '../support/leaving-client.ts'
import { identitiesOf, kinds, openScene } from '../support/open-connections.ts'

/** Open connections must end with the trust in their client, for every use of a connection and every way in which trust ends. */

const revoking = { revoked: [{ serial: leaving.serial }] }

const cleanups: (() => void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await closeServers()
})

interface Change {
  readonly options: MutualTlsOptions
  readonly apply: () => unknown
  readonly code: CloseCode
}

/** Changes that end the trust in `leaving` and keep that in `staying`. */
const changes: Readonly<Record<string, () => Change | Promise<Change>>> = {
  'its CA is removed from the truststore'() {
    const source = { current: both }
    const apply = (): unknown => (source.current = otherStore)
    return { options: { truststore: source }, apply, code: 'unknown_issuer' }
  },
  async 'its CA is removed from the file'() {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-lifetimes-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, authority.pem + issuing.pem + elsewhere.pem)
    const source = await fileTruststore(file)
    cleanups.push(() => {
      source.close()
      rmSync(folder, { recursive: true })
    })
    const apply = (): unknown => {
      writeFileSync(file, elsewhere.pem)
      return source.refresh()
    }
    return { options: { truststore: source }, apply, code: 'unknown_issuer' }
  },
  'it is revoked'() {
    let revocation: RevocationCheck = { lists: lists() }
    const apply = (): unknown => (revocation = { lists: lists(revoking) })
    return { options: { truststore: both, revocation: () => revocation }, apply, code: 'revoked' }
  },
  'it is revoked by a list that replaces another in the same array'() {
    const array = [...lists()]
    const apply = (): unknown => array.splice(0, 1, ...lists(revoking))
    return { options: { truststore: both, revocation: { lists: array } }, apply, code: 'revoked' }
  },
  'it is revoked by a list that is not valid yet'() {
    const revocation = { lists: [...lists()] }
    const apply = (): unknown => revocation.lists.push(...lists({ ...revoking, thisUpdate: fromNow(hour) }))
    return { options: { truststore: both, revocation }, apply, code: 'revoked' }
  },
  'its certificate expires'() {
    let now = Date.now()
    const apply = (): unknown => (now += 31 * day)
    return { options: { truststore: both, clock: () => now }, apply, code: 'expired' }
  },
  'the clock is set back to before notBefore'() {
    let now = Date.now()
    const apply = (): unknown => (now -= 2 * hour)
    return { options: { truststore: both, clock: () => now }, apply, code: 'not_yet_valid' }
  },
}

describe('an open connection ends with the trust in its client, for every kind of use', () => {
  it.each(Object.entries(changes))('%s', async (_name, prepare) => {
    const { options, apply, code } = await prepare()
    const scene = await openScene(options)
    const [going, remaining] = await Promise.all([leaving, staying].map((leaf) => scene.keepAll(credentialsOf(leaf))))
    expect(scene.gate.counters()).toMatchObject({ accepted: 2 * kinds.length, open: 2 * kinds.length, ended: {} })
    await apply()
    await eventually(() => going!.every((kept) => kept.isOver()))
    expect(scene.ended).toEqual(kinds.map(() => `CN=leaving: ${code}`))
    expect(new Set(identitiesOf(scene))).toEqual(new Set([undefined, 'CN=staying']))
    await eventually(() => scene.gate.counters().open === kinds.length)
    expect(scene.gate.counters().ended).toEqual({ [code]: kinds.length })
    await stillRuns(remaining!)
    for (const kept of remaining!) kept.close()
    await eventually(() => scene.gate.counters().open === 0)
    expect(scene.ended).toHaveLength(kinds.length)
  })

  it.each([
    ['onChange: keep', { onChange: 'keep' }],
    ['recheck: false', { recheck: false }],
  ] as const)('but stays open by option: %s', async (_name, options) => {
    const source = { current: both }
    const scene = await openScene({ truststore: source, ...options })
    const all = await scene.keepAll(credentialsOf(leaving))
    source.current = otherStore
    // Longer than the interval between checks.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await stillRuns(all)
    expect([scene.ended, scene.gate.counters().open]).toEqual([[], kinds.length])
    expect(await ask(scene.ports.http1, credentialsOf(leaving))).toMatchObject({ status: 403 })
  })
})

describe('a connection that the gate ends', () => {
  it('over HTTP/1 closes after the current response', async () => {
    const source = { current: both }
    const { port, server } = await startGate({ truststore: source, endTimeoutMs: 10_000 })
    server.removeAllListeners('request')
    let finish: () => unknown = () => undefined
    server.on('request', (_request, response) => {
      finish = () => response.end('whole')
    })
    const socket = await open(port, credentialsOf(leaving))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(server, 'request')
    source.current = otherStore
    // Two more checks: the connection is ending and waits.
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect([text, socket.readableEnded]).toEqual(['', false])
    finish()
    await eventually(() => socket.readableEnded)
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n[\s\S]*whole/)
  })

  it('over HTTP/2 gets GOAWAY, finishes its streams, and accepts no new one', async () => {
    const source = { current: both }
    const scene = await openScene({ truststore: source, endTimeoutMs: 10_000 })
    const session = connectHttp2(`https://127.0.0.1:${scene.ports.http2}`, {
      rejectUnauthorized: false,
      ...credentialsOf(leaving),
    })
    const streams = ['/goes-on', '/'].map((path) => session.request({ ':path': path }).on('error', () => undefined))
    await Promise.all(streams.map((stream) => once(stream.resume(), 'response')))
    source.current = otherStore
    const [code] = await once(session, 'goaway')
    expect([code, scene.ended]).toEqual([0, ['CN=leaving: unknown_issuer']])
    expect(session.destroyed).toBe(false)
    streams[0]!.close()
    await once(session, 'close')
  })

  it('cannot be held open by a client that reads nothing', async () => {
    const source = { current: both }
    const { port, server, gate } = await startGate({ truststore: source, endTimeoutMs: 100 })
    server.removeAllListeners('request')
    server.on('request', (_request, response) => response.end(Buffer.alloc(50_000_000)))
    const socket = await open(port, credentialsOf(leaving))
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(server, 'request')
    source.current = otherStore
    await eventually(() => gate.counters().open === 0)
    expect(gate.counters().ended).toEqual({ unknown_issuer: 1 })
    socket.destroy()
  })

  it('has its requests rejected as soon as its verdict has changed, even before it is closed', async () => {
    const source = { current: both }
    const scene = await openScene({ truststore: source, endsPerSecond: 1 })
    const first = await scene.keep('plain TLS', credentialsOf(leaving))
    const sockets = await Promise.all([1, 2].map(() => open(scene.ports.http1, credentialsOf(leaving))))
    await eventually(() => scene.gate.counters().open === 3)
    source.current = otherStore
    await eventually(() => first.isOver())
    expect(scene.gate.counters()).toMatchObject({ ended: { unknown_issuer: 1 }, open: 2 })
    expect(await ask(scene.ports.http1, {}, { socket: sockets[0]! })).toMatchObject({ status: 403, code: 'unknown_issuer' })
    await eventually(() => scene.gate.counters().open === 0)
  })

  it('ends even if onClose throws', async () => {
    const source = { current: both }
    const warnings: string[] = []
    const note = (warning: Error): unknown => warnings.push(warning.message)
    process.on('warning', note)
    const onClose = (): never => {
      throw new Error('from onClose')
    }
    const scene = await openScene({ truststore: source, onClose })
    const kept = await scene.keep('plain TLS', credentialsOf(leaving))
    source.current = otherStore
    await eventually(() => kept.isOver() && warnings.some((text) => text.includes('onClose of mutualTls')))
    process.off('warning', note)
  })
})

describe('the maximum age of connections', () => {
  it('ends them, for every kind of use', async () => {
    const scene = await openScene({ truststore: both, maxConnectionAgeMs: 500, onChange: 'keep' })
    const all = await scene.keepAll(credentialsOf(leaving))
    await eventually(() => all.every((kept) => kept.isOver()))
    expect(scene.ended).toEqual(kinds.map(() => 'CN=leaving: max_age_reached'))
  })
})

describe('disconnect', () => {
  it('ends the connections of matching clients, and no others', async () => {
    const scene = await openScene({ truststore: both, onChange: 'keep' })
    const [going, remaining] = await Promise.all([leaving, staying].map((leaf) => scene.keepAll(credentialsOf(leaf))))
    const is = (subject: string) => (identity: { certificate: { subject: string } }) => identity.certificate.subject === subject
    expect(scene.gate.disconnect(is('CN=nobody'))).toBe(0)
    expect(scene.gate.disconnect(is('CN=leaving'), 'revoked')).toBe(kinds.length)
    expect(scene.gate.disconnect(is('CN=leaving'), 'revoked')).toBe(0)
    expect(new Set(identitiesOf(scene))).toEqual(new Set([undefined, 'CN=staying']))
    await eventually(() => going!.every((kept) => kept.isOver()))
    expect(scene.ended).toEqual(kinds.map(() => 'CN=leaving: revoked'))
    await stillRuns(remaining!)
    for (const kept of remaining!) kept.close()
  })

  it('rejects matching clients that wait for authorize, whatever the answer', async () => {
    let decide: (value: boolean) => void = () => undefined
    const authorize = (): Promise<boolean> => new Promise((resolve) => (decide = resolve))
    const { port, reached, gate } = await startGate({ truststore: both, authorize, authorizeTtlMs: 60_000 })
    const asking = ask(port, good)
    await eventually(() => gate.counters().pending === 1)
    expect(gate.disconnect(() => true)).toBe(1)
    decide(true)
    expect(await asking).toMatchObject({ status: 403, code: 'not_authorized' })
    expect([reached, gate.counters().accepted, gate.authorizations.size]).toEqual([[], 0, 0])
  })

  it.each([
    ['a predicate that is not a function', 1, undefined, /needs a function/],
    ['an unknown code', () => true, 'gone', /needs a GateCode, got gone/],
    ['a code that is a property of Object.prototype', () => true, 'constructor', /needs a GateCode/],
    ['a promise, which is truthy', async () => false, undefined, /must return a boolean/],
    [
      'a predicate that throws',
      () => {
        throw new TypeError('from the predicate')
      },
      undefined,
      /from the predicate/,
    ],
  ])('ends nothing for %s', async (_name, predicate, code, message) => {
    const { port, gate } = await startGate({ truststore: both })
    const socket = await open(port, good)
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    expect(() => gate.disconnect(predicate as never, code as never)).toThrow(message)
    expect(await ask(port, good, { socket })).toMatchObject({ status: 200 })
    socket.destroy()
  })
})
