import { describe, expect, it } from 'vitest'
import {
  buildTruststore,
  diffTruststores,
  type Policy,
  parseRevocationList,
  profiles,
  type Truststore,
  verifyChain,
} from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** A result must not outlive what it depends on: the version of the truststore, the time, the policy, the caller’s bytes. */

const old = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Old' })
const next = mint({ ca: true, key: keyPair('p256', 1), subject: 'O=Immunity,CN=Next' })

function client(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

describe('an acceptance that outlives its truststore (CVE-2025-68121, CVE-2026-78666)', () => {
  it('a new version remembers nothing of the previous one', () => {
    const chain = [client(old)]
    const before = storeOf(old, next)
    for (let round = 0; round < 3; round++) expect(judge(before, chain)).toBe('accepted')
    const after = storeOf(next)
    for (let round = 0; round < 3; round++) expect(judge(after, chain)).toBe('unknown_issuer 0')
    // The previous version, which may still be in use elsewhere, does not change.
    expect(judge(before, chain)).toBe('accepted')
    expect(before.fingerprint).not.toBe(after.fingerprint)
    expect(diffTruststores(before, after).droppedIssuers).toEqual(['CN=Old,O=Immunity'])
  })

  it('a version with another policy and the same certificates remembers nothing either', () => {
    const sub = mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Sub' }, old)
    const chain = [client(sub), sub]
    expect(judge(storeFor(presented, old), chain)).toBe('accepted')
    expect(judge(storeFor(profiles.apiGateway, old), chain)).toBe('unknown_issuer 0')
    expect(
      judge(storeFor({ ...presented, curves: ['P-384'] }, mint({ ca: true, key: keyPair('p384'), subject: old.subject })), chain),
    ).not.toBe('accepted')
  })

  it('a pinned client that is no longer listed is no longer accepted', () => {
    const pinned = mint({ key: leafKey, subject: 'O=Immunity,CN=Pinned' })
    expect(judge(storeOf(old, pinned), [pinned])).toBe('accepted')
    expect(judge(storeOf(old), [pinned])).toBe('self_signed_untrusted 0')
  })

  it('an issuer that was left out is not used through certificates that it signed', () => {
    const weak = mint({ ca: true, key: keyPair('p256', 3), subject: 'O=Immunity,CN=Weak', keyUsage: ['cRLSign'] })
    const sub = mint({ ca: true, key: keyPair('p256', 4), subject: 'O=Immunity,CN=Below' }, weak)
    const store = storeOf(old, weak, sub)
    expect(store.certificates.map(({ subject }) => subject)).toEqual(['CN=Old,O=Immunity', 'CN=Below,O=Immunity'])
    expect(judge(store, [client(sub)])).toBe('incomplete_chain 1')
  })

  it('an issuer with an invalid self-signature is not used either', () => {
    const forged = mint({ ca: true, key: keyPair('p256', 3), subject: 'O=Immunity,CN=Forged', signWith: keyPair('p256', 7) })
    const sub = mint({ ca: true, key: keyPair('p256', 4), subject: 'O=Immunity,CN=Below' }, forged)
    const store = storeOf(old, forged, sub)
    expect(store.certificates.map(({ subject }) => subject)).toEqual(['CN=Old,O=Immunity', 'CN=Below,O=Immunity'])
    // The path ends at the certificate below, because the issuer was left out.
    expect(judge(store, [client(sub)])).toBe('incomplete_chain 1')
  })

  it('only an object from buildTruststore is a truststore', () => {
    const store = storeOf(old)
    const { der } = client(old)
    expect(verifyChain(store, der).ok).toBe(true)
    const imitation = { ...store, certificates: store.certificates, policy: store.policy } as Truststore
    for (const wrong of [imitation, Object.create(store.policy) as Truststore, null, undefined, old.pem]) {
      expect(() => verifyChain(wrong as Truststore, der)).toThrow(TypeError)
    }
  })
})

describe('an acceptance that outlives notAfter', () => {
  const second = 1000
  const start = Math.floor(Date.now() / second) * second
  const dates = { notBefore: new Date(start - second), notAfter: new Date(start + 10 * second) }
  const expectDates = (judgeAt: (at: number) => string, index: number): void => {
    const times = [-1001, -1000, 0, 10_999, 11_000, 10_000].map((offset) => judgeAt(start + offset))
    expect(times).toEqual([`not_yet_valid ${index}`, 'accepted', 'accepted', 'accepted', `expired ${index}`, 'accepted'])
  }

  it('the dates of the client are checked in every call', () => {
    const store = storeOf(old)
    const leaf = client(old, dates)
    expectDates((at) => judge(store, [leaf], { at }), 0)
  })

  it('the dates of a presented CA, a listed CA and the root are checked in every call', () => {
    const spec = { ca: true, key: keyPair('p256', 5), subject: 'O=Immunity,CN=Short-lived', ...dates }
    const sub = mint(spec, old)
    const root = mint(spec)
    const sent = storeFor(presented, old)
    const listed = storeOf(old, sub)
    const rooted = storeOf(root)
    expectDates((at) => judge(sent, [client(sub), sub], { at }), 1)
    expectDates((at) => judge(listed, [client(sub)], { at }), 1)
    expectDates((at) => judge(rooted, [client(root)], { at }), 1)
  })

  it('the dates of a pinned client are checked in every call', () => {
    const pinned = mint({ key: leafKey, subject: 'O=Immunity,CN=Pinned', ...dates })
    const store = storeFor({ ...profiles.apiGateway, trust: 'every-certificate' }, pinned)
    expectDates((at) => judge(store, [pinned], { at }), 0)
  })

  it('the time at which a truststore was built does not matter', () => {
    const root = mint({ ca: true, key: keyPair('p256', 5), subject: 'O=Immunity,CN=Short-lived', ...dates })
    for (const at of [0, start, start + 1_000_000_000]) {
      const store = buildTruststore(root.der, { at })
      expectDates((time) => judge(store, [client(root)], { at: time }), 1)
    }
  })

  it('an invalid time is a TypeError', () => {
    const store = storeOf(old)
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), '2026-01-01', null] as unknown as Date[]) {
      expect(() => verifyChain(store, client(old).der, { at })).toThrow(TypeError)
    }
  })

  it('a certificate with notAfter before notBefore is never accepted', () => {
    const never = client(old, { notBefore: new Date(start + second), notAfter: new Date(start - second) })
    const store = storeOf(old)
    for (const offset of [-2000, -1000, 0, 1000, 2000]) expect(judge(store, [never], { at: start + offset })).not.toBe('accepted')
  })
})

describe('a policy that is changed afterwards', () => {
  it('does not change the truststore', () => {
    const policy = {
      ...profiles.apiGateway,
      hashes: ['sha256'] as Policy['hashes'][number][],
      budget: { ...profiles.apiGateway.budget },
    }
    const root = mint({ ca: true, key: keyPair('rsa2048', 0) })
    const store = buildTruststore(root.pem, { policy })
    const weak = mint({ hash: 'sha1', key: keyPair('p256', 1) }, root)
    policy.hashes.push('sha1' as never)
    policy.budget.signatures = 1e9
    expect(judge(store, [weak])).toBe('weak_hash 0')
    expect(store.policy.hashes).toEqual(['sha256'])
    expect(store.policy.budget).toEqual(profiles.apiGateway.budget)
  })

  it('cannot be a built-in one, nor that of a truststore: those are frozen', () => {
    const own = buildTruststore(old.pem, { policy: { ...profiles.apiGateway, maxChainLength: 3 } }).policy
    for (const policy of [...Object.values(profiles), own]) {
      for (const part of [policy, policy.hashes, policy.curves, policy.budget]) expect(Object.isFrozen(part)).toBe(true)
    }
    expect(Object.isFrozen(profiles)).toBe(true)
  })
})

describe('bytes that the caller changes afterwards', () => {
  const attacker = mint({ ...old.spec, key: keyPair('p256', 6), serial: old.serial })

  it('do not change a truststore, whether DER or PEM, used before or not', () => {
    const copies: readonly (() => Uint8Array)[] = [
      () => old.der.slice(),
      () => new TextEncoder().encode(old.pem),
      () => Buffer.from(old.pem),
    ]
    for (const copy of copies) {
      for (const used of [true, false]) {
        const own = copy()
        const store = buildTruststore(own)
        const { fingerprint } = storeOf(old)
        if (used) expect(judge(store, [client(old)])).toBe('accepted')
        own.fill(0)
        expect(judge(store, [client(old)])).toBe('accepted')
        expect(judge(store, [client(attacker)])).not.toBe('accepted')
        expect(store.fingerprint).toBe(fingerprint)
      }
    }
  })

  it('do not change a truststore if they come from its certificates or from a path', () => {
    const store = buildTruststore(old.pem)
    const verdict = verifyChain(store, client(old).der)
    const anchors = [...store.certificates, ...(verdict.ok ? verdict.path.slice(1) : [])]
    expect(anchors).toHaveLength(2)
    for (const { raw, tbs, subjectPublicKeyInfo } of anchors) for (const part of [raw, tbs, subjectPublicKeyInfo]) part.fill(0)
    expect(store.certificates[0]?.raw).toEqual(old.der)
    expect(judge(store, [client(old)])).toBe('accepted')
    expect(judge(store, [client(attacker)])).not.toBe('accepted')
  })

  it('do not change a truststore through the array that held them', () => {
    const input = [old.der]
    const store = buildTruststore(input)
    input[0] = attacker.der
    input.push(attacker.der)
    expect(judge(store, [client(attacker)])).not.toBe('accepted')
    expect(store.certificates).toHaveLength(1)
    ;(store.certificates as unknown[]).push(attacker)
    expect(store.certificates).toHaveLength(1)
  })

  it('are not changed by the library, even as part of a larger buffer', () => {
    const large = new Uint8Array(5000).fill(0x30)
    const { der } = client(old)
    large.set(der, 1234)
    const view = large.subarray(1234, 1234 + der.length)
    const copy = large.slice()
    expect(verifyChain(storeOf(old), view).ok).toBe(true)
    expect(large).toEqual(copy)
    const { der: crl } = mintCrl({ issuer: old })
    large.set(crl, 100)
    const list = valueIn(parseRevocationList(large.subarray(100, 100 + crl.length)))
    expect(verifyChain(storeOf(old), der, { revocation: { lists: [list] } }).ok).toBe(true)
  })
})
