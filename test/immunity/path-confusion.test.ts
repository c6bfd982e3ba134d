import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildTruststore, type Policy, profiles, verifyChain } from '../../src/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint, type NameSpec } from '../support/mint.ts'
import { leafKey, presented, storeFor, storeOf } from '../support/rejected-chain.ts'
import { judge } from './judge.ts'

/** Certificates that resemble others: same name, same key, same key identifier, copies, and presented roots. */

const rootKey = keyPair('p256')
const root = mint({ ca: true, key: rootKey, subject: 'O=Immunity,CN=Root' })
const attackerKey = keyPair('p256', 1)
const store = storeFor(presented, root)
const everyPolicy: readonly Policy[] = [
  profiles.apiGateway,
  presented,
  { ...presented, trust: 'roots' },
  { ...presented, trust: 'every-certificate' },
  { ...profiles.apiGateway, trust: 'every-certificate' },
]

function client(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'O=Immunity,CN=Client', ...spec }, issuer)
}

function judgeEverywhere(listed: readonly Minted[], chain: readonly Minted[]): ReadonlySet<string> {
  return new Set(everyPolicy.map((policy) => judge(storeFor(policy, ...listed), chain).split(' ')[0]!))
}

describe('a presented certificate is never an anchor', () => {
  const own = mint({ ca: true, key: attackerKey, subject: 'O=Attacker,CN=Root' })

  it('control: a client of the listed root is accepted', () => {
    expect(judgeEverywhere([root], [client(root)])).toEqual(new Set(['accepted']))
  })

  it.each<readonly [string, readonly Minted[]]>([
    ['an own root', [client(own), own]],
    ['a root with the listed name', [client(mint({ ...root.spec, key: attackerKey })), mint({ ...root.spec, key: attackerKey })]],
    [
      'a root with the listed key identifier',
      [
        client(mint({ ...root.spec, key: attackerKey, subjectKeyId: root.keyId! })),
        mint({ ...root.spec, key: attackerKey, subjectKeyId: root.keyId! }),
      ],
    ],
    [
      'a root with the listed serial number',
      [
        client(mint({ ...root.spec, key: attackerKey, serial: root.serial })),
        mint({ ...root.spec, key: attackerKey, serial: root.serial }),
      ],
    ],
    [
      'a root with the listed key and a wrong signature',
      [client(root, { signWith: attackerKey }), mint({ ...root.spec, signWith: attackerKey })],
    ],
    [
      'the listed root, after a client of an own root',
      [client(own, { issuer: root.subject, authorityKeyId: root.keyId! }), root],
    ],
    ['the listed root, after an own root', [client(own), own, root]],
    ['a self-signed client', [mint({ key: attackerKey, subject: 'O=Immunity,CN=Client' })]],
    ['a self-signed client with the listed name', [mint({ key: attackerKey, subject: root.subject })]],
    [
      'a self-signed CA with the listed key identifier',
      [mint({ ca: true, keyUsage: [], key: attackerKey, subject: root.subject, subjectKeyId: root.keyId! })],
    ],
  ])('%s', (_what, chain) => {
    expect(judgeEverywhere([root], chain)).not.toContain('accepted')
  })

  it('a listed certificate with another signature is not listed', () => {
    const pinned = mint({ key: leafKey, subject: 'O=Immunity,CN=Pinned' })
    const bent = mint({ ...pinned.spec, signWith: attackerKey })
    expect(judgeEverywhere([pinned], [pinned])).toEqual(new Set(['accepted']))
    expect(judgeEverywhere([pinned], [bent])).not.toContain('accepted')
  })
})

describe('the same name and key with other limits', () => {
  const limits: readonly (readonly [string, CertificateSpec, CertificateSpec, string])[] = [
    [
      'name constraints',
      { nameConstraints: { permitted: [{ dns: 'good.example' }] } },
      { subjectAltNames: [{ dns: 'evil.example' }] },
      'name_constraint_violation 0',
    ],
    ['purposes', { extendedKeyUsage: ['serverAuth'] }, {}, 'extended_key_usage_violation 1'],
    ['dates', { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }, {}, 'expired 1'],
  ]

  it.each(limits)(
    '%s of a listed anchor are not lifted by presenting one without them',
    (_what, anchorSpec, leafSpec, expected) => {
      const anchor = mint({ ...root.spec, ...anchorSpec })
      const twin = mint({ ...root.spec })
      const policy: Policy = { ...presented, checkAnchorValidity: true }
      expect(judge(storeFor(policy, twin), [client(root, leafSpec)])).toBe('accepted')
      expect(judge(storeFor(policy, anchor), [client(root, leafSpec)])).toBe(expected)
      expect(judge(storeFor(policy, anchor), [client(root, leafSpec), twin])).toBe(expected)
      expect(judge(storeFor(policy, anchor), [client(root, leafSpec), twin, anchor])).toBe(expected)
    },
  )

  it.each(limits)(
    '%s of one cross-certificate do not apply to the other, in both orders',
    (_what, subSpec, leafSpec, expected) => {
      const sub = { ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Sub' }
      const limited = mint({ ...sub, ...subSpec }, root)
      const free = mint(sub, root)
      const leaf = client(free, leafSpec)
      expect([judge(store, [leaf, limited]), judge(store, [leaf, limited, limited])]).toEqual([expected, expected])
      // The root has also issued the CA a certificate without limits.
      expect([judge(store, [leaf, limited, free]), judge(store, [leaf, free, limited])]).toEqual(['accepted', 'accepted'])
    },
  )
})

describe('names that are equal by RFC 5280 7.1 and spelled differently', () => {
  const bare = { ca: true, subjectKeyId: false, authorityKeyId: false } as const
  const shared = keyPair('p256', 40)
  const policy: Policy = { ...presented, maxChainLength: 3 }
  const short = storeFor(policy, root)
  const plain: NameSpec = [
    ['O', 'Im munity'],
    ['CN', 'Ring'],
  ]
  const recased = (text: string): fc.Arbitrary<string> =>
    fc
      .tuple(...[...text].map((c) => fc.constantFrom(c.toLowerCase(), c.toUpperCase())))
      .chain((letters) => fc.constantFrom(letters.join(''), ` ${letters.join('')}`, letters.join('').replace(' ', '   ')))
  const type = fc.constantFrom('utf8' as const, 'printable' as const, 'ia5' as const, 'bmp' as const, 'universal' as const)
  const spelled: fc.Arbitrary<NameSpec> = fc
    .tuple(recased('Im munity'), type, recased('Ring'), type)
    .map(([o, oType, cn, cnType]) => [
      ['O', o, oType],
      ['CN', cn, cnType],
    ])

  /** CAs with one name and key, all with valid signatures. The root has issued the first one, or none. */
  function verdictOf(names: readonly (readonly [subject: NameSpec, issuer: NameSpec])[], certified: boolean): string {
    const chain = names.map(([subject, issuer], i) => {
      const spec = { ...bare, subject, key: shared, serial: BigInt(i + 1) }
      return certified && i === 0 ? mint(spec, root) : mint({ ...spec, issuer, signWith: shared })
    })
    const leaf = mint({ key: leafKey, subject: 'CN=Client', issuer: names[0]![1], signWith: shared, authorityKeyId: false })
    return judge(short, [leaf, ...chain])
  }

  it('are one name on a path: no verdict depends on how they are spelled', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(spelled, spelled), { minLength: 1, maxLength: 7 }), fc.boolean(), (names, certified) => {
        const alike = names.map(() => [plain, plain] as const)
        expect(verdictOf(names, certified)).toBe(certified ? 'accepted' : 'self_signed_untrusted 1')
        expect(verdictOf(alike, certified)).toBe(verdictOf(names, certified))
      }),
      { numRuns: 40 },
    )
  })
})

describe('signature results of another certificate or key', () => {
  const sub = { ca: true, subject: 'O=Immunity,CN=Sub' }
  const genuine = mint({ ...sub, key: keyPair('p256', 2) }, root)
  const other = mint({ ...sub, key: keyPair('p256', 3), subjectKeyId: genuine.keyId! }, root)

  it('a signature by one key is invalid for another with the same name and key identifier', () => {
    const byOther = client(other)
    expect(judge(store, [client(genuine), genuine])).toBe('accepted')
    expect(judge(store, [byOther, genuine])).toBe('signature_mismatch 0')
    expect(judge(store, [byOther, genuine, other])).toBe('accepted')
    expect(judge(store, [byOther, other, genuine])).toBe('accepted')
  })

  it('the same certificate twice, once with a broken signature', () => {
    const broken = mint({ ...genuine.spec, serial: genuine.serial, signature: new Uint8Array(70).fill(1) }, root)
    expect(judge(store, [client(genuine), broken])).toBe('signature_mismatch 1')
    expect(judge(store, [client(genuine), broken, genuine])).toBe('accepted')
    expect(judge(store, [client(genuine), genuine, broken])).toBe('accepted')
    const leaf = client(genuine)
    const bent = mint({ ...leaf.spec, serial: leaf.serial, signature: new Uint8Array(70).fill(1) }, genuine)
    expect(judge(store, [bent, leaf, genuine])).toBe('signature_mismatch 0')
  })

  it('a changed certificate is not accepted because of an earlier call', () => {
    const bytes = client(genuine).der.slice()
    const chain = [bytes, genuine.der]
    expect(verifyChain(store, chain).ok).toBe(true)
    bytes[bytes.length - 1]! ^= 1
    expect(verifyChain(store, chain)).toMatchObject({ ok: false, code: 'signature_mismatch' })
    bytes[bytes.length - 1]! ^= 1
    expect(verifyChain(store, chain).ok).toBe(true)
  })

  it('links inside a truststore depend on signatures, not on names', () => {
    const forged = mint({ ...sub, key: attackerKey, signWith: attackerKey }, root)
    expect(judge(storeOf(root, genuine), [client(genuine)])).toBe('accepted')
    expect(judge(storeOf(root, forged), [client(forged)])).not.toBe('accepted')
    expect(judge(storeOf(root, genuine, forged), [client(forged)])).not.toBe('accepted')
    const unmarked = mint({ ...sub, key: attackerKey, signWith: attackerKey, authorityKeyId: false }, root)
    expect(judge(storeOf(root, unmarked), [client(unmarked)])).not.toBe('accepted')
  })

  it('a backend that cannot use a key says nothing about the signature', () => {
    const blind = { name: 'blind', importKey: () => undefined }
    expect(() => buildTruststore(root.der, { signatures: blind })).toThrow('bad_self_signature')
    const unlinked = buildTruststore([genuine.der], { signatures: blind, policy: presented })
    expect(judge(storeFor(presented, genuine), [client(genuine)])).toBe('accepted')
    expect(judge(unlinked, [client(genuine)])).toBe('signature_mismatch 0')
  })
})
