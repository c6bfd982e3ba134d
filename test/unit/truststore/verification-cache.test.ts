import { describe, expect, it } from 'vitest'
import { TableBudget } from '../../../src/crypto/curve/point-key.ts'
import type { SignatureBackend, VerifyingKey } from '../../../src/crypto/signatures.ts'
import { VerificationCache } from '../../../src/truststore/verification-cache.ts'
import type { CertificateView } from '../../../src/x509/certificate.ts'
import { maxCertificateBytes } from '../../../src/x509/parse-certificate.ts'
import { mint } from '../../support/mint.ts'
import { refusal, valueIn } from '../../support/refusal.ts'

const limit = 64

function certificate(seed: number, tail = seed): CertificateView {
  const bytes = new Uint8Array(300)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, seed)
  view.setUint32(296, tail)
  const isSignedBy = (by: VerifyingKey): boolean => by.verify(new Uint8Array(), bytes.subarray(0, 200), bytes.subarray(200))
  return { bytes, isSignedBy, subjectPublicKeyInfo: bytes.subarray(0, 4) } as unknown as CertificateView
}

/** Returns the given results, and counts the calls. */
class CountedKey implements VerifyingKey {
  asked = 0
  private readonly answer: boolean

  constructor(answer = true) {
    this.answer = answer
  }

  verify(): boolean {
    this.asked++
    return this.answer
  }
}

const backend: SignatureBackend = { name: 'counted', importKey: () => new CountedKey() }
const newCache = (): VerificationCache => new VerificationCache(backend, 0)

describe('the cache', () => {
  it('imports keys by its backend, which gets the memory that they share', () => {
    const seen: unknown[] = []
    const key = new CountedKey()
    const importKey = (...given: unknown[]): VerifyingKey => {
      seen.push(given)
      return key
    }
    const cache = new VerificationCache({ name: 'seen', importKey }, 1234)
    const child = certificate(5)
    expect(cache.importKey(child)).toBe(key)
    cache.remember(child)
    const [first, second] = seen as [[Uint8Array, TableBudget], [Uint8Array, TableBudget]]
    expect(first[0]).toBe(child.subjectPublicKeyInfo)
    expect(first[1]).toBeInstanceOf(TableBudget)
    expect(first[1].hasRoom(1234) && !first[1].hasRoom(1235)).toBe(true)
    expect(second[1]).toBe(first[1])
  })

  it('gives untrusted keys no memory', () => {
    const budgets: TableBudget[] = []
    const importKey = (_spki: Uint8Array, tables: TableBudget): VerifyingKey => {
      budgets.push(tables)
      return new CountedKey()
    }
    new VerificationCache({ name: 'seen', importKey }, 1234).importUntrusted(certificate(5))
    expect(budgets.map((tables) => tables.hasRoom(1))).toEqual([false])
  })

  it('verifies a good signature once, and a bad one every time', () => {
    const cache = newCache()
    const [good, bad] = [new CountedKey(), new CountedKey(false)]
    const child = certificate(1)
    expect([cache.hasSigned(good, child), cache.hasSigned(good, child), good.asked]).toEqual([true, true, 1])
    expect([cache.hasSigned(bad, child), cache.hasSigned(bad, child), bad.asked]).toEqual([false, false, 2])
    expect([cache.hasSigned(good, certificate(2)), good.asked]).toEqual([true, 2])
    expect([newCache().hasSigned(good, child), good.asked]).toEqual([true, 3])
  })

  it('knows presented CAs by all of their bytes', () => {
    const cache = newCache()
    const presented = certificate(1)
    expect(cache.presentedKey(presented)).toBeUndefined()
    cache.remember(presented)
    const key = cache.presentedKey(presented)
    expect(key).toBeInstanceOf(CountedKey)
    expect(cache.presentedKey(certificate(1))).toBe(key)
    for (let at = 0; at < presented.bytes.length; at++) {
      const bytes = presented.bytes.with(at, presented.bytes[at]! ^ 1)
      if (cache.presentedKey({ bytes } as CertificateView) !== undefined) expect.fail(`byte ${at}`)
    }
  })

  it('reads copies, and refuses what is too large uncopied', () => {
    const { der } = mint({ subject: 'O=VerificationCache,CN=Client' })
    const memory = new Uint8Array(der)
    const view = valueIn(newCache().parse(memory))
    memory.fill(0)
    expect([view.subject, view.raw]).toEqual(['CN=Client,O=VerificationCache', new Uint8Array(der)])
    expect(refusal(newCache().parse(new Uint8Array()))).toEqual(['empty_input', 0])
    const large = new Proxy(new Uint8Array(maxCertificateBytes + 1), { get: (target, key) => Reflect.get(target, key) })
    expect(refusal(newCache().parse(large))).toEqual(['too_large', 0])
  })

  it('does not confuse presented CAs with the same last bytes', () => {
    const cache = newCache()
    cache.remember(certificate(1, 7))
    const first = cache.presentedKey(certificate(1, 7))
    cache.remember(certificate(2, 7))
    cache.remember(certificate(1, 7))
    expect(first).toBeDefined()
    expect([cache.presentedKey(certificate(1, 7)), cache.presentedKey(certificate(2, 7))]).toEqual([first, undefined])
  })

  it(`keeps ${limit} presented CAs, those used last`, () => {
    const cache = newCache()
    for (let i = 0; i < limit; i++) cache.remember(certificate(i))
    expect(cache.presentedKey(certificate(0))).toBeDefined()
    cache.remember(certificate(limit))
    const kept = Array.from({ length: limit + 1 }, (_, i) => cache.presentedKey(certificate(i)) !== undefined)
    expect(kept.flatMap((is, i) => (is ? [] : [i]))).toEqual([1])
    for (let i = 0; i < 1000; i++) cache.remember(certificate(5000 + i))
    expect((cache.presentedKeys as Map<number, unknown>).size).toBe(limit)
  })
})
