import { describe, expect, it } from 'vitest'
import { type Policy, profiles } from '../../src/index.ts'
import { integer, sequence, tlv } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** An issuer needs version 3, basicConstraints with cA, and keyCertSign if it has a keyUsage, on every path. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const subKey = keyPair('p256', 1)
const subName = 'O=Immunity,CN=Sub'
const policies: readonly (readonly [string, Policy])[] = [
  ['roots', { ...profiles.apiGateway, trust: 'roots' }],
  ['every CA', { ...profiles.apiGateway, trust: 'every-ca' }],
  ['every certificate', { ...profiles.apiGateway, trust: 'every-certificate' }],
]

function leafOf(issuer: Minted): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client' }, issuer)
}

interface Combination {
  readonly name: string
  readonly spec: CertificateSpec
  /** The verdict with a presented intermediate. */
  readonly sent: string
  /** The verdict with a listed one. The truststore leaves unusable certificates out, and then the client has no issuer. */
  readonly listed: string
}

const combinations: readonly Combination[] = [
  { name: 'cA, keyCertSign', spec: { ca: true, keyUsage: ['keyCertSign'] }, sent: 'accepted', listed: 'accepted' },
  { name: 'cA, no keyUsage', spec: { ca: true, keyUsage: [] }, sent: 'accepted', listed: 'accepted' },
  {
    name: 'cA, keyUsage without keyCertSign',
    spec: { ca: true, keyUsage: ['digitalSignature', 'cRLSign'] },
    sent: 'key_usage_violation 1',
    listed: 'unknown_issuer 0',
  },
  {
    name: 'cA FALSE, keyCertSign',
    spec: { ca: false, keyUsage: ['keyCertSign'] },
    sent: 'not_a_ca 1',
    listed: 'unknown_issuer 0',
  },
  { name: 'cA FALSE, no keyUsage', spec: { ca: false, keyUsage: [] }, sent: 'not_a_ca 1', listed: 'not_a_ca 1' },
  {
    name: 'cA FALSE, keyUsage without keyCertSign',
    spec: { ca: false, keyUsage: ['digitalSignature'] },
    sent: 'not_a_ca 1',
    listed: 'not_a_ca 1',
  },
  {
    name: 'no basicConstraints, keyCertSign',
    spec: { keyUsage: ['keyCertSign'] },
    sent: 'not_a_ca 1',
    listed: 'unknown_issuer 0',
  },
  { name: 'no basicConstraints, no keyUsage', spec: { keyUsage: [] }, sent: 'not_a_ca 1', listed: 'not_a_ca 1' },
  {
    name: 'no basicConstraints, keyUsage without keyCertSign',
    spec: { keyUsage: ['digitalSignature'] },
    sent: 'not_a_ca 1',
    listed: 'not_a_ca 1',
  },
  {
    name: 'a path length, but no cA',
    spec: { keyUsage: ['keyCertSign'], extensions: [{ oid: '2.5.29.19', critical: true, value: sequence(integer(3)) }] },
    sent: 'not_a_ca 1',
    listed: 'unknown_issuer 0',
  },
  { name: 'version 1', spec: { version: 1 }, sent: 'not_a_ca 1', listed: 'not_a_ca 1' },
  { name: 'version 2', spec: { version: 2 }, sent: 'not_a_ca 1', listed: 'not_a_ca 1' },
]

describe('an issuer that is not marked as a CA (CVE-2002-0862, CVE-2026-33896, CVE-2026-42789, CVE-2026-5501)', () => {
  it.each(combinations)('presented: $name', ({ spec, sent }) => {
    const sub = mint({ ...spec, key: subKey, subject: subName }, root)
    expect(judge(storeFor(presented, root), [leafOf(sub), sub])).toBe(sent)
  })

  it.each(combinations)('listed, below a root: $name', ({ spec, listed }) => {
    const sub = mint({ ...spec, key: subKey, subject: subName }, root)
    for (const [trust, policy] of policies)
      expect([trust, judge(storeFor(policy, root, sub), [leafOf(sub)])]).toEqual([trust, listed])
  })

  it.each(combinations)('listed, self-signed: $name', ({ spec, listed }) => {
    const self = mint({ ...spec, key: subKey, subject: subName })
    const bystander = mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Bystander' })
    for (const [trust, policy] of policies) {
      expect([trust, judge(storeFor({ ...policy, version1Roots: false }, bystander, self), [leafOf(self)])]).toEqual([
        trust,
        listed,
      ])
    }
  })

  it('version 1 and 2 cannot have extensions', () => {
    const spec = { ca: true, key: subKey, subject: subName }
    for (const version of [0, 1]) {
      const bendTbs = (tbs: Uint8Array): Uint8Array => {
        const at = Buffer.from(tbs).indexOf(Buffer.from('a003020102', 'hex'))
        return tbs.with(at + 4, version)
      }
      const smuggled = mint({ ...spec, bendTbs }, root)
      expect(judge(storeFor(presented, root), [leafOf(smuggled), mint(spec, root)])).toBe('accepted')
      expect(judge(storeFor(presented, root), [leafOf(smuggled), smuggled])).toBe('unknown_issuer 0')
    }
  })

  it('two basicConstraints are malformed, even if the second has cA', () => {
    const spec = { key: subKey, subject: subName, keyUsage: ['keyCertSign'] }
    const twice = mint({ ...spec, ca: false, extensions: [{ oid: '2.5.29.19', value: sequence(tlv(1, [0xff])) }] }, root)
    expect(judge(storeFor(presented, root), [leafOf(twice), twice])).toBe('unknown_issuer 0')
  })

  it('cA is FALSE only as 00', () => {
    for (const [bytes, expected] of [
      [[0xff], 'accepted'],
      [[0x01], 'accepted'],
      [[0x00], 'not_a_ca 1'],
      [[], 'unknown_issuer 0'],
      [[0x00, 0xff], 'unknown_issuer 0'],
      [[0xff, 0xff], 'unknown_issuer 0'],
    ] as const) {
      const spec = { key: subKey, subject: subName, keyUsage: ['keyCertSign'] }
      const sub = mint({ ...spec, extensions: [{ oid: '2.5.29.19', value: sequence(tlv(1, bytes)) }] }, root)
      expect(judge(storeFor(presented, root), [leafOf(sub), sub])).toBe(expected)
    }
  })
})

describe('checks forgotten on the alternative path (CVE-2015-1793, CVE-2021-3450)', () => {
  const good = mint({ ca: true, key: subKey, subject: subName }, root)
  const client = leafOf(good)
  const invalid: readonly (readonly [string, Minted])[] = combinations
    .filter(({ sent }) => sent !== 'accepted')
    .map(({ name, spec }) => [name, mint({ ...spec, key: subKey, subject: subName }, root)])

  it.each(invalid)('%s: a valid certificate with the same name and key is found before and after it', (_name, bad) => {
    const store = storeFor(presented, root)
    expect(judge(store, [client, bad, good])).toBe('accepted')
    expect(judge(store, [client, good, bad])).toBe('accepted')
    expect(judge(storeOf(root, bad, good), [client])).toBe('accepted')
    expect(judge(storeOf(root, good, bad), [client])).toBe('accepted')
  })

  it.each(invalid)('%s: another invalid certificate with the same name and key does not help', (_name, bad) => {
    const store = storeFor(presented, root)
    const expired = mint({ ...good.spec, notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }, root)
    const elsewhere = mint({ ...good.spec }, mint({ ca: true, key: keyPair('p256', 3), subject: 'CN=Elsewhere' }))
    for (const chain of [
      [bad, expired],
      [expired, bad],
      [bad, elsewhere],
      [elsewhere, bad],
      [bad, bad],
    ]) {
      expect(judge(store, [client, ...chain])).not.toBe('accepted')
    }
  })

  it('a client is not an issuer, even if its own CA is presented too', () => {
    const ordinary = leafOf(good)
    const forged = mint({ key: keyPair('p256', 4), subject: 'CN=Forged' }, ordinary)
    const store = storeFor(presented, root)
    expect(judge(store, [ordinary, good])).toBe('accepted')
    expect(judge(store, [forged, ordinary, good])).toBe('not_a_ca 1')
    expect(judge(store, [forged, good, ordinary, good])).toBe('not_a_ca 1')
  })

  it('a client with the name of its CA is not an issuer', () => {
    const namesake = mint({ key: leafKey, subject: subName }, good)
    const forged = mint({ key: keyPair('p256', 4), subject: 'CN=Forged' }, namesake)
    const store = storeFor(presented, root)
    expect(judge(store, [namesake, good])).toBe('accepted')
    expect(judge(store, [forged, namesake, good])).toBe('not_a_ca 1')
  })
})

describe('a pinned client certificate that issues', () => {
  const pinned = mint({ key: leafKey, subject: 'O=Immunity,CN=Pinned', keyUsage: ['digitalSignature'] })
  const issued = mint({ key: leafKey, subject: 'O=Immunity,CN=Pinned', ca: false }, root)
  const noUsage = mint({ key: leafKey, subject: 'O=Immunity,CN=Pinned', keyUsage: [] })

  it.each(policies)('is accepted, but nothing below it, trusting %s', (_trust, policy) => {
    for (const listed of [pinned, noUsage]) {
      const store = storeFor(policy, root, listed)
      expect(judge(store, [listed])).toBe('accepted')
      expect(judge(store, [mint({ key: subKey, subject: 'CN=Below' }, listed)])).toBe('not_a_ca 1')
      expect(judge(store, [mint({ key: subKey, subject: 'CN=Below', ca: true, keyUsage: [] }, listed)])).toBe('not_a_ca 1')
      expect(judge(store, [mint({ key: subKey, subject: listed.subject }, listed)])).toBe('not_a_ca 1')
    }
    const store = storeFor(policy, root, issued)
    expect(judge(store, [issued])).toBe('accepted')
    expect(judge(store, [mint({ key: subKey, subject: 'CN=Below' }, issued)])).toBe('not_a_ca 1')
  })

  it('does not make another certificate with its name and key accepted', () => {
    for (const [, policy] of policies) {
      const store = storeFor(policy, pinned)
      expect(judge(store, [pinned])).toBe('accepted')
      expect(judge(store, [mint({ ...pinned.spec, ca: true })])).toBe('self_signed_untrusted 0')
    }
  })
})
