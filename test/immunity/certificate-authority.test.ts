import { describe, expect, it } from 'vitest'
import { type Policy, profiles } from '../../src/index.ts'
import { integer, sequence, tlv } from '../support/der.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** Who may issue: version 3, basicConstraints with cA, and keyCertSign where there is a keyUsage, on every path. */

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
  /** As an intermediate that the peer sends. */
  readonly sent: string
  /** As a certificate of the truststore; what is wrong in itself is left out there, so that nobody is left who issued. */
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

describe('a CA that does not say that it is one (CVE-2002-0862, CVE-2026-33896, CVE-2026-42789, CVE-2026-5501)', () => {
  it.each(combinations)('sent by the peer: $name', ({ spec, sent }) => {
    const sub = mint({ ...spec, key: subKey, subject: subName }, root)
    expect(judge(storeFor(presented, root), [leafOf(sub), sub])).toBe(sent)
  })

  it.each(combinations)('in the truststore, below a root: $name', ({ spec, listed }) => {
    const sub = mint({ ...spec, key: subKey, subject: subName }, root)
    for (const [trust, policy] of policies)
      expect([trust, judge(storeFor(policy, root, sub), [leafOf(sub)])]).toEqual([trust, listed])
  })

  it.each(combinations)('in the truststore, self-signed: $name', ({ spec, listed }) => {
    const self = mint({ ...spec, key: subKey, subject: subName })
    const bystander = mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Bystander' })
    for (const [trust, policy] of policies) {
      expect([trust, judge(storeFor(policy, bystander, self), [leafOf(self)])]).toEqual([trust, listed])
    }
  })

  it('extensions smuggled into version 1 or 2 are no extensions', () => {
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

  it('two basicConstraints, the second of which says cA, are one too many', () => {
    const spec = { key: subKey, subject: subName, keyUsage: ['keyCertSign'] }
    const twice = mint({ ...spec, ca: false, extensions: [{ oid: '2.5.29.19', value: sequence(tlv(1, [0xff])) }] }, root)
    expect(judge(storeFor(presented, root), [leafOf(twice), twice])).toBe('unknown_issuer 0')
  })

  it('cA is TRUE by the byte FF and no other', () => {
    for (const [byte, expected] of [
      [0xff, 'accepted'],
      [0x01, 'unknown_issuer 0'],
      [0x00, 'not_a_ca 1'],
    ] as const) {
      const spec = { key: subKey, subject: subName, keyUsage: ['keyCertSign'] }
      const sub = mint({ ...spec, extensions: [{ oid: '2.5.29.19', value: sequence(tlv(1, [byte])) }] }, root)
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

  it.each(invalid)('%s: a valid twin is found before and behind it', (_name, bad) => {
    const store = storeFor(presented, root)
    expect(judge(store, [client, bad, good])).toBe('accepted')
    expect(judge(store, [client, good, bad])).toBe('accepted')
    expect(judge(storeOf(root, bad, good), [client])).toBe('accepted')
    expect(judge(storeOf(root, good, bad), [client])).toBe('accepted')
  })

  it.each(invalid)('%s: a twin that is invalid in another way makes it no better', (_name, bad) => {
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

  it('a client below a client below a valid CA, with that CA’s other certificates around', () => {
    const ordinary = leafOf(good)
    const forged = mint({ key: keyPair('p256', 4), subject: 'CN=Forged' }, ordinary)
    const store = storeFor(presented, root)
    expect(judge(store, [ordinary, good])).toBe('accepted')
    expect(judge(store, [forged, ordinary, good])).toBe('not_a_ca 1')
    expect(judge(store, [forged, good, ordinary, good])).toBe('not_a_ca 1')
  })

  it('a client whose name is that of its CA does not issue in its name', () => {
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

  it.each(policies)('is accepted itself, and nothing below it, trusting %s', (_trust, policy) => {
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

  it('nor is another certificate of its name and key', () => {
    for (const [, policy] of policies) {
      const store = storeFor(policy, pinned)
      expect(judge(store, [pinned])).toBe('accepted')
      expect(judge(store, [mint({ ...pinned.spec, ca: true })])).toBe('self_signed_untrusted 0')
    }
  })
})
