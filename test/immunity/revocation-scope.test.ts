import { describe, expect, it } from 'vitest'
import type { RevocationList } from '../../src/index.ts'
import { context, implicit, sequence } from '../support/der.ts'
import { type CertificateSpec, type CrlSpec, type DistributionPointSpec, keyPair, mint } from '../support/mint.ts'
import { presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { client, day, judgeBy, list, revoked, root, store, unknown } from './listed.ts'

/** Which certificates a list is about: distribution points, kinds, reasons, indirect lists and deltas. */

const uris = ['http://a.example/crl', 'ldap://b.example/crl', 'http://c.example/crl'].map((uri) => ({ uri }))

/** A client that names these distribution points. */
function at(...crlDistributionPoints: readonly (string | DistributionPointSpec)[]): ReturnType<typeof client> {
  return client({ crlDistributionPoints })
}

describe('distribution points with several names, read once and then no more (GHSA-pwjx-qhcg-rvj4)', () => {
  it('a revoked certificate is found whichever of them match', () => {
    const spread: readonly (readonly [number[], number[]])[] = [
      [[0], [0]],
      [[0, 1, 2], [2]],
      [[2], [0, 1, 2]],
      [
        [0, 1],
        [1, 2],
      ],
      [
        [1, 0],
        [0, 2],
      ],
      [[2, 1, 0], [0]],
    ]
    for (const [own, listed] of spread) {
      const leaf = at({ fullName: own.map((i) => uris[i]!) })
      const idp = { fullName: listed.map((i) => uris[i]!) }
      expect([own, listed, judgeBy([list({ idp })], [leaf])]).toEqual([own, listed, 'accepted'])
      expect([own, listed, judgeBy([list({ idp, revoked: [{ serial: leaf.serial }] })], [leaf])]).toEqual([own, listed, revoked])
    }
  })

  it('also where the match is in another point than the first', () => {
    const leaf = at('http://x.example/1', 'http://x.example/2', { fullName: [{ uri: 'http://x.example/3' }, uris[0]!] })
    const idp = { fullName: [{ uri: 'http://y.example/' }, uris[0]!] }
    expect(judgeBy([list({ idp })], [leaf])).toBe('accepted')
    expect(judgeBy([list({ idp, revoked: [{ serial: leaf.serial }] })], [leaf])).toBe(revoked)
  })

  it('and where the same list is asked about several certificates', () => {
    const sub = mint(
      { ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Sub', crlDistributionPoints: [{ fullName: uris }] },
      root,
    )
    const below = client({}, sub)
    const idp = { fullName: [uris[2]!, uris[1]!] }
    const clean = list({ issuer: sub })
    expect(judgeBy([clean, list({ idp })], [below, sub])).toBe('accepted')
    expect(judgeBy([clean, list({ idp, revoked: [{ serial: sub.serial }] })], [below, sub])).toBe('revoked 1')
  })

  it('a list for another point clears nobody, and neither does one for a name in another form', () => {
    const leaf = at('http://a.example/crl')
    expect(judgeBy([list({ idp: { uri: 'http://a.example/crl' } })], [leaf])).toBe('accepted')
    for (const fullName of [
      [{ uri: 'http://z.example/crl' }],
      [{ uri: 'http://a.example/crl2' }],
      [{ dns: 'http://a.example/crl' }],
      [{ email: 'http://a.example/crl' }],
    ]) {
      expect(judgeBy([list({ idp: { fullName } })], [leaf])).toBe(unknown)
    }
    expect(judgeBy([list({ idp: { uri: 'http://a.example/crl' } })], [client()])).toBe(unknown)
    expect(judgeBy([list()], [leaf])).toBe('accepted')
  })

  it('names relative to the issuer, and whole directory names, mean the same', () => {
    const relative = at({ relative: 'CN=list 1' })
    const whole = at({ fullName: [{ directory: 'O=Immunity,CN=Root,CN=list 1' }] })
    for (const leaf of [relative, whole]) {
      for (const idp of [{ relative: 'CN=LIST  1' }, { fullName: [{ directory: 'O=Immunity,CN=Root,CN=list 1' }] }]) {
        expect(judgeBy([list({ idp })], [leaf])).toBe('accepted')
        expect(judgeBy([list({ idp, revoked: [{ serial: leaf.serial }] })], [leaf])).toBe(revoked)
      }
      expect(judgeBy([list({ idp: { relative: 'CN=list 2' } })], [leaf])).toBe(unknown)
      expect(judgeBy([list({ idp: { fullName: [{ directory: 'CN=list 1' }] } })], [leaf])).toBe(unknown)
    }
  })
})

describe('lists for one kind of certificate', () => {
  const user = client()
  const authority = client({ ca: true, keyUsage: [], subject: 'O=Immunity,CN=CA as client' })

  it('say nothing about the other', () => {
    const users = list({ idp: { onlyContainsUserCerts: true } })
    const authorities = list({ idp: { onlyContainsCaCerts: true } })
    expect([judgeBy([users], [user]), judgeBy([authorities], [user])]).toEqual(['accepted', unknown])
    expect([judgeBy([users], [authority]), judgeBy([authorities], [authority])]).toEqual([unknown, 'accepted'])
    expect([judgeBy([users, authorities], [user]), judgeBy([users, authorities], [authority])]).toEqual(['accepted', 'accepted'])
  })

  it('nor about versions that do not tell which they are', () => {
    const old = client({ version: 1 })
    expect(judgeBy([list()], [old])).toBe('accepted')
    expect(judgeBy([list({ idp: { onlyContainsUserCerts: true } })], [old])).toBe(unknown)
  })
})

describe('lists for some reasons', () => {
  const leaf = client()
  const some = (onlySomeReasons: readonly number[], more: Partial<CrlSpec> = {}): ReturnType<typeof list> =>
    list({ idp: { onlySomeReasons }, ...more })

  it('clear a certificate only together', () => {
    expect(judgeBy([some([1, 2, 3, 4])], [leaf])).toBe(unknown)
    expect(judgeBy([some([1, 2, 3, 4]), some([5, 6, 7])], [leaf])).toBe(unknown)
    expect(judgeBy([some([1, 2, 3, 4]), some([5, 6, 7, 8])], [leaf])).toBe('accepted')
    expect(judgeBy([some([1]), some([1]), some([1])], [leaf])).toBe(unknown)
    expect(judgeBy([some([0])], [leaf])).toBe(unknown)
  })

  it('revoke it each on its own', () => {
    const naming = { revoked: [{ serial: leaf.serial, reason: 1 }] }
    expect(judgeBy([some([1, 2, 3, 4], naming), some([5, 6, 7, 8])], [leaf])).toBe(revoked)
    expect(judgeBy([some([1, 2, 3, 4], naming), list()], [leaf])).toBe(revoked)
    expect(judgeBy([some([5], naming)], [leaf])).toBe(revoked)
  })

  it('are bounded by the reasons of the point as well', () => {
    const own = at({ uri: 'http://a.example/1', reasons: [1, 2, 3, 4] }, { uri: 'http://a.example/2', reasons: [5, 6, 7, 8] })
    const first = list({ idp: { uri: 'http://a.example/1' } })
    const second = list({ idp: { uri: 'http://a.example/2' } })
    expect([judgeBy([first], [own]), judgeBy([second], [own]), judgeBy([first, second], [own])]).toEqual([
      unknown,
      unknown,
      'accepted',
    ])
  })
})

describe('indirect lists', () => {
  const issuer = mint(
    {
      key: keyPair('p256', 2),
      subject: 'O=Immunity,CN=Lists',
      keyUsage: ['cRLSign'],
      extendedKeyUsage: [],
      crlDistributionPoints: ['http://a.example/signers'],
    },
    root,
  )
  const leaf = client({ crlDistributionPoints: [{ uri: 'http://a.example/crl', crlIssuer: issuer.subject }] })
  const indirect = (spec: Partial<CrlSpec> = {}): ReturnType<typeof list> =>
    list({ issuer, idp: { uri: 'http://a.example/crl', indirect: true }, ...spec })
  /** The CA's list for its signers of lists, which says nothing about clients. */
  const own = list({ idp: { uri: 'http://a.example/signers' } })

  it.each<readonly [string, Partial<CrlSpec>]>([
    ['has no bit that says so', { idp: { uri: 'http://a.example/crl' } }],
    ['is for other certificates', { idp: { onlyContainsCaCerts: true } }],
  ])('name the entries after one of another issuer, too, where the list %s', (_what, scope) => {
    const clears = list()
    const names = (serial: Uint8Array): RevocationList =>
      indirect({ ...scope, revoked: [{ serial: 99n, certificateIssuer: root.subject }, { serial: 98n }, { serial }] })
    expect(judgeBy([clears, names(Uint8Array.of(97))], [leaf, issuer])).toBe('accepted')
    expect(judgeBy([clears, names(leaf.serial)], [leaf, issuer])).toBe(unknown)
    expect(judgeBy([names(leaf.serial), clears], [leaf, issuer])).toBe(unknown)
    // It may as well be an entry of the list's own issuer.
    const listed = list({ ...scope, revoked: [{ serial: 99n, certificateIssuer: issuer.subject }, { serial: leaf.serial }] })
    expect(judgeBy([clears, listed], [leaf, issuer])).toBe(unknown)
  })

  it('clear only whom they are named by, and only with the bit that says so', () => {
    const chain = [leaf, issuer]
    expect(judgeBy([indirect(), own], chain)).toBe('accepted')
    expect(judgeBy([indirect({ idp: { uri: 'http://a.example/crl' } }), own], chain)).toBe(unknown)
    expect(judgeBy([indirect(), own], [client({ crlDistributionPoints: ['http://a.example/crl'] }), issuer])).toBe(unknown)
    expect(judgeBy([indirect()], [client({ crlDistributionPoints: ['http://a.example/crl'] }), issuer])).toBe(unknown)
    expect(judgeBy([indirect()], [client(), issuer])).toBe(unknown)
    // A complete list of its own CA counts as well (last paragraph of RFC 5280 6.3.3).
    expect(judgeBy([list()], chain)).toBe('accepted')
  })

  it('refuse whom they name though they lack the bit, whoever of those above the client certified their signer', () => {
    const above = mint({ ca: true, key: keyPair('p256', 90), subject: 'O=Immunity,CN=Above' }, root)
    const ca = mint({ ca: true, key: keyPair('p256', 91), subject: 'O=Immunity,CN=Below' }, above)
    const named = client({ crlDistributionPoints: [{ uri: 'http://a.example/crl', crlIssuer: issuer.subject }] }, ca)
    const entry = { serial: named.serial, certificateIssuer: ca.subject }
    for (const certifier of [root, above, ca]) {
      const signer = mint(issuer.spec, certifier)
      const by = (idp: object): RevocationList => list({ issuer: signer, revoked: [entry], ...idp })
      const clearing = [list({ issuer: ca }), list({ issuer: above }), list()]
      const judged = (naming: RevocationList): string => judgeBy([...clearing, naming], [named, ca, above, signer])
      expect(judged(by({ idp: { uri: 'http://a.example/crl', indirect: true } }))).toBe(revoked)
      expect(judged(by({}))).toBe(unknown)
    }
  })

  it('revoke by serial number and issuer, the issuer named once for all that follow', () => {
    const chain = [leaf, issuer]
    const entry = { serial: leaf.serial }
    const mine = { certificateIssuer: root.subject }
    const other = { certificateIssuer: 'O=Immunity,CN=Other' }
    expect(judgeBy([indirect({ revoked: [{ ...entry, ...mine }] }), own], chain)).toBe(revoked)
    expect(judgeBy([indirect({ revoked: [{ serial: 1n, ...mine }, entry] }), own], chain)).toBe(revoked)
    expect(
      judgeBy(
        [
          indirect({
            revoked: [
              { ...entry, ...other },
              { ...entry, ...mine },
            ],
          }),
          own,
        ],
        chain,
      ),
    ).toBe(revoked)
    expect(
      judgeBy(
        [
          indirect({
            revoked: [
              { serial: 1n, ...mine },
              { ...entry, ...other },
            ],
          }),
          own,
        ],
        chain,
      ),
    ).toBe('accepted')
    expect(judgeBy([indirect({ revoked: [{ serial: 1n, ...other }, entry] }), own], chain)).toBe('accepted')
    expect(judgeBy([indirect({ revoked: [entry] }), own], chain)).toBe('accepted')
  })

  it('need a signer of their own who is not revoked', () => {
    expect(judgeBy([indirect()], [leaf, issuer])).toBe(unknown)
    expect(
      judgeBy(
        [indirect(), list({ idp: { uri: 'http://a.example/signers' }, revoked: [{ serial: issuer.serial }] })],
        [leaf, issuer],
      ),
    ).toBe(unknown)
    const impostor = mint({ ...issuer.spec, key: keyPair('p256', 3) })
    expect(judgeBy([indirect({ issuer: impostor }), own], [leaf, impostor])).toBe(unknown)
  })
})

describe('delta lists (CVE-2026-28388)', () => {
  const leaf = client()
  const base = (spec: Partial<CrlSpec> = {}): ReturnType<typeof list> => list({ crlNumber: 5, ...spec })
  const delta = (spec: Partial<CrlSpec> = {}): ReturnType<typeof list> => list({ crlNumber: 6, deltaBase: 5, ...spec })
  const held: Partial<CrlSpec> = { revoked: [{ serial: leaf.serial, reason: 6 }] }
  const taken: Partial<CrlSpec> = { revoked: [{ serial: leaf.serial, reason: 8 }] }

  it('clear nobody by themselves', () => {
    expect(judgeBy([base()], [leaf])).toBe('accepted')
    expect(judgeBy([delta()], [leaf])).toBe(unknown)
    expect(judgeBy([delta(taken)], [leaf])).toBe(unknown)
    expect(judgeBy([delta({ crlNumber: null })], [leaf])).toBe(unknown)
  })

  it('put certificates on, even when they are old', () => {
    const old = { thisUpdate: new Date(Date.now() - 9 * day), nextUpdate: new Date(Date.now() - 8 * day) }
    expect(judgeBy([base(), delta(held)], [leaf])).toBe(revoked)
    expect(judgeBy([base(), delta({ ...held, ...old })], [leaf])).toBe(revoked)
    expect(judgeBy([base(), delta({ ...held, crlNumber: null })], [leaf])).toBe(revoked)
    expect(judgeBy([base(held), delta(taken), delta({ ...held, crlNumber: 7 })], [leaf])).toBe(revoked)
  })

  it('take off only what they were made for: of the same CA, fresh, numbered, signed, for this base', () => {
    expect(judgeBy([base(held), delta()], [leaf])).toBe(revoked)
    expect(judgeBy([base(held), delta(taken)], [leaf])).toBe('accepted')
    const refused: readonly (readonly [string, Partial<CrlSpec>])[] = [
      ['no number', { crlNumber: null }],
      ['a number before the base', { crlNumber: 4, deltaBase: 3 }],
      ['a base that is newer', { crlNumber: 8, deltaBase: 6 }],
      ['a base that is newer by a byte', { crlNumber: 300, deltaBase: 261 }],
      ['out of date', { thisUpdate: new Date(Date.now() - 9 * day), nextUpdate: new Date(Date.now() - 8 * day) }],
      ['another key', { signWith: keyPair('p256', 3) }],
      ['a critical extension nobody knows', { extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] }],
      ['another scope', { idp: { onlyContainsCaCerts: true } }],
      ['another point', { idp: { uri: 'http://a.example/crl' } }],
    ]
    for (const [what, spec] of refused)
      expect([what, judgeBy([base(held), delta({ ...taken, ...spec })], [leaf])]).toEqual([what, revoked])
    expect(judgeBy([base({ ...held, crlNumber: null }), delta(taken)], [leaf])).toBe(revoked)
  })

  it('release from hold, and from nothing else', () => {
    for (const reason of [1, 2, 4, undefined]) {
      const entry = reason === undefined ? { serial: leaf.serial } : { serial: leaf.serial, reason }
      expect([reason, judgeBy([base({ revoked: [entry] }), delta(taken)], [leaf])]).toEqual([reason, revoked])
    }
  })

  it('release nobody from a list for other reasons, whatever its number', () => {
    const early = { idp: { onlySomeReasons: [1, 2] } }
    const late = { idp: { onlySomeReasons: [3, 4, 5, 6, 7, 8] } }
    const lists = [base({ ...early, ...held }), base({ ...late, ...held })]
    expect(judgeBy([...lists, delta({ ...late, ...taken })], [leaf])).toBe(revoked)
    expect(judgeBy([...lists, delta({ ...early, ...taken })], [leaf])).toBe(revoked)
    expect(judgeBy([...lists, delta({ ...early, ...taken }), delta({ ...late, ...taken })], [leaf])).toBe('accepted')
  })

  it('name certificates even where their base is not at hand', () => {
    for (const unknownStatus of ['refuse', 'allow'] as const) {
      expect(judgeBy([delta(held)], [leaf], { unknown: unknownStatus })).toBe(revoked)
      expect(judgeBy([delta()], [leaf], { unknown: unknownStatus })).toBe(unknown)
    }
  })

  it('a complete list that takes off is still one that names', () => {
    expect(judgeBy([base(taken)], [leaf])).toBe(revoked)
  })
})

describe('freshest lists and critical scopes', () => {
  it('a freshestCRL that is critical is not understood, and one that is not is not needed', () => {
    const value = sequence(sequence(context(0, context(0, implicit(6, Buffer.from('http://a.example/delta'))))))
    const pointer = (critical: boolean): CertificateSpec => ({ extensions: [{ oid: '2.5.29.46', critical, value }] })
    expect(judgeBy([list()], [client(pointer(false))])).toBe('accepted')
    expect(judgeBy([list()], [client(pointer(true))])).toBe('unknown_critical_extension 0')
  })

  it('a cRLDistributionPoints that is critical is understood only where lists are asked about the certificate', () => {
    const critical: CertificateSpec = {
      crlDistributionPoints: ['http://a.example/crl'],
      critical: { crlDistributionPoints: true },
    }
    const leaf = client(critical)
    expect(judge(store, [leaf])).toBe('unknown_critical_extension 0')
    expect(judgeBy([], [leaf], { unknown: 'allow' })).toBe('unknown_critical_extension 0')
    expect(judgeBy([list()], [leaf])).toBe('accepted')
    expect(judgeBy([list()], [leaf], { depth: 'leaf' })).toBe('accepted')
    expect(judgeBy([list({ revoked: [{ serial: leaf.serial }] })], [leaf])).toBe(revoked)
    const ca = mint({ ca: true, key: keyPair('p256', 21), subject: 'O=Immunity,CN=Issuing', ...critical }, root)
    const below = client({}, ca)
    for (const trust of [store, storeFor(presented, root, ca)]) {
      const lists = [list(), list({ issuer: ca })]
      expect(judge(trust, [below, ca])).toBe('unknown_critical_extension 1')
      expect(judge(trust, [below, ca], { revocation: { lists, depth: 'leaf' } })).toBe('unknown_critical_extension 1')
      expect(judge(trust, [below, ca], { revocation: { lists } })).toBe('accepted')
    }
  })
})
