import { describe, expect, it } from 'vitest'
import type { VerifyingKey } from '../../../src/crypto/backend.ts'
import { SignatureMemo, slotOf } from '../../../src/truststore/signature-memo.ts'
import type { CertificateView } from '../../../src/x509/certificate.ts'

const key = (): VerifyingKey => ({ verify: () => false })

/** Bytes in place of a certificate: all that the memo looks at. */
function certificate(seed: number, length = 800, tail = seed): CertificateView {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, seed)
  view.setUint32(length - 4, Math.imul(tail, 0x9e3779b1))
  return { bytes } as CertificateView
}

/** Bytes of certificates that a generation holds at most, and what an entry costs beyond its bytes. */
const generation = 2 * 1024 * 1024
const overhead = 200

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

  it('does not know them with any bit bent, with the tail that finds them kept, nor shortened or prolonged', () => {
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

  it('keeps a copy: who changes the bytes afterwards does not change what is known', () => {
    const memo = new SignatureMemo()
    const child = certificate(1)
    memo.add(child, ca)
    child.bytes[100]! ^= 1
    expect(memo.has(child, ca)).toBe(false)
    child.bytes[100]! ^= 1
    expect(memo.has(child, ca)).toBe(true)
  })

  it('finds by the last four bytes, and takes none for another where those are the same', () => {
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

  it('forgets what nobody asked for during a whole generation, and nothing else', () => {
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
      const bytes = [...memo[part].values()].reduce((sum, { der }) => sum + der.length + overhead, 0)
      expect(bytes).toBeLessThanOrEqual(generation)
      expect(bytes).toBeGreaterThan(0)
    }
  })

  it('is not filled by one certificate that comes again and again, nor by two that take each other’s place', () => {
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
