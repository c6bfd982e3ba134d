import { afterEach, describe, expect, it } from 'vitest'
import {
  buildTruststore,
  parseRevocationList,
  profiles,
  type RevocationList,
  type Truststore,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'
import type { ClientIdentity, CloseCode, GateRejection } from '../../src/node/index.ts'
import { eventually } from '../support/eventually.ts'
import { ask, authority, client, closeServers, good, issuing, open, startGate, store } from '../support/gate.ts'
import { keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'

/**
 * Attack: a client with a server's certificate is accepted in a transition, and tries to remain accepted by what was remembered of
 * it: for another purpose, or after the end.
 */

const until = new Date('2027-03-01T00:00:00Z')
const end = until.getTime()
const transition = { anyOf: ['client', 'server'], until } as const
const dates = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') }

const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root', ...dates })
const middle = mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=Middle', extendedKeyUsage: ['serverAuth'], ...dates }, root)
const server = mint({ key: keyPair('p256', 3), subject: 'CN=server', extendedKeyUsage: ['serverAuth'], ...dates }, middle)

const refusal = { ok: false, code: 'extended_key_usage_violation' }

function listOf(issuer: Minted): RevocationList {
  const parsed = parseRevocationList(mintCrl({ issuer, thisUpdate: dates.notBefore, nextUpdate: dates.notAfter }).der)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}

describe('what a truststore remembers of a client accepted in a transition', () => {
  const stores: readonly (readonly [string, () => Truststore, readonly Uint8Array[]])[] = [
    ['with a listed CA', () => buildTruststore([root.der, middle.der]), [server.der]],
    [
      'with a presented CA',
      () => buildTruststore(root.der, { policy: { ...profiles.apiGateway, intermediates: 'presented' } }),
      [server.der, middle.der],
    ],
  ]

  it.each(stores)('%s is used for no other purpose, and not from its end on', (_, build, chain) => {
    const trusted = build()
    const accept = (): void => {
      const verdict = verifyChain(trusted, chain, { at: end - 1, purpose: transition })
      expect(verdict).toMatchObject({ ok: true, purpose: 'server' })
    }
    const others: readonly VerifyOptions[] = [
      { at: end - 1 },
      { at: end - 1, purpose: 'client' },
      { at: end, purpose: transition },
      { at: end + 1, purpose: transition },
      { at: end - 1, purpose: { ...transition, until: end - 1 } },
      { at: end - 1, purpose: { ...transition, until: 0 } },
    ]
    for (const options of others) {
      accept()
      accept()
      expect(verifyChain(trusted, chain, options)).toMatchObject(refusal)
      expect(verifyChain(trusted, chain, options)).toMatchObject(refusal)
    }
    accept()
  })

  it('with lists is no exception, and the signers of lists need no purpose in a transition either', () => {
    const trusted = buildTruststore([root.der, middle.der])
    const revocation = { lists: [listOf(root), listOf(middle)] }
    expect(verifyChain(trusted, server.der, { at: end - 1, purpose: transition, revocation })).toMatchObject({ ok: true })
    expect(verifyChain(trusted, server.der, { at: end, purpose: transition, revocation })).toMatchObject(refusal)
  })

  it('is not read from a prototype', () => {
    const trusted = buildTruststore([root.der, middle.der])
    const prototype = Object.prototype as { purpose?: unknown }
    prototype.purpose = transition
    try {
      expect(verifyChain(trusted, server.der, { at: end - 1 })).toMatchObject(refusal)
    } finally {
      delete prototype.purpose
    }
  })
})

describe('a gate in a transition', () => {
  afterEach(closeServers)

  const serverOnly = client({ extendedKeyUsage: ['serverAuth'], subject: 'O=Gate,CN=public' })

  it('accepts and counts affected clients, and says which they are', async () => {
    const accepted: string[] = []
    const { gate, port } = await startGate({
      truststore: store,
      purpose: { anyOf: ['client', 'server'], until: Date.now() + 60_000 },
      onAccept: ({ certificate, purpose }: ClientIdentity) => accepted.push(`${certificate.subject} ${purpose}`),
    })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(await ask(port, serverOnly)).toMatchObject({ status: 200 })
    expect(accepted).toEqual(['CN=client,O=Gate client', 'CN=public,O=Gate server'])
    expect(gate.counters()).toMatchObject({ accepted: 2, acceptedInTransition: 1 })
  })

  it('refuses them from its end on, although a date or an option is changed later', async () => {
    let now = Date.now()
    const date = new Date(now + 60_000)
    const purpose = { anyOf: ['client', 'server'] as ('client' | 'server')[], until: date }
    const rejections: GateRejection[] = []
    const { gate, port } = await startGate({
      truststore: store,
      purpose,
      clock: () => now,
      onReject: (rejection) => rejections.push(rejection),
    })
    expect(await ask(port, serverOnly)).toMatchObject({ status: 200 })
    now = date.getTime()
    date.setFullYear(2999)
    purpose.until = new Date('2999-01-01')
    expect(await ask(port, serverOnly)).toMatchObject({ status: 403, code: 'extended_key_usage_violation' })
    expect(await ask(port, good)).toMatchObject({ status: 200 })
    expect(rejections[0]?.message).toContain('the transition that accepted serverAuth ended on')
    expect(gate.counters()).toMatchObject({ accepted: 2, acceptedInTransition: 1 })
  })

  it.each([
    ['without lists', undefined],
    ['with lists', { lists: [authority, issuing].map((issuer) => listFor(issuer)) }],
  ])('ends their open connections and requests at its end, and no others: %s', async (_, revocation) => {
    let now = Date.now()
    const ended: [string, CloseCode][] = []
    const { gate, port } = await startGate({
      truststore: store,
      purpose: { anyOf: ['client', 'server'], until: now + 30_000 },
      clock: () => now,
      ...(revocation && { revocation }),
      onClose: ({ certificate }, code) => ended.push([certificate.subject, code]),
    })
    const [theirs, ours] = await Promise.all([open(port, serverOnly), open(port, good)])
    expect(await ask(port, {}, { socket: theirs })).toMatchObject({ status: 200 })
    expect(await ask(port, {}, { socket: ours })).toMatchObject({ status: 200 })
    now += 30_000
    await eventually(() => theirs.destroyed || theirs.readableEnded)
    expect(ended).toEqual([['CN=public,O=Gate', 'extended_key_usage_violation']])
    expect(gate.counters()).toMatchObject({ open: 1 })
    expect(await ask(port, {}, { socket: ours })).toMatchObject({ status: 200 })
  })

  it('rejects a request after its end before the connection is ended', async () => {
    let now = Date.now()
    const { port } = await startGate({
      truststore: store,
      purpose: { anyOf: ['client', 'server'], until: now + 30_000 },
      clock: () => now,
      onChange: 'keep',
    })
    const socket = await open(port, serverOnly)
    expect(await ask(port, {}, { socket })).toMatchObject({ status: 200 })
    now += 30_000
    expect(await ask(port, {}, { socket })).toMatchObject({ status: 403, code: 'extended_key_usage_violation' })
  })

  it('does not accept a client whose authorization ends after it', async () => {
    let now = Date.now()
    const { gate, port } = await startGate({
      truststore: store,
      purpose: { anyOf: ['client', 'server'], until: now + 30_000 },
      clock: () => now,
      authorizeTtlMs: 100_000,
      authorize: async () => {
        now += 30_000
        return true
      },
    })
    expect(await ask(port, serverOnly)).toMatchObject({ status: 403, code: 'extended_key_usage_violation' })
    expect(await ask(port, serverOnly)).toMatchObject({ status: 403, code: 'extended_key_usage_violation' })
    expect(gate.counters()).toMatchObject({ accepted: 0, acceptedInTransition: 0 })
  })

  it('resumes no session of theirs after its end', async () => {
    let now = Date.now()
    const { port, gate } = await startGate({
      truststore: store,
      purpose: { anyOf: ['client', 'server'], until: now + 30_000 },
      clock: () => now,
    })
    const first = await open(port, serverOnly)
    const session = await new Promise<Buffer>((resolve) => {
      first.once('session', resolve)
      void ask(port, {}, { socket: first })
    })
    now += 30_000
    expect(await ask(port, serverOnly, { session })).toMatchObject({ status: 403 })
    expect(gate.counters()).toMatchObject({ resumed: 1 })
  })

  it('is set for each domain by itself', async () => {
    const purpose = { anyOf: ['client', 'server'], until: Date.now() + 60_000 } as const
    const domains = { 'a.example': { truststore: store, purpose }, 'b.example': { truststore: store } }
    const { port } = await startGate({ domains })
    const header = (host: string) => ({ servername: host, headers: { host } })
    expect(await ask(port, serverOnly, header('a.example'))).toMatchObject({ status: 200 })
    expect(await ask(port, serverOnly, header('b.example'))).toMatchObject({ status: 403 })
  })
})

function listFor(issuer: Minted): RevocationList {
  const parsed = parseRevocationList(mintCrl({ issuer }).der)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value
}
