import { afterEach, describe, expect, it, vi } from 'vitest'
import { buildTruststore } from '../../src/index.ts'
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
  otherStore,
  startGate,
  store,
} from '../support/gate.ts'
import { mint } from '../support/mint.ts'
import { pendingAuthorize } from '../support/pending-authorize.ts'
import { listOf } from '../support/revocable.ts'

/** Answers of `authorize` are remembered only if an option says so, and replace no verdict. */

afterEach(closeServers)

const day = 86_400_000

describe('a remembered answer of authorize', () => {
  const asking = (answer: unknown = true) => vi.fn(() => Promise.resolve(answer as boolean))

  it('is off by default', async () => {
    const authorize = asking()
    const { port, gate } = await startGate({ truststore: store, authorize })
    for (let i = 0; i < 3; i++) expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect([authorize.mock.calls.length, gate.authorizations.size]).toEqual([3, 0])
  })

  it.each([
    ['yes', { isAuthorized: true, context: { tenant: 7 } }, { status: 200 }],
    ['no', false, { status: 403, code: 'not_authorized' }],
  ])('is used until its time ends: %s', async (_name, answer, expected) => {
    let now = Date.now()
    const authorize = asking(answer)
    const contexts: unknown[] = []
    const { port, gate } = await startGate({
      truststore: store,
      authorize,
      authorizeTtlMs: 60_000,
      clock: () => now,
      onAccept: ({ context }) => contexts.push(context),
    })
    for (const passed of [0, 30_000, 29_999]) {
      now += passed
      expect(await ask(port, good)).toMatchObject(expected)
    }
    expect([authorize.mock.calls.length, gate.authorizations.size]).toEqual([1, 1])
    expect(contexts).toEqual(answer === false ? [] : [{ tenant: 7 }, { tenant: 7 }, { tenant: 7 }])
    now += 1
    expect(await ask(port, good)).toMatchObject(expected)
    now -= 120_000
    expect(await ask(port, good)).toMatchObject(expected)
    expect(authorize).toHaveBeenCalledTimes(3)
  })

  it.each([
    ['there was no answer', () => new Promise<boolean>(() => undefined)],
    ['authorize failed', () => Promise.reject(new Error('x'))],
  ])('does not exist if %s', async (_name, authorize) => {
    const asked = vi.fn(authorize)
    const options = { truststore: store, authorize: asked, authorizeTtlMs: 60_000, authorizeTimeoutMs: 50 }
    const { port, gate } = await startGate(options)
    for (let i = 0; i < 2; i++) expect(await ask(port, good)).toMatchObject({ status: 403 })
    expect([asked.mock.calls.length, gate.authorizations.size]).toEqual([2, 0])
  })

  it('never replaces a verdict: not after a new truststore, expiry or revocation', async () => {
    let now = Date.now()
    const leaf = mint({ subject: 'CN=leaving' }, issuing)
    let revoked: readonly { serial: Uint8Array }[] = []
    const source = { current: store }
    const authorize = asking()
    const { port } = await startGate({
      truststore: source,
      authorize,
      authorizeTtlMs: Infinity,
      clock: () => now,
      revocation: () => ({ lists: [listOf({ revoked }, issuing), listOf({}, authority)], expired: 'allow' }),
    })
    const code = async (): Promise<unknown> => (await ask(port, credentialsOf(leaf))).code
    expect(await code()).toBeUndefined()
    source.current = otherStore
    expect(await code()).toBe('unknown_issuer')
    source.current = store
    revoked = [{ serial: leaf.serial }]
    expect(await code()).toBe('revoked')
    revoked = []
    expect(await code()).toBeUndefined()
    expect(authorize).toHaveBeenCalledTimes(1)
    now += 400 * day
    expect(await code()).toBe('expired')
  })

  it('is not used for another certificate, server name or truststore version', async () => {
    const source = { current: store }
    const authorize = asking()
    const rules = { truststore: source, authorize }
    const domains = { 'a.example.com': rules, '*.example.com': rules }
    const { port } = await startGate({ domains, authorizeTtlMs: 60_000 })
    const asks = async (servername: string, credentials = good): Promise<number> => {
      const before = authorize.mock.calls.length
      expect(await ask(port, credentials, { servername, headers: { host: servername } })).toMatchObject({ status: 200 })
      return authorize.mock.calls.length - before
    }
    expect([await asks('a.example.com'), await asks('a.example.com'), await asks('A.example.com')]).toEqual([1, 0, 0])
    // Another certificate with the same subject is another client.
    expect([await asks('a.example.com', client()), await asks('b.example.com'), await asks('c.example.com')]).toEqual([1, 1, 1])
    source.current = buildTruststore([authority.pem, issuing.pem, elsewhere.pem])
    expect([await asks('a.example.com'), await asks('a.example.com')]).toEqual([1, 0])
  })

  it('is dropped when there are too many, the oldest first', async () => {
    const authorize = asking()
    const { port, gate } = await startGate({ truststore: store, authorize, authorizeTtlMs: 60_000, maxRemembered: 2 })
    const clients = ['CN=1', 'CN=2', 'CN=3'].map((subject) => client({ subject }))
    for (const i of [0, 1, 2, 2, 1]) expect(await ask(port, clients[i]!)).toMatchObject({ status: 200 })
    expect([authorize.mock.calls.length, gate.authorizations.size]).toEqual([3, 2])
    expect(await ask(port, clients[0]!)).toMatchObject({ status: 200 })
    expect([authorize.mock.calls.length, gate.authorizations.size]).toEqual([4, 2])
  })

  it('is dropped by clear and by disconnect, even while it is pending', async () => {
    const { authorize, answer, ...asked } = pendingAuthorize()
    const scene = { authorize: vi.fn(authorize), ...asked }
    const { port, gate } = await startGate({ truststore: store, authorize: scene.authorize, authorizeTtlMs: 60_000 })
    for (const forget of [() => gate.authorizations.clear(), () => void gate.disconnect(() => false)]) {
      const asking = ask(port, good)
      await eventually(() => gate.counters().pending === 1)
      forget()
      answer(true)
      expect(await asking).toMatchObject({ status: 200 })
      expect(gate.authorizations.size).toBe(0)
      const again = ask(port, good)
      await eventually(() => gate.counters().pending === 1)
      answer(true)
      await again
      expect(gate.authorizations.size).toBe(1)
      forget()
      expect(gate.authorizations.size).toBe(0)
    }
    expect(scene.authorize).toHaveBeenCalledTimes(4)
  })
})
