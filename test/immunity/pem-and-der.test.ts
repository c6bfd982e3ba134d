import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  decodePem,
  lintTruststore,
  parseCertificate,
  parseRevocationList,
  TruststoreError,
} from '../../src/index.ts'
import { bitString, bytes, context, octetString, sequence, set, tlv, utf8 } from '../support/der.ts'
import { type CertificateSpec, type ExtensionSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { atOnce, buildErrors, fastestOf, judge } from './judge.ts'

/** Encodings: other than DER is rejected, other than PEM is skipped in linear time, and depth and size are bounded. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeOf(root)

function client(spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, root)
}

/** An element with a length of one byte more than needed. */
function longLength(element: Uint8Array): Uint8Array {
  const first = element[1]!
  if (first < 0x80) return bytes([element[0]!, 0x81, first], element.subarray(2))
  return bytes([element[0]!, first + 1, 0], element.subarray(2))
}

function indefinite(element: Uint8Array): Uint8Array {
  const header = 2 + (element[1]! >= 0x80 ? element[1]! & 0x7f : 0)
  return bytes([element[0]!, 0x80], element.subarray(header), [0, 0])
}

function changed(der: Uint8Array, find: Uint8Array, replacement: Uint8Array): Uint8Array {
  const at = Buffer.from(der).indexOf(find)
  return bytes(der.subarray(0, at), replacement, der.subarray(at + find.length))
}

/** cRLDistributionPoints with one nameRelativeToCRLIssuer. */
function relativePoint(content: Uint8Array): ExtensionSpec {
  return { oid: '2.5.29.31', value: sequence(sequence(context(0, context(1, content)))) }
}

/** A certificate whose signed part has a replacement for the first occurrence of some bytes, with a valid signature. */
function rewritten(find: Uint8Array, replacement: Uint8Array): Minted {
  return client({
    bendTbs: (tbs) => {
      const at = Buffer.from(tbs).indexOf(find)
      if (at < 0) throw new Error('not found')
      const header = 2 + (tbs[1]! & 0x7f) * (tbs[1]! >> 7)
      return tlv(0x30, tbs.subarray(header, at), replacement, tbs.subarray(at + find.length))
    },
  })
}

describe('a validator and a decoder that disagree (CVE-2025-12816)', () => {
  const common = sequence(bytes('0603550403'), utf8('Client'))
  const usage = octetString(bytes('03020780'))

  it('control: rewriting with the same bytes is accepted', () => {
    expect(judge(store, [rewritten(common, common)])).toBe('accepted')
    expect(judge(store, [rewritten(usage, usage)])).toBe('accepted')
  })

  it.each<readonly [string, Uint8Array, Uint8Array]>([
    ['a longer length in a name', common, longLength(common)],
    ['an indefinite length in a name', common, indefinite(common)],
    ['a string in pieces', common, sequence(bytes('0603550403'), tlv(0x2c, utf8('Cli'), utf8('ent')))],
    ['a longer length of an extension value', usage, longLength(usage)],
    ['an extension value in pieces', usage, tlv(0x24, octetString(bytes('0302')), octetString(bytes('0780')))],
    ['a longer length inside an extension', usage, octetString(bytes('0381020780'))],
    ['bytes after an extension’s value', usage, octetString(bytes('030207800500'))],
    ['an empty extension value', usage, octetString()],
    ['an element after an attribute', common, sequence(bytes('0603550403'), utf8('Client'), utf8('Other'))],
    ['an attribute without value', common, sequence(bytes('0603550403'))],
    ['a high tag number', common, sequence(bytes('0603550403'), bytes('1f0c0141'))],
    ['a boolean of two bytes', bytes('0101ff'), bytes('0102ffff')],
    ['a boolean without content', bytes('0101ff'), bytes('0100')],
    ['a longer length of an attribute type', bytes('0603550403'), bytes('068103550403')],
  ])('%s', (_what, find, replacement) => {
    expect(judge(store, [rewritten(find, replacement)])).toBe('malformed 0')
  })

  it.each<readonly [string, (der: Uint8Array) => Uint8Array]>([
    ['a longer length', longLength],
    ['an indefinite length', indefinite],
    ['bytes after it', (der) => bytes(der, [0])],
    ['another certificate after it', (der) => bytes(der, der)],
    ['its last byte missing', (der) => der.subarray(0, -1)],
    ['an element after the signature', (der) => tlv(0x30, der.subarray(4), bytes('0500'))],
    ['a SET instead of a SEQUENCE', (der) => der.with(0, 0x31)],
    ['a length of 2^31', (der) => bytes('308480000000', der.subarray(4))],
    ['a length of 2^32 - 1', (der) => bytes('3084ffffffff', der.subarray(4))],
  ])('a certificate with %s', (_what, bend) => {
    const good = client()
    const bent = { ...good, der: bend(good.der) }
    expect(judge(store, [good])).toBe('accepted')
    expect(judge(store, [bent])).toBe('malformed 0')
    expect(parseCertificate(bent.der).ok).toBe(false)
    expect(buildErrors(presented, { ...root, der: bend(root.der) })).not.toEqual([])
    expect(parseRevocationList(bend(mintCrl({ issuer: root }).der)).ok).toBe(false)
  })

  it.each<readonly [string, CertificateSpec]>([
    ['the relative name of a distribution point', { extensions: [relativePoint(bytes('86810161'))] }],
    ['a registeredID', { subjectAltNames: [{ raw: bytes('880181') }] }],
    ['an x400Address', { subjectAltNames: [{ raw: bytes('a302ffff') }] }],
    [
      'a unique identifier',
      { subjectUniqueId: new Uint8Array(), bendTbs: (tbs) => changed(tbs, bytes('820100'), bytes('820109')) },
    ],
    ['the parameters of the key’s algorithm', { spki: sequence(sequence(bytes('06022a03'), bytes('050100')), bitString()) }],
  ])('%s, which is not decoded, must be DER', (_what, spec) => {
    expect(judge(store, [client({ extensions: [relativePoint(common)] })])).toBe('accepted')
    expect(judge(store, [client(spec)])).toBe('malformed 0')
  })

  it('a length of more than four bytes', () => {
    for (const header of ['30880000000000000100', '308500ffffffff', '30ff']) {
      expect(judge(store, [{ ...root, der: bytes(header, root.der.subarray(4)) }])).toBe('too_large 0')
    }
  })

  it('the hashed bytes are the parsed bytes: every field that is shown was signed', () => {
    const good = client({ subjectAltNames: [{ dns: 'good.example' }] })
    const at = Buffer.from(good.der).indexOf('good.example')
    const bent = { ...good, der: good.der.with(at, 'f'.charCodeAt(0)) }
    expect(judge(store, [good])).toBe('accepted')
    expect(judge(store, [bent])).toBe('signature_mismatch 0')
  })

  it('an extension must not occur twice, even if it is unknown', () => {
    const unknown = { oid: '1.3.6.1.4.1.99999.7', value: bytes('0500') }
    expect(judge(store, [client({ extensions: [unknown] })])).toBe('accepted')
    expect(judge(store, [client({ extensions: [unknown, unknown] })])).toBe('malformed 0')
    const withExtensions = (count: number): Minted =>
      client({ extensions: Array.from({ length: count }, (_, i) => ({ oid: `1.3.6.1.4.1.99999.8.${i}`, value: bytes('0500') })) })
    expect([judge(store, [withExtensions(50)]), judge(store, [withExtensions(70)])]).toEqual(['accepted', 'malformed 0'])
  })
})

describe('unbounded recursion (CVE-2025-66031)', () => {
  const nested = (depth: number, tag: number): Uint8Array => {
    let inner = bytes('0500')
    for (let i = 0; i < depth; i++) inner = tlv(tag, inner)
    return inner
  }

  it('in attribute values, other names and qualifiers', () => {
    const inName = (value: Uint8Array): CertificateSpec => ({
      extensions: [{ oid: '2.5.29.17', value: sequence(context(4, sequence(set(sequence(bytes('06022a03'), value))))) }],
    })
    const inOther = (value: Uint8Array): CertificateSpec => ({
      extensions: [{ oid: '2.5.29.17', value: sequence(context(0, bytes('06022a03'), context(0, value))) }],
    })
    const inQualifier = (value: Uint8Array): CertificateSpec => ({
      extensions: [
        { oid: '2.5.29.32', value: sequence(sequence(bytes('06022a03'), sequence(sequence(bytes('06022a03'), value)))) },
      ],
    })
    for (const place of [inName, inOther, inQualifier]) {
      expect(judge(store, [client(place(nested(8, 0x30)))])).toBe('accepted')
      for (const tag of [0x30, 0xa0, 0x31]) {
        const chain = [client(place(nested(300, tag)))]
        expect(fastestOf(() => expect(judge(store, chain)).toBe('malformed 0'))).toBeLessThan(atOnce)
      }
    }
  })

  it.each([0x30, 0x31, 0xa0, 0x24, 0x60])('60,000 bytes of tag %i and nothing else', (tag) => {
    for (const flood of [new Uint8Array(60_000).fill(tag), Buffer.from(`${tag.toString(16)}80`.repeat(30_000), 'hex')]) {
      expect(fastestOf(() => expect(parseCertificate(flood).ok).toBe(false))).toBeLessThan(atOnce)
      expect(fastestOf(() => expect(parseRevocationList(flood).ok).toBe(false))).toBeLessThan(atOnce)
      expect(judge(store, [{ ...root, der: flood }])).toBe('malformed 0')
    }
  })

  it('a certificate above 64 KB is not read', () => {
    const huge = client({ extensions: [{ oid: '1.2.3', value: new Uint8Array(66_000) }] })
    expect(judge(storeFor(presented, root), [huge])).toBe('too_large 0')
    expect(buildErrors(presented, huge)).toContain('cert_too_large')
  })
})

describe('floods of PEM', () => {
  const size = 10_000_000
  const begin = '-----BEGIN CERTIFICATE-----\n'
  const floods: readonly (readonly [string, Uint8Array])[] = [
    ['of one letter', Buffer.alloc(size, 'A')],
    ['of dashes', Buffer.alloc(size, '-')],
    ['of blanks', Buffer.alloc(size, ' ')],
    ['of line ends', Buffer.alloc(size, '\n')],
    ['of NUL', Buffer.alloc(size)],
    ['of BEGIN lines', Buffer.from(begin.repeat(size / 28))],
    ['of END lines', Buffer.from('-----END CERTIFICATE-----\n'.repeat(size / 26))],
    ['of half BEGIN lines', Buffer.from('-----BEGIN '.repeat(size / 11))],
    ['of empty blocks', Buffer.from(`${begin}-----END CERTIFICATE-----\n`.repeat(size / 54))],
    ['of blocks with other labels', Buffer.from('-----BEGIN X-----\nAAAA\n-----END X-----\n'.repeat(size / 200))],
    ['of blanks in one block', Buffer.from(`${begin}${' '.repeat(size)}\n-----END CERTIFICATE-----\n`)],
    ['of padding in one block', Buffer.from(`${begin}${'='.repeat(size)}\n-----END CERTIFICATE-----\n`)],
    ['of base64 in one block', Buffer.from(`${begin}${'A'.repeat(size)}\n-----END CERTIFICATE-----\n`)],
  ]

  it.each(floods)('are read in linear time: %s', (_what, flood) => {
    // A backtracking regular expression would take minutes here.
    expect(fastestOf(() => decodePem(flood))).toBeLessThan(4 * atOnce)
    expect(fastestOf(() => expect(parseCertificate(flood).ok).toBe(false))).toBeLessThan(4 * atOnce)
  })

  it('give a few findings and no truststore', () => {
    for (const [, flood] of floods.slice(5, 9)) {
      const report = lintTruststore(flood)
      expect(report.accepted).toBe(false)
      expect(report.findings.length).toBeLessThan(1100)
      expect(() => buildTruststore(flood)).toThrow(TruststoreError)
    }
  })

  it('do not hide a certificate', () => {
    const junk = `${'-'.repeat(1000)}\n${'BEGIN '.repeat(1000)}\n-----BEGIN X-----\n-----END X-----\n`
    expect(judge(buildTruststore(junk + root.pem + junk), [client()])).toBe('accepted')
  })
})
