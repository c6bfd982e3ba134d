import * as crypto from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { buildTruststore, pureSignatures, verifyChain } from '../../../src/index.ts'
import { nodeSignatures } from '../../../src/node/index.ts'
import { ecdsa, rsaPkcs1, rsaPss } from '../../support/algorithms.ts'
import { bytes, sequence } from '../../support/der.ts'
import { type KeyKind, keyPair, signBytes } from '../../support/keys.ts'
import { mint } from '../../support/mint.ts'
import { pssEncoded, rsaPair, signEncoded } from '../../support/rsa.ts'

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>()
  return { ...real, verify: vi.fn(real.verify), createPublicKey: vi.fn(real.createPublicKey) }
})

const native = vi.mocked(crypto.verify)
const data = Uint8Array.from({ length: 300 }, (_, i) => i)

beforeEach(() => {
  native.mockClear()
})

const kinds: readonly (readonly [KeyKind, Uint8Array])[] = [
  ['rsa2048', rsaPkcs1('SHA-256')],
  ['p256', ecdsa('SHA-256')],
  ['p384', ecdsa('SHA-256')],
]

describe('nodeSignatures', () => {
  it('has a name, and leaves each algorithm to the faster side', () => {
    expect(nodeSignatures.name).toBe('node')
    for (const [kind, identifier] of kinds) {
      native.mockClear()
      const pair = keyPair(kind)
      const signature = signBytes(pair, 'sha256', false, data)
      expect(nodeSignatures.importKey(pair.spki)?.verify(identifier, data, signature)).toBe(true)
      expect(native).toHaveBeenCalledTimes(kind === 'rsa2048' ? 1 : 0)
    }
  })

  it('serves a truststore', () => {
    const ca = mint({ ca: true, key: keyPair('rsa2048') })
    const store = buildTruststore(ca.pem, { signatures: nodeSignatures })
    const client = mint({}, ca)
    native.mockClear()
    expect(verifyChain(store, client.der)).toMatchObject({ ok: true })
    expect(native).toHaveBeenCalledTimes(1)
    const { length } = client.der
    expect(verifyChain(store, client.der.with(length - 9, client.der[length - 9]! ^ 1))).toMatchObject({
      code: 'signature_mismatch',
    })
  })

  it('imports only usable keys, and returns false for arguments that are not bytes', () => {
    for (const spki of [undefined, null, 'text', {}, new Uint8Array(), sequence(), bytes(rsaPair().spki, [0])]) {
      expect(nodeSignatures.importKey(spki as Uint8Array)).toBeUndefined()
    }
    const some = new Uint8Array(256)
    for (const [kind, identifier] of kinds) {
      const key = nodeSignatures.importKey(keyPair(kind).spki)!
      for (const wrong of [undefined, null, 'text', [1], {}] as never[]) {
        expect(key.verify(wrong, some, some)).toBe(false)
        expect(key.verify(identifier, wrong, some)).toBe(false)
        expect(key.verify(identifier, some, wrong)).toBe(false)
      }
    }
  })

  it('keeps its own copy of the key', () => {
    for (const [kind, identifier] of kinds) {
      const pair = keyPair(kind)
      const spki = Buffer.from(pair.spki)
      const key = nodeSignatures.importKey(spki)
      spki.fill(0)
      expect(key?.verify(identifier, data, signBytes(pair, 'sha256', false, data))).toBe(true)
    }
  })
})

describe('what node:crypto is not asked', () => {
  const pair = rsaPair()
  const key = nodeSignatures.importKey(pair.spki)!

  it.each<readonly [string, Uint8Array, Uint8Array, boolean]>([
    ['SHA-1', rsaPkcs1('SHA-1'), new Uint8Array(crypto.sign('sha1', data, pair.privateKey)), true],
    ['SHA-224', rsaPkcs1('SHA-224'), new Uint8Array(crypto.sign('sha224', data, pair.privateKey)), true],
    [
      'another hash in MGF1',
      rsaPss('SHA-256', 'SHA-512', 32),
      signEncoded(pair.privateKey, pssEncoded(2048, 'sha256', 'sha512', new Uint8Array(32), data)),
      true,
    ],
    ['a signature that is too short', rsaPkcs1('SHA-256'), new Uint8Array(255), false],
    ['a signature that is not below the modulus', rsaPkcs1('SHA-256'), new Uint8Array(256).fill(255), false],
    ['a salt longer than the key', rsaPss('SHA-256', 'SHA-256', 65535), new Uint8Array(256), false],
  ])('%s', (_what, identifier, signature, genuine) => {
    expect(key.verify(identifier, data, signature)).toBe(genuine)
    expect(native).not.toHaveBeenCalled()
  })

  it('keys outside the sizes that every TLS library takes', () => {
    const small = rsaPair(768)
    const signature = new Uint8Array(crypto.sign('sha256', data, small.privateKey))
    expect(nodeSignatures.importKey(small.spki)?.verify(rsaPkcs1('SHA-256'), data, signature)).toBe(true)
    expect(native).not.toHaveBeenCalled()
  })
})

describe('a system that refuses an algorithm', () => {
  const refusal = (): never => {
    throw new Error('unsupported')
  }

  it('is replaced by TypeScript for a signature', () => {
    for (const [kind, identifier] of kinds.slice(0, 1)) {
      const pair = keyPair(kind)
      native.mockImplementationOnce(refusal)
      const key = nodeSignatures.importKey(pair.spki)!
      const signature = signBytes(pair, 'sha256', false, data)
      expect(key.verify(identifier, data, signature)).toBe(true)
      native.mockImplementationOnce(refusal)
      expect(key.verify(identifier, data.with(0, 9), signature)).toBe(false)
      expect(native).toHaveBeenCalledTimes(2)
      native.mockClear()
    }
  })

  it('is replaced by TypeScript for a key', () => {
    for (const [kind, identifier] of kinds.slice(0, 1)) {
      const pair = keyPair(kind)
      vi.mocked(crypto.createPublicKey).mockImplementationOnce(refusal)
      expect(nodeSignatures.importKey(pair.spki)?.verify(identifier, data, signBytes(pair, 'sha256', false, data))).toBe(true)
      expect(native).not.toHaveBeenCalled()
    }
  })
})

it('pureSignatures has no part of node:crypto', () => {
  const pair = keyPair('rsa2048')
  expect(pureSignatures.importKey(pair.spki)?.verify(rsaPkcs1('SHA-256'), data, signBytes(pair, 'sha256', false, data))).toBe(
    true,
  )
  expect(native).not.toHaveBeenCalled()
})
