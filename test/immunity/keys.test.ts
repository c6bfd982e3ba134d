import { createECDH, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { curves } from '../../src/crypto/curve/curves.ts'
import { type Policy, profiles, pureSignatures } from '../../src/index.ts'
import { algorithm, bitString, bytes, integer, nul, octetString, oid, sequence, tlv } from '../support/der.ts'
import { type CertificateSpec, type KeyPair, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { ecSpki, modulusOf, pointOf, rsaSpki } from '../support/spki.ts'
import { atOnce, buildErrors, fastestOf, judge } from './judge.ts'

/** Invalid and weak public keys: of a client, of an intermediate and in the truststore. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const subKey = keyPair('p256', 1)
const sub: CertificateSpec = { ca: true, key: subKey, subject: 'O=Immunity,CN=Sub' }
const lax: Policy = { ...presented, minRsaBits: 0, maxRsaBits: 16384 }

interface Verdicts {
  /** The verdict if a client has the key. */
  readonly leaf: string
  /** The verdict if a presented CA has it. */
  readonly intermediate: string
  /** The findings for a truststore of one CA with that key. */
  readonly anchor: readonly string[]
}

function verdictsOn(spki: Uint8Array, policy: Policy = lax): Verdicts {
  const store = storeFor(policy, root)
  const intermediate = mint({ ...sub, spki }, root)
  return {
    leaf: judge(store, [mint({ key: leafKey, spki }, root)]),
    intermediate: judge(store, [mint({ key: leafKey }, intermediate), intermediate]),
    anchor: buildErrors(policy, mint({ ...sub, spki })),
  }
}

const point = pointOf(subKey)
const p256 = oid('1.2.840.10045.3.1.7')
const prime = curves['P-256'].p
const wide = (value: bigint): string => value.toString(16).padStart(64, '0')

/** ECParameters (RFC 3279 2.3.5) of P-256 with any generator. */
function explicitParameters(generator: Uint8Array): Uint8Array {
  const { p, b, n } = curves['P-256']
  const field = sequence(oid('1.2.840.10045.1.1'), integer(p))
  return sequence(
    integer(1),
    field,
    sequence(octetString(wide(p - 3n)), octetString(wide(b))),
    octetString(generator),
    integer(n),
    integer(1),
  )
}

describe('explicit curve parameters (CVE-2020-0601)', () => {
  it('control: the same point on the named curve is accepted', () => {
    expect(verdictsOn(ecSpki(point))).toEqual({ leaf: 'accepted', intermediate: 'accepted', anchor: [] })
  })

  it.each<readonly [string, Uint8Array]>([
    [
      'those of P-256 itself',
      explicitParameters(
        bytes(
          '04',
          '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296',
          '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
        ),
      ),
    ],
    ['those with the public point as generator, whose secret is 1', explicitParameters(point)],
    ['an empty SEQUENCE', sequence()],
  ])('%s', (_what, parameters) => {
    expect(verdictsOn(ecSpki(point, parameters))).toEqual({
      leaf: 'unsupported_curve 0',
      intermediate: 'unsupported_curve 1',
      anchor: expect.arrayContaining(['ec_point_invalid']),
    })
  })

  it('a false root with the name, key identifier and point of a listed one does not replace it', () => {
    const store = storeFor(presented, root)
    const attacker = keyPair('p256', 2)
    const falseRoot = mint({
      ...root.spec,
      spki: ecSpki(pointOf(root.key), explicitParameters(pointOf(root.key))),
      subjectKeyId: root.keyId!,
      signWith: attacker,
    })
    const client = mint({ key: leafKey, signWith: attacker }, root)
    expect(judge(store, [mint({ key: leafKey }, root), falseRoot])).toBe('accepted')
    expect(judge(store, [client, falseRoot])).toBe('unsupported_curve 1')
    expect(judge(store, [client])).toBe('signature_mismatch 0')
  })
})

describe('points that are not on the curve, or not uncompressed (CVE-2022-0778)', () => {
  const other = createECDH('secp256k1').generateKeys()
  it.each<readonly [string, Uint8Array]>([
    ['infinity', bytes('00')],
    ['no bytes', new Uint8Array()],
    ['a compressed point', bytes([2 | (point[64]! & 1)], point.subarray(1, 33))],
    ['a hybrid point', bytes([6 | (point[64]! & 1)], point.subarray(1))],
    ['a hybrid point of the wrong sign', bytes([7 ^ (point[64]! & 1)], point.subarray(1))],
    ['another y', point.with(64, point[64]! ^ 1)],
    ['a point of another curve', other],
    ['x = y = 1', bytes('04', wide(1n), wide(1n))],
    ['the origin', bytes('04', wide(0n), wide(0n))],
    [
      'x = p + 5, which equals 5',
      bytes('04', wide(prime + 5n), wide(0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbccn)),
    ],
    ['x and y of all ones', bytes('04', 'ff'.repeat(64))],
    ['one more byte', bytes(point, [0])],
    ['one byte missing', point.subarray(0, 64)],
    ['another form octet', bytes('05', point.subarray(1))],
  ])('%s', (_what, wrong) => {
    expect(verdictsOn(ecSpki(wrong))).toEqual({
      leaf: 'malformed 0',
      intermediate: 'malformed 1',
      anchor: expect.arrayContaining(['ec_point_invalid']),
    })
  })

  it('control: x = 5 with the same y is accepted', () => {
    const genuine = ecSpki(bytes('04', wide(5n), wide(0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbccn)))
    expect(verdictsOn(genuine).leaf).toBe('accepted')
  })

  it.each<readonly [string, Uint8Array, string]>([
    ['no curve', sequence(algorithm('1.2.840.10045.2.1'), bitString(point)), 'malformed'],
    ['an inherited curve', sequence(algorithm('1.2.840.10045.2.1', nul()), bitString(point)), 'malformed'],
    ['two curves', sequence(algorithm('1.2.840.10045.2.1', p256, p256), bitString(point)), 'malformed'],
    [
      'P-256 by an arc of 2^32 + 7',
      ecSpki(point, bytes('060c 2a8648ce3d0301 9080808007'.replaceAll(' ', ''))),
      'unsupported_curve',
    ],
    [
      'unused bits',
      sequence(algorithm('1.2.840.10045.2.1', p256), tlv(0x03, [1], point.with(64, point[64]! & 0xfe))),
      'malformed',
    ],
  ])('a key with %s', (_what, spki, code) => {
    const verdicts = verdictsOn(spki)
    expect(verdicts.leaf).toBe(`${code} 0`)
    expect(verdicts.intermediate).not.toBe('accepted')
    expect(verdicts.anchor).not.toEqual([])
  })
})

describe('even, tiny or huge RSA numbers (CVE-2023-29409, CVE-2023-3446, CVE-2023-6237, CVE-2026-33891)', () => {
  const modulus = modulusOf(keyPair('rsa2048'))

  it('control: usual numbers are accepted', () => {
    const rsa = keyPair('rsa2048')
    const rsaSub = mint({ ...sub, key: rsa, spki: rsaSpki(modulus, 65537n) }, root)
    expect(judge(storeFor(presented, root), [mint({ key: leafKey }, rsaSub), rsaSub])).toBe('accepted')
    expect(judge(storeOf(root), [mint({ key: leafKey, spki: rsaSpki(modulus, 65537n) }, root)])).toBe('accepted')
    expect(buildErrors(profiles.apiGateway, mint({ ...sub, key: rsa }))).toEqual([])
  })

  it.each<readonly [string, bigint]>([
    ['0', 0n],
    ['1', 1n],
    ['2', 2n],
    ['65536', 65536n],
    ['-1', -1n],
    ['-3', -3n],
    ['2^32 + 1', 2n ** 32n + 1n],
    ['2^64 + 3', 2n ** 64n + 3n],
    ['2^2047 + 1', 2n ** 2047n + 1n],
  ])('the exponent %s', (_what, exponent) => {
    expect(verdictsOn(rsaSpki(modulus, exponent))).toEqual({
      leaf: 'weak_key 0',
      intermediate: 'weak_key 1',
      anchor: expect.arrayContaining(['rsa_bad_exponent']),
    })
  })

  it.each<readonly [string, bigint, string, string]>([
    ['0', 0n, 'weak_key', 'rsa_modulus_even_or_small_factor'],
    ['even', 2n ** 2048n - 2n, 'weak_key', 'rsa_modulus_even_or_small_factor'],
    ['a power of two', 2n ** 2047n, 'weak_key', 'rsa_modulus_even_or_small_factor'],
    ['negative', -(2n ** 2047n) + 1n, 'malformed', 'unsupported_key_algorithm'],
    ['of 16,385 bits', 2n ** 16384n + 1n, 'too_large', 'rsa_too_large'],
  ])('a modulus that is %s', (_what, wrong, code, finding) => {
    expect(verdictsOn(rsaSpki(wrong, 65537n))).toEqual({
      leaf: `${code} 0`,
      intermediate: `${code} 1`,
      anchor: expect.arrayContaining([finding]),
    })
  })

  it.each([1, 2, 512, 1024, 2047])('a modulus of %d bits', (bits) => {
    const policy: Policy = { ...presented, minRsaBits: 2048 }
    const spki = rsaSpki(2n ** BigInt(bits) - 1n, 65537n)
    expect(judge(storeFor(policy, root), [mint({ key: leafKey, spki }, root)])).toBe('weak_key 0')
    expect(buildErrors(policy, mint({ ...sub, spki }))).toContain('rsa_too_small')
  })

  it('a modulus of 1,024 bits with a valid signature', () => {
    const weak = mint({ ...sub, key: keyPair('rsa1024') }, root)
    const chain = [mint({ key: leafKey }, weak), weak]
    expect(judge(storeFor(presented, root), chain)).toBe('accepted')
    expect(judge(storeFor({ ...presented, minRsaBits: 2048 }, root), chain)).toBe('weak_key 1')
  })

  it('a tiny modulus verifies nothing even if the policy allows it', () => {
    for (const tiny of [1n, 3n, 35n, 2n ** 479n + 1n]) {
      const spki = rsaSpki(tiny, 3n)
      const store = storeFor(lax, root)
      const intermediate = mint({ ...sub, key: keyPair('rsa2048'), spki }, root)
      const width = Math.ceil(tiny.toString(2).length / 8)
      for (const byte of [0, 1]) {
        const forged = mint({ key: leafKey, signature: new Uint8Array(width).fill(byte, width - 1) }, intermediate)
        expect(judge(store, [forged, intermediate])).toBe('signature_mismatch 0')
      }
    }
  })

  it.each([3n, 65537n, 2n ** 32n - 1n])('a modulus of 16,384 bits and the exponent %d take little time', (exponent) => {
    const spki = rsaSpki(2n ** 16384n - 5n, exponent)
    const signature = new Uint8Array(2048).fill(0x5a)
    const giant = mint({ ...sub, key: keyPair('rsa2048'), spki }, root)
    const chain = [mint({ key: leafKey, signature }, giant), giant]
    const store = storeFor(lax, root)
    expect(judge(store, [mint({ key: leafKey, spki }, root)])).toBe('accepted')
    expect(fastestOf(() => expect(judge(store, chain)).toMatch(/^(signature_mismatch|budget_exhausted) 0$/))).toBeLessThan(atOnce)
    expect(judge(storeOf(root), [mint({ key: leafKey, spki }, root)])).toBe('too_large 0')
  })

  it('a key of 60 KB takes little time', () => {
    const chain = [mint({ key: leafKey, spki: rsaSpki(2n ** 480_000n - 5n, 65537n) }, root)]
    const store = storeFor(lax, root)
    expect(fastestOf(() => expect(judge(store, chain)).toBe('too_large 0'))).toBeLessThan(atOnce)
  })
})

describe('unsupported kinds of keys (CVE-2025-58188)', () => {
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey
  const spkiOf = (key: { readonly publicKey: KeyPair['publicKey'] }): Uint8Array =>
    new Uint8Array(key.publicKey.export({ type: 'spki', format: 'der' }))

  it.each<readonly [string, Uint8Array]>([
    ['DSA', new Uint8Array(dsa.export({ type: 'spki', format: 'der' }))],
    ['X25519', spkiOf(generateKeyPairSync('x25519'))],
    ['Ed25519', keyPair('ed25519').spki],
    ['Ed448', keyPair('ed448').spki],
    ['an unknown algorithm', sequence(algorithm('1.2.3.4'), bitString([1]))],
    ['an unknown algorithm, without bits', sequence(algorithm('1.2.3.4', nul()), bitString())],
  ])('%s', (_what, spki) => {
    expect(verdictsOn(spki)).toEqual({
      leaf: 'unsupported_algorithm 0',
      intermediate: 'unsupported_algorithm 1',
      anchor: expect.arrayContaining(['unsupported_key_algorithm']),
    })
    expect(pureSignatures.importKey(spki)).toBeUndefined()
  })

  it.each<readonly [string, Minted['key']]>([
    ['P-521', keyPair('p521')],
    ['secp256k1', keyPair('secp256k1')],
  ])('%s', (_what, { spki }) => {
    expect(verdictsOn(spki)).toMatchObject({ leaf: 'unsupported_curve 0', intermediate: 'unsupported_curve 1' })
  })
})
