import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { pureSignatures } from '../../../src/crypto/signatures.ts'
import { ecdsa, rsaPkcs1, rsaPss } from '../../support/algorithms.ts'
import { algorithm, bitString, bytes, nul, oid, sequence } from '../../support/der.ts'
import { rsaPair } from '../../support/rsa.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ecSpki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))

describe('pureSignatures', () => {
  it('has a name', () => {
    expect(pureSignatures.name).toBe('pure')
  })

  it('imports only usable keys, and never throws', () => {
    const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })
    const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey.export({ type: 'spki', format: 'der' })
    const refused: unknown[] = [
      ...[undefined, null, 'text', {}, [], 7, ecSpki.buffer],
      ...[new Uint8Array(), sequence(), nul(), ed25519, p521, bytes(ecSpki, [0]), ecSpki.subarray(1), ecSpki.subarray(0, 90)],
      sequence(algorithm('1.2.840.10045.2.1', oid('1.2.840.10045.3.1.7')), bitString([0])),
    ]
    for (const spki of refused) expect(pureSignatures.importKey(spki as Uint8Array)).toBeUndefined()
  })

  it('returns false for arguments that are not bytes', () => {
    for (const [spki, identifier] of [
      [ecSpki, ecdsa('SHA-256')],
      [rsaPair().spki, rsaPkcs1('SHA-256')],
    ] as const) {
      const key = pureSignatures.importKey(spki)!
      const some = new Uint8Array(256)
      for (const wrong of [undefined, null, 'text', [1], {}] as never[]) {
        expect(key.verify(wrong, some, some)).toBe(false)
        expect(key.verify(identifier, wrong, some)).toBe(false)
        expect(key.verify(identifier, some, wrong)).toBe(false)
      }
    }
  })

  it('returns false for every prefix of an algorithm identifier', () => {
    const key = pureSignatures.importKey(rsaPair().spki)!
    const identifier = rsaPss('SHA-256', 'SHA-256', 32)
    for (let end = 0; end < identifier.length; end++) {
      expect(key.verify(identifier.subarray(0, end), new Uint8Array(8), new Uint8Array(256))).toBe(false)
    }
  })

  it('imports keys from views into larger buffers', () => {
    const view = bytes([1, 2, 3], ecSpki, [4]).subarray(3, 3 + ecSpki.length)
    expect(pureSignatures.importKey(view)).toBeDefined()
  })
})
