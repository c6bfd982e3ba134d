import { describe, expect, it } from 'vitest'
import { Span } from '../../src/bytes/span.ts'
import { oidText } from '../../src/der/oid.ts'
import { parseCertificate, parseRevocationList, pureSignatures, verifyChain } from '../../src/index.ts'
import { ecdsa, rsaPkcs1 } from '../support/algorithms.ts'
import { algorithm, bitString, bytes, integer, nul, octetString, oid, sequence, tlv } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { atOnce, buildErrors, fastestOf, judge } from './judge.ts'

/** AlgorithmIdentifiers and OBJECT IDENTIFIERs are compared byte by byte, in both places where a certificate names an algorithm. */

const ca = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=P-256 CA' })
const rsaCa = mint({ ca: true, key: keyPair('rsa2048'), subject: 'O=Immunity,CN=RSA CA' })
const store = storeOf(ca, rsaCa)
const leaf = (spec: CertificateSpec, issuer: Minted = ca): Minted =>
  mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)

describe('different outer and inner signature algorithms (RFC 5280 4.1.1.2)', () => {
  it.each<readonly [string, Uint8Array, Uint8Array, Minted]>([
    ['another hash inside', ecdsa('SHA-256'), ecdsa('SHA-384'), ca],
    ['another scheme inside', ecdsa('SHA-256'), rsaPkcs1('SHA-256'), ca],
    ['no NULL inside', rsaPkcs1('SHA-256'), algorithm('1.2.840.113549.1.1.11'), rsaCa],
    ['no NULL outside', algorithm('1.2.840.113549.1.1.11'), rsaPkcs1('SHA-256'), rsaCa],
    ['NULL inside', ecdsa('SHA-256'), algorithm('1.2.840.10045.4.3.2', nul()), ca],
    ['an unknown algorithm inside', ecdsa('SHA-256'), algorithm('1.2.3.4'), ca],
  ])('%s', (_what, outer, inner, issuer) => {
    expect(judge(store, [leaf({ signatureAlgorithm: outer }, issuer)])).toBe('accepted')
    expect(judge(store, [leaf({ signatureAlgorithm: outer, tbsSignatureAlgorithm: inner }, issuer)])).toBe('malformed 0')
  })

  it('in an intermediate and in a listed CA', () => {
    const spec = { ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Sub' }
    const sub = mint(spec, ca)
    const bent = mint({ ...spec, tbsSignatureAlgorithm: ecdsa('SHA-384') }, ca)
    const policyStore = storeFor(presented, ca)
    expect(judge(policyStore, [leaf({}, sub), sub])).toBe('accepted')
    expect(judge(policyStore, [leaf({}, sub), bent])).toBe('malformed 1')
    expect(buildErrors(presented, bent)).toContain('sigalg_mismatch')
  })

  it('in a revocation list', () => {
    const client = leaf({})
    const verdictBy = (tbsSignatureAlgorithm?: Uint8Array): string => {
      const crl = mintCrl({ issuer: ca, ...(tbsSignatureAlgorithm && { tbsSignatureAlgorithm }) })
      return judge(store, [client], { revocation: { lists: [valueIn(parseRevocationList(crl.der))] } })
    }
    expect(verdictBy()).toBe('accepted')
    expect(verdictBy(ecdsa('SHA-384'))).toBe('revocation_unknown 0')
  })
})

describe('wrong parameters of an AlgorithmIdentifier', () => {
  it('RSA allows only NULL or none (RFC 4055 5)', () => {
    const judgeWith = (...parameters: readonly Uint8Array[]): string =>
      judge(store, [leaf({ signatureAlgorithm: algorithm('1.2.840.113549.1.1.11', ...parameters) }, rsaCa)])
    expect(judgeWith(nul())).toBe('accepted')
    expect(judgeWith()).toBe('accepted')
    for (const wrong of [octetString(), sequence(), integer(0)]) expect(judgeWith(wrong)).toBe('unsupported_algorithm 0')
    for (const broken of [[nul(), nul()], [bytes('050100')], [bytes('058100')]]) expect(judgeWith(...broken)).toBe('malformed 0')
  })

  it('ECDSA allows none but NULL, on both identifiers', () => {
    const judgeWith = (...parameters: readonly Uint8Array[]): string =>
      judge(store, [leaf({ signatureAlgorithm: algorithm('1.2.840.10045.4.3.2', ...parameters) })])
    expect(judgeWith()).toBe('accepted')
    expect(judgeWith(nul())).toBe('accepted')
    for (const wrong of [sequence(), octetString(), oid('1.2.840.10045.3.1.7')]) {
      expect(judgeWith(wrong)).toBe('unsupported_algorithm 0')
    }
    const plain = algorithm('1.2.840.10045.4.3.2')
    const withNull = algorithm('1.2.840.10045.4.3.2', nul())
    for (const [outer, inner] of [
      [plain, withNull],
      [withNull, plain],
    ] as const) {
      expect(judge(store, [leaf({ signatureAlgorithm: outer, tbsSignatureAlgorithm: inner })])).toBe('malformed 0')
    }
  })

  it('a signature of one scheme does not verify as another', () => {
    expect(judge(store, [leaf({ signatureAlgorithm: rsaPkcs1('SHA-256') })])).toBe('signature_mismatch 0')
    expect(judge(store, [leaf({ signatureAlgorithm: ecdsa('SHA-256') }, rsaCa)])).toBe('signature_mismatch 0')
    expect(judge(store, [leaf({ signatureAlgorithm: ecdsa('SHA-512') })])).toBe('signature_mismatch 0')
  })
})

/** The first bytes of ecdsa-with-SHA256, to which arcs are appended that equal its last one for a 32-bit or non-minimal reader. */
const sha256Arc = '2a8648ce3d0403'

describe('object identifiers compared as 32-bit arcs (CVE-2025-66030)', () => {
  it('control: the arcs are encoded as intended', () => {
    expect(Buffer.from(ecdsa('SHA-256')).toString('hex')).toBe(`300a06082a8648ce3d040302`)
    const text = bytes(sha256Arc, '9080808002')
    expect(oidText(new Span(text))).toBe(`1.2.840.10045.4.3.${2n ** 32n + 2n}`)
  })

  it.each<readonly [string, string, string]>([
    ['a last arc of 2^32 + 2', `${sha256Arc}9080808002`, 'unsupported_algorithm 0'],
    ['a last arc of 2^64 + 2', `${sha256Arc}82808080808080808002`, 'unsupported_algorithm 0'],
    ['a first pair of 2^32 + 42', '908080802a8648ce3d040302', 'unsupported_algorithm 0'],
    ['an arc with a leading 80', `${sha256Arc}8002`, 'malformed 0'],
    ['a first arc with a leading 80', '802a8648ce3d040302', 'malformed 0'],
    ['one more arc', `${sha256Arc}0200`, 'unsupported_algorithm 0'],
    ['an arc that does not end', `${sha256Arc}82`, 'malformed 0'],
    ['no content', '', 'malformed 0'],
  ])('a signature algorithm with %s', (_what, content, expected) => {
    const identifier = sequence(bytes([0x06, content.length / 2], content))
    expect(judge(store, [leaf({ signatureAlgorithm: identifier })])).toBe(expected)
    expect(pureSignatures.importKey(ca.key.spki)!.verify(identifier, new Uint8Array(), new Uint8Array(70))).toBe(false)
  })

  // `mint` writes a placeholder whose encoding has the same length.
  const inPlaceOf = (placeholder: string, imitation: string) => {
    return (tbs: Uint8Array): Uint8Array => {
      const at = Buffer.from(tbs).indexOf(Buffer.from(oid(placeholder)))
      if (at < 0) throw new Error(`${placeholder} is not there`)
      const copy = tbs.slice()
      copy.set(bytes(imitation), at + 2)
      return copy
    }
  }

  it.each<readonly [string, string, string, string]>([
    ['2^32 + 19', '2.5.29.2147483647', '551d9080808013', 'not_a_ca 1'],
    ['a leading 80', '2.5.29.147', '551d8013', 'malformed 1'],
  ])('an extension that resembles basicConstraints by an arc of %s', (_what, placeholder, imitation, expected) => {
    const key = keyPair('p256', 1)
    const value = bytes('30030101ff')
    const spec = { key, subject: 'O=Immunity,CN=Sub', keyUsage: ['keyCertSign'] }
    const control = mint({ ...spec, extensions: [{ oid: '2.5.29.19', value }] }, ca)
    const bent = mint({ ...spec, extensions: [{ oid: placeholder, value }], bendTbs: inPlaceOf(placeholder, imitation) }, ca)
    const policyStore = storeFor(presented, ca)
    const client = leaf({}, control)
    expect(judge(policyStore, [client, control])).toBe('accepted')
    // A certificate that cannot be parsed is not part of a path, so the client has no issuer.
    expect(judge(policyStore, [client, bent])).toBe(expected === 'malformed 1' ? 'unknown_issuer 0' : expected)
  })

  it.each<readonly [string, string, string, string]>([
    ['2^32 + 2', '1.3.6.1.5.5.7.3.2147483647', '2b060105050703' + '9080808002', 'extended_key_usage_violation 0'],
    ['a leading 80', '1.3.6.1.5.5.7.3.147', '2b060105050703' + '8002', 'malformed 0'],
  ])('a purpose that resembles clientAuth by an arc of %s', (_what, placeholder, imitation, expected) => {
    expect(judge(store, [leaf({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] })])).toBe('accepted')
    expect(judge(store, [leaf({ extendedKeyUsage: [placeholder], bendTbs: inPlaceOf(placeholder, imitation) })])).toBe(expected)
  })

  it('a critical extension that only a 32-bit reader would recognise', () => {
    const bent = leaf({
      keyUsage: [],
      extensions: [{ oid: '2.5.29.2147483647', critical: true, value: bytes('03020780') }],
      bendTbs: inPlaceOf('2.5.29.2147483647', '551d908080800f'),
    })
    expect(judge(store, [bent])).toBe('unknown_critical_extension 0')
  })

  it('a huge OID costs nothing (CVE-2023-2650)', () => {
    const value = sequence(bytes([0x06, 0x82, 0x75, 0x30], new Array<number>(29_999).fill(0x83), [0x01]))
    const bent = leaf({ extendedKeyUsage: [], extensions: [{ oid: '2.5.29.37', value }] })
    expect(fastestOf(() => expect(judge(store, [bent])).toBe('extended_key_usage_violation 0'))).toBeLessThan(atOnce)
  })

  it('a huge OID of a key’s algorithm or curve costs nothing', () => {
    const arc = bytes(new Array<number>(29_999).fill(0x83), [0x01])
    const huge = tlv(0x06, arc)
    const keys = [sequence(sequence(huge), bitString([4])), sequence(sequence(oid('1.2.840.10045.2.1'), huge), bitString([4]))]
    expect(keys.map((spki) => judge(store, [leaf({ spki })]))).toEqual(['unsupported_algorithm 0', 'unsupported_curve 0'])
    // It is not written out either: other engines take seconds for the decimal digits of such a number.
    for (const spki of keys) {
      expect(JSON.stringify(valueIn(parseCertificate(leaf({ spki }).der)).publicKey)).toContain('(an OID of 30000 bytes)')
    }
  })
})

describe('Ed25519, whose signatures were accepted with s ≥ L elsewhere (CVE-2026-33895)', () => {
  it('is not supported: neither keys nor signatures', () => {
    const ed = keyPair('ed25519')
    expect(pureSignatures.importKey(ed.spki)).toBeUndefined()
    expect(judge(store, [leaf({ key: ed })])).toBe('unsupported_algorithm 0')
    expect(judge(store, [leaf({ signWith: ed })])).toBe('unsupported_algorithm 0')
    expect(buildErrors(presented, mint({ ca: true, key: ed }))).toContain('unsupported_key_algorithm')
    expect(verifyChain(store, leaf({}).der).ok).toBe(true)
  })
})
