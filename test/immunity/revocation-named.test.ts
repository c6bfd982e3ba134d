import { describe, expect, it } from 'vitest'
import { profiles, type RevocationList } from '../../src/index.ts'
import { type CertificateSpec, type CrlSpec, keyPair, mint } from '../support/mint.ts'
import { presented, storeFor } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'
import { client, day, judgeBy, list, revoked, root, unknown, unknownExtension } from './listed.ts'

/**
 * A certificate that a list names is rejected, whatever else is wrong with the list, even if another list clears it.
 * `test/property/revocation.test.ts` does the same with random sets of lists.
 */

const leaf = client()
const naming = { revoked: [{ serial: leaf.serial, reason: 1 }] }
/** Current, complete, and without the client: this list alone clears everybody. */
const clearing = list({ crlNumber: 1, thisUpdate: new Date(Date.now() - 2 * day) })

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
    ['with an unknown critical extension', { ...naming, extensions: [unknownExtension(true)] }, unknown],
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
    ['with an unknown critical extension', { extensions: [unknownExtension(true)] }],
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

describe('a listed certificate that the truststore cannot use, which signed a list', () => {
  const specs: readonly (readonly [string, CertificateSpec])[] = [
    ['whose keyUsage allows only signing lists, although it is a CA', { keyUsage: ['cRLSign'] }],
    ['with an unknown critical extension', { extensions: [unknownExtension(true)] }],
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
