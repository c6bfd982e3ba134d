import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  type Chain,
  parseCertificate,
  parseRevocationList,
  profiles,
  type Truststore,
  type VerifyOptions,
  verifyChain,
} from '../../../src/index.ts'
import { keyPair, mint, mintCrl } from '../../support/mint.ts'
import { valueIn } from '../../support/refusal.ts'

/** The arguments of verifyChain: wrong ones are a TypeError that names the option. */

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
    ['PEM', leaf.pem, 'chain must be a Uint8Array or an array of them; decodePem converts PEM'],
    ['an ArrayBuffer', leaf.der.buffer, 'chain must be a Uint8Array or an array of them'],
    ['an array-like', { length: 1, 0: leaf.der }, 'chain must be a Uint8Array or an array of them'],
    ['an array of PEM', [leaf.pem], 'chain[0] must be a Uint8Array; decodePem converts PEM'],
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
    for (const text of [leaf.pem, `\uFEFF${leaf.pem}`, `subject=CN = a\n\n${leaf.pem}`]) {
      const pem = Buffer.from(text)
      for (const chain of [pem, [pem]]) {
        expect(verifyChain(store, chain)).toMatchObject({ code: 'malformed', message: expect.stringContaining('use decodePem') })
      }
    }
    const named = Buffer.concat([Buffer.of(0x30), Buffer.from(leaf.pem)])
    expect(verifyChain(store, named)).toMatchObject({ message: expect.not.stringContaining('PEM') })
    expect(verifyChain(store, Uint8Array.of(0x30))).toMatchObject({ message: expect.not.stringContaining('PEM') })
  })

  it('undefined options count as absent', () => {
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

/** Issued by the root, which the list covers. */
const { der } = mint({ key: keyPair('p256', 2) }, root)
const list = valueIn(parseRevocationList(mintCrl({ issuer: root }).der))
const certificate = valueIn(parseCertificate(root.der))

function verify(options: unknown): unknown {
  return verifyChain(store, der, options as VerifyOptions)
}

describe('revocation is refused', () => {
  it.each<readonly [string, unknown, string]>([
    ['as nothing', null, 'verifyChain: options.revocation must be an object'],
    ['as a list of lists', [list], 'verifyChain: options.revocation.0 is not an option'],
    ['without lists', {}, 'verifyChain: options.revocation.lists must be an array'],
    ['with one list', { lists: list }, 'verifyChain: options.revocation.lists must be an array'],
    ['with bytes', { lists: [list.raw] }, 'verifyChain: options.revocation.lists[0] must be the value of parseRevocationList'],
    ['with a copy', { lists: [list, { ...list }] }, 'verifyChain: options.revocation.lists[1] must be the value'],
    ['with a hole', { lists: new Array(1), unknown: 'allow' }, 'verifyChain: options.revocation.lists[0] must be the value'],
    ['with null', { lists: [null] }, 'verifyChain: options.revocation.lists[0] must be the value'],
    ['with a certificate', { lists: [certificate] }, 'verifyChain: options.revocation.lists[0] must be the value'],
    [
      'with the result of parsing',
      { lists: [{ ok: true, value: list }] },
      'verifyChain: options.revocation.lists[0] must be the value of parseRevocationList',
    ],
    ['with another depth', { lists: [], depth: 'all' }, 'options.revocation.depth must be one of leaf, chain, got all'],
    ['with no depth', { lists: [], depth: null }, 'options.revocation.depth must be one of leaf, chain, got null'],
    ['with unknown as a flag', { lists: [], unknown: true }, 'options.revocation.unknown must be one of refuse, allow, got true'],
    ['with another expired', { lists: [], expired: 'ok' }, 'options.revocation.expired must be one of refuse, allow, got ok'],
    ['with an age as text', { lists: [], maxAgeDays: '7' }, 'options.revocation.maxAgeDays must be a number'],
    ['with a negative age', { lists: [], maxAgeDays: -1 }, 'options.revocation.maxAgeDays must be a number'],
    ['with an age that is none', { lists: [], maxAgeDays: Number.NaN }, 'options.revocation.maxAgeDays must be a number'],
    ['with a misspelt option', { lists: [], maxAge: 7 }, 'verifyChain: options.revocation.maxAge is not an option'],
  ])('%s', (_what, revocation, message) => {
    expect(() => verify({ revocation })).toThrow(TypeError)
    expect(() => verify({ revocation })).toThrow(message)
  })

  it('control: is accepted with every option', () => {
    const revocation = { lists: [list], depth: 'leaf', unknown: 'refuse', expired: 'refuse', maxAgeDays: 30 }
    expect(verify({ revocation })).toMatchObject({ ok: true })
    expect(verify({ revocation: { lists: [list] } })).toMatchObject({ ok: true })
    expect(verify({ revocation: undefined })).toMatchObject({ ok: true })
    expect(verify({ revocation: { lists: Object.freeze([list]), maxAgeDays: Number.POSITIVE_INFINITY } })).toMatchObject({
      ok: true,
    })
  })
})

describe('certificatePolicies are refused', () => {
  const notAnOid = (value: string): string =>
    `verifyChain: options.certificatePolicies.initialPolicies has ${value}, which is not a dotted OID`

  it.each<readonly [string, unknown, string]>([
    ['as nothing', null, 'verifyChain: options.certificatePolicies must be an object'],
    ['as text', '1.2.3', 'verifyChain: options.certificatePolicies must be an object'],
    ['as an array', ['1.2.3'], 'verifyChain: options.certificatePolicies.0 is not an option'],
    ['with one policy as text', { initialPolicies: '1.2.3' }, 'certificatePolicies.initialPolicies must be an array'],
    ['with a set of policies', { initialPolicies: new Set() }, 'certificatePolicies.initialPolicies must be an array'],
    ['with a number', { initialPolicies: [1.2] }, notAnOid('1.2')],
    ['with an empty policy', { initialPolicies: [''] }, notAnOid('')],
    ['with one arc', { initialPolicies: ['1'] }, notAnOid('1')],
    ['with a final dot', { initialPolicies: ['1.2.'] }, notAnOid('1.2.')],
    ['with a final space', { initialPolicies: ['1.2.3 '] }, notAnOid('1.2.3 ')],
    ['with a property of every object', { initialPolicies: ['__proto__'] }, notAnOid('__proto__')],
    ['with a first arc above 2', { initialPolicies: ['3.1'] }, notAnOid('3.1')],
    ['with a leading zero', { initialPolicies: ['1.02'] }, notAnOid('1.02')],
    ['with a name', { initialPolicies: ['1.2.3', 'anyPolicy'] }, notAnOid('anyPolicy')],
    ['with a negative arc', { initialPolicies: ['1.-2'] }, notAnOid('1.-2')],
    ['with an endless arc', { initialPolicies: [`1.${'9'.repeat(40)}`] }, 'which is not a dotted OID'],
    ['with a flag as number', { requireExplicitPolicy: 1 }, 'certificatePolicies.requireExplicitPolicy must be a boolean'],
    ['with a flag as text', { inhibitPolicyMapping: 'no' }, 'certificatePolicies.inhibitPolicyMapping must be a boolean'],
    ['with another flag as number', { inhibitAnyPolicy: 0 }, 'certificatePolicies.inhibitAnyPolicy must be a boolean'],
    ['with a misspelt option', { explicit: true }, 'verifyChain: options.certificatePolicies.explicit is not an option'],
  ])('%s', (_what, certificatePolicies, message) => {
    expect(() => verify({ certificatePolicies })).toThrow(TypeError)
    expect(() => verify({ certificatePolicies })).toThrow(message)
  })

  it('control: is accepted with every option', () => {
    const flags = { requireExplicitPolicy: false, inhibitPolicyMapping: true, inhibitAnyPolicy: false }
    expect(verify({ certificatePolicies: { initialPolicies: ['1.2.3', '2.999.1'], ...flags } })).toMatchObject({ ok: true })
    expect(verify({ certificatePolicies: {} })).toMatchObject({ ok: true, policies: { userConstrained: [] } })
    expect(verify({ certificatePolicies: undefined })).toMatchObject({ ok: true })
  })
})
