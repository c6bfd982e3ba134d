import { describe, expect, it } from 'vitest'
import { buildTruststore, profiles, verifyChain } from '../../src/index.ts'
import { type CertificateSpec, keyPair, mint, type NameSpec } from '../support/mint.ts'
import type { AttributeSpec, StringType } from '../support/names.ts'

/**
 * Bytes above 7F in a string of one byte per character may be Latin-1 or UTF-8. A name that a CA excludes must stay excluded in every
 * spelling, and must never be permitted by a spelling that only looks the same.
 */

const utf8 = (text: string): string => Buffer.from(text).toString('latin1')

/** What `verifyChain` says about a client below a CA with these constraints. */
function codeOf(nameConstraints: CertificateSpec['nameConstraints'], subject: NameSpec): string {
  const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Constrained', ...(nameConstraints && { nameConstraints }) })
  const leaf = mint({ key: keyPair('p256', 2), subject }, root)
  const verdict = verifyChain(buildTruststore(root.der), leaf.der)
  return verdict.ok ? 'accepted' : verdict.code
}

const organisation = (value: string, type: StringType): NameSpec => [
  ['O', value, type],
  ['CN', 'a'],
]
const spellings: readonly (readonly [string, string, StringType])[] = [
  ['UTF8String', 'Müller', 'utf8'],
  ['BMPString', 'Müller', 'bmp'],
  ['Latin-1 in PrintableString', 'Müller', 'printable'],
  ['UTF-8 in PrintableString', utf8('Müller'), 'printable'],
  ['Latin-1 in TeletexString', 'Müller', 't61'],
  ['UTF-8 in TeletexString', utf8('Müller'), 't61'],
  ['UTF-8 in IA5String, in capitals', utf8('MÜLLER'), 'ia5'],
]

describe('an excluded directory name', () => {
  const pairs = spellings.flatMap((excluded) => spellings.map((used) => [excluded[0], used[0], excluded, used] as const))
  it.each(pairs)('in %s excludes it in %s', (_excluded, _used, [, value, type], [, usedValue, usedType]) => {
    const excluded = [{ directory: [['O', value, type]] as const }]
    expect(codeOf({ excluded }, organisation(usedValue, usedType))).toBe('name_constraint_violation')
    expect(codeOf({ excluded }, organisation('Meier', usedType))).toBe('accepted')
  })

  it('excludes it in an RDN of several attributes', () => {
    const excluded = [
      {
        directory: [
          [
            ['O', 'Müller', 'utf8'],
            ['OU', 'Größe', 'utf8'],
          ],
        ] as const,
      },
    ]
    const used = (o: string, ou: string): NameSpec => [
      [
        ['O', o, 'printable'],
        ['OU', ou, 't61'],
      ],
      ['CN', 'a'],
    ]
    for (const o of ['Müller', utf8('Müller')]) {
      for (const ou of ['Größe', utf8('Größe')]) expect(codeOf({ excluded }, used(o, ou))).toBe('name_constraint_violation')
    }
    expect(codeOf({ excluded }, used('Müller', 'Grösse'))).toBe('name_constraint_violation')
    expect(codeOf({ excluded }, used('Müller', 'Form'))).toBe('accepted')
  })

  it('rejects a name with more readings than can be compared', () => {
    const excluded = [{ directory: [['O', 'Müller', 'utf8']] as const }]
    const rdn = (count: number): readonly AttributeSpec[] =>
      Array.from({ length: count }, (_, i) => ['OU', `${utf8('é')}${i}`, 'printable'] as const)
    expect(codeOf({ excluded }, [rdn(4)])).toBe('accepted')
    expect(codeOf({ excluded }, [rdn(5)])).toBe('name_constraint_violation')
    expect(codeOf({ excluded: [{ directory: [rdn(5)] }] }, 'CN=a')).toBe('name_constraint_violation')
  })
})

describe('work on names with many readings', () => {
  const excluded = [{ directory: [['O', 'Evil', 'utf8']] as const }]
  const ways: readonly (readonly [string, (size: number) => NameSpec])[] = [
    [
      'one RDN',
      (size) => [Array.from({ length: size }, (_, i) => ['OU', `${i % 5 === 0 ? 'é' : 'e'}${i}`, 'printable'] as const)],
    ],
    ['one RDN with one reading', (size) => [Array.from({ length: size }, (_, i) => ['OU', `e${i}`, 'utf8'] as const)]],
    ['many RDNs', (size) => Array.from({ length: size }, (_, i) => ['OU', `é${i % 2}`, 'printable'] as const)],
  ]
  it.each(ways)('is bounded for %s', (_what, nameOf) => {
    const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Constrained', nameConstraints: { excluded } })
    const store = buildTruststore(root.der)
    const leaf = mint({ key: keyPair('p256', 2), subject: nameOf(3000) }, root)
    expect(leaf.der.length).toBeLessThan(65_536)
    const millisecondsOf = (): number => {
      const started = performance.now()
      verifyChain(store, leaf.der)
      return performance.now() - started
    }
    expect(Math.min(...Array.from({ length: 5 }, millisecondsOf))).toBeLessThan(100)
  })
})

describe('a permitted directory name', () => {
  it.each(spellings)('in %s permits only equal bytes', (_what, value, type) => {
    const permitted = [{ directory: [['O', value, type]] as const }]
    for (const [, used, usedType] of spellings) {
      const isSame = used === value && usedType === type
      const isUnicode = [type, usedType].every((each) => each === 'utf8' || each === 'bmp')
      expect(codeOf({ permitted }, organisation(used, usedType))).toBe(
        isSame || isUnicode ? 'accepted' : 'name_constraint_violation',
      )
    }
  })
})

describe('an issuer with bytes above 7F', () => {
  const ca = mint({ ca: true, key: keyPair('p256', 3), subject: [['CN', 'Müller', 'printable']] })
  const store = buildTruststore(ca.der)
  const code = (issuer: NameSpec): string => {
    const verdict = verifyChain(store, mint({ key: keyPair('p256', 4), subject: 'CN=a', issuer, authorityKeyId: false }, ca).der)
    return verdict.ok ? 'accepted' : verdict.code
  }

  it('is found by the same bytes only', () => {
    expect(code(ca.subject)).toBe('accepted')
    for (const [name, type] of [
      ['Müller', 'utf8'],
      ['Müller', 't61'],
      ['Müller', 'ia5'],
      ['MÜLLER', 'printable'],
      ['Müller ', 'printable'],
      [utf8('Müller'), 'printable'],
    ] as const) {
      expect(code([['CN', name, type]])).toBe('unknown_issuer')
    }
  })
})

describe('an e-mail address with bytes above 7F', () => {
  const subject: NameSpec = [
    ['CN', 'a'],
    ['emailAddress', utf8('ü@example.com'), 'ia5'],
  ]
  it('is rejected by any constraint on e-mail addresses, and by no other', () => {
    expect(codeOf(undefined, subject)).toBe('accepted')
    expect(codeOf({ permitted: [{ email: 'example.com' }] }, subject)).toBe('name_constraint_violation')
    expect(codeOf({ excluded: [{ email: 'other.example' }] }, subject)).toBe('name_constraint_violation')
    expect(codeOf({ excluded: [{ uri: 'other.example' }] }, subject)).toBe('accepted')
  })
})

describe('a common name with bytes above 7F', () => {
  it('is no host name, like its twin in UTF8String', () => {
    for (const type of ['utf8', 'printable', 'ia5'] as const) {
      expect(codeOf({ permitted: [{ dns: 'example.com' }] }, [['CN', 'é.evil.example', type]])).toBe('accepted')
    }
    expect(codeOf({ permitted: [{ dns: 'example.com' }] }, 'CN=e.evil.example')).toBe('name_constraint_violation')
  })

  it('is shown in hexadecimal, so that it equals no other identity', () => {
    const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root' })
    const leaf = mint({ subject: [['CN', 'é', 'printable']] }, root)
    const verdict = verifyChain(buildTruststore(root.der, { policy: profiles.apiGateway }), leaf.der)
    expect(verdict.ok && verdict.leaf.subject).toBe('CN=#1301e9')
  })
})
