import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { importBundle } from '../../src/import/index.ts'
import { buildTruststore, lintTruststore, verifyChain } from '../../src/index.ts'
import { tlv } from '../support/der.ts'
import { keyPair, mint } from '../support/mint.ts'
import { pemOf } from '../support/pem.ts'
import { indefinite, pkcs7 } from '../support/pkcs7.ts'

/** PKCS #7 is a container: it must not be a way around a rule, nor costly to open. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Container' })
const weak = mint({ ca: true, key: keyPair('rsa1024'), subject: 'CN=Weak' })
const expired = mint({ ca: true, subject: 'CN=Old', key: keyPair('p256', 1), notAfter: new Date('2020-01-01') })
const client = mint({ subject: 'CN=client' }, weak)

function contents(input: Uint8Array): readonly Uint8Array[] {
  const bundle = importBundle(input)
  if (!bundle.ok) throw new Error(bundle.message)
  return bundle.value.certificates
}

function milliseconds(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

describe('the certificates of a PKCS #7 file', () => {
  it('pass every rule that they pass in PEM, and no other', () => {
    const bundled = [root.der, weak.der, expired.der, root.der, tlv(0x30, [1, 2, 3])]
    const pem = bundled.map((der) => pemOf('CERTIFICATE', der)).join('')
    const found = (input: Parameters<typeof lintTruststore>[0]): unknown =>
      lintTruststore(input).findings.map(({ line, ...finding }) => finding)
    const imported = contents(pkcs7({ certificates: bundled }))
    expect(found(imported)).toEqual(found(pem))
    const store = buildTruststore(imported)
    expect(store.certificates).toEqual(buildTruststore(pem).certificates)
    expect(verifyChain(store, client.der)).toMatchObject({ ok: false })
  })

  it('are not taken from the signed content, from signer infos or from unknown fields', () => {
    const signed = pkcs7({
      certificates: [root.der],
      content: tlv(0x04, pkcs7({ certificates: [weak.der] })),
      signerInfos: [weak.der],
    })
    expect(contents(signed)).toEqual([root.der])
    const bent = Buffer.from(pkcs7({ certificates: [root.der] }))
    const field = bent.indexOf(root.der) - 4
    for (const tag of [0xa2, 0x80, 0x30, 0x31]) {
      bent[field] = tag
      expect(importBundle(bent).ok && importBundle(bent)).toBe(false)
    }
  })

  it('cannot overlap, nor reach beyond their field', () => {
    const file = Buffer.from(pkcs7({ certificates: [root.der, weak.der] }))
    const at = file.indexOf(root.der)
    // The length of the first certificate, larger by one up to the whole file.
    for (const more of [1, 2, weak.der.length, weak.der.length + 1, 0x4000]) {
      const bent = Buffer.from(file)
      bent.writeUInt16BE(bent.readUInt16BE(at + 2) + more, at + 2)
      const bundle = importBundle(bent)
      const total = bundle.ok ? bundle.value.certificates.reduce((sum, { length }) => sum + length, 0) : 0
      expect(total).toBeLessThanOrEqual(root.der.length + weak.der.length)
      if (bundle.ok) expect(() => buildTruststore(bundle.value.certificates)).toThrow()
    }
  })

  it('may be anything: what is no certificate is left out with a finding', () => {
    const imported = contents(pkcs7({ certificates: [tlv(0x30), indefinite(0x30, tlv(2, [1])), root.der] }))
    const store = buildTruststore(imported)
    expect(store.certificates).toHaveLength(1)
    expect(store.findings.map(({ severity }) => severity)).toEqual(['error', 'error'])
  })
})

describe('a hostile container', () => {
  const size = 10 * 1024 * 1024
  const filled = (unit: readonly number[]): Uint8Array => Buffer.alloc(size, Buffer.from(unit))
  const header = pkcs7({}).subarray(0, 11)

  it.each<[string, () => Uint8Array]>([
    ['indefinite lengths in each other', () => filled([0x30, 0x80])],
    ['indefinite lengths in its content', () => pkcs7({ content: filled([0x24, 0x80]), isIndefinite: true })],
    ['definite lengths in each other', () => filled([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff])],
    ['millions of empty certificates', () => pkcs7({ certificates: [filled([0x30, 0x00])], isIndefinite: true })],
    ['millions of empty elements', () => filled([0x30, 0x00])],
    ['millions of ends', () => filled([0x00, 0x00])],
    ['millions of containers', () => filled([...pkcs7({})])],
    ['a huge length', () => Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff])],
    ['a length of many bytes', () => Buffer.from([0x30, 0xff, ...header])],
    ['nothing behind its header', () => Buffer.from([0x30, 0x80])],
    ['its header alone', () => header],
    ['PEM of containers', () => Buffer.from(pemOf('PKCS7', pkcs7({})).repeat(50_000))],
  ])('is read in bounded time: %s', (_name, make) => {
    const file = make()
    expect(milliseconds(() => importBundle(file))).toBeLessThan(3000)
  })

  it.each([
    ['certificates', pkcs7({ certificates: [Buffer.alloc(2 * 100_001, Buffer.of(0x30, 0))] })],
    ['elements', Buffer.alloc(133 * 100_001, Buffer.from(tlv(0x30, new Uint8Array(130))))],
  ])('is refused above 100,000 %s', (_name, file) => {
    expect(importBundle(file)).toMatchObject({ ok: false, code: 'too_many' })
  })

  it('has no more elements than one file may have, wherever they are', () => {
    const many = pkcs7({ certificates: new Array(60_000).fill(tlv(0x30)) })
    expect(importBundle(many).ok).toBe(true)
    expect(importBundle(Buffer.concat([many, many]))).toMatchObject({ ok: false, code: 'too_many' })
    const pem = pemOf('PKCS7', many)
    expect(importBundle(pem + pem)).toMatchObject({ ok: false, code: 'too_many' })
  })

  it('holds nothing that OpenSSL does not find in it', () => {
    const one = pkcs7({ certificates: [root.der] })
    expect(importBundle(pemOf('PKCS7', Buffer.concat([one, weak.der])))).toMatchObject({ code: 'trailing_bytes' })
    for (const stray of [tlv(0x02, [1]), tlv(0x04, [1]), tlv(0x31), [0, 0]]) {
      const file = pkcs7({ certificates: [root.der, Uint8Array.from(stray), weak.der] })
      expect(importBundle(file)).toMatchObject({ ok: false, code: 'unexpected_tag' })
    }
  })

  it('is refused above 64 MB before anything is read', () => {
    expect(importBundle(new Uint8Array(64 * 1024 * 1024 + 1))).toMatchObject({ ok: false, code: 'too_large' })
  })

  it('never throws, whatever is changed', () => {
    const whole = [
      pkcs7({ certificates: [root.der] }),
      pkcs7({ certificates: [root.der], lists: [root.der], isIndefinite: true }),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(2000),
        (file, changes, length) => {
          const bent = Uint8Array.from(file)
          for (const [at, byte] of changes) bent[at] = byte
          const bundle = importBundle(bent.subarray(0, length > 1000 ? bent.length : length))
          if (!bundle.ok) return
          const { certificates, revocationLists } = bundle.value
          for (const der of [...certificates, ...revocationLists]) expect(Buffer.from(bent).includes(Buffer.from(der))).toBe(true)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
