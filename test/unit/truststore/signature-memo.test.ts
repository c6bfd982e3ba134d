import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { VerifyingKey } from '../../../src/crypto/signatures.ts'
import { SignatureMemo, slotOf } from '../../../src/truststore/verification-cache.ts'
import type { CertificateView } from '../../../src/x509/certificate.ts'
import { parseCertificateCopy, parseCertificateDer } from '../../../src/x509/parse-certificate.ts'
import { type CertificateSpec, keyPair, mint } from '../../support/mint.ts'
import { valueIn } from '../../support/refusal.ts'

const key = (): VerifyingKey => ({ verify: () => false })

/** Bytes instead of a certificate: the memo reads nothing else. */
function certificate(seed: number, length = 800, tail = seed): CertificateView {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, seed)
  view.setUint32(length - 4, Math.imul(tail, 0x9e3779b1))
  return { bytes } as CertificateView
}

/** Bytes of certificates that a generation holds at most, and what an entry costs beyond its bytes. */
const generation = 2 * 1024 * 1024
const overhead = 300

describe('the memo of signatures', () => {
  const [ca, other] = [key(), key()]

  it('knows exactly these bytes under exactly this key', () => {
    const memo = new SignatureMemo()
    const child = certificate(1)
    expect(memo.has(child, ca)).toBe(false)
    memo.add(child, ca)
    expect(memo.has(child, ca)).toBe(true)
    expect(memo.has(certificate(1), ca)).toBe(true)
    expect(memo.has(child, other)).toBe(false)
    expect(memo.has(certificate(2), ca)).toBe(false)
    expect(new SignatureMemo().has(child, ca)).toBe(false)
  })

  it('does not find bytes that differ in a bit or in length, even with the same last four bytes', () => {
    const memo = new SignatureMemo()
    const child = certificate(1, 120)
    memo.add(child, ca)
    for (let bit = 0; bit < 8 * child.bytes.length; bit++) {
      const bent = child.bytes.slice()
      bent[bit >> 3]! ^= 1 << (bit & 7)
      if (memo.has({ bytes: bent } as CertificateView, ca)) expect.fail(`bit ${bit}`)
    }
    const longer = Uint8Array.from([0, ...child.bytes])
    for (const bytes of [child.bytes.subarray(1), longer, child.bytes.subarray(116), new Uint8Array()]) {
      expect(memo.has({ bytes } as CertificateView, ca)).toBe(false)
    }
  })

  it('looks up by the last four bytes, and compares the rest', () => {
    const memo = new SignatureMemo()
    const [one, two] = [certificate(1, 800, 7), certificate(2, 800, 7)]
    expect(slotOf(one.bytes)).toBe(slotOf(two.bytes))
    memo.add(one, ca)
    expect(memo.has(two, ca)).toBe(false)
    memo.add(two, ca)
    expect([memo.has(one, ca), memo.has(two, ca)]).toEqual([false, true])
    for (let byte = 1; byte <= 4; byte++) {
      const bent = one.bytes.slice()
      bent[bent.length - byte]! ^= 0x80
      expect(slotOf(bent)).not.toBe(slotOf(one.bytes))
    }
  })

  it('forgets only entries that were not used for a whole generation', () => {
    const memo = new SignatureMemo()
    const [idle, busy] = [certificate(-1), certificate(-2)]
    memo.add(idle, ca)
    memo.add(busy, ca)
    const perGeneration = Math.floor(generation / (800 + overhead))
    for (let i = 0; i < perGeneration; i++) {
      memo.add(certificate(i), ca)
      if (!memo.has(busy, ca)) expect.fail(`forgotten after ${i}`)
    }
    for (let i = 0; i < perGeneration; i++) {
      memo.add(certificate(perGeneration + i), ca)
      if (!memo.has(busy, ca)) expect.fail(`forgotten after ${perGeneration + i}`)
    }
    expect([memo.has(idle, ca), memo.has(busy, ca)]).toEqual([false, true])
    expect(memo.has(certificate(2 * perGeneration - 1), ca)).toBe(true)
    expect(memo.has(certificate(0), ca)).toBe(false)
  })

  it('needs as many genuine certificates as fill a generation to be made to forget', () => {
    const memo = new SignatureMemo()
    const victim = certificate(-1)
    memo.add(victim, ca)
    const perGeneration = Math.floor(generation / (800 + overhead))
    for (let i = 0; i < perGeneration; i++) memo.add(certificate(i), ca)
    expect(memo.has(victim, ca)).toBe(true)
  })

  it('holds two generations of bytes at most', () => {
    const memo = new SignatureMemo()
    for (let i = 0; i < 20_000; i++) {
      memo.add(certificate(i, 200 + ((i * 37) % 1500)), ca)
      if (i % 3 === 0 && i > 500) memo.has(certificate(i - 500, 200 + (((i - 500) * 37) % 1500)), ca)
    }
    for (const part of ['young', 'old'] as const) {
      const bytes = [...memo.signatures[part].values()].reduce((sum, { der }) => sum + der.length + overhead, 0)
      expect(bytes).toBeLessThanOrEqual(generation)
      expect(bytes).toBeGreaterThan(0)
    }
  })

  it('is not filled by one repeated certificate, nor by two that alternate', () => {
    const memo = new SignatureMemo()
    const victim = certificate(-1)
    memo.add(victim, ca)
    const [one, two] = [certificate(1, 800, 7), certificate(2, 800, 7)]
    for (let i = 0; i < 10_000; i++) {
      for (const child of [one, two]) if (!memo.has(child, ca)) memo.add(child, ca)
      for (const by of [ca, other]) if (!memo.has(one, by)) memo.add(one, by)
    }
    expect(memo.has(victim, ca)).toBe(true)
  })
})

/** Certificates that can be read and differ in the end of their signature. */
function realCertificates(count: number, spec: CertificateSpec = {}): readonly CertificateView[] {
  const { der } = mint({ subject: 'O=Memo,CN=Client', key: keyPair('p256', 1), signWith: keyPair('p256', 2), ...spec })
  return Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(der)
    new DataView(bytes.buffer).setUint32(bytes.length - 4, Math.imul(i, 0x9e3779b1))
    return valueIn(parseCertificateDer(bytes))
  })
}

describe('the view of a remembered certificate', () => {
  const ca = key()

  it('is of exactly these bytes, and the same every time', () => {
    const memo = new SignatureMemo()
    const [one, two] = realCertificates(2) as [CertificateView, CertificateView]
    expect(memo.recall(one.bytes)).toBeUndefined()
    memo.add(one, ca)
    const view = valueIn(memo.recall(one.bytes)!)
    expect(view).not.toBe(one)
    expect(view.raw).toEqual(one.raw)
    expect(view.toJSON()).toEqual(one.toJSON())
    expect(memo.recall(one.bytes.slice())).toBe(memo.recall(one.bytes))
    expect(memo.recall(two.bytes)).toBeUndefined()
    expect([memo.has(view, ca), memo.has(view, key()), memo.has(two, ca)]).toEqual([true, false, false])
    for (let bit = 0; bit < 8 * one.bytes.length; bit++) {
      const bent = one.bytes.slice()
      bent[bit >> 3]! ^= 1 << (bit & 7)
      if (memo.recall(bent) !== undefined) expect.fail(`bit ${bit}`)
    }
    for (const bytes of [one.bytes.subarray(1), one.bytes.subarray(0, -1), new Uint8Array(), Uint8Array.of(1)])
      expect(memo.recall(bytes)).toBeUndefined()
  })

  it('is of a copy, which nobody can reach', () => {
    const memo = new SignatureMemo()
    const original = (realCertificates(1) as [CertificateView])[0].raw
    const presented = original.slice()
    const child = valueIn(parseCertificateCopy(presented))
    memo.add(child, ca)
    presented.fill(0)
    child.raw.fill(0)
    const view = valueIn(memo.recall(original)!)
    const before = JSON.stringify(view)
    for (const part of [view.raw, view.tbs, view.signature, view.algorithmIdentifier, view.subjectPublicKeyInfo]) part.fill(0)
    Object.assign(view.publicKey, { algorithm: 'RSA', bits: 16 })
    expect(JSON.stringify(view)).toBe(before)
    expect(view.raw).toEqual(original)
    expect(memo.recall(original)).toMatchObject({ ok: true, value: view })
    expect(memo.recall(new Uint8Array(original.length))).toBeUndefined()
  })

  it('is not that of another one with the same tail', () => {
    const memo = new SignatureMemo()
    const [[one], [two]] = [realCertificates(1), realCertificates(1, { subject: 'O=Memo,CN=Other' })] as [
      [CertificateView],
      [CertificateView],
    ]
    expect(slotOf(one.bytes)).toBe(slotOf(two.bytes))
    for (let round = 0; round < 3; round++) {
      for (const [child, other] of [
        [one, two],
        [two, one],
      ] as const) {
        memo.add(child, ca)
        expect(valueIn(memo.recall(child.bytes)!).subject).toBe(child.subject)
        expect(memo.recall(other.bytes)).toBeUndefined()
      }
    }
  })

  it('is dropped when two generations are full, while its signature stays known', () => {
    const memo = new SignatureMemo()
    const limit = 2 * generation
    const children = realCertificates(3800)
    for (const child of children) {
      memo.add(child, ca)
      memo.recall(child.bytes)
    }
    for (const part of ['young', 'old'] as const) {
      const entries = [...memo.views[part].values()]
      const bytes = entries.map(({ der, parsed }) => der.length + overhead + valueIn(parsed).heapBytes)
      expect(bytes.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(limit)
    }
    expect(memo.views.old.size).toBeGreaterThan(limit / 4000)
    expect(memo.views.old.size).toBeLessThan(limit / 1500)
    expect(memo.views.find(children[0]!.bytes)).toBeUndefined()
    expect(memo.has(children[0]!, ca)).toBe(true)
    expect(valueIn(memo.recall(children[0]!.bytes)!).raw).toEqual(children[0]!.raw)
  })

  it('stays where its signature was forgotten, which is then to be computed anew', () => {
    const memo = new SignatureMemo()
    const [child] = realCertificates(1) as [CertificateView]
    memo.add(child, ca)
    const view = valueIn(memo.recall(child.bytes)!)
    for (let i = 0; i < 3 * Math.floor(generation / (800 + overhead)); i++) memo.add(certificate(i), ca)
    expect(valueIn(memo.recall(child.bytes)!)).toBe(view)
    expect(memo.has(view, ca)).toBe(false)
    memo.add(view, ca)
    expect([memo.has(view, ca), memo.has(child, ca)]).toEqual([true, true])
  })

  it.each<readonly [string, CertificateSpec]>([
    ['as usual', {}],
    ['an RSA key', { key: keyPair('rsa2048', 0) }],
    ['long names beyond Latin', { subject: `O=${'漢'.repeat(60)},CN=${'x'.repeat(60)}` }],
    ['a name that is not text', { subject: [['O', 'x'.repeat(500), 't61']] }],
    ['a name of a long type', { subject: [[`1.2.${'99999.'.repeat(80)}1`, 'x']] }],
    ['a name of many parts', { subject: Array.from({ length: 40 }, (_, i) => `O=漢${i}`).join(',') }],
  ])('takes no more heap than is counted, with all that it remembers itself: %s', (_what, spec) => {
    const collect = collector()
    const count = 400
    const children = realCertificates(count, spec)
    const fill = (): SignatureMemo => {
      const memo = new SignatureMemo()
      for (const child of children) {
        memo.add(child, ca)
        const { keyParts, parsedAlgorithm, issuerKey, subjectKey, fingerprint } = valueIn(memo.recall(child.bytes)!)
        if ([keyParts, parsedAlgorithm, issuerKey, subjectKey, fingerprint].includes('')) throw new Error('nothing')
      }
      return memo
    }
    // Code that runs for the first time takes memory in the engine, which is not the memo's.
    const memos = [fill(), fill()]
    const before = collect()
    for (let i = 0; i < 3; i++) memos.push(fill())
    const taken = (collect() - before) / 3
    const [signatures, views] = [memos[0]!.signatures, memos[0]!.views]
    const counted = signatures.youngBytes + views.youngBytes
    expect(signatures.old.size + views.old.size).toBe(0)
    expect(taken).toBeLessThan(counted)
    expect(taken).toBeGreaterThan(counted / 4)
  })
})

/** Collects all garbage and answers how many bytes are in use. */
function collector(): () => number {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  return () => {
    for (let i = 0; i < 3; i++) gc()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
}
