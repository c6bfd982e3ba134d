import { describe, expect, it } from 'vitest'
import { type Policy, type Truststore, verifyChain } from '../../../../src/index.ts'
import { type CertificateSpec, type GeneralNameSpec, keyPair, type Minted, mint } from '../../../support/mint.ts'
import type { NameSpec, StringType } from '../../../support/names.ts'
import { leaf, presented, root, storeFor } from '../../../support/rejected-chain.ts'

/** Name constraints over whole chains; `test/immunity` has the attacks, `name-match.test.ts` the comparisons. */

type Constraints = NonNullable<CertificateSpec['nameConstraints']>

const store = storeFor(presented, root)
const violation = 'name_constraint_violation 0'

function ca(slot: number, issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, key: keyPair('p256', 100 + slot), subject: `O=Names,CN=CA ${slot}`, ...spec }, issuer)
}

function judge(chain: readonly Minted[], trust: Truststore = store): string {
  const verdict = verifyChain(
    trust,
    chain.map(({ der }) => der),
  )
  return verdict.ok ? 'accepted' : `${verdict.code} ${verdict.index}`
}

function message(chain: readonly Minted[]): string {
  const verdict = verifyChain(
    store,
    chain.map(({ der }) => der),
  )
  return verdict.ok ? 'accepted' : verdict.message
}

/** A leaf below one constraining CA. */
function under(nameConstraints: Constraints, spec: CertificateSpec): string {
  const top = ca(0, root, { nameConstraints })
  return judge([leaf(spec, top), top])
}

const named = (...subjectAltNames: readonly GeneralNameSpec[]): CertificateSpec => ({ subjectAltNames })

interface Form {
  readonly form: string
  readonly subtree: GeneralNameSpec
  readonly inside: GeneralNameSpec
  readonly outside: GeneralNameSpec
}

const forms: readonly Form[] = [
  { form: 'DNS', subtree: { dns: 'a.example' }, inside: { dns: 'x.a.example' }, outside: { dns: 'b.example' } },
  { form: 'IPv4', subtree: { ip: '10.0.0.0/8' }, inside: { ip: '10.1.2.3' }, outside: { ip: '11.0.0.1' } },
  { form: 'IPv6', subtree: { ip: '2001:db8::/32' }, inside: { ip: '2001:db8::1' }, outside: { ip: '2001:db9::1' } },
  { form: 'e-mail', subtree: { email: 'a.example' }, inside: { email: 'x@a.example' }, outside: { email: 'x@b.example' } },
  {
    form: 'URI',
    subtree: { uri: '.a.example' },
    inside: { uri: 'https://x.a.example/' },
    outside: { uri: 'https://b.example/' },
  },
  {
    form: 'directory',
    subtree: { directory: 'O=Inside' },
    inside: { directory: 'O=Inside,CN=x' },
    outside: { directory: 'O=Outside,CN=x' },
  },
]

/** The subject is a directory name as well, so it stays away. */
const only = (...names: readonly GeneralNameSpec[]): CertificateSpec => ({ subject: '', subjectAltNames: names })

describe.each(forms)('names of the form $form', ({ subtree, inside }) => {
  it('are excluded although they are permitted', () => {
    expect(under({ permitted: [subtree], excluded: [subtree] }, only(inside))).toBe(violation)
  })

  it('do not apply to other forms', () => {
    for (const other of forms.filter(({ subtree: its }) => Object.keys(its)[0] !== Object.keys(subtree)[0])) {
      expect([other.form, under({ permitted: [subtree] }, only(other.outside))]).toEqual([other.form, 'accepted'])
    }
  })
})

describe('constraints of several CAs', () => {
  const below = (upper: Constraints, lower: Constraints | undefined, spec: CertificateSpec): string => {
    const top = ca(0, root, { nameConstraints: upper })
    const bottom = ca(1, top, lower === undefined ? {} : { nameConstraints: lower })
    return judge([leaf(spec, bottom), bottom, top])
  }

  it('are intersected for permitted subtrees', () => {
    const upper = { permitted: [{ dns: 'a.example' }, { dns: 'b.example' }] }
    const lower = { permitted: [{ dns: 'x.a.example' }, { dns: 'c.example' }] }
    expect(below(upper, lower, named({ dns: 'y.x.a.example' }))).toBe('accepted')
    for (const dns of ['a.example', 'b.example', 'c.example']) expect(below(upper, lower, named({ dns }))).toBe(violation)
    expect(below(upper, undefined, named({ dns: 'b.example' }))).toBe('accepted')
  })

  it('are united for excluded subtrees', () => {
    const upper = { excluded: [{ dns: 'a.example' }] }
    const lower = { excluded: [{ dns: 'b.example' }] }
    expect(below(upper, lower, named({ dns: 'c.example' }))).toBe('accepted')
    for (const dns of ['a.example', 'b.example']) expect(below(upper, lower, named({ dns }))).toBe(violation)
  })

  it('bind the CAs below too, at their place', () => {
    const top = ca(0, root, { nameConstraints: { permitted: [{ directory: 'O=Names' }] } })
    const inside = ca(1, top)
    const outside = ca(1, top, { subject: 'O=Elsewhere' })
    const spec = { subject: 'O=Names,CN=x' }
    expect(judge([leaf(spec, inside), inside, top])).toBe('accepted')
    expect(judge([leaf(spec, outside), outside, top])).toBe('name_constraint_violation 1')
  })

  it('do not bind self-issued CAs, but a self-issued leaf', () => {
    const nameConstraints = { permitted: [{ directory: 'O=Elsewhere' }] }
    const top = ca(0, root, { nameConstraints })
    const own = ca(1, top, { subject: top.subject })
    const other = ca(1, top)
    const spec = { subject: 'O=Elsewhere,CN=x' }
    expect(judge([leaf(spec, own), own, top])).toBe('accepted')
    expect(judge([leaf(spec, other), other, top])).toBe('name_constraint_violation 1')
    expect(judge([leaf({ subject: top.subject }, top), top])).toBe(violation)
  })

  it('make the search look for another path', () => {
    const spec: CertificateSpec = { ca: true, key: keyPair('p256', 105), subject: 'O=Names,CN=Twice' }
    const narrow = mint({ ...spec, nameConstraints: { permitted: [{ dns: 'b.example' }] } }, root)
    const wide = mint(spec, root)
    const client = leaf(named({ dns: 'a.example' }), narrow)
    expect(judge([client, narrow])).toBe(violation)
    expect(judge([client, narrow, wide])).toBe('accepted')
    expect(judge([client, wide, narrow])).toBe('accepted')
  })
})

describe('constraints of the anchor', () => {
  const anchor = mint({ ...root.spec, nameConstraints: { permitted: [{ dns: 'a.example' }] } })
  const trusting = (enforceAnchorConstraints: boolean): Truststore => storeFor({ ...presented, enforceAnchorConstraints }, anchor)

  it.each([
    [true, 'a.example', 'accepted'],
    [true, 'b.example', violation],
    [false, 'a.example', 'accepted'],
    [false, 'b.example', 'accepted'],
  ])('counted: %s, %s: %s', (counted, dns, expected) => {
    expect(judge([leaf(named({ dns }))], trusting(counted))).toBe(expected)
    const between = ca(0, root)
    expect(judge([leaf(named({ dns }), between), between], trusting(counted))).toBe(expected)
  })
})

describe('the subject', () => {
  const mail = (value: string, type: StringType = 'ia5'): CertificateSpec => ({
    subject: [
      ['O', 'Verify'],
      ['emailAddress', value, type],
    ],
  })

  it('is a directory name', () => {
    expect(under({ permitted: [{ directory: 'O=Verify' }] }, { subject: 'O=Verify,CN=x' })).toBe('accepted')
    expect(under({ permitted: [{ directory: 'O=Verify' }] }, { subject: 'O=Other,CN=x' })).toBe(violation)
    expect(under({ excluded: [{ directory: 'O=Verify,CN=x' }] }, { subject: 'O=Verify,CN=x' })).toBe(violation)
    expect(under({ excluded: [{ directory: 'O=Verify,CN=x' }] }, { subject: 'O=Verify' })).toBe('accepted')
  })

  it('has e-mail addresses, whose excluded local parts match in any case', () => {
    expect(under({ permitted: [{ email: 'a.example' }] }, mail('x@a.example'))).toBe('accepted')
    expect(under({ permitted: [{ email: 'a.example' }] }, mail('x@b.example'))).toBe(violation)
    expect(under({ permitted: [{ email: 'x@a.example' }] }, mail('X@a.example'))).toBe(violation)
    expect(under({ excluded: [{ email: 'x@a.example' }] }, mail('X@a.example'))).toBe(violation)
    expect(under({ excluded: [{ email: 'x@a.example' }] }, named({ email: 'X@a.example' }))).toBe('accepted')
    expect(under({ excluded: [{ email: 'x@a.example' }] }, mail('y@a.example'))).toBe('accepted')
  })

  it('has e-mail addresses that cannot be compared in other string types', () => {
    for (const type of ['utf8', 'printable', 'bmp'] as const) {
      expect([type, under({ permitted: [{ email: 'a.example' }] }, mail('x@a.example', type))]).toEqual([type, violation])
      expect([type, under({ permitted: [{ dns: 'a.example' }] }, mail('x@a.example', type))]).toEqual([type, 'accepted'])
    }
  })
})

describe('excluded directory names are compared loosely', () => {
  const organisation = (value: string, type: StringType = 'utf8'): NameSpec => [['O', value, type]]
  const excluding = (excluded: NameSpec, subject: NameSpec): string => under({ excluded: [{ directory: excluded }] }, { subject })
  const permitting = (permitted: NameSpec, subject: NameSpec): string =>
    under({ permitted: [{ directory: permitted }] }, { subject })

  it.each<readonly [string, NameSpec, NameSpec]>([
    ['ASCII in teletex', organisation('Evil'), organisation('Evil', 't61')],
    ['accents in teletex', organisation('Müll'), organisation('Müll', 't61')],
    ['full-width letters', organisation('Evil'), organisation('Ｅｖｉｌ')],
    ['a ligature', organisation('office'), organisation('oﬃce')],
    ['a combining accent', organisation('Müll'), organisation('Mu\u0308ll')],
    ['the case of Greek', organisation('ΑΒΓ'), organisation('αβγ')],
    ['the case of Cyrillic in BMP', organisation('ЗЛО'), organisation('зло', 'bmp')],
    ['a no-break space', organisation('E vil'), organisation('E\u00a0vil')],
  ])('%s', (_what, excluded, subject) => {
    expect(excluding(excluded, subject)).toBe(violation)
    expect(excluding(subject, excluded)).toBe(violation)
    // What is permitted must be equal by RFC 5280 7.1.
    expect(permitting(excluded, subject)).toBe(violation)
    expect(permitting(subject, subject)).toBe('accepted')
    expect(excluding(excluded, organisation('Good'))).toBe('accepted')
  })

  it('permitted ones are compared as RFC 5280 7.1 requires', () => {
    expect(permitting(organisation('In Side'), organisation('  IN   side ', 'printable'))).toBe('accepted')
    expect(excluding(organisation('In Side'), organisation('  IN   side ', 'printable'))).toBe(violation)
  })

  it('RDN by RDN', () => {
    expect(
      permitting(
        [
          ['O', 'a'],
          ['OU', 'b'],
        ],
        [
          ['OU', 'b'],
          ['O', 'a'],
        ],
      ),
    ).toBe(violation)
    expect(
      excluding(
        [
          ['O', 'a'],
          ['OU', 'b'],
        ],
        [
          ['OU', 'b'],
          ['O', 'a'],
        ],
      ),
    ).toBe('accepted')
    const pair: NameSpec = [
      [
        ['O', 'a'],
        ['OU', 'b'],
      ],
    ]
    expect(
      permitting(pair, [
        [
          ['OU', 'B'],
          ['O', 'A'],
        ],
      ]),
    ).toBe('accepted')
    expect(
      permitting(pair, [
        ['O', 'a'],
        ['OU', 'b'],
      ]),
    ).toBe(violation)
    expect(excluding('', organisation('x'))).toBe(violation)
    expect(permitting('', organisation('x'))).toBe('accepted')
  })
})

describe('what cannot be compared is refused', () => {
  it.each(['evil.example..', ' ', '.evil.example', 'a..evil.example'])('the DNS name %j', (name) => {
    expect(under({ permitted: [{ dns: 'evil.example' }] }, named({ dns: name }))).toBe(violation)
    expect(under({ excluded: [{ dns: 'good.example' }] }, named({ dns: name }))).toBe(violation)
    expect(under({ excluded: [{ dns: 'good.example' }] }, named({ dns: 'evil.example' }))).toBe('accepted')
  })

  it('addresses and URIs that are not well-formed', () => {
    expect(under({ excluded: [{ email: 'a.example' }] }, named({ email: '"x"@b.example' }))).toBe(violation)
    expect(under({ excluded: [{ uri: 'a.example' }] }, named({ uri: 'urn:x' }))).toBe(violation)
    expect(under({ excluded: [{ uri: 'a b' }] }, named({ uri: 'https://b.example/' }))).toBe(violation)
    expect(under({ excluded: [{ email: 'a@b@c' }] }, named({ email: 'x@b.example' }))).toBe(violation)
  })
})

describe('the message', () => {
  const told = (nameConstraints: Constraints, spec: CertificateSpec): string => {
    const top = ca(0, root, { nameConstraints })
    return message([leaf(spec, top), top]).replace('leaf certificate CN=Leaf,O=Verify: ', '')
  }

  it.each<readonly [string, Constraints, CertificateSpec, string]>([
    ['excludes', { excluded: [{ dns: 'a.example' }] }, named({ dns: 'X.a.example' }), '"x.a.example" is excluded'],
    ['does not permit', { permitted: [{ dns: 'a.example' }] }, named({ dns: 'b.example' }), '"b.example" is not permitted'],
    ['an address', { permitted: [{ ip: '10.0.0.0/8' }] }, named({ ip: '11.0.0.1' }), 'an IP address is not permitted'],
    ['a subject', { permitted: [{ directory: 'O=a' }] }, {}, 'a directory name of 2 RDNs is not permitted'],
    [
      'another form',
      { excluded: [{ registeredId: '1.2' }] },
      named({ registeredId: '1.2' }),
      'a name of form [8] cannot be compared with a name of form [8]',
    ],
    [
      'an unreadable one',
      { excluded: [{ uri: 'a.example' }] },
      named({ uri: 'urn:x' }),
      '"urn:x" cannot be compared with "a.example"',
    ],
  ])('names what it %s', (_what, constraints, spec, text) => {
    expect(told(constraints, spec)).toBe(`${text}, by the name constraints of CN=CA 0,O=Names`)
  })
})

describe('the budget', () => {
  it.each([
    [6, 'accepted'],
    [5, 'budget_exhausted 0'],
    [0, 'budget_exhausted 0'],
  ])('of %d comparisons: %s', (nameComparisons, expected) => {
    const policy: Policy = { ...presented, budget: { ...presented.budget, nameComparisons } }
    // Two subtrees and two names to read (the SAN and the subject), then the SAN with two subtrees.
    const top = ca(0, root, { nameConstraints: { permitted: [{ dns: 'a.example' }, { dns: 'b.example' }] } })
    const trust = storeFor(policy, root)
    expect(judge([leaf(named({ dns: 'a.example' }), top), top], trust)).toBe(expected)
  })
})
