import { describe, expect, it } from 'vitest'
import * as headers from '../../src/headers/index.ts'
import * as core from '../../src/index.ts'
import * as inspecting from '../../src/inspect/index.ts'
import * as node from '../../src/node/index.ts'
import { decisions, lints, loosening, outcome } from '../support/decisions.ts'
import { keyPair, mint, mintCrl } from '../support/mint.ts'
import { declaredNames, everyName, lookups, withPrototype } from '../support/polluted.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, storeFor, storeOf } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/**
 * Properties that other code puts on `Object.prototype` are not read as options, headers, answers or parts of the library's own
 * objects: no decision changes.
 */

const calls = Object.entries(decisions).flatMap(([name, list]) => list.map((call, i) => [`${name} ${i}`, call] as const))
const outcomes = (): readonly string[] => calls.map(([name, call]) => `${name}: ${outcome(call)}`)
const usual = outcomes()
const indices = ['-1', '0', '1', '2', '3']
const names = [...declaredNames(), ...indices]

describe('options that are not enumerable or null', () => {
  const hidden = (fields: object): object =>
    Object.defineProperties(
      {},
      Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value, enumerable: false }])),
    )

  it('are used if they are not enumerable', () => {
    const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
    const client = mint({ key: keyPair('p256', 1), subject: 'CN=Client' }, root)
    const store = core.buildTruststore(root.der)
    const lists = [valueIn(core.parseRevocationList(mintCrl({ issuer: root, revoked: [{ serial: client.serial }] }).der))]
    const codeBy = (options: object): string => {
      const verdict = core.verifyChain(store, client.der, options)
      return verdict.ok ? 'accepted' : verdict.code
    }
    expect(codeBy({})).toBe('accepted')
    expect(codeBy(hidden({ revocation: { lists } }))).toBe('revoked')
    expect(codeBy({ revocation: hidden({ lists }) })).toBe('revoked')
    expect(codeBy(hidden({ serverName: 'a.example' }))).toBe('name_mismatch')
    expect(codeBy(hidden({ at: Date.UTC(2200, 0) }))).toBe('expired')
    expect(codeBy({ certificatePolicies: hidden({ requireExplicitPolicy: true }) })).toBe('policy_violation')
    expect(() => core.buildTruststore(root.der, hidden({ strict: 'yes' }))).toThrow('options.strict')
  })

  it('are a TypeError if they are null', () => {
    const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
    expect(() => core.buildTruststore(root.der, { policy: null as never })).toThrow('policy must be an object')
    expect(() => core.lintTruststore(root.der, { policy: null as never })).toThrow('policy must be an object')
    expect(() => core.lintCertificate(root.der, { policy: null as never })).toThrow('policy must be an object')
    for (const field of ['requireExplicitPolicy', 'inhibitPolicyMapping', 'inhibitAnyPolicy']) {
      const options = { certificatePolicies: { [field]: null as never } }
      expect(() => core.verifyChain(core.buildTruststore(root.der), root.der, options)).toThrow(`${field} must be a boolean`)
    }
  })
})

describe('a polluted Object.prototype', () => {
  it('is tested with every public function and every declared name', () => {
    const isClass = (value: object): boolean => /^class /.test(Function.prototype.toString.call(value))
    const exported = Object.entries({ ...core, ...headers, ...inspecting, ...node }).filter(([name, value]) => {
      return name.endsWith('Signatures') || (typeof value === 'function' && !isClass(value))
    })
    expect(Object.keys(decisions).sort()).toEqual(exported.map(([name]) => name).sort())
    for (const name of ['purpose', 'unknown', 'at', 'policy', 'signatures', 'allowHttp', 'trustedProxy', 'isAuthorized', 'until'])
      expect(names).toContain(name)
  })

  it('is never read', () => {
    const everything = (): void => void [outcomes(), lints.map((call) => outcome(call))]
    expect(lookups(everyName(), everything)).toEqual([])
  })

  it.each(loosening.map((value, i) => [i, value] as const))('changes nothing if all names have value %i', (_i, value) => {
    const fields = Object.fromEntries(names.map((name) => [name, value]))
    expect(withPrototype(fields, outcomes)).toEqual(usual)
  })
})

describe('prototype keys (CVE-2022-21824, CVE-2022-0122)', () => {
  const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
  const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']

  it.each(keys)('%s as a value is ordinary text', (key) => {
    const ca = mint({
      ca: true,
      key: keyPair('p256', 1),
      subject: [
        ['O', key],
        ['CN', key],
      ],
    })
    const leaf = mint(
      {
        key: leafKey,
        subject: [['CN', key]],
        subjectAltNames: [{ dns: key }, { email: `${key}@${key}.example` }, { uri: `${key}:x` }],
      },
      ca,
    )
    const verdict = core.verifyChain(storeOf(ca), leaf.der)
    expect(verdict).toMatchObject({ ok: true, leaf: { subject: `CN=${key}`, issuer: `CN=${key},O=${key}` } })
    expect(judge(storeOf(ca), [mint({ key: leafKey }, root)])).toBe('unknown_issuer 0')
    expect(Object.prototype).not.toHaveProperty('polluted')
    expect(({} as Record<string, unknown>)['subject']).toBeUndefined()
  })

  it.each(keys)('%s as an option is a TypeError', (key) => {
    const options = JSON.parse(`{ "${key}": { "purpose": "any", "serverName": "evil.example" } }`) as object
    expect(() => core.verifyChain(storeOf(root), mint({ key: leafKey }, root).der, options)).toThrow(TypeError)
    const policy = JSON.parse(`{ "${key}": { "trust": "every-ca" } }`) as object
    expect(() => storeFor({ ...core.profiles.apiGateway, ...policy, [key]: 1 }, root)).toThrow(TypeError)
  })
})
