import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveNames } from '../../src/crypto/curve/curves.ts'
import { buildTruststore, lintTruststore, type Policy, profiles, verifyChain } from '../../src/index.ts'
import { mint } from '../support/mint.ts'

/** A truststore uses a copy of the policy that was checked. The caller's object cannot change it afterwards. */

const root = mint({ ca: true, subject: 'CN=Root' })
const weak = mint({ subject: 'CN=weak', hash: 'sha1' }, root)
const plain = mint({ subject: 'CN=plain', extendedKeyUsage: [] }, root)

describe('a policy', () => {
  it('may list curves and hashes in any order, and repeatedly', () => {
    const curves = fc.array(fc.constantFrom(...curveNames), { minLength: 1 }).filter((all) => all.includes('P-256'))
    const hashes = fc.array(fc.constantFrom('sha256', 'sha384', 'sha512'), { minLength: 1 })
    fc.assert(
      fc.property(curves, hashes, (...[someCurves, someHashes]) => {
        const policy = { ...profiles.apiGateway, curves: someCurves, hashes: someHashes } as Policy
        expect(buildTruststore(root.der, { policy }).policy).toMatchObject({ curves: someCurves, hashes: someHashes })
      }),
      { numRuns: 30 },
    )
  })

  it.each<readonly [string, (policy: object) => object]>([
    ['as it is', (policy) => policy],
    ['frozen', (policy) => Object.freeze(policy)],
  ])('with an accessor is read once: %s', (_name, settle) => {
    let demands = 0
    const policy = settle(
      Object.defineProperty({ ...profiles.apiGateway }, 'requireEku', {
        enumerable: true,
        get: () => demands++ > 0,
      }),
    ) as Policy
    const store = buildTruststore(root.der, { policy })
    expect(demands).toBe(1)
    expect(store.policy.requireEku).toBe(false)
    expect(verifyChain(store, plain.der).ok).toBe(true)
    expect(demands).toBe(1)
  })

  it('with a changing field keeps the value that was checked', () => {
    let looks = 0
    const policy = Object.defineProperty({ ...profiles.apiGateway }, 'trust', {
      enumerable: true,
      get: () => (looks++ === 0 ? 'roots' : 'everything'),
    }) as Policy
    expect(buildTruststore(root.der, { policy }).policy.trust).toBe('roots')
  })

  it.each<readonly [string, (hashes: string[]) => void]>([
    ['includes', (hashes) => Object.assign(hashes, { includes: () => true })],
    ['every', (hashes) => Object.assign(hashes, { every: () => true })],
    [
      'iterator',
      (hashes) =>
        Object.assign(hashes, {
          *[Symbol.iterator]() {
            yield 'sha1'
          },
        }),
    ],
  ])('with its own %s of hashes accepts no other hash', (_name, change) => {
    const hashes = ['sha256', 'sha384']
    change(hashes)
    for (const list of [hashes, Object.freeze(hashes)]) {
      const policy = Object.freeze({ ...profiles.apiGateway, hashes: list }) as Policy
      const store = buildTruststore(root.der, { policy })
      expect([...store.policy.hashes]).toEqual(['sha256', 'sha384'])
      expect(verifyChain(store, weak.der)).toMatchObject({ ok: false, code: 'weak_hash' })
    }
  })

  it('of the library is used itself, and one of the caller is copied once', () => {
    expect(buildTruststore(root.der, { policy: profiles.rfc5280 }).policy).toBe(profiles.rfc5280)
    const own: Policy = { ...profiles.apiGateway, maxChainLength: 3 }
    const { policy } = buildTruststore(root.der, { policy: own })
    expect(policy).toEqual(own)
    expect(policy).not.toBe(own)
    expect(buildTruststore(root.der, { policy }).policy).toBe(policy)
    expect(() => lintTruststore(root.der, { policy: { ...own, hashes: ['sha1'] } as unknown as Policy })).toThrow(
      /policy\.hashes/,
    )
  })
})
