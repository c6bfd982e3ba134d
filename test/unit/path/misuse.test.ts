import { describe, expect, it } from 'vitest'
import { buildTruststore, type Chain, profiles, type Truststore, type VerifyOptions, verifyChain } from '../../../src/index.ts'
import { keyPair, mint } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const intermediate = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Intermediate' }, root)
const leaf = mint({ key: keyPair('p256', 2), subjectAltNames: [{ dns: 'a.example' }] }, intermediate)
const store = buildTruststore([root.der, intermediate.der])

describe('wrong arguments are a TypeError', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['PEM', root.pem],
    ['an object of the right shape', { ...store }],
    ['an object with the right prototype’s name', Object.create({ constructor: { name: 'TruststoreView' } })],
  ])('%s as truststore', (_, wrong) => {
    expect(() => verifyChain(wrong as Truststore, leaf.der)).toThrow(
      new TypeError('verifyChain: store must be a Truststore made by buildTruststore'),
    )
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'chain must be a Uint8Array or an array of them'],
    ['null', null, 'chain must be a Uint8Array or an array of them'],
    ['PEM', leaf.pem, 'chain must be a Uint8Array or an array of them'],
    ['an ArrayBuffer', leaf.der.buffer, 'chain must be a Uint8Array or an array of them'],
    ['an array-like', { length: 1, 0: leaf.der }, 'chain must be a Uint8Array or an array of them'],
    ['an array of PEM', [leaf.pem], 'chain[0] must be a Uint8Array'],
    ['an array with a hole', [leaf.der, undefined], 'chain[1] must be a Uint8Array'],
    ['an array of nothing', [undefined], 'chain[0] must be a Uint8Array'],
  ])('%s as chain', (_, chain, message) => {
    expect(() => verifyChain(store, chain as Chain)).toThrow(TypeError)
    expect(() => verifyChain(store, chain as Chain)).toThrow(`verifyChain: ${message}`)
  })

  it.each<[string, unknown, string]>([
    ['null', null, 'must be an object'],
    ['a number', 7, 'must be an object'],
    ['an unknown option', { now: 0 }, 'options.now is not an option'],
    ['a misspelt option', { servername: 'a.example' }, 'servername'],
    ['an unknown purpose', { purpose: 'clientAuth' }, 'purpose'],
    ['a null purpose', { purpose: null }, 'purpose'],
    ['a server name in bytes', { serverName: Buffer.from('a.example') }, 'serverName'],
    ['an invalid date', { at: new Date('never') }, 'at must be a valid Date'],
    ['a date as text', { at: '2026-01-01' }, 'at must be a valid Date'],
    ['a null date', { at: null }, 'at must be a valid Date'],
    ['an infinite date', { at: Number.POSITIVE_INFINITY }, 'at must be a valid Date'],
    ['a bigint date', { at: 0n }, 'at must be a valid Date'],
  ])('%s as options', (_, options, message) => {
    expect(() => verifyChain(store, leaf.der, options as VerifyOptions)).toThrow(TypeError)
    expect(() => verifyChain(store, leaf.der, options as VerifyOptions)).toThrow(message)
  })

  it('bytes of PEM as chain are malformed, and the message says what to do', () => {
    const pem = Buffer.from(leaf.pem)
    for (const chain of [pem, [pem]]) {
      expect(verifyChain(store, chain)).toMatchObject({ code: 'malformed', message: expect.stringContaining('use decodePem') })
    }
    expect(verifyChain(store, Uint8Array.of(0x30))).toMatchObject({ message: expect.not.stringContaining('PEM') })
  })

  it('but undefined options are absent ones', () => {
    const options = { at: undefined, purpose: undefined, serverName: undefined } as unknown as VerifyOptions
    expect(verifyChain(store, leaf.der, options)).toMatchObject({ ok: true })
  })
})

describe('the chain', () => {
  const policy = { ...profiles.rfc5280, conformance: 'practical' as const }
  const rootOnly = buildTruststore(root.der, { policy })

  it('is read in views into a larger buffer, as TLS gives them', () => {
    const pool = Buffer.concat([Buffer.alloc(13, 0x30), leaf.der, Buffer.alloc(5, 0x82), intermediate.der, Buffer.alloc(3)])
    const first = pool.subarray(13, 13 + leaf.der.length)
    const secondStart = 18 + leaf.der.length
    const second = new Uint8Array(pool.buffer, pool.byteOffset + secondStart, intermediate.der.length)
    const before = Buffer.from(pool)
    const verdict = verifyChain(rootOnly, [first, second], { serverName: 'a.example', at: new Date() })
    expect(verdict).toMatchObject({ ok: true, leaf: { subject: leaf.subject.toString().split(',').reverse().join(',') } })
    expect(verdict.ok && Buffer.from(verdict.leaf.raw).equals(leaf.der)).toBe(true)
    expect(pool.equals(before)).toBe(true)
  })

  it('may be an array that is empty, whatever stands at the indices of its prototype', () => {
    try {
      Object.defineProperty(Array.prototype, 0, { value: leaf.der, configurable: true, writable: true })
      expect(verifyChain(store, [])).toMatchObject({ ok: false, code: 'malformed' })
    } finally {
      Reflect.deleteProperty(Array.prototype, 0)
    }
  })

  it('may be frozen', () => {
    expect(verifyChain(rootOnly, Object.freeze([leaf.der, intermediate.der]))).toMatchObject({ ok: true })
  })

  it('of one certificate may be given without an array', () => {
    expect(verifyChain(store, leaf.der)).toMatchObject({ ok: true })
    expect(verifyChain(store, Buffer.from(leaf.der))).toMatchObject({ ok: true })
  })

  it('may hold what cannot be read after the leaf', () => {
    const chain = [leaf.der, Uint8Array.of(1, 2, 3), new Uint8Array(), intermediate.der, intermediate.der.slice(0, 50)]
    expect(verifyChain(rootOnly, chain)).toMatchObject({ ok: true })
  })

  it('of bytes that change later leaves the truststore as it was', () => {
    const der = leaf.der.slice()
    expect(verifyChain(store, der)).toMatchObject({ ok: true })
    der.fill(0)
    expect(verifyChain(store, der)).toMatchObject({ ok: false, code: 'malformed' })
    expect(verifyChain(store, leaf.der)).toMatchObject({ ok: true })
  })
})
