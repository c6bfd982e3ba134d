import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { latin1Of } from '../../../src/bytes/encoding.ts'
import { Span } from '../../../src/bytes/span.ts'
import type { RevocationList } from '../../../src/index.ts'
import type { CertificateView } from '../../../src/x509/certificate.ts'
import { parseRevocationListDer } from '../../../src/x509/parse-revocation-list.ts'
import type { RevocationListView } from '../../../src/x509/revocation-list.ts'
import { context, generalizedTime, implicit, integer, name, sequence, tlv, utcTime, utf8 } from '../../support/der.ts'
import { pemOf } from '../../support/pem.ts'
import { millisecondsOf, valueIn } from '../../support/refusal.ts'
import { ecdsaWithSha256, entry, extension, type ListParts, revocationList } from '../../support/structures.ts'

const read = (parts: ListParts): RevocationListView => valueIn(parseRevocationListDer(revocationList(parts)))
const reason = (value: number): Uint8Array => extension('2.5.29.21', tlv(0x0a, [value]))
const indirectScope = extension('2.5.29.28', sequence(implicit(4, 'ff')), true)
const directory = (common: string): Uint8Array => context(4, name(['2.5.4.3', utf8(common)]))
const issuer = (common: string): Uint8Array => extension('2.5.29.29', sequence(directory(common)), true)

describe('a revocation list', () => {
  const parts = {
    entries: [entry(1), entry(0xff00, reason(1))],
    extensions: [extension('2.5.29.20', integer(0x80)), extension('2.5.29.35', sequence(implicit(0, 'c0ffee')))],
  }
  const der = revocationList(parts)
  const view = read(parts)
  const list: RevocationList = view

  it('shows its fields', () => {
    expect(list).toMatchObject({
      version: 2,
      issuer: 'CN=issuer',
      thisUpdate: new Date('2024-01-01T00:00:00Z'),
      nextUpdate: new Date('2024-02-01T00:00:00Z'),
      authorityKeyId: 'c0ffee',
      crlNumber: '0080',
      isDelta: false,
      isIndirect: false,
      entryCount: 2,
    })
    expect(view.algorithmIdentifier).toEqual(ecdsaWithSha256)
    expect(view.parsedAlgorithm).toMatchObject({ name: 'ecdsa-with-SHA256' })
    expect(view.signature).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('is the same bytes as DER, signed part, hash and PEM', () => {
    expect(list.raw).toEqual(der)
    expect(list.tbs).toEqual(der.subarray(2 + (der[1]! & 0x80 ? der[1]! & 0x7f : 0), view.algorithm.start))
    expect(list.fingerprint).toBe(createHash('sha256').update(der).digest('hex'))
    expect(list.fingerprint).toBe(createHash('sha256').update(der).digest('hex'))
    expect(list.toPem()).toBe(pemOf('X509 CRL', der))
  })

  it('has undefined for absent fields', () => {
    expect(read({ version: undefined, nextUpdate: undefined })).toMatchObject({
      version: 1,
      nextUpdate: undefined,
      authorityKeyId: undefined,
      crlNumber: undefined,
      entryCount: 0,
      scope: undefined,
    })
  })

  it('has a nextUpdate of any year', () => {
    expect(read({ nextUpdate: utcTime('691231235959Z') }).nextUpdate).toEqual(new Date('1969-12-31T23:59:59Z'))
    expect(read({ nextUpdate: utcTime('700101000000Z') }).nextUpdate).toEqual(new Date(0))
    expect(read({ nextUpdate: generalizedTime('99991231235959Z') }).nextUpdate).toEqual(new Date('9999-12-31T23:59:59Z'))
  })

  it('says what it is about', () => {
    expect(read({ extensions: [extension('2.5.29.27', integer(5), true)] }).isDelta).toBe(true)
    expect(read({ extensions: [indirectScope] }).isIndirect).toBe(true)
    expect(read({ extensions: [extension('2.5.29.28', sequence(implicit(1, 'ff')), true)] }).scope).toMatchObject({
      onlyContainsUserCerts: true,
    })
  })

  it('reports entries that make it unreliable', () => {
    const plain = read({ entries: [entry(1, reason(1), extension('1.2.3', tlv(0x05)))] })
    expect(plain).toMatchObject({ hasUnknownCriticalEntry: false, hasStrayIssuer: false })
    const critical = read({ entries: [entry(1), entry(2, extension('1.2.3', tlv(0x05), true)), entry(3)] })
    expect(critical.hasUnknownCriticalEntry).toBe(true)
    const stray = { entries: [entry(1, issuer('other'))] }
    expect(read(stray).hasStrayIssuer).toBe(true)
    expect(read({ ...stray, extensions: [indirectScope] }).hasStrayIssuer).toBe(false)
  })

  it('remembers who signed it, for the last 64 keys', () => {
    const remembering = read({})
    const backend = {}
    const spki = (i: number): CertificateView =>
      ({ keyInfo: new Span(Uint8Array.of(0, i, 0), 1, 2), subjectPublicKeyInfo: Uint8Array.of(i) }) as CertificateView
    for (let i = 0; i < 70; i++) remembering.rememberSignature(spki(i), backend, i % 2 === 0)
    const known = Array.from({ length: 70 }, (_, i) => remembering.knownSignature(spki(i), backend))
    expect(known).toEqual(Array.from({ length: 70 }, (_, i) => (i < 6 ? undefined : i % 2 === 0)))
  })
})

describe('find', () => {
  it('finds entries by the serial number that certificates show', () => {
    const list = read({ entries: [entry(1), entry(0xff00, reason(1)), entry(0), entry(2n ** 159n, reason(10))] })
    const date = new Date('2024-01-01T12:00:00Z')
    expect(list.find('01')).toEqual({ serialNumber: '01', revocationDate: date, reason: 'unspecified' })
    expect(list.find('ff00')).toEqual({ serialNumber: 'ff00', revocationDate: date, reason: 'keyCompromise' })
    expect(list.find('FF00')?.reason).toBe('keyCompromise')
    expect(list.find('00')).toBeDefined()
    expect(list.find('80'.padEnd(40, '0'))?.reason).toBe('aACompromise')
  })

  it('finds nothing for other numbers, nor for values that are not numbers', () => {
    const list = read({ entries: [entry(1), entry(256)] })
    for (const serial of ['02', '0001', '000100', '1', '', 'xx', '0x01', '01:00', ' 01', '0 '])
      expect(list.find(serial)).toBeUndefined()
    expect(read({}).find('01')).toBeUndefined()
  })

  it('gives every reason its name', () => {
    const reasons = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10]
    const list = read({ entries: reasons.map((value) => entry(value + 1, reason(value))) })
    expect(reasons.map((value) => list.find((value + 1).toString(16).padStart(2, '0'))?.reason)).toEqual([
      'unspecified',
      'keyCompromise',
      'cACompromise',
      'affiliationChanged',
      'superseded',
      'cessationOfOperation',
      'certificateHold',
      'removeFromCRL',
      'privilegeWithdrawn',
      'aACompromise',
    ])
  })

  it('finds each of many thousands, and no other', () => {
    const list = read({ entries: Array.from({ length: 20_000 }, (_, i) => entry(i * 7919 + 1)) })
    expect(list.entryCount).toBe(20_000)
    for (let i = 0; i < 20_000; i += 371) {
      const hex = (i * 7919 + 1).toString(16)
      expect(list.find(hex.padStart(hex.length + (hex.length % 2), '0'))).toBeDefined()
      expect(list.find((i * 7919 + 2).toString(16).padStart(8, '0'))).toBeUndefined()
    }
  })

  it('is not slowed down by one number on every entry', () => {
    const list = read({ entries: [Buffer.concat(new Array(60_000).fill(entry(5)))] })
    expect(millisecondsOf(() => expect(list.find('06')).toBeUndefined())).toBeLessThan(500)
    expect(millisecondsOf(() => expect(list.find('05')).toBeDefined())).toBeLessThan(500)
  })
})

describe('entries of an indirect list', () => {
  const list = read({
    entries: [entry(1), entry(2, issuer('b')), entry(3), entry(1), entry(1, issuer('c')), entry(4, reason(1))],
    extensions: [indirectScope],
  })

  /** The issuer of each entry with this number; empty: the list's own. */
  function issuersOf(serial: number): readonly string[] {
    const entries = list.entriesOf(new Span(Uint8Array.of(serial)))
    return entries.map(({ issuer }) => (issuer === undefined ? '' : latin1Of(issuer).slice(-1)))
  }

  it('inherit the issuer that was named last (RFC 5280 5.3.3)', () => {
    expect([...issuersOf(1)].sort()).toEqual(['', 'b', 'c'])
    expect([issuersOf(2), issuersOf(3), issuersOf(4), issuersOf(5)]).toEqual([['b'], ['b'], ['c'], []])
  })

  it('find returns only those of the list’s own issuer', () => {
    expect(list.find('01')).toBeDefined()
    expect([list.find('02'), list.find('03'), list.find('04')]).toEqual([undefined, undefined, undefined])
  })

  it('keep their own fields', () => {
    expect(list.entriesOf(new Span(Uint8Array.of(4)))).toMatchObject([{ reason: 1, revocationTime: Date.UTC(2024, 0, 1, 12) }])
  })

  it('are looked up by spans of any bytes', () => {
    expect(list.entriesOf(new Span(Uint8Array.of(9, 4, 9), 1, 2))).toHaveLength(1)
  })
})

describe('entries of a list that is not indirect', () => {
  it('keep an issuer of their own, and pass it on to none', () => {
    const list = read({ entries: [entry(1, issuer('b')), entry(2)] })
    const [named] = list.entriesOf(new Span(Uint8Array.of(1)))
    const [plain] = list.entriesOf(new Span(Uint8Array.of(2)))
    expect(named!.issuer?.length).toBeGreaterThan(0)
    expect(plain!.issuer).toBeUndefined()
  })
})
