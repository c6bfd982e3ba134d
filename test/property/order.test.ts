import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, type Truststore, type Verdict, verifyChain } from '../../src/index.ts'
import { type KeyPair, keyPair, type Minted, mint } from '../support/mint.ts'
import { toySignatures, toySigned } from '../support/toy-signatures.ts'

const day = 86_400_000
const dates = {
  valid: {},
  expired: { notBefore: new Date(Date.now() - 20 * day), notAfter: new Date(Date.now() - 10 * day) },
  future: { notBefore: new Date(Date.now() + 10 * day), notAfter: new Date(Date.now() + 20 * day) },
} as const

interface Recipe {
  readonly roots: readonly { readonly subject: number; readonly key: number }[]
  readonly others: readonly {
    readonly subject: number
    readonly key: number
    readonly issuer: number
    readonly issuerKey: number
    readonly when: keyof typeof dates
    readonly subjectKeyId: boolean
    readonly authorityKeyId: boolean
    readonly pathLength: number | undefined
    readonly ca: boolean
  }[]
  readonly leaf: { readonly issuer: number; readonly issuerKey: number; readonly authorityKeyId: boolean }
}

const subject = fc.nat(2)
const key = fc.nat(3)

/**
 * A small public-key infrastructure with everything that makes path building hard: few names for many keys, cross
 * certificates, renewed, expired and false CAs, with and without key identifiers.
 */
const recipes: fc.Arbitrary<Recipe> = fc.record({
  roots: fc.array(fc.record({ subject, key }), { minLength: 1, maxLength: 2 }),
  others: fc.array(
    fc.record({
      subject,
      key,
      issuer: subject,
      issuerKey: key,
      when: fc.constantFrom('valid', 'valid', 'valid', 'valid', 'expired', 'future'),
      subjectKeyId: fc.boolean(),
      authorityKeyId: fc.boolean(),
      pathLength: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
      ca: fc.constantFrom(true, true, true, true, false),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  leaf: fc.record({ issuer: subject, issuerKey: key, authorityKeyId: fc.boolean() }),
})

const places = [0, 1, 2, 3, 4, 5, 6, 7]
/** An order of up to eight things. */
const order = fc.shuffledSubarray(places, { minLength: places.length })

function inOrder<T>(items: readonly T[], places: readonly number[]): readonly T[] {
  return places.flatMap((place) => items.slice(place, place + 1))
}

function keyOf(number: number): KeyPair {
  return keyPair('p256', 20 + number)
}

function selfSigned(subject: number, key: number): Minted {
  return mint(toySigned({ ca: true, subject: `O=Order,CN=CA ${subject}`, key: keyOf(key) }))
}

function mintAll({ roots, others, leaf }: Recipe): { readonly authorities: readonly Minted[]; readonly leaf: Minted } {
  const authorities = roots.map(({ subject, key }) => selfSigned(subject, key))
  for (const { subject, key, issuer, issuerKey, when, ca, pathLength, ...keyIds } of others) {
    const parent = selfSigned(issuer, issuerKey)
    const length = ca && pathLength !== undefined ? { pathLength } : {}
    const spec = { ca, subject: `O=Order,CN=CA ${subject}`, key: keyOf(key), ...dates[when], ...keyIds, ...length }
    authorities.push(mint(toySigned(spec, parent), parent))
  }
  const parent = selfSigned(leaf.issuer, leaf.issuerKey)
  const spec = { key: keyPair('p256', 30), authorityKeyId: leaf.authorityKeyId }
  return { authorities, leaf: mint(toySigned(spec, parent), parent) }
}

function build(certificates: readonly Minted[], policy: Policy): Truststore {
  return buildTruststore(
    certificates.map(({ der }) => der),
    { policy, signatures: toySignatures },
  )
}

function essence(verdict: Verdict): string {
  return verdict.ok ? 'ok' : verdict.code
}

describe('order does not matter', () => {
  it.each([
    ['roots', profiles.apiGateway],
    ['every CA', { ...profiles.apiGateway, trust: 'every-ca' as const }],
  ])('of the entries of a bundle, trusting %s: the verdict stays, the fingerprint does not', (_, policy) => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(recipes, order, (recipe, places) => {
        const { authorities, leaf } = mintAll(recipe)
        const one = build(authorities, policy)
        const two = build(inOrder(authorities, places), policy)
        const verdict = essence(verifyChain(one, leaf.der))
        seen.add(verdict)
        expect(essence(verifyChain(two, leaf.der))).toBe(verdict)
        const prints = one.certificates.map(({ fingerprint }) => fingerprint)
        const otherPrints = two.certificates.map(({ fingerprint }) => fingerprint)
        expect([...otherPrints].sort()).toEqual([...prints].sort())
        expect(two.fingerprint === one.fingerprint).toBe(prints.join() === otherPrints.join())
      }),
      { numRuns: 300 },
    )
    // Otherwise the infrastructures are too simple to tell.
    expect([...seen]).toContain('ok')
    expect(seen.size).toBeGreaterThan(4)
  })

  it('of the certificates that the peer sends after its own', () => {
    const seen = new Set<string>()
    const policy: Policy = { ...profiles.rfc5280, conformance: 'practical' }
    fc.assert(
      fc.property(recipes, order, (recipe, places) => {
        const { authorities, leaf } = mintAll(recipe)
        const store = build(authorities.slice(0, 1), policy)
        const rest = authorities.slice(1)
        const [one, two] = [rest, inOrder(rest, places)].map((sent) =>
          essence(
            verifyChain(
              store,
              [leaf, ...sent].map(({ der }) => der),
            ),
          ),
        )
        seen.add(one!)
        expect(two).toBe(one)
      }),
      { numRuns: 500 },
    )
    expect([...seen]).toContain('ok')
    expect(seen.size).toBeGreaterThan(4)
  })
})
