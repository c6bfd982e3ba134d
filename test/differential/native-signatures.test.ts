import { constants, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curves } from '../../src/crypto/curve/curves.ts'
import { pureSignatures, type SignatureBackend } from '../../src/index.ts'
import { nodeSignatures } from '../../src/node/native-signatures.ts'
import { ecdsa, pssParameters, rsaPkcs1, rsaPss } from '../support/algorithms.ts'
import { algorithm, bitString, bytes, integer, nul, oid, sequence } from '../support/der.ts'
import { keyPair } from '../support/mint.ts'
import { modulusOf, pkcs1Encoded, pssEncoded, rsaPair, rsaSpki, signEncoded } from '../support/rsa.ts'
import { ecSpki } from '../support/spki.ts'

/** Compares the backend that uses node:crypto with the pure one: both must give the same verdict on every input. */

const seen = { true: 0, false: 0, undefined: 0 }

interface Question {
  readonly spki: Uint8Array
  readonly identifier: Uint8Array
  readonly data: Uint8Array
  readonly signature: Uint8Array
}

function answer(backend: SignatureBackend, { spki, identifier, data, signature }: Question): boolean | undefined {
  return backend.importKey(spki)?.verify(identifier, data, signature)
}

/** The answer of both backends. Throws if they differ. */
function agreed(question: Question): boolean | undefined {
  const pure = answer(pureSignatures, question)
  if (answer(nodeSignatures, question) !== pure) {
    const shown = Object.entries(question).map(([name, value]) => `${name} ${Buffer.from(value).toString('hex')}`)
    throw new Error(`pureSignatures answers ${pure}, nodeSignatures does not: ${shown.join(', ')}`)
  }
  seen[`${pure}`]++
  return pure
}

interface Signer {
  readonly name: string
  readonly spki: Uint8Array
  readonly privateKey: KeyObject
  readonly identifiers: readonly Uint8Array[]
  sign(identifier: number, data: Uint8Array): Uint8Array | undefined
}

const hashes = ['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512']
const named = (hash: string): string => hash.replace('-', '').toLowerCase()
const salts = [0, 19, 20, 21, 32, 48, 64, 94, 95, 190, 223, 300]
const pssCases = hashes.flatMap((hash) => salts.map((salt) => ({ hash, salt })))

function rsaSigner(bits: number, exponent: number): Signer {
  const { privateKey, spki } = rsaPair(bits, exponent)
  const pss = pssCases.filter(({ salt }) => salt < bits)
  return {
    name: `RSA ${bits}, exponent ${exponent}`,
    spki,
    privateKey,
    identifiers: [...hashes.map(rsaPkcs1), ...pss.map(({ hash, salt }) => rsaPss(hash, hash, salt))],
    sign(i, data) {
      if (i < hashes.length) return new Uint8Array(sign(named(hashes[i]!), data, privateKey))
      const { hash, salt } = pss[i - hashes.length]!
      try {
        const padding = constants.RSA_PKCS1_PSS_PADDING
        return new Uint8Array(sign(named(hash), data, { key: privateKey, padding, saltLength: salt }))
      } catch {
        return undefined // the salt is too long for the key
      }
    },
  }
}

function ecSigner(kind: 'p256' | 'p384'): Signer {
  const { privateKey, spki } = keyPair(kind)
  return {
    name: kind,
    spki,
    privateKey,
    identifiers: hashes.map(ecdsa),
    sign: (i, data) => new Uint8Array(sign(named(hashes[i]!), data, privateKey)),
  }
}

/** With 8k + 1 bits, such as 1025, the PSS encoding is a byte shorter than the modulus. */
const signers = [
  ecSigner('p256'),
  ecSigner('p384'),
  rsaSigner(1024, 3),
  rsaSigner(1025, 65537),
  rsaSigner(1031, 65537),
  rsaSigner(2048, 65537),
]
const data = Uint8Array.from({ length: 100 }, (_, i) => i)
const otherIdentifiers = [...new Set(signers.flatMap(({ identifiers }) => identifiers))]

/** The bytes, unchanged or with one fault. */
const variants = (value: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const at = fc.nat({ max: Math.max(value.length - 1, 0) })
  const byte = fc.integer({ min: 0, max: 255 })
  return fc.oneof(
    fc.constant(value),
    fc.tuple(at, fc.nat(7)).map(([i, bit]) => value.map((old, j) => (j === i ? old ^ (1 << bit) : old))),
    fc.tuple(at, byte).map(([i, now]) => value.map((old, j) => (j === i ? now : old))),
    at.map((end) => value.slice(0, end)),
    at.map((start) => value.slice(start)),
    fc.tuple(at, byte).map(([i, extra]) => bytes(value.subarray(0, i), [extra], value.subarray(i))),
    at.map((i) => bytes(value.subarray(0, i), value.subarray(i + 1))),
    fc.constantFrom(bytes([0], value), bytes(value, [0]), new Uint8Array(value.length), new Uint8Array(value.length).fill(255)),
    fc.uint8Array({ maxLength: value.length + 2 }),
  )
}

describe.each(signers)('$name', (signer) => {
  const genuine = signer.identifiers.flatMap((identifier, i) => {
    const signature = signer.sign(i, data)
    return signature === undefined ? [] : [{ spki: signer.spki, identifier, data, signature }]
  })

  it('genuine signatures of every algorithm, some also with every other identifier', () => {
    for (const [i, question] of genuine.entries()) {
      expect(agreed(question)).toBe(true)
      if (i % 5 > 0) continue
      for (const identifier of otherIdentifiers) {
        if (Buffer.compare(identifier, question.identifier) !== 0) expect(agreed({ ...question, identifier })).toBe(false)
      }
    }
  })

  it('altered keys, identifiers, data and signatures', () => {
    const altered = fc.constantFrom(...genuine).chain((question) =>
      fc.oneof(
        variants(question.signature).map((signature) => ({ ...question, signature })),
        variants(question.identifier).map((identifier) => ({ ...question, identifier })),
        variants(question.spki).map((spki) => ({ ...question, spki })),
        variants(question.data).map((other) => ({ ...question, data: other })),
      ),
    )
    fc.assert(
      fc.property(altered, (question) => void agreed(question)),
      { numRuns: 600 },
    )
  })
})

describe('RSA', () => {
  const pair = rsaPair()
  const spki = pair.spki
  const sha256 = bytes('3031300d060960864801650304020105000420', new Uint8Array(32).fill(7))

  it('encoded messages that only a lenient parser accepts', () => {
    const length = 256
    const withoutNull = bytes('302f300b0609608648016503040201 0420'.replace(' ', ''), new Uint8Array(32).fill(7))
    const encodings = [
      pkcs1Encoded(length, sha256),
      pkcs1Encoded(length, withoutNull),
      pkcs1Encoded(length, bytes(sha256, [0])),
      bytes([0, 1], new Array(8).fill(255), [0], sha256, new Array(length - 11 - sha256.length).fill(0)),
      pkcs1Encoded(length, sha256).with(1, 2),
      pkcs1Encoded(length, sha256).with(0, 1),
      pkcs1Encoded(length, sha256).with(5, 0xfe),
    ]
    for (const encoded of encodings) {
      const question = { spki, identifier: rsaPkcs1('SHA-256'), data, signature: signEncoded(pair.privateKey, encoded) }
      expect(agreed(question)).toBe(false)
    }
  })

  it('PSS encodings with faults, and salts of all actual and stated lengths', () => {
    for (const faults of [{}, { trailer: 0xcc }, { separator: 0 }, { separator: 2 }, { padding: 1 }, { high: 0x80 }]) {
      for (const salt of [0, 20, 32, 33, 221]) {
        const encoded = pssEncoded(2048, 'sha256', 'sha256', new Uint8Array(salt).fill(5), data, faults)
        if (encoded[0]! >= 0x80) encoded[0] = 0x80
        const signature = signEncoded(pair.privateKey, encoded)
        for (const stated of [0, 20, 31, 32, 33, 221, 222, 223, 224, 65535]) {
          const verdict = agreed({ spki, identifier: rsaPss('SHA-256', 'SHA-256', stated), data, signature })
          if (Object.keys(faults).length === 0) expect(verdict).toBe(stated === salt)
          else expect(verdict).toBe(false)
        }
      }
    }
  })

  it('a valid signature without its leading zero, with another leading zero, and with the modulus added', () => {
    for (const [identifier, options] of [
      [rsaPkcs1('SHA-256'), {}],
      [rsaPss('SHA-256', 'SHA-256', 32), { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
    ] as const) {
      const small = rsaPair(1024)
      let message: Uint8Array = data
      let signature: Uint8Array = new Uint8Array([1])
      for (let i = 0; signature[0] !== 0; i++) {
        message = bytes(data, integer(i))
        signature = new Uint8Array(sign('sha256', message, { key: small.privateKey, ...options }))
      }
      const question = { spki: small.spki, identifier, data: message, signature }
      expect(agreed(question)).toBe(true)
      expect(agreed({ ...question, signature: signature.subarray(1) })).toBe(false)
      expect(agreed({ ...question, signature: bytes([0], signature) })).toBe(false)
      const { n } = small.privateKey.export({ format: 'jwk' })
      const modulus = BigInt(`0x${Buffer.from(n!, 'base64url').toString('hex')}`)
      const sum = (BigInt(`0x${Buffer.from(signature).toString('hex')}`) + modulus).toString(16)
      expect(agreed({ ...question, signature: bytes(sum.length % 2 === 0 ? sum : `0${sum}`) })).toBe(false)
      expect(agreed({ ...question, signature: bytes(modulus.toString(16)) })).toBe(false)
    }
  })

  it('keys that are restricted to PSS, with and without parameters', () => {
    const key = rsaSpkiParts(spki)
    const restrictions = [[], [pssParameters('SHA-256', 'SHA-256', 32)], [pssParameters('SHA-512', 'SHA-512', 32)], [nul()]]
    const padding = constants.RSA_PKCS1_PSS_PADDING
    for (const parameters of restrictions) {
      const restricted = sequence(algorithm('1.2.840.113549.1.1.10', ...parameters), key)
      for (const saltLength of [20, 31, 32, 40]) {
        const signature = new Uint8Array(sign('sha256', data, { key: pair.privateKey, padding, saltLength }))
        agreed({ spki: restricted, identifier: rsaPss('SHA-256', 'SHA-256', saltLength), data, signature })
      }
      const signature = new Uint8Array(sign('sha256', data, pair.privateKey))
      expect(agreed({ spki: restricted, identifier: rsaPkcs1('SHA-256'), data, signature })).not.toBe(true)
    }
  })

  it('moduli and exponents at and beyond every bound', () => {
    const exponents = [-3, 0, 1, 2, 3, 17, 65536, 65537, 2n ** 32n - 1n, 2n ** 32n + 1n, 2n ** 64n + 1n]
    for (const bits of [4, 511, 512, 1023, 1024, 2048, 3073, 8192, 8193, 16384, 16385]) {
      for (const exponent of exponents) {
        const signature = new Uint8Array(Math.ceil(bits / 8)).fill(1)
        for (const identifier of [rsaPkcs1('SHA-256'), rsaPss('SHA-256', 'SHA-256', 32)]) {
          agreed({ spki: rsaSpki(modulusOf(bits), integer(exponent)), identifier, data, signature })
        }
      }
    }
    agreed({
      spki: rsaSpki(integer(2n ** 2048n - 2n), integer(3)),
      identifier: rsaPkcs1('SHA-256'),
      data,
      signature: new Uint8Array(256),
    })
  })
})

describe.each(['p256', 'p384'] as const)('ECDSA on %s', (kind) => {
  const { spki, privateKey } = keyPair(kind)
  const { n, bytes: width } = curves[kind === 'p256' ? 'P-256' : 'P-384']
  const identifier = ecdsa('SHA-256')
  const rs = new Uint8Array(sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
  const r = BigInt(`0x${Buffer.from(rs.subarray(0, width)).toString('hex')}`)
  const s = BigInt(`0x${Buffer.from(rs.subarray(width)).toString('hex')}`)

  it('r and s at and beyond every bound', () => {
    expect(agreed({ spki, identifier, data, signature: sequence(integer(r), integer(s)) })).toBe(true)
    expect(agreed({ spki, identifier, data, signature: sequence(integer(r), integer(n - s)) })).toBe(true)
    const edges = [0n, 1n, n - 1n, n, n + 1n, -1n, -r, r + n, s + n, 2n ** BigInt(8 * width) - 1n, 2n ** BigInt(8 * width)]
    for (const edge of edges) {
      for (const [first, second] of [
        [edge, s],
        [r, edge],
        [edge, edge],
      ]) {
        expect(agreed({ spki, identifier, data, signature: sequence(integer(first!), integer(second!)) })).toBe(false)
      }
    }
  })

  it('encodings that only a lenient parser accepts', () => {
    const good = sequence(integer(r), integer(s))
    const padded = bytes([2, width + 2, 0, 0], r.toString(16).padStart(2 * width, '0'))
    const faulty = [
      rs,
      bytes(good, [0]),
      bytes(good, nul()),
      sequence(integer(r), integer(s), nul()),
      sequence(integer(r)),
      sequence(padded, integer(s)),
      bytes([0x30, 0x81], good.subarray(1)),
      bytes([0x30, 0x80], good.subarray(2), [0, 0]),
      bytes([0x31], good.subarray(1)),
      new Uint8Array(),
    ]
    for (const signature of faulty) expect(agreed({ spki, identifier, data, signature })).toBe(false)
  })

  it('invalid points, and unsupported curve parameters', () => {
    const point = spki.subarray(spki.length - 2 * width - 1)
    const curve = oid(kind === 'p256' ? '1.2.840.10045.3.1.7' : '1.3.132.0.34')
    const signature = sequence(integer(r), integer(s))
    const points = [
      bytes([0]),
      bytes([2 + (point.at(-1)! & 1)], point.subarray(1, width + 1)),
      bytes([6 + (point.at(-1)! & 1)], point.subarray(1)),
      point.with(5, point[5]! ^ 1),
      new Uint8Array(2 * width + 1).fill(255, 1).with(0, 4),
      new Uint8Array(2 * width + 1).with(0, 4),
    ]
    for (const invalid of points) expect(agreed({ spki: ecSpki(invalid, curve), identifier, data, signature })).toBeUndefined()
    for (const parameters of [nul(), oid('1.3.132.0.10'), oid('1.3.132.0.35'), sequence(integer(1)), new Uint8Array()]) {
      expect(agreed({ spki: ecSpki(point, parameters), identifier, data, signature })).toBeUndefined()
    }
  })
})

it('every answer occurs often', () => {
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
})

/** The BIT STRING that ends a SubjectPublicKeyInfo of rsaEncryption. */
function rsaSpkiParts(spki: Uint8Array): Uint8Array {
  const start = spki.indexOf(0x03, 19)
  expect(bitString(spki.subarray(start + 5))).toEqual(spki.subarray(start))
  return spki.subarray(start)
}
