import { describe, expect, it } from 'vitest'
import { verifyRequest } from '../../../src/headers/index.ts'
import {
  type Acceptance,
  buildTruststore,
  type Policy,
  profiles,
  type Truststore,
  type VerifyOptions,
  verifyChain,
} from '../../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'

/** `purpose: { anyOf: ['client', 'server'], until }`. */

const day = (text: string): Date => new Date(`${text}T00:00:00Z`)
const dates = { notBefore: day('2020-01-01'), notAfter: day('2040-01-01') }
const until = day('2027-03-01')
const before = until.getTime() - 1
const transition = { anyOf: ['client', 'server'], until } as const

const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root', ...dates })
function ca(spec: CertificateSpec): Minted {
  return mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=Issuing', ...dates, ...spec }, root)
}
const open = ca({})
const forServers = ca({ extendedKeyUsage: ['serverAuth'] })
const forClients = ca({ extendedKeyUsage: ['clientAuth'] })
const forMail = ca({ extendedKeyUsage: ['emailProtection'] })
function leaf(spec: CertificateSpec, issuer: Minted = open): Minted {
  return mint({ key: keyPair('p256', 3), subject: 'CN=client', ...dates, ...spec }, issuer)
}
const server: CertificateSpec = { extendedKeyUsage: ['serverAuth'] }
const both: CertificateSpec = { extendedKeyUsage: ['clientAuth', 'serverAuth'] }
const client: CertificateSpec = { extendedKeyUsage: ['clientAuth'] }

function storeOf(listed: readonly Minted[], policy: Policy = profiles.apiGateway): Truststore {
  return buildTruststore(
    listed.map(({ der }) => der),
    { policy },
  )
}

/** The purpose of the accepted path, or the code of the rejection. */
function verdict(issuer: Minted, certificate: Minted, options: VerifyOptions, policy?: Policy): string | undefined {
  const judged = verifyChain(storeOf([root, issuer], policy), certificate.der, options)
  return judged.ok ? (judged.purpose ?? 'accepted') : judged.code
}

describe('until its end, a transition', () => {
  const inForce = { at: before, purpose: transition }

  it('accepts a client whose certificate allows server but not client authentication, and says so', () => {
    expect(verdict(open, leaf(server), inForce)).toBe('server')
    expect(verdict(open, leaf(server), { at: before })).toBe('extended_key_usage_violation')
    expect(verdict(open, leaf(server), { at: before, purpose: { anyOf: ['server', 'client'], until: until.getTime() } })).toBe(
      'server',
    )
    const judged = verifyChain(storeOf([root, open]), leaf(server).der, inForce) as Acceptance
    expect(judged.path.map(({ subject }) => subject)).toEqual(['CN=client', 'CN=Issuing', 'CN=Root'])
    expect(JSON.parse(JSON.stringify(judged)).purpose).toBe('server')
  })

  it('says of others that they are clients', () => {
    for (const spec of [client, both, { extendedKeyUsage: [] }, { extendedKeyUsage: ['2.5.29.37.0'] }])
      expect(verdict(open, leaf(spec), inForce)).toBe('client')
  })

  it('concerns CAs, too, but a path must allow one purpose from the leaf to the anchor', () => {
    expect(verdict(forServers, leaf(server, forServers), inForce)).toBe('server')
    expect(verdict(forServers, leaf(both, forServers), inForce)).toBe('server')
    expect(verdict(forServers, leaf({ extendedKeyUsage: [] }, forServers), inForce)).toBe('server')
    expect(verdict(forServers, leaf(client, forServers), inForce)).toBe('extended_key_usage_violation')
    expect(verdict(forClients, leaf(server, forClients), inForce)).toBe('extended_key_usage_violation')
    expect(verdict(forClients, leaf(both, forClients), inForce)).toBe('client')
    expect(verdict(forMail, leaf(server, forMail), inForce)).toBe('extended_key_usage_violation')
  })

  it('finds the path that allows a purpose among others', () => {
    const [sameClients, sameServers] = [client, server].map((spec, i) =>
      mint({ ca: true, key: keyPair('p256', 2), subject: 'CN=Issuing', serial: BigInt(90 + i), ...dates, ...spec }, root),
    )
    const store = storeOf([root, sameClients!, sameServers!])
    expect(verifyChain(store, leaf(server).der, inForce)).toMatchObject({ ok: true, purpose: 'server' })
    expect(verifyChain(store, leaf(client).der, inForce)).toMatchObject({ ok: true, purpose: 'client' })
    expect(verifyChain(store, leaf(both).der, inForce)).toMatchObject({ ok: true, purpose: 'client' })
  })

  it('changes no other rule for clients', () => {
    expect(verdict(open, leaf({ ...server, keyUsage: ['keyEncipherment'] }), inForce)).toBe('key_usage_violation')
    expect(verdict(open, leaf({ ...server, notAfter: day('2026-01-01') }), inForce)).toBe('expired')
    expect(verdict(open, leaf({ extendedKeyUsage: ['codeSigning'] }), inForce)).toBe('extended_key_usage_violation')
    expect(verdict(open, leaf({ ...server, subject: 'CN=elsewhere', key: keyPair('rsa1024') }), inForce)).toBe('weak_key')
  })

  it('with requireEku, wants one of the two to be listed', () => {
    const strict = { ...profiles.apiGateway, requireEku: true }
    expect(verdict(open, leaf(server), inForce, strict)).toBe('server')
    expect(verdict(open, leaf(client), inForce, strict)).toBe('client')
    expect(verdict(open, leaf({ extendedKeyUsage: [] }), inForce, strict)).toBe('extended_key_usage_violation')
    expect(verdict(open, leaf({ extendedKeyUsage: ['2.5.29.37.0'] }), inForce, strict)).toBe('extended_key_usage_violation')
  })

  it('rejects with the reason that would remain for a server', () => {
    const stranger = mint({ ca: true, key: keyPair('p256', 4), subject: 'CN=Stranger', ...dates })
    expect(verdict(open, leaf(server, stranger), inForce)).toBe('unknown_issuer')
    expect(verdict(open, leaf(client, stranger), inForce)).toBe('unknown_issuer')
  })

  it('uses presented intermediates', () => {
    const policy: Policy = { ...profiles.apiGateway, intermediates: 'presented' }
    const store = storeOf([root], policy)
    const chain = [leaf(server, forServers).der, forServers.der]
    expect(verifyChain(store, chain, inForce)).toMatchObject({ ok: true, purpose: 'server' })
    expect(verifyChain(store, chain, { at: before })).toMatchObject({ ok: false, code: 'extended_key_usage_violation' })
  })

  it('is an option of verifyRequest, too', () => {
    const headers = { 'client-cert': `:${Buffer.from(leaf(server).der).toString('base64')}:` }
    const ask = (options: VerifyOptions) =>
      verifyRequest({ headers }, storeOf([root, open]), { from: 'rfc9440', trustedProxy: true, ...options })
    expect(ask(inForce)).toMatchObject({ ok: true, purpose: 'server' })
    expect(ask({ at: before })).toMatchObject({ ok: false, code: 'extended_key_usage_violation' })
    expect(ask({ ...inForce, at: until })).toMatchObject({ ok: false, code: 'extended_key_usage_violation' })
  })

  it('shares one budget between its searches', () => {
    const budget = { ...profiles.apiGateway.budget, pathSteps: 2 }
    const mixed = leaf(both, forServers)
    // One step to the CA as a client, two to the root as a server.
    expect(verdict(forServers, mixed, inForce, { ...profiles.apiGateway, budget })).toBe('budget_exhausted')
    expect(verdict(forServers, mixed, inForce, { ...profiles.apiGateway, budget: { ...budget, pathSteps: 3 } })).toBe('server')
  })
})

describe('from its end on', () => {
  it('the purpose is client, and the message names the transition', () => {
    const store = storeOf([root, open])
    for (const at of [until, day('2030-01-01')]) {
      const judged = verifyChain(store, leaf(server).der, { at, purpose: transition })
      expect(judged).toMatchObject({
        ok: false,
        code: 'extended_key_usage_violation',
        message:
          'leaf certificate CN=client: extendedKeyUsage does not include clientAuth; the transition that accepted serverAuth ended on 2027-03-01T00:00:00Z',
      })
      expect(verifyChain(store, leaf(client).der, { at, purpose: transition })).toMatchObject({ ok: true, purpose: 'client' })
    }
    expect(
      verifyChain(storeOf([root, forServers]), leaf(both, forServers).der, { at: until, purpose: transition }),
    ).toMatchObject({
      code: 'extended_key_usage_violation',
      index: 1,
      message: expect.stringContaining('the transition that accepted serverAuth ended on 2027-03-01T00:00:00Z'),
    })
  })

  it('nothing else is said of it', () => {
    const store = storeOf([root, open])
    const signing = verifyChain(store, leaf({ extendedKeyUsage: ['codeSigning'] }).der, { at: until, purpose: transition })
    expect(signing).toMatchObject({ message: expect.not.stringContaining('transition') })
    const expired = verifyChain(store, leaf({ ...server, notAfter: day('2026-01-01') }).der, { at: until, purpose: transition })
    expect(expired).toMatchObject({ code: 'expired', message: expect.not.stringContaining('transition') })
    const mixed = verifyChain(storeOf([root, forClients]), leaf(server, forClients).der, { at: until, purpose: transition })
    expect(mixed).toMatchObject({
      code: 'extended_key_usage_violation',
      message: expect.not.stringContaining('transition'),
    })
  })
})

describe('options', () => {
  it.each<[string, unknown, string]>([
    ['no end', { anyOf: ['client', 'server'] }, 'options.purpose.until must be the date when the transition ends'],
    [
      'an invalid date',
      { anyOf: ['client', 'server'], until: new Date(Number.NaN) },
      'options.purpose.until must be a valid Date',
    ],
    ['a date as text', { anyOf: ['client', 'server'], until: '2027-03-01' }, 'options.purpose.until must be a valid Date'],
    ['an infinite end', { anyOf: ['client', 'server'], until: Number.POSITIVE_INFINITY }, 'options.purpose.until must be'],
    ['no purposes', { until }, "options.purpose.anyOf must be ['client', 'server']"],
    ['one purpose', { anyOf: ['server'], until }, "options.purpose.anyOf must be ['client', 'server']"],
    ['one purpose twice', { anyOf: ['server', 'server'], until }, "options.purpose.anyOf must be ['client', 'server']"],
    ['any', { anyOf: ['client', 'any'], until }, "options.purpose.anyOf must be ['client', 'server']"],
    ['three', { anyOf: ['client', 'server', 'any'], until }, "options.purpose.anyOf must be ['client', 'server']"],
    ['a set', { anyOf: new Set(['client', 'server']), until }, "options.purpose.anyOf must be ['client', 'server']"],
    ['a misspelt field', { ...transition, untill: until }, 'options.purpose.untill is not an option'],
    ['inherited fields', Object.create(transition), 'is inherited'],
    ['null', null, 'options.purpose must be an object'],
    ['an array', ['client', 'server'], 'options.purpose.0 is not an option'],
  ])('%s is a TypeError', (_, purpose, message) => {
    const store = storeOf([root, open])
    expect(() => verifyChain(store, leaf(client).der, { purpose } as VerifyOptions)).toThrow(TypeError)
    expect(() => verifyChain(store, leaf(client).der, { purpose } as VerifyOptions)).toThrow(message)
  })

  it('a policy has no transition: it would have no end in sight', () => {
    const policy = { ...profiles.apiGateway, purpose: transition } as unknown as Policy
    expect(() => storeOf([root], policy)).toThrow('policy.purpose must be one of client, server, any')
  })
})
