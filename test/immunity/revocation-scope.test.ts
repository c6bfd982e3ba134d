import { describe, expect, it } from 'vitest'
import type { Policy, RevocationList } from '../../src/index.ts'
import { context, implicit, sequence } from '../support/der.ts'
import { type CertificateSpec, type CrlSpec, type DistributionPointSpec, keyPair, mint } from '../support/mint.ts'
import { presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { client, day, judgeBy, list, revoked, root, store, unknown } from './listed.ts'

/** Which certificates a list covers: distribution points, kinds of certificates, reasons, indirect lists and deltas. */

const uris = ['http://a.example/crl', 'ldap://b.example/crl', 'http://c.example/crl'].map((uri) => ({ uri }))

/** A client with these distribution points. */
function at(...crlDistributionPoints: readonly (string | DistributionPointSpec)[]): ReturnType<typeof client> {
  return client({ crlDistributionPoints })
}

describe('distribution points with several names, read by a one-shot iterator elsewhere (GHSA-pwjx-qhcg-rvj4)', () => {
  it('find a revoked certificate, whichever of the names match', () => {
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

  it('find it if another point than the first matches', () => {
    const leaf = at('http://x.example/1', 'http://x.example/2', { fullName: [{ uri: 'http://x.example/3' }, uris[0]!] })
    const idp = { fullName: [{ uri: 'http://y.example/' }, uris[0]!] }
    expect(judgeBy([list({ idp })], [leaf])).toBe('accepted')
    expect(judgeBy([list({ idp, revoked: [{ serial: leaf.serial }] })], [leaf])).toBe(revoked)
  })

  it('find it if the same list is used for several certificates', () => {
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

  it('are not covered by a list for another point, or with another form of name', () => {
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
  /** The CA's list for its CRL signers, which does not cover clients. */
  const own = list({ idp: { uri: 'http://a.example/signers' } })

  it.each<readonly [string, Partial<CrlSpec>]>([
    ['does not set indirectCRL', { idp: { uri: 'http://a.example/crl' } }],
    ['covers other certificates', { idp: { onlyContainsCaCerts: true } }],
  ])('do not clear a certificate in an entry after one of another issuer, even if the list %s', (_what, scope) => {
    const clears = list()
    const names = (serial: Uint8Array): RevocationList =>
      indirect({ ...scope, revoked: [{ serial: 99n, certificateIssuer: root.subject }, { serial: 98n }, { serial }] })
    expect(judgeBy([clears, names(Uint8Array.of(97))], [leaf, issuer])).toBe('accepted')
    expect(judgeBy([clears, names(leaf.serial)], [leaf, issuer])).toBe(unknown)
    expect(judgeBy([names(leaf.serial), clears], [leaf, issuer])).toBe(unknown)
    // It may also be an entry of the list's own issuer.
    const listed = list({ ...scope, revoked: [{ serial: 99n, certificateIssuer: issuer.subject }, { serial: leaf.serial }] })
    expect(judgeBy([clears, listed], [leaf, issuer])).toBe(unknown)
  })

  it('clear only certificates that name their issuer, and only with indirectCRL set', () => {
    const chain = [leaf, issuer]
    expect(judgeBy([indirect(), own], chain)).toBe('accepted')
    expect(judgeBy([indirect({ idp: { uri: 'http://a.example/crl' } }), own], chain)).toBe(unknown)
    expect(judgeBy([indirect(), own], [client({ crlDistributionPoints: ['http://a.example/crl'] }), issuer])).toBe(unknown)
    expect(judgeBy([indirect()], [client({ crlDistributionPoints: ['http://a.example/crl'] }), issuer])).toBe(unknown)
    expect(judgeBy([indirect()], [client(), issuer])).toBe(unknown)
    // A complete list of the client's own CA counts as well (last paragraph of RFC 5280 6.3.3).
    expect(judgeBy([list()], chain)).toBe('accepted')
  })

  it('do not clear a certificate that they name without indirectCRL, whichever CA above the client issued their signer', () => {
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

  it('need a signer that is not revoked', () => {
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
  const released: Partial<CrlSpec> = { revoked: [{ serial: leaf.serial, reason: 8 }] }

  it('clear nobody without their base', () => {
    expect(judgeBy([base()], [leaf])).toBe('accepted')
    expect(judgeBy([delta()], [leaf])).toBe(unknown)
    expect(judgeBy([delta(released)], [leaf])).toBe(unknown)
    expect(judgeBy([delta({ crlNumber: null })], [leaf])).toBe(unknown)
  })

  it('revoke certificates, even if they are outdated', () => {
    const old = { thisUpdate: new Date(Date.now() - 9 * day), nextUpdate: new Date(Date.now() - 8 * day) }
    expect(judgeBy([base(), delta()], [leaf])).toBe('accepted')
    expect(judgeBy([base(), delta(held)], [leaf])).toBe(revoked)
    expect(judgeBy([delta(held), base()], [leaf])).toBe(revoked)
    expect(judgeBy([base(), delta({ ...held, ...old })], [leaf])).toBe(revoked)
    expect(judgeBy([base(), delta({ ...held, crlNumber: null })], [leaf])).toBe(revoked)
    expect(judgeBy([base(held), delta(released), delta({ ...held, crlNumber: 7 })], [leaf])).toBe(revoked)
  })

  it('release a certificate only if they are signed by the same CA, current, numbered and for this base', () => {
    expect(judgeBy([base(held), delta()], [leaf])).toBe(revoked)
    expect(judgeBy([base(held), delta(released)], [leaf])).toBe('accepted')
    const unusable: readonly (readonly [string, Partial<CrlSpec>])[] = [
      ['no number', { crlNumber: null }],
      ['a number before the base', { crlNumber: 4, deltaBase: 3 }],
      ['a base that is newer', { crlNumber: 8, deltaBase: 6 }],
      ['a base that is newer by a byte', { crlNumber: 300, deltaBase: 261 }],
      ['outdated', { thisUpdate: new Date(Date.now() - 9 * day), nextUpdate: new Date(Date.now() - 8 * day) }],
      ['not valid yet', { thisUpdate: new Date(Date.now() + day) }],
      ['SHA-1', { hash: 'sha1' }],
      ['another authority key identifier', { authorityKeyId: false }],
      ['users only', { idp: { onlyContainsUserCerts: true } }],
      ['the number of the base', { crlNumber: 5 }],
      ['another key', { signWith: keyPair('p256', 3) }],
      ['an unknown critical extension', { extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] }],
      ['another scope', { idp: { onlyContainsCaCerts: true } }],
      ['another point', { idp: { uri: 'http://a.example/crl' } }],
    ]
    for (const [what, spec] of unusable)
      expect([what, judgeBy([base(held), delta({ ...released, ...spec })], [leaf])]).toEqual([what, revoked])
    expect(judgeBy([base({ ...held, crlNumber: null }), delta(released)], [leaf])).toBe(revoked)
  })

  it('release if they were made for an earlier base', () => {
    expect(judgeBy([base(held), delta({ ...released, deltaBase: 4 })], [leaf])).toBe('accepted')
  })

  it('release from hold only', () => {
    for (const reason of [1, 2, 4, undefined]) {
      const entry = reason === undefined ? { serial: leaf.serial } : { serial: leaf.serial, reason }
      expect([reason, judgeBy([base({ revoked: [entry] }), delta(released)], [leaf])]).toEqual([reason, revoked])
    }
  })

  it('do not release from a list for other reasons, whatever its number', () => {
    const early = { idp: { onlySomeReasons: [1, 2] } }
    const late = { idp: { onlySomeReasons: [3, 4, 5, 6, 7, 8] } }
    expect(judgeBy([base({ ...early, ...held }), base(late), delta({ ...early, ...released })], [leaf])).toBe('accepted')
    expect(judgeBy([base({ ...early, ...held }), base(late), delta({ ...late, ...released })], [leaf])).toBe(revoked)
    const lists = [base({ ...early, ...held }), base({ ...late, ...held })]
    expect(judgeBy([...lists, delta({ ...late, ...released })], [leaf])).toBe(revoked)
    expect(judgeBy([...lists, delta({ ...early, ...released })], [leaf])).toBe(revoked)
    expect(judgeBy([...lists, delta({ ...early, ...released }), delta({ ...late, ...released })], [leaf])).toBe('accepted')
  })

  it('revoke certificates even if their base is missing', () => {
    for (const unknownStatus of ['refuse', 'allow'] as const) {
      expect(judgeBy([delta(held)], [leaf], { unknown: unknownStatus })).toBe(revoked)
      expect(judgeBy([delta()], [leaf], { unknown: unknownStatus })).toBe(unknown)
      expect(judgeBy([delta(released)], [leaf], { unknown: unknownStatus })).toBe(unknown)
    }
  })

  it('release: a complete list with removeFromCRL revokes', () => {
    expect(judgeBy([base(released)], [leaf])).toBe(revoked)
  })
})

describe('critical pointers to lists', () => {
  it('reject a critical freshestCRL, and ignore one that is not critical', () => {
    const value = sequence(sequence(context(0, context(0, implicit(6, Buffer.from('http://a.example/delta'))))))
    const pointer = (critical: boolean): CertificateSpec => ({ extensions: [{ oid: '2.5.29.46', critical, value }] })
    expect(judgeBy([list()], [client(pointer(false))])).toBe('accepted')
    expect(judgeBy([list()], [client(pointer(true))])).toBe('unknown_critical_extension 0')
  })

  it('accept a critical cRLDistributionPoints only if revocation of the certificate is checked', () => {
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

  it('accept a critical cRLDistributionPoints of an anchor only if its constraints are not enforced', () => {
    const points = { crlDistributionPoints: ['http://a.example/crl'], critical: { crlDistributionPoints: true } }
    const top = mint({ ca: true, key: keyPair('p256', 22), subject: 'O=Immunity,CN=Top', ...points })
    const leaf = client({}, top)
    const revocation = { lists: [list({ issuer: top })] }
    // Nobody asks whether an anchor is revoked.
    expect(judge(storeFor(presented, top), [leaf], { revocation })).toBe('unknown_critical_extension 1')
    expect(judge(storeFor({ ...presented, enforceAnchorConstraints: false }, top), [leaf], { revocation })).toBe('accepted')
  })

  it('accept a critical cRLDistributionPoints of a listed CA only where it is no anchor', () => {
    const points = { crlDistributionPoints: ['http://a.example/crl'], critical: { crlDistributionPoints: true } }
    const ca = mint({ ca: true, key: keyPair('p256', 23), subject: 'O=Immunity,CN=Listed', ...points }, root)
    const leaf = client({}, ca)
    const lists = [list(), list({ issuer: ca })]
    const policy: Policy = { ...presented, trust: 'every-ca' }
    expect(judge(storeFor(policy, root, ca), [leaf], { revocation: { lists } })).toBe('accepted')
    expect(judge(storeFor(policy, root, ca), [leaf], { revocation: { lists: [list({ issuer: ca })] } })).toBe(
      'revocation_unknown 1',
    )
    expect(judge(storeFor(policy, ca), [leaf], { revocation: { lists } })).toBe('unknown_critical_extension 1')
  })

  it('accept a critical cRLDistributionPoints of a pinned leaf only below its issuer', () => {
    const points = { crlDistributionPoints: ['http://a.example/crl'], critical: { crlDistributionPoints: true } }
    const leaf = client(points)
    const own = mint({ key: keyPair('p256', 24), subject: 'O=Immunity,CN=Own', ...points })
    const policy: Policy = { ...presented, trust: 'every-certificate' }
    const revocation = { lists: [list()] }
    expect(judge(storeFor(policy, leaf), [leaf], { revocation })).toBe('unknown_critical_extension 0')
    expect(judge(storeFor(policy, leaf, root), [leaf], { revocation })).toBe('accepted')
    const revoking = { lists: [list({ revoked: [{ serial: leaf.serial }] })] }
    expect(judge(storeFor(policy, leaf, root), [leaf], { revocation: revoking })).toBe(revoked)
    expect(judge(storeFor(presented, own), [own], { revocation })).toBe('unknown_critical_extension 0')
  })

  it('do not hide the list of a signer whose CA has a critical cRLDistributionPoints, whatever the depth', () => {
    const points = { crlDistributionPoints: ['http://a.example/crl'], critical: { crlDistributionPoints: true } }
    const leaf = client()
    const middle = mint({ ca: true, key: keyPair('p256', 25), subject: 'O=Immunity,CN=Middle', ...points }, root)
    const signer = mint({ key: keyPair('p256', 26), subject: root.subject, keyUsage: ['cRLSign'] }, middle)
    const lists = [list(), list({ issuer: middle }), list({ issuer: signer, revoked: [{ serial: leaf.serial }] })]
    for (const depth of ['chain', 'leaf'] as const) {
      const verdict = judge(storeFor(presented, root), [leaf, signer, middle], { revocation: { lists, depth } })
      expect([depth, verdict]).toEqual([depth, unknown])
    }
  })
})
