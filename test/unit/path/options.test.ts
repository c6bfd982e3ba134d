import { describe, expect, it } from 'vitest'
import { parseCertificate, parseRevocationList, type VerifyOptions, verifyChain } from '../../../src/index.ts'
import { mintCrl } from '../../support/mint.ts'
import { valueIn } from '../../support/refusal.ts'
import { leaf, root, storeOf } from '../../support/rejected-chain.ts'

/** Wrong options are a TypeError that names the option; `misuse.test.ts` has the other arguments. */

const store = storeOf(root)
const { der } = leaf()
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

  it('but not with everything there is', () => {
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

  it('but not with everything there is', () => {
    const flags = { requireExplicitPolicy: false, inhibitPolicyMapping: true, inhibitAnyPolicy: false }
    expect(verify({ certificatePolicies: { initialPolicies: ['1.2.3', '2.999.1'], ...flags } })).toMatchObject({ ok: true })
    expect(verify({ certificatePolicies: {} })).toMatchObject({ ok: true, policies: { userConstrained: [] } })
    expect(verify({ certificatePolicies: undefined })).toMatchObject({ ok: true })
  })
})
