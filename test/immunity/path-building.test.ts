import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy } from '../../src/index.ts'
import { type CertificateSpec, type KeyKind, type KeyPair, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { toySignatures, toySigned } from '../support/toy-signatures.ts'
import { atOnce, fastestOf, judge } from './judge.ts'

/** Exponential path building: rings, many CAs with one name, floods. Each is bounded, and none hides a valid path. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'O=Immunity,CN=Root' })
const store = storeFor(presented, root)
const noKeyIds: CertificateSpec = { subjectKeyId: false, authorityKeyId: false }

function ca(slot: number, issuer: Minted | undefined, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, key: keyPair('p256', slot), subject: `O=Immunity,CN=CA ${slot}`, ...spec }, issuer)
}

function client(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

/** CAs that certified each other, and a client of the first. */
function ring(count: number, kind: KeyKind, subjectOf: (i: number) => string): readonly Minted[] {
  const own = Array.from({ length: count }, (_, i) =>
    mint({ ca: true, key: keyPair(kind, 300 + i), subject: subjectOf(i), ...noKeyIds }),
  )
  const crossed: Minted[] = []
  for (let step = 1; step < count; step++) {
    for (let i = 0; i < count && crossed.length < 46; i++) crossed.push(mint({ ...own[(i + step) % count]!.spec }, own[i]))
  }
  return [client(own[0]!, noKeyIds), ...crossed]
}

describe('exponential path building (CVE-2018-16875, CVE-2026-32280, RUSTSEC-2023-0052, RUSTSEC-2023-0053)', () => {
  it.each<readonly [string, readonly Minted[]]>([
    ['10 CAs with one name', ring(10, 'p256', () => 'O=Immunity,CN=Ring')],
    ['30 CAs with one name', ring(30, 'p256', () => 'O=Immunity,CN=Ring')],
    ['10 CAs with ten names', ring(10, 'p256', (i) => `O=Immunity,CN=Ring ${i}`)],
    ['7 CAs with one name on P-384', ring(7, 'p384', () => 'O=Immunity,CN=Ring')],
    ['3 CAs that certified each other', ring(3, 'p256', (i) => `O=Immunity,CN=Ring ${i}`)],
  ])('%s', (_what, chain) => {
    expect(fastestOf(() => expect(judge(store, chain)).not.toBe('accepted'))).toBeLessThan(atOnce)
  })

  it('two CAs that certified each other many times', () => {
    const pair = [ca(20, undefined), ca(21, undefined)] as const
    const crossed = Array.from({ length: 12 }, (_, i) => mint({ ...pair[i % 2]!.spec }, pair[(i + 1) % 2]))
    const chain = [client(pair[0]), ...crossed]
    expect(fastestOf(() => expect(judge(store, chain)).toMatch(/^unknown_issuer /))).toBeLessThan(atOnce)
    // A path out of the ring is still found.
    expect(judge(store, [...chain, mint({ ...pair[1].spec }, root)])).toBe('accepted')
  })

  it('a CA that certified itself again and again', () => {
    const self = ca(22, undefined)
    const again = Array.from({ length: 40 }, () => mint({ ...self.spec }, self))
    expect(fastestOf(() => expect(judge(store, [client(self), ...again])).not.toBe('accepted'))).toBeLessThan(atOnce)
    expect(judge(store, [client(self), ...again, mint({ ...self.spec }, root)])).toBe('accepted')
  })

  it('many CAs with the name of the issuer, of which none or the last is the issuer', () => {
    const genuine = ca(23, root)
    const namesakes = Array.from({ length: 10 }, (_, i) =>
      mint({ ...genuine.spec, ...noKeyIds, key: keyPair('p256', 400 + i) }, root),
    )
    const chain = [client(genuine, noKeyIds), ...namesakes]
    expect(fastestOf(() => expect(judge(store, chain)).toBe('signature_mismatch 0'))).toBeLessThan(atOnce)
    expect(judge(store, [...chain, genuine])).toBe('accepted')
  })

  it('wide dead ends, three deep', () => {
    const layers = [30, 31, 32].map((slot) => ca(slot, undefined, noKeyIds))
    const copies = (below: Minted, above: Minted, count: number): readonly Minted[] =>
      Array.from({ length: count }, () => mint({ ...below.spec, ...noKeyIds }, above))
    const [first, second, third] = layers as [Minted, Minted, Minted]
    const nowhere = ca(33, undefined)
    const chain = [
      client(first, noKeyIds),
      ...copies(first, second, 15),
      ...copies(second, third, 15),
      ...copies(third, nowhere, 15),
    ]
    expect(fastestOf(() => expect(judge(store, chain)).not.toBe('accepted'))).toBeLessThan(atOnce)
  })

  it('the same in the truststore, where links are built once', () => {
    const own = Array.from({ length: 5 }, (_, i) => ca(500 + i, undefined, { subject: 'O=Immunity,CN=Web', ...noKeyIds }))
    const crossed = own.flatMap((issuer) =>
      own.filter((other) => other !== issuer).map((other) => mint({ ...other.spec }, issuer)),
    )
    const web = storeOf(root, ...crossed)
    const chain = [client(own[0]!, noKeyIds)]
    expect(fastestOf(() => expect(judge(web, chain)).not.toBe('accepted'))).toBeLessThan(atOnce)
    expect(judge(web, [client(root)])).toBe('accepted')
  })
})

/** Ten CAs of one name, every one of which signed every other: 90 certificates, 10! paths, none of which ends at a root. */
function crossSigned(keyOf: (i: number) => KeyPair): readonly Minted[] {
  const self = Array.from({ length: 10 }, (_, i) => {
    return mint(toySigned({ ca: true, subject: 'CN=Clique', key: keyOf(i), subjectKeyId: false, authorityKeyId: false }))
  })
  return self.flatMap((issuer, i) => self.filter((_, k) => k !== i).map(({ spec }) => mint(toySigned(spec, issuer), issuer)))
}

describe('ten CAs of one name that all signed each other', () => {
  const clique = crossSigned((i) => keyPair('p256', 100 + i))
  const member = mint(toySigned({ key: keyPair('p256', 1), authorityKeyId: false }, clique[0]), clique[0])

  it('are given up on soon when the truststore has them', () => {
    const listed = buildTruststore(
      clique.map(({ der }) => der),
      { signatures: toySignatures },
    )
    expect(fastestOf(() => expect(judge(listed, [member])).not.toBe('accepted'))).toBeLessThan(atOnce)
  })

  it('are given up on soon when the peer sends them', () => {
    const patient: Policy = { ...presented, budget: { ...presented.budget, presentedCertificates: 100 } }
    const patientStore = storeFor(patient, root)
    expect(fastestOf(() => expect(judge(patientStore, [member, ...clique])).not.toBe('accepted'))).toBeLessThan(3 * atOnce)
  })
})

describe('floods', () => {
  const good = client(root)

  it('of certificates, of bytes, and of malformed certificates', () => {
    const many = (count: number, der: Uint8Array): readonly Minted[] => [
      good,
      ...Array.from({ length: count }, () => ({ ...good, der })),
    ]
    expect(judge(store, many(47, good.der))).toBe('accepted')
    expect(judge(store, many(48, good.der))).toBe('budget_exhausted 0')
    expect(judge(store, many(47, new Uint8Array(2000)))).toBe('accepted')
    expect(judge(store, many(47, new Uint8Array(3000)))).toBe('budget_exhausted 0')
    const flood = many(100_000, good.der)
    expect(fastestOf(() => expect(judge(store, flood)).toBe('budget_exhausted 0'))).toBeLessThan(atOnce)
    expect(judge(store, [{ ...good, der: new Uint8Array(10_000_000) }])).toBe('budget_exhausted 0')
  })

  it('of names under constraints (CVE-2025-58187)', () => {
    const names = (prefix: string, count: number): readonly { dns: string }[] =>
      Array.from({ length: count }, (_, i) => ({ dns: `${prefix}${i}.example` }))
    const judgeNames = (allowed: number, own: number): string => {
      const constrained = ca(40, root, { nameConstraints: { permitted: names('p', allowed), excluded: names('e', allowed) } })
      return judge(store, [client(constrained, { subjectAltNames: names('p', own) }), constrained])
    }
    expect(judgeNames(20, 20)).toBe('accepted')
    const constrained = ca(40, root, { nameConstraints: { permitted: names('p', 700), excluded: names('e', 700) } })
    const chain = [client(constrained, { subjectAltNames: names('x', 2500) }), constrained]
    expect(fastestOf(() => expect(judge(store, chain)).not.toBe('accepted'))).toBeLessThan(atOnce)
    const patient: Policy = { ...presented, budget: { ...presented.budget, nameComparisons: 5_000_000 } }
    expect(judge(storeFor(patient, root), chain)).toBe('name_constraint_violation 0')
  })

  it('an exhausted budget is never an acceptance, whichever meter it is', () => {
    const below = ca(41, root, {
      nameConstraints: { permitted: [{ dns: 'example' }] },
      policyConstraints: { requireExplicitPolicy: 0 },
      certificatePolicies: ['1.2.3'],
    })
    const leaf = client(below, { subjectAltNames: [{ dns: 'a.example' }, { dns: 'b.example' }], certificatePolicies: ['1.2.3'] })
    const chain = [leaf, below]
    expect(judge(store, chain)).toBe('accepted')
    for (const meter of ['signatures', 'pathSteps', 'nameComparisons', 'presentedCertificates', 'presentedBytes'] as const) {
      let accepted = 0
      for (const limit of [0, 1, 2, 3, 5, 8, 13, 21, 2000]) {
        const verdict = judge(storeFor({ ...presented, budget: { ...presented.budget, [meter]: limit } }, root), chain)
        expect(['accepted', 'budget_exhausted 0']).toContain(verdict)
        if (verdict === 'accepted') accepted++
      }
      expect([meter, accepted > 0 && accepted < 9]).toEqual([meter, true])
    }
  })

  it('a budget that is exhausted by constraints without a name to compare is no acceptance either', () => {
    const excluded = Array.from({ length: 20 }, (_, i) => ({ dns: `e${i}.example` }))
    const below = ca(42, root, { nameConstraints: { excluded } })
    const nameless = client(below, { subject: '' })
    const judgeWith = (nameComparisons: number): string =>
      judge(storeFor({ ...presented, budget: { ...presented.budget, nameComparisons } }, root), [nameless, below])
    expect([judgeWith(20), judgeWith(19)]).toEqual(['accepted', 'budget_exhausted 0'])
  })
})

describe('the order of presented and listed certificates', () => {
  /** Every permutation. */
  function orders<T>(items: readonly T[]): readonly (readonly T[])[] {
    return items.length < 2 ? [items] : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
  }
  const upper = ca(50, root)
  const lower = ca(51, upper)
  const expired = mint({ ...lower.spec, notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }, upper)
  const unrelated = mint({ ...lower.spec }, ca(52, undefined))
  const constrained = mint({ ...lower.spec, nameConstraints: { excluded: [{ dns: 'example' }] } }, upper)
  const leaf = client(lower, { subjectAltNames: [{ dns: 'a.example' }] })

  it('does not change the verdict', () => {
    const all = orders([upper, lower, expired, unrelated, constrained])
    expect(new Set(all.map((sent) => judge(store, [leaf, ...sent])))).toEqual(new Set(['accepted']))
    const broken = orders([upper, expired, unrelated, constrained])
    expect(new Set(broken.map((sent) => judge(store, [leaf, ...sent])))).toEqual(new Set(['expired 1']))
    const whole = orders([root, upper, lower, expired])
    expect(new Set(whole.map((bundle) => judge(storeOf(unrelated, ...bundle), [leaf])))).toEqual(new Set(['accepted']))
    const lacking = orders([root, upper, expired, constrained])
    expect(new Set(lacking.map((bundle) => judge(storeOf(unrelated, ...bundle), [leaf])))).toEqual(new Set(['expired 1']))
  })
})
