import { describe, expect, it } from 'vitest'
import { profiles, type RevocationList, type Truststore } from '../../src/index.ts'
import { type CertificateSpec, type CrlSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { client, day, judgeBy, list, revoked, root, unknown } from './listed.ts'

/**
 * A certificate that a list names is rejected, whatever else is wrong with the list, even if another list clears it.
 * `test/property/revocation.test.ts` does the same with random sets of lists.
 */

const leaf = client()
const naming = { revoked: [{ serial: leaf.serial, reason: 1 }] }
/** Current, complete, and without the client: this list alone clears everybody. */
const clearing = list({ crlNumber: 1, thisUpdate: new Date(Date.now() - 2 * day) })
const unknownExtension = { oid: '1.3.6.1.4.1.99999.4', critical: true, value: Uint8Array.of(5, 0) }

describe('a certificate that an older list clears and another list of its CA names', () => {
  it('control: the other list clears', () => {
    expect(judgeBy([clearing], [leaf])).toBe('accepted')
  })

  it.each<readonly [string, Partial<CrlSpec>, string]>([
    ['that is indirect', { ...naming, idp: { indirect: true } }, revoked],
    [
      'that is indirect and names the CA in certificateIssuer',
      { idp: { indirect: true }, revoked: [{ serial: leaf.serial, certificateIssuer: root.subject }] },
      revoked,
    ],
    [
      'that names the CA in certificateIssuer without being indirect',
      { revoked: [{ serial: leaf.serial, certificateIssuer: root.subject }] },
      unknown,
    ],
    ['whose thisUpdate is a minute ahead', { ...naming, thisUpdate: new Date(Date.now() + 60_000) }, revoked],
    ['that is outdated', { ...naming, nextUpdate: new Date(Date.now() - 2000) }, revoked],
    ['without nextUpdate', { ...naming, nextUpdate: null }, revoked],
    ['with an unknown critical extension', { ...naming, extensions: [unknownExtension] }, unknown],
    [
      'with an unknown critical extension on an entry',
      { revoked: [...naming.revoked, { serial: 99n, critical: true }] },
      unknown,
    ],
    ['with one on the entry of the certificate', { revoked: [{ serial: leaf.serial, critical: true }] }, unknown],
    ['with a stray certificateIssuer', { revoked: [{ serial: 99n, certificateIssuer: 'CN=Other' }, ...naming.revoked] }, unknown],
    ['for attribute certificates only', { ...naming, idp: { onlyContainsAttributeCerts: true } }, revoked],
    ['for CA certificates only', { ...naming, idp: { onlyContainsCaCerts: true } }, revoked],
    ['for another distribution point', { ...naming, idp: { uri: 'http://other.example/' } }, revoked],
    ['for some reasons only', { ...naming, idp: { onlySomeReasons: [7] } }, revoked],
    ['that is a delta', { ...naming, crlNumber: 7, deltaBase: 5 }, revoked],
    ['without a CRL number', { ...naming, crlNumber: null }, revoked],
    ['that names it 600 times', { revoked: Array.from({ length: 600 }, () => ({ serial: leaf.serial })) }, revoked],
    ['signed with SHA-1', { ...naming, hash: 'sha1' }, unknown],
    ['of version 1', { revoked: [{ serial: leaf.serial }], version: 1 }, revoked],
  ])('%s', (_what, spec, verdict) => {
    for (const status of ['refuse', 'allow'] as const) {
      expect(judgeBy([list(spec), clearing], [leaf], { unknown: status })).toBe(verdict)
      expect(judgeBy([clearing, list(spec)], [leaf], { unknown: status, depth: 'leaf' })).toBe(verdict)
      expect(judgeBy([list(spec)], [leaf], { unknown: status, expired: 'allow' })).toBe(verdict)
    }
  })

  it('without a CRL number, under strict conformance', () => {
    const strict = storeFor(profiles.rfc5280, root)
    const lists = [list({ ...naming, crlNumber: null }), clearing]
    expect(judge(strict, [leaf], { revocation: { lists: [clearing] } })).toBe('accepted')
    expect(judge(strict, [leaf], { revocation: { lists } })).toBe(revoked)
  })

  it('of a CA whose keyUsage does not allow signing lists', () => {
    const issuing = mint(
      { ca: true, key: keyPair('p256', 41), subject: 'O=Immunity,CN=Issuing', keyUsage: ['keyCertSign'] },
      root,
    )
    const lists = mint({ key: keyPair('p256', 42), subject: issuing.subject, keyUsage: ['cRLSign'], extendedKeyUsage: [] }, root)
    const below = client({}, issuing)
    const chain = [below, issuing, lists]
    const clears = [list(), list({ issuer: lists })]
    expect(judgeBy(clears, chain)).toBe('accepted')
    expect(judgeBy([...clears, list({ issuer: issuing, revoked: [{ serial: below.serial }] })], chain)).toBe(unknown)
  })

  it('control: is accepted if the other list has a wrong signature or issuer', () => {
    for (const forged of [{ signWith: keyPair('p256', 43) }, { issuerName: 'O=Immunity,CN=Other' }]) {
      expect(judgeBy([list({ ...naming, ...forged }), clearing], [leaf])).toBe('accepted')
    }
  })
})

describe('an entry that a later list takes back', () => {
  const older = { ...naming, crlNumber: 4, thisUpdate: new Date(Date.now() - 2 * day) }
  const later = { crlNumber: 5, thisUpdate: new Date(Date.now() - day) }

  it('must be missing on a complete list with the same key and scope', () => {
    expect(judgeBy([list(older), list(later)], [leaf])).toBe('accepted')
    expect(judgeBy([list(later), list(older)], [leaf])).toBe('accepted')
    expect(judgeBy([list({ ...older, crlNumber: null }), list({ ...later, crlNumber: null })], [leaf])).toBe('accepted')
  })

  it.each<readonly [string, Partial<CrlSpec>]>([
    ['with the same number', { crlNumber: 4 }],
    ['with a lower number', { crlNumber: 3 }],
    ['without a number', { crlNumber: null }],
    ['with a higher number and an earlier date', { thisUpdate: new Date(Date.now() - 3 * day) }],
    ['that is not valid yet', { thisUpdate: new Date(Date.now() + day) }],
    ['that is outdated', { nextUpdate: new Date(Date.now() - 2000) }],
    ['with an unknown critical extension', { extensions: [unknownExtension] }],
    ['of another scope', { idp: { onlyContainsUserCerts: true } }],
    ['that is a delta', { deltaBase: 4 }],
    ['signed by another key', { signWith: keyPair('p256', 43) }],
    ['that also names it', naming],
  ])('still revokes if the later list is one %s', (_what, more) => {
    expect(judgeBy([list(older), list({ ...later, ...more }), clearing], [leaf])).toBe(revoked)
  })

  it('is a hold that a delta lifts only from a list with a lower number than its own (RFC 5280 5.2.4 (d))', () => {
    const held = list({ crlNumber: 5, revoked: [{ serial: leaf.serial, reason: 6 }] })
    const lifts = (crlNumber: number, deltaBase: number): RevocationList =>
      list({ crlNumber, deltaBase, revoked: [{ serial: leaf.serial, reason: 8 }] })
    expect(judgeBy([held, lifts(6, 5)], [leaf])).toBe('accepted')
    expect(judgeBy([held, lifts(5, 5)], [leaf])).toBe(revoked)
    expect(judgeBy([held, lifts(5, 4)], [leaf])).toBe(revoked)
  })

  it('is no hold on a list with a later date than the delta, whatever their numbers', () => {
    const held = { crlNumber: 5, thisUpdate: new Date(Date.now() - 2 * day), revoked: [{ serial: leaf.serial, reason: 6 }] }
    const lifts = {
      crlNumber: 7,
      deltaBase: 3,
      thisUpdate: new Date(Date.now() - day),
      revoked: [{ serial: leaf.serial, reason: 8 }],
    }
    expect(judgeBy([list(held), list(lifts)], [leaf])).toBe('accepted')
    expect(judgeBy([list(held), list({ ...lifts, thisUpdate: new Date(Date.now() - 3 * day) })], [leaf])).toBe(revoked)
    // A delta with a lower number and a later date may be newer as well.
    const silent = list({ crlNumber: 6, deltaBase: 3, thisUpdate: new Date(Date.now() - day / 2) })
    expect(judgeBy([list(held), list(lifts), silent], [leaf])).toBe(revoked)
  })

  it('is no hold that only an older delta lifts: a newer one with the same base must lift it too, because deltas are cumulative', () => {
    const held = list({ crlNumber: 5, revoked: [{ serial: leaf.serial, reason: 6 }] })
    const lifts = (crlNumber: number): RevocationList =>
      list({ crlNumber, deltaBase: 5, revoked: [{ serial: leaf.serial, reason: 8 }] })
    const silent = (crlNumber: number): RevocationList => list({ crlNumber, deltaBase: 5 })
    expect(judgeBy([held, lifts(6), silent(7)], [leaf])).toBe(revoked)
    expect(judgeBy([silent(7), lifts(6), held], [leaf])).toBe(revoked)
    expect(judgeBy([held, lifts(7), silent(7)], [leaf])).toBe(revoked)
    expect(judgeBy([held, silent(6), lifts(7)], [leaf])).toBe('accepted')
  })

  it('is not cleared by an outdated list that comes with a fresh delta', () => {
    const lifts = list({ crlNumber: 6, deltaBase: 5, revoked: [{ serial: leaf.serial, reason: 8 }] })
    const held = { crlNumber: 5, revoked: [{ serial: leaf.serial, reason: 6 }] }
    const stale = list({ ...held, thisUpdate: new Date(Date.now() - 9 * day), nextUpdate: new Date(Date.now() - day) })
    for (const status of ['refuse', 'allow'] as const) {
      expect(judgeBy([stale, lifts], [leaf], { unknown: status })).toBe(unknown)
      const aged = list({ ...held, thisUpdate: new Date(Date.now() - 9 * day) })
      expect(judgeBy([aged, lifts], [leaf], { unknown: status, maxAgeDays: 8 })).toBe(unknown)
      expect(judgeBy([aged, lifts], [leaf], { unknown: status, maxAgeDays: 8, expired: 'allow' })).toBe(unknown)
    }
  })
})

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
  const peer = mint({ key: leaf.key, subject: 'O=Changed,CN=Client' }, first)
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

describe('a listed certificate that the truststore cannot use, which signed a list', () => {
  const specs: readonly (readonly [string, CertificateSpec])[] = [
    ['whose keyUsage allows only signing lists, although it is a CA', { keyUsage: ['cRLSign'] }],
    ['with an unknown critical extension', { extensions: [unknownExtension] }],
    ['whose own signature uses SHA-1', { hash: 'sha1' }],
  ]

  it.each(specs)('%s, revokes the certificates that it names, and clears none', (_what, spec) => {
    const signer = mint({ ca: true, key: keyPair('p256', 90), subject: root.subject, ...spec }, root)
    const cleared = client({ serial: 4711n })
    const lists = [clearing, list({ issuer: signer, crlNumber: 9, ...naming })]
    for (const bundle of [
      [root, signer],
      [signer, root],
    ]) {
      const store = storeFor(presented, ...bundle)
      expect(store.certificates).toHaveLength(1)
      for (const status of ['refuse', 'allow'] as const) {
        expect(judge(store, [leaf], { revocation: { lists, unknown: status } })).toBe(unknown)
        expect(judge(store, [cleared], { revocation: { lists, unknown: status } })).toBe('accepted')
      }
      expect(judge(store, [cleared], { revocation: { lists: lists.slice(1) } })).toBe(unknown)
    }
  })
})

describe('CRL signers that clear each other in a long chain', () => {
  const refusedAsUnknown = /^(revocation_unknown|budget_exhausted) 0$/
  const chain: readonly Minted[] = [5, 6, 7, 8].map((slot) =>
    mint(
      {
        key: keyPair('p256', slot),
        subject: root.subject,
        keyUsage: ['cRLSign'],
        extendedKeyUsage: [],
        crlDistributionPoints: [`http://lists.example/${slot}`],
      },
      root,
    ),
  )
  const store: Truststore = storeFor(presented, root)
  const leafAt = client({ crlDistributionPoints: ['http://lists.example/leaf'] })

  /** The first signs the list for the client, the second the list for the first, and so on. The root signs the list for the last. */
  function listsOf(signers: readonly Minted[], last: Partial<CrlSpec> = {}): readonly RevocationList[] {
    return [
      list({ issuer: signers[0]!, idp: { uri: 'http://lists.example/leaf' } }),
      ...signers.map((_signer, i) => {
        const idp = { uri: `http://lists.example/${5 + i}` }
        return list({ issuer: signers[i + 1] ?? root, idp, ...(i === signers.length - 1 ? { ...last, idp } : {}) })
      }),
    ]
  }

  it('clear nobody', () => {
    const judged = [1, 2, 3, 4].map((count) => {
      const signers = chain.slice(0, count)
      return judge(store, [leafAt, ...signers], { revocation: { lists: listsOf(signers) } })
    })
    expect(judged.slice(0, 2)).toEqual(['accepted', 'accepted'])
    for (const deeper of judged.slice(2)) expect(deeper).toMatch(refusedAsUnknown)
  })

  it('are not affected by a list that none of them signed', () => {
    const signers = chain.slice(0, 2)
    const forged = list({
      signWith: keyPair('p256', 77),
      revoked: signers.map(({ serial }) => ({ serial })),
      idp: { uri: 'http://lists.example/nowhere' },
    })
    expect(judge(store, [leafAt, ...signers], { revocation: { lists: [...listsOf(signers), forged] } })).toBe('accepted')
  })

  it('clear nobody if the last list revokes one of them', () => {
    const signers = chain.slice(0, 3)
    const last = listsOf(signers, { revoked: [{ serial: signers[2]!.serial }] })
    expect(judge(store, [leafAt, ...signers], { revocation: { lists: last, unknown: 'allow' } })).toMatch(refusedAsUnknown)
  })
})
