import { describe, expect, it, vi } from 'vitest'
import { parseRevocationList, type RevocationList, verifyChain } from '../../src/index.ts'
import type { RevocationListView } from '../../src/x509/revocation-list.ts'
import { ecdsa } from '../support/algorithms.ts'
import { algorithm, integer, sequence, tlv, utcTime } from '../support/der.ts'
import { ecdsaWithNull } from '../support/deviating.ts'
import { type CrlSpec, keyPair, mint, mintCrl } from '../support/mint.ts'
import { atOnce, fastestOf } from './judge.ts'
import { client, day, judgeBy, list, revoked, root, store, unknown, unknownExtension } from './listed.ts'

/** Revocation lists that must not be relied on, and certificates that must be found on those that may. */

const leaf = client()
describe('a revoked certificate', () => {
  it('control: a valid list that does not name a certificate clears it', () => {
    expect(judgeBy([list()], [leaf])).toBe('accepted')
    expect(judgeBy([list({ revoked: [{ serial: 1n }, { serial: leaf.serial }, { serial: 3n }] })], [leaf])).toBe(revoked)
    expect(judgeBy([list({ revoked: [{ serial: 1n }] })], [leaf])).toBe('accepted')
  })

  it('is found whatever the reason, the date and the position', () => {
    for (const reason of [1, 2, 3, 4, 5, 6, 8, 9, 10]) {
      expect(judgeBy([list({ revoked: [{ serial: leaf.serial, reason }] })], [leaf])).toBe(revoked)
    }
    expect(judgeBy([list({ revoked: [{ serial: leaf.serial, date: new Date(Date.now() + day) }] })], [leaf])).toBe(revoked)
    const many = Array.from({ length: 500 }, (_, i) => ({ serial: BigInt(i + 1) }))
    for (const at of [0, 250, 500]) {
      expect(judgeBy([list({ revoked: many.toSpliced(at, 0, { serial: 0xabcdefn }) })], [client({ serial: 0xabcdefn })])).toBe(
        revoked,
      )
    }
  })

  it.each([1n, 127n, 128n, 255n, 256n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 158n])(
    'is found by the serial number %d, and similar numbers are not',
    (serial) => {
      const own = client({ serial })
      expect(judgeBy([list({ revoked: [{ serial }] })], [own])).toBe(revoked)
      const neighbours = [serial - 1n, serial + 1n, serial + 256n, serial * 256n, serial + 2n ** 32n, serial + 2n ** 64n].map(
        (number) => ({
          serial: number,
        }),
      )
      expect(judgeBy([list({ revoked: neighbours })], [own])).toBe('accepted')
    },
  )

  it('is found on one of several lists, in every order', () => {
    const naming = list({ revoked: [{ serial: leaf.serial }] })
    for (const lists of [
      [naming, list()],
      [list(), naming],
      [list(), naming, list()],
    ])
      expect(judgeBy(lists, [leaf])).toBe(revoked)
  })

  it('stays revoked by an outdated list, and with every lenient option', () => {
    const old = { thisUpdate: new Date(Date.now() - 20 * day), nextUpdate: new Date(Date.now() - 10 * day) }
    const naming = list({ ...old, revoked: [{ serial: leaf.serial }] })
    for (const options of [
      {},
      { unknown: 'allow' },
      { expired: 'allow' },
      { unknown: 'allow', expired: 'allow', depth: 'leaf' },
      { maxAgeDays: 1 },
    ] as const) {
      expect(judgeBy([naming], [leaf], options)).toBe(revoked)
    }
  })

  it('may be any certificate below the anchor', () => {
    const upper = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Upper' }, root)
    const lower = mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Lower' }, upper)
    const below = client({}, lower)
    const chain = [below, lower, upper]
    const clean = [list(), list({ issuer: upper }), list({ issuer: lower })]
    expect(judgeBy(clean, chain)).toBe('accepted')
    expect(judgeBy([...clean, list({ issuer: upper, revoked: [{ serial: lower.serial }] })], chain)).toBe('revoked 1')
    expect(judgeBy([...clean, list({ revoked: [{ serial: upper.serial }] })], chain)).toBe('revoked 2')
    expect(judgeBy(clean.slice(1), chain)).toBe('revocation_unknown 2')
    expect(judgeBy([clean[0]!, clean[2]!], chain)).toBe('revocation_unknown 1')
    expect(judgeBy(clean.slice(2), chain, { depth: 'leaf' })).toBe('accepted')
    expect(judgeBy([list({ issuer: lower, revoked: [{ serial: below.serial }] })], chain, { depth: 'leaf' })).toBe(revoked)
  })
})

describe('a list that must not be relied on clears nobody', () => {
  const other = mint({ ca: true, key: keyPair('p256', 3), subject: 'O=Immunity,CN=Other' }, root)
  const unbelievable: readonly (readonly [string, () => RevocationList])[] = [
    ['past its nextUpdate', () => list({ thisUpdate: new Date(Date.now() - 20 * day), nextUpdate: new Date(Date.now() - 2000) })],
    ['without nextUpdate', () => list({ nextUpdate: null })],
    ['that is not valid yet', () => list({ thisUpdate: new Date(Date.now() + day) })],
    ['for CA certificates only', () => list({ idp: { onlyContainsCaCerts: true } })],
    ['for attribute certificates only', () => list({ idp: { onlyContainsAttributeCerts: true } })],
    ['for some reasons only', () => list({ idp: { onlySomeReasons: [1, 2] } })],
    ['that is indirect', () => list({ idp: { indirect: true } })],
    ['that is a delta', () => list({ deltaBase: 1 })],
    ['of another CA', () => list({ issuer: other })],
    ['of another CA, with the name of this one', () => list({ issuer: other, issuerName: root.subject })],
  ]

  const forged: readonly (readonly [string, Partial<CrlSpec>])[] = [
    ['signed by another key', { signWith: keyPair('p256', 4) }],
    ['with wrong parameters of the signature algorithm', { signatureAlgorithm: algorithm('1.2.840.10045.4.3.2', sequence()) }],
    ['with a signature that was changed', { bend: (der) => der.with(der.length - 1, der.at(-1)! ^ 1) }],
    ['with an entry that was changed', { revoked: [{ serial: 0x5a5a5a5an }], bend: (der) => changed(der, 0x5a) }],
  ]
  const unusable: readonly (readonly [string, Partial<CrlSpec>])[] = [
    ['with an unknown critical extension', { extensions: [unknownExtension(true)] }],
    ['with one on the entry of another certificate', { revoked: [{ serial: 99n, critical: true }] }],
    ['signed with SHA-1', { hash: 'sha1' }],
    ['with two signature algorithms', { tbsSignatureAlgorithm: ecdsa('SHA-384') }],
    ['with two signature algorithms that differ in parameters', { tbsSignatureAlgorithm: ecdsaWithNull }],
    [
      'with entries that name another issuer, though it is not indirect',
      { revoked: [{ serial: 99n, certificateIssuer: 'CN=Other' }] },
    ],
  ]

  it('control: with that extension not critical it is used', () => {
    expect(judgeBy([list({ extensions: [unknownExtension(false)] })], [leaf])).toBe('accepted')
  })

  it.each(unbelievable)('%s', (_what, make) => {
    expect(judgeBy([make()], [leaf])).toBe(unknown)
    expect(judgeBy([make(), make()], [leaf])).toBe(unknown)
    expect(judgeBy([make(), list()], [leaf])).toBe('accepted')
  })

  it.each([...forged, ...unusable])('%s', (what, spec) => {
    expect(judgeBy([list(spec)], [leaf])).toBe(unknown)
    expect(judgeBy([list(spec), list(spec)], [leaf])).toBe(unknown)
    expect(judgeBy([list(spec)], [leaf], { unknown: 'allow', expired: 'allow' })).toBe(unknown)
    expect(judgeBy([list(spec), list()], [leaf])).toBe('accepted')
    const naming = list({ ...spec, revoked: [{ serial: leaf.serial }, ...(spec.revoked ?? [])] })
    expect(judgeBy([naming], [leaf])).toBe(unknown)
    // A forged list may be anybody's. A list of the CA counts even if its meaning is unclear.
    const isForged = forged.some(([forgery]) => forgery === what)
    expect(judgeBy([naming, list()], [leaf])).toBe(isForged ? 'accepted' : unknown)
  })

  it('an unreliable list for the certificate is not treated as no list', () => {
    const unreliable = [
      { extensions: [unknownExtension(true)] },
      { signWith: keyPair('p256', 4) },
      { nextUpdate: null },
      { idp: { onlySomeReasons: [1] } },
    ]
    for (const spec of unreliable) expect(judgeBy([list(spec)], [leaf], { unknown: 'allow' })).toBe(unknown)
  })
})

/** Changes the last of four consecutive bytes of this value. */
function changed(der: Uint8Array, value: number): Uint8Array {
  const at = Buffer.from(der).indexOf(Buffer.alloc(4, value))
  return der.with(at + 3, value ^ 1)
}

describe('lists that cannot be read', () => {
  const good = mintCrl({ issuer: root, revoked: [{ serial: 5n }] })
  const bent = (spec: Partial<CrlSpec>): Uint8Array => mintCrl({ issuer: root, ...spec }).der

  it.each<readonly [string, Uint8Array]>([
    ['cut short', good.der.subarray(0, -1)],
    ['with a byte after it', Uint8Array.of(...good.der, 0)],
    ['empty', new Uint8Array()],
    ['a certificate', root.der],
    ['the same extension twice', bent({ extensions: [{ oid: '2.5.29.20', value: integer(1) }] })],
    [
      'a CRL number that is a SEQUENCE',
      bent({ bendTbs: (tbs) => tbs, extensions: [{ oid: '2.5.29.20', value: sequence() }], crlNumber: null }),
    ],
    [
      'only users and only CAs at once',
      bent({ extensions: [{ oid: '2.5.29.28', critical: true, value: sequence(tlv(0x81, [0xff]), tlv(0x82, [0xff])) }] }),
    ],
    ['an empty scope', bent({ extensions: [{ oid: '2.5.29.28', critical: true, value: sequence() }] })],
    ['a negative CRL number', bent({ crlNumber: -1 })],
    ['a CRL number of 30 bytes', bent({ crlNumber: 2n ** 239n })],
    ['a date that does not exist', bent({ bendTbs: (tbs) => withDate(tbs) })],
    ['a serial number with a redundant zero byte', bent({ revoked: [{ serial: Uint8Array.of(0, 5) }] })],
    ['an empty serial number', bent({ revoked: [{ serial: new Uint8Array() }] })],
    ['an unknown reason', bent({ revoked: [{ serial: 5n, reason: 7 }] })],
  ])('are rejected: %s', (_what, der) => {
    expect(parseRevocationList(good.der).ok).toBe(true)
    expect(parseRevocationList(der).ok).toBe(false)
  })

  it('are a TypeError if passed as lists, like any other value that is not a list', () => {
    const failed = parseRevocationList(good.der.subarray(1))
    for (const wrong of [failed, undefined, null, {}, good.der]) {
      expect(() => verifyChain(store, leaf.der, { revocation: { lists: [wrong as unknown as RevocationList] } })).toThrow(
        TypeError,
      )
    }
  })
})

/** Changes thisUpdate, the first UTCTime, to the 31st of February. */
function withDate(tbs: Uint8Array): Uint8Array {
  const at = Buffer.from(tbs).indexOf(Buffer.from([0x17, 13]))
  const copy = tbs.slice()
  copy.set(utcTime('260231000000Z'), at)
  return copy
}

describe('the cost of a list', () => {
  it('grows with its bytes, however many entries it has', () => {
    const entries = Array.from({ length: 3000 }, (_, i) => ({ serial: BigInt(i + 1) }))
    const { der } = mintCrl({ issuer: root, revoked: entries })
    expect(
      fastestOf(() => {
        const parsed = parseRevocationList(der)
        expect(parsed.ok && judgeBy([parsed.value], [leaf])).toBe('accepted')
      }),
    ).toBeLessThan(2 * atOnce)
  })

  it('is not paid at every handshake for a list with a wrong signature', () => {
    const flood = list({ revoked: Array.from({ length: 600 }, () => ({ serial: leaf.serial })), signWith: keyPair('p256', 77) })
    const good = list()
    const lookUps = vi.spyOn(flood as RevocationListView, 'entriesOf')
    expect([judgeBy([flood], [leaf]), judgeBy([flood], [leaf], { unknown: 'allow' })]).toEqual([unknown, unknown])
    expect([judgeBy([flood, good], [leaf]), judgeBy([good, flood], [leaf])]).toEqual(['accepted', 'accepted'])
    expect(lookUps).not.toHaveBeenCalled()
    const few = list({ revoked: Array.from({ length: 100 }, () => ({ serial: leaf.serial })) })
    expect(judgeBy([few], [leaf])).toBe(revoked)
  })
})
