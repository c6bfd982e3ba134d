import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashAlgorithm, pssParameters, rsaPkcs1, rsaPss } from '../support/algorithms.ts'
import { algorithm, context, integer, nul, octetString, sequence } from '../support/der.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { type PssFaults, pkcs1Encoded, pssEncoded, signEncoded } from '../support/rsa.ts'
import { buildErrors, judge } from './judge.ts'

/** RSASSA-PSS: parameters of signatures and of keys are checked, not skipped. */

const pssOid = '1.2.840.113549.1.1.10'
const mgf1 = (hash: string): Uint8Array => algorithm('1.2.840.113549.1.1.8', hashAlgorithm(hash))
const rsa = keyPair('rsa2048')
const ca = mint({ ca: true, key: rsa, subject: 'O=Immunity,CN=PSS CA' })
const store = storeOf(ca)
const salt = Uint8Array.from({ length: 32 }, (_, i) => i + 1)

interface PssSpec {
  readonly identifier: Uint8Array
  readonly hash?: string
  readonly mgfHash?: string
  readonly salt?: Uint8Array
  readonly faults?: PssFaults
}

/** A client whose PSS signature is encoded by hand. */
function client(issuer: Minted, { identifier, hash = 'sha256', mgfHash = hash, salt: own = salt, faults }: PssSpec): Minted {
  return mint(
    {
      key: leafKey,
      subject: 'O=Immunity,CN=Client',
      signatureAlgorithm: identifier,
      signature: (tbs) => {
        const encoded = pssEncoded(2048, hash, mgfHash, own, tbs, faults)
        // The number must be below the modulus for the key to sign it.
        if (encoded[0]! >= 0x80) encoded[0] = 0x80
        return signEncoded(rsa.privateKey, encoded)
      },
    },
    issuer,
  )
}

const usual = rsaPss('SHA-256', 'SHA-256', 32)

describe('RSASSA-PSS parameters that are not validated', () => {
  it('control: the same hash twice, with a salt of its length, is accepted', () => {
    expect(judge(store, [client(ca, { identifier: usual })])).toBe('accepted')
    expect(judge(store, [client(ca, { identifier: rsaPss('SHA-256', 'SHA-256', 31), salt: salt.subarray(1) })])).toBe('accepted')
  })

  it('another hash in MGF1, although the signature is valid', () => {
    const mixed = { identifier: rsaPss('SHA-512', 'SHA-256', 32), hash: 'sha512', mgfHash: 'sha256' }
    expect(judge(store, [client(ca, mixed)])).toBe('unsupported_algorithm 0')
  })

  it('SHA-1 in one of the two places, or by default in both', () => {
    expect(judge(store, [client(ca, { identifier: rsaPss('SHA-256', 'SHA-1', 32), mgfHash: 'sha1' })])).toBe('weak_hash 0')
    expect(judge(store, [client(ca, { identifier: rsaPss('SHA-1', 'SHA-256', 32), hash: 'sha1', mgfHash: 'sha256' })])).toBe(
      'weak_hash 0',
    )
    expect(judge(store, [client(ca, { identifier: rsaPss('SHA-1', 'SHA-1', 20), hash: 'sha1', salt: salt.subarray(12) })])).toBe(
      'weak_hash 0',
    )
  })

  it.each([0, 31, 33, 222])('a salt length that differs from the parameters: %d', (saltLength) => {
    expect(judge(store, [client(ca, { identifier: rsaPss('SHA-256', 'SHA-256', saltLength) })])).toBe('signature_mismatch 0')
  })

  it('a salt too long for the key', () => {
    for (const saltLength of [223, 256, 65535]) {
      expect(judge(store, [client(ca, { identifier: rsaPss('SHA-256', 'SHA-256', saltLength) })])).toBe('signature_mismatch 0')
    }
  })

  it.each<readonly [string, PssFaults]>([
    ['another trailer', { trailer: 0xcc }],
    ['another separator', { separator: 2 }],
    ['no separator', { separator: 0 }],
    ['padding that is not zero', { padding: 0x10 }],
    ['a bit above the encoded message', { high: 0x80 }],
  ])('an encoding with %s', (_what, faults) => {
    expect(judge(store, [client(ca, { identifier: usual, faults })])).toBe('signature_mismatch 0')
  })

  it.each<readonly [string, readonly Uint8Array[]]>([
    ['absent', []],
    ['NULL', [nul()]],
    [
      'with an encoded default trailer field',
      [
        sequence(
          context(0, hashAlgorithm('SHA-256')),
          context(1, mgf1('SHA-256')),
          context(2, integer(32)),
          context(3, integer(1)),
        ),
      ],
    ],
    [
      'with trailer field 2',
      [
        sequence(
          context(0, hashAlgorithm('SHA-256')),
          context(1, mgf1('SHA-256')),
          context(2, integer(32)),
          context(3, integer(2)),
        ),
      ],
    ],
    [
      'with a negative salt length',
      [sequence(context(0, hashAlgorithm('SHA-256')), context(1, mgf1('SHA-256')), context(2, integer(-1)))],
    ],
    [
      'with a salt length of 2^32 + 32',
      [sequence(context(0, hashAlgorithm('SHA-256')), context(1, mgf1('SHA-256')), context(2, integer(2n ** 32n + 32n)))],
    ],
    ['in another order', [sequence(context(1, mgf1('SHA-256')), context(0, hashAlgorithm('SHA-256')), context(2, integer(32)))]],
    [
      'with a mask generation that is not MGF1',
      [
        sequence(
          context(0, hashAlgorithm('SHA-256')),
          context(1, algorithm('1.2.840.113549.1.1.9', hashAlgorithm('SHA-256'))),
          context(2, integer(32)),
        ),
      ],
    ],
    [
      'with MGF1 without a hash',
      [sequence(context(0, hashAlgorithm('SHA-256')), context(1, algorithm('1.2.840.113549.1.1.8')), context(2, integer(32)))],
    ],
    ['with an unknown hash', [pssParameters('SHA3-256', 'SHA3-256', 32)]],
    ['with a truncated SHA-512', [pssParameters('SHA-512/256', 'SHA-512/256', 32)]],
    [
      'with parameters of the hash that are not NULL',
      [
        sequence(
          context(0, algorithm('2.16.840.1.101.3.4.2.1', octetString())),
          context(1, mgf1('SHA-256')),
          context(2, integer(32)),
        ),
      ],
    ],
  ])('parameters %s', (_what, parameters) => {
    expect(judge(store, [client(ca, { identifier: algorithm(pssOid, ...parameters) })])).toBe('unsupported_algorithm 0')
  })
})

describe('RSASSA-PSS keys (id-RSASSA-PSS) whose restrictions are not enforced', () => {
  const bits = rsa.spki.subarray(rsa.spki.indexOf(0x03, 15))
  const pssCa = (...parameters: readonly Uint8Array[]): Minted =>
    mint({ ca: true, key: rsa, spki: sequence(algorithm(pssOid, ...parameters), bits), subject: 'O=Immunity,CN=PSS only' })
  const pkcs1 = (issuer: Minted): Minted =>
    mint(
      {
        key: leafKey,
        signatureAlgorithm: rsaPkcs1('SHA-256'),
        signature: (tbs) => {
          const digest = createHash('sha256').update(tbs).digest()
          return signEncoded(rsa.privateKey, pkcs1Encoded(256, sequence(hashAlgorithm('SHA-256'), octetString(digest))))
        },
      },
      issuer,
    )
  // As a self-signed root signed by PKCS#1, the truststore would leave it out, so it is an intermediate.
  const judgeUnder = (issuer: Minted, leaf: Minted): string => {
    const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
    const sub = mint({ ...issuer.spec }, root)
    return judge(storeFor(presented, root), [leaf, sub])
  }

  it('control: a key without restrictions verifies PSS with every hash', () => {
    const free = pssCa()
    expect(judgeUnder(free, client(free, { identifier: usual }))).toBe('accepted')
    expect(judgeUnder(free, client(free, { identifier: rsaPss('SHA-384', 'SHA-384', 32), hash: 'sha384' }))).toBe('accepted')
  })

  it('PKCS#1 v1.5 with a PSS-only key', () => {
    expect(judge(store, [pkcs1(ca)])).toBe('accepted')
    expect(judgeUnder(pssCa(), pkcs1(pssCa()))).toBe('signature_mismatch 0')
  })

  it('another hash than the key allows, or a shorter salt', () => {
    const bound = pssCa(pssParameters('SHA-256', 'SHA-256', 32))
    expect(judgeUnder(bound, client(bound, { identifier: usual }))).toBe('accepted')
    expect(judgeUnder(bound, client(bound, { identifier: rsaPss('SHA-384', 'SHA-384', 32), hash: 'sha384' }))).toBe(
      'signature_mismatch 0',
    )
    expect(judgeUnder(bound, client(bound, { identifier: rsaPss('SHA-256', 'SHA-256', 31), salt: salt.subarray(1) }))).toBe(
      'signature_mismatch 0',
    )
  })

  it('malformed parameters of the key', () => {
    const wrong = pssCa(nul())
    expect(judgeUnder(wrong, client(wrong, { identifier: usual }))).toBe('malformed 1')
    expect(buildErrors(presented, wrong)).toContain('unsupported_key_algorithm')
  })
})
