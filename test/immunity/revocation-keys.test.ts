import { describe, expect, it } from 'vitest'
import { profiles, type RevocationList } from '../../src/index.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { client, day, list, revoked, root, unknown } from './listed.ts'

/** A list of any key and certificate of a CA revokes, whatever the order of the bundle and whichever path leads to the client. */

describe('a CA with several certificates and keys, whose old key signed an older list that clears a client', () => {
  const otherRoot = mint({ ca: true, key: keyPair('p256', 50), subject: 'O=Immunity,CN=Other Root' })
  const caSpec = { ca: true, key: keyPair('p256', 51), subject: 'O=Immunity,CN=Issuing' } as const
  const [by1, by2] = [mint(caSpec, root), mint(caSpec, otherRoot)]
  /** RFC 4210 4.4: the new key, certified by the old one. */
  const newKey = mint({ ...caSpec, key: keyPair('p256', 52) }, by1)
  const stolen = client({}, by1)
  const twins = Array.from({ length: 9 }, (_, i) => mint({ ...caSpec, key: keyPair('p256', 53 + i) }, root))
  const lists = [
    list({ issuer: by1, crlNumber: 7, thisUpdate: new Date(Date.now() - 2 * day) }),
    list({ issuer: newKey, crlNumber: 8, revoked: [{ serial: stolen.serial }] }),
    list(),
    list({ issuer: otherRoot }),
  ]

  /** For every rotation of the bundle, in both directions. */
  function expectRevoked(...bundle: readonly Minted[]): void {
    for (let turn = 0; turn < bundle.length; turn++) {
      const turned = [...bundle.slice(turn), ...bundle.slice(0, turn)]
      for (const order of [turned, turned.toReversed()]) {
        const store = storeFor(profiles.apiGateway, ...order)
        for (const status of ['refuse', 'allow'] as const) {
          expect(judge(store, [stolen], { revocation: { lists, unknown: status } })).toBe(revoked)
        }
      }
    }
  }

  it('has it revoked by the list of the new key, whichever roots cross-certify the CA', () => {
    expectRevoked(root, by1, newKey)
    expectRevoked(root, otherRoot, by1, by2, newKey)
  })

  it('has it revoked if a root was renewed with its key', () => {
    expectRevoked(root, mint({ ...root.spec, serial: 77n }), by1, newKey)
  })

  it('has it revoked if many other certificates have the name of the CA', () => {
    expectRevoked(root, by1, ...twins, newKey)
    const sent = storeFor(presented, root, newKey)
    expect(judge(sent, [stolen, by1, ...twins], { revocation: { lists } })).toBe(revoked)
  })

  it('has it revoked or its status unknown, however often the CA has changed its key since', () => {
    const keys = [newKey]
    for (let slot = 70; slot < 75; slot++) keys.push(mint({ ...caSpec, key: keyPair('p256', slot) }, keys.at(-1)))
    for (const [i, signer] of keys.entries()) {
      const store = storeFor(profiles.apiGateway, root, by1, ...keys)
      const old = list({ issuer: by1, crlNumber: 7 })
      // The lists of the keys in between clear their successors.
      const between = keys.slice(0, i).map((issuer) => list({ issuer }))
      const named = list({ issuer: signer, crlNumber: 8, revoked: [{ serial: stolen.serial }] })
      const verdict = judge(store, [stolen], { revocation: { lists: [old, ...between, named, list()], depth: 'leaf' } })
      expect([i, verdict]).toEqual([i, i < 3 ? revoked : expect.stringMatching(/^(revocation_unknown|budget_exhausted) 0$/)])
    }
  })

  describe('has it rejected on every path', () => {
    const above = mint({ ca: true, key: keyPair('p256', 80), subject: 'O=Immunity,CN=Above' }, root)
    const fromAbove = mint(caSpec, above)
    const reKeyed = mint({ ...caSpec, key: keyPair('p256', 52) }, root)
    const nextRoot = mint({ ...root.spec, key: keyPair('p256', 81) })
    const named = (issuer: Minted, names: Minted): RevocationList =>
      list({ issuer, crlNumber: 8, revoked: [{ serial: names.serial }] })
    const older = { crlNumber: 7, thisUpdate: new Date(Date.now() - 2 * day) }
    const all = [
      list(),
      list({ issuer: otherRoot }),
      list({ issuer: above }),
      list({ issuer: by1, ...older }),
      named(reKeyed, stolen),
    ]

    it.each<readonly [string, readonly Minted[], string]>([
      ['through a cross-certificate of a CA in between', [root, above, by1, fromAbove, reKeyed], revoked],
      ['through a CA that the client’s CA no longer belongs to', [root, above, fromAbove, reKeyed], revoked],
      ['to another root', [root, otherRoot, by1, by2, reKeyed], revoked],
    ])('%s', (_name, bundle, expected) => {
      for (const order of [bundle, bundle.toReversed()]) {
        const store = storeFor(profiles.apiGateway, ...order)
        expect(judge(store, [stolen], { revocation: { lists: all, unknown: 'allow' } })).toMatch(
          new RegExp(`^(${expected}|revocation_unknown 0)$`),
        )
      }
    })

    it.each<readonly [string, readonly Minted[], readonly Minted[]]>([
      ['none', [root, by1, reKeyed], []],
      ['a cross-certificate and its CA', [root, by1, reKeyed], [fromAbove, above]],
      ['a cross-certificate by another root', [root, otherRoot, by1, reKeyed], [by2]],
    ])('that the client can choose by what it sends: %s', (_name, listed, sent) => {
      const store = storeFor({ ...profiles.apiGateway, intermediates: 'presented' }, ...listed)
      const verdict = judge(store, [stolen, ...sent], { revocation: { lists: all } })
      expect(verdict).toMatch(/^(revoked|revocation_unknown) 0$/)
    })

    it('that ends at the CA itself, where every CA is an anchor', () => {
      for (const listed of [
        [root, by1, reKeyed],
        [by1, reKeyed],
      ]) {
        const store = storeFor({ ...profiles.apiGateway, trust: 'every-ca' }, ...listed)
        expect(judge(store, [stolen], { revocation: { lists: all } })).toMatch(/^(revoked|revocation_unknown) 0$/)
      }
    })

    it('of a CA that is a root with an old and a new key', () => {
      const held = client({}, root)
      const lists = [list(older), named(nextRoot, held)]
      const oldWithNew = mint({ ...root.spec, serial: 78n }, nextRoot)
      for (const listed of [
        [root, nextRoot],
        [root, nextRoot, oldWithNew],
        [nextRoot, oldWithNew],
      ]) {
        const verdict = judge(storeFor(profiles.apiGateway, ...listed), [held], { revocation: { lists } })
        expect(verdict).toMatch(/^(revoked|revocation_unknown) 0$/)
      }
    })

    it('even if the listed certificate of the new key cannot clear anybody', () => {
      for (const spec of [
        { keyUsage: ['keyCertSign'] },
        { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') },
      ]) {
        const useless = mint({ ...caSpec, key: keyPair('p256', 52), ...spec }, root)
        const store = storeFor(profiles.apiGateway, root, by1, useless)
        expect(judge(store, [stolen], { revocation: { lists: [...all.slice(0, 4), named(useless, stolen)] } })).toBe(unknown)
        const clearing = list({ issuer: useless, crlNumber: 8 })
        expect(judge(store, [stolen], { revocation: { lists: [list(), clearing] } })).toBe(unknown)
      }
    })
  })

  it('has it rejected if the budget is exhausted before the signer is found', () => {
    const budget = { ...presented.budget, signatures: 4 }
    const poor = storeFor({ ...presented, budget }, root, by1, ...twins, newKey)
    expect(judge(poor, [stolen], { revocation: { lists } })).toMatch(/^budget_exhausted/)
  })
})

describe('a CA that returned to an old key, one of whose certificates may not sign lists', () => {
  const top = mint({ ca: true, key: keyPair('p256', 70), subject: 'O=Changed,CN=Root' })
  const cross = mint({ ca: true, key: keyPair('p256', 71), subject: 'O=Changed,CN=Cross' })
  const again = mint({ ca: true, key: top.key, subject: top.subject }, cross)
  const subject = 'O=Changed,CN=CA'
  const first = mint({ ca: true, key: keyPair('p256', 72), subject, keyUsage: ['keyCertSign'] }, top)
  const next = mint({ ca: true, key: keyPair('p256', 73), subject }, top)
  const back = mint({ ca: true, key: first.key, subject }, next)
  const peer = mint({ key: leafKey, subject: 'O=Changed,CN=Client' }, first)
  const listOf = (crlNumber: number, reason?: number): RevocationList =>
    list({
      issuer: first,
      crlNumber,
      thisUpdate: new Date(Date.now() - (10 - crlNumber) * day),
      revoked: reason === undefined ? [] : [{ serial: peer.serial, reason }],
    })

  it.each<readonly [string, readonly Minted[]]>([
    ['one order', [back, next, first, again, top]],
    ['another order', [next, first, back, again, top]],
  ])('has clients accepted that its latest list clears, in %s of the bundle', (_what, bundle) => {
    const lists = [listOf(1, 6), listOf(3, 1), listOf(6)]
    const every = storeFor({ ...profiles.rfc5280, conformance: 'practical', intermediates: 'truststore' }, ...bundle)
    expect(judge(every, [peer], { revocation: { lists, depth: 'leaf' } })).toBe('accepted')
    expect(judge(every, [peer], { revocation: { lists: lists.slice(0, 2), depth: 'leaf' } })).not.toBe('accepted')
  })
})
