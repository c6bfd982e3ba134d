import { describe, expect, it } from 'vitest'
import { type Policy, profiles } from '../../src/index.ts'
import { type GeneralNameSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { storeFor } from '../support/rejected-chain.ts'
import { type Constraints, caSpec, client, directory, dns, email, ip, root, store, under, uri, violation } from './constrained.ts'
import { judge } from './judge.ts'

/** Name constraints on every form, permitted and excluded, critical or not, of intermediates and of anchors. */

interface Form {
  readonly form: string
  readonly constraints: Constraints
  readonly within: readonly GeneralNameSpec[]
  readonly without: readonly GeneralNameSpec[]
}

const forms: readonly Form[] = [
  {
    form: 'DNS, permitted',
    constraints: { permitted: dns('good.example') },
    within: dns('good.example', 'a.good.example', 'a.b.GOOD.example', '*.good.example', 'good.example.'),
    without: dns('example', 'evil.example', 'notgood.example', 'good.example.evil', '*.example', '*', '', 'xn--good.example'),
  },
  {
    form: 'DNS, excluded',
    constraints: { excluded: dns('secret.good.example') },
    within: dns('good.example', 'a.good.example', 'topsecret.good.example', '*.a.good.example', 'secret.evil.example'),
    without: dns(
      'secret.good.example',
      'a.secret.good.example',
      'SECRET.good.EXAMPLE',
      '*.good.example',
      '*.secret.good.example',
      'secret.good.example.',
    ),
  },
  {
    form: 'DNS, all excluded',
    constraints: { excluded: dns('') },
    within: [...email('a@good.example'), ...ip('192.0.2.1')],
    without: dns('good.example', '*.good.example', 'localhost'),
  },
  {
    form: 'IPv4, permitted',
    constraints: { permitted: ip('192.0.2.0/24') },
    within: ip('192.0.2.0', '192.0.2.255'),
    without: ip('192.0.3.0', '192.0.1.255', '10.0.0.1', '2001:db8::1', '::ffff:c000:201'),
  },
  {
    form: 'IPv4, excluded',
    constraints: { excluded: ip('10.0.0.0/8') },
    within: ip('11.0.0.0', '9.255.255.255'),
    without: ip('10.0.0.0', '10.255.255.255'),
  },
  {
    form: 'IPv6, permitted',
    constraints: { permitted: ip('2001:db8::/33') },
    within: ip('2001:db8::1', '2001:db8:7fff::1'),
    without: ip('2001:db8:8000::1', '2001:db9::1', '192.0.2.1'),
  },
  {
    form: 'IPv6, excluded',
    constraints: { excluded: ip('2001:db8::/32') },
    within: ip('2001:db9::1'),
    without: ip('2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'),
  },
  {
    form: 'all IPv4 and IPv6, excluded',
    constraints: { excluded: ip('0.0.0.0/0', '::/0') },
    within: dns('good.example'),
    without: ip('192.0.2.1', '2001:db8::1', '0.0.0.0', '::'),
  },
  {
    form: 'e-mail of a host, permitted',
    constraints: { permitted: email('good.example') },
    within: email('a@good.example', 'a@GOOD.example', 'a.b+c@good.example'),
    without: email(
      'a@evil.example',
      'a@b.good.example',
      'a@evil.example@good.example',
      '"a@evil.example"@good.example',
      'good.example',
      '@good.example',
      'a@good.example.',
      'a@[192.0.2.1]',
      '',
    ),
  },
  {
    form: 'e-mail of the hosts below, permitted',
    constraints: { permitted: email('.good.example') },
    within: email('a@b.good.example', 'a@c.b.good.example'),
    without: email('a@good.example', 'a@notgood.example', 'a@.good.example'),
  },
  {
    form: 'one mailbox, excluded',
    constraints: { excluded: email('root@good.example') },
    within: email('a@good.example', 'root@b.good.example', 'Root@good.example'),
    without: email('root@good.example', 'root@GOOD.EXAMPLE', '"root"@good.example', 'root@good.example@evil.example'),
  },
  {
    form: 'e-mail of a host, excluded',
    constraints: { excluded: email('evil.example') },
    within: email('a@good.example', 'a@b.evil.example'),
    without: email('a@evil.example', 'a@EVIL.example', 'a', 'evil.example'),
  },
  {
    form: 'URI, permitted',
    constraints: { permitted: uri('good.example') },
    within: uri(
      'https://good.example/a',
      'spiffe://good.example/a/b',
      'https://user@GOOD.example:8443/',
      'https://good.example?x',
    ),
    without: uri(
      'https://evil.example/',
      'https://a.good.example/',
      'https://evil.example/@good.example',
      'https://good.example@evil.example/',
      'https://evil.example#good.example',
      'https://evil.example\\@good.example/',
      'https://a@b@good.example/',
      'https://a@good.example@evil.example/',
      'https://good.example%00.evil.example/',
      'urn:good.example:x',
      'good.example',
      'https:good.example',
      'https://192.0.2.1/',
      'https://[2001:db8::1]/',
      '',
    ),
  },
  {
    form: 'URI, excluded',
    constraints: { excluded: uri('.evil.example') },
    within: uri('https://good.example/', 'https://evil.example/'),
    without: uri(
      'https://a.evil.example/',
      'https://A.EVIL.example/',
      'https://a.evil.example./',
      'urn:x:y',
      'https://192.0.2.1/',
      'https://a%2eevil.example/',
    ),
  },
  {
    form: 'directory names, permitted',
    constraints: { permitted: directory('C=XX,O=Good', 'O=Immunity') },
    within: directory('C=XX,O=Good', 'C=XX,O=Good,CN=a', 'C=xx,O=  GOOD ,OU=b,CN=a'),
    without: directory('C=XX,O=Evil', 'O=Good,C=XX', 'O=Good', 'C=XX', 'C=XX,OU=a,O=Good', 'C=XX,O=Good\\,OU=a', ''),
  },
  {
    form: 'directory names, excluded',
    constraints: { excluded: directory('C=XX,O=Evil') },
    within: directory('C=XX,O=Good', 'C=XX', 'O=Evil,C=XX', 'C=XX,O=Evil2'),
    without: directory('C=XX,O=Evil', 'C=XX,O=EVIL,CN=a', 'C=XX,O= evil ,CN=a'),
  },
]

describe('name constraints skipped (CVE-2025-61727, CVE-2026-27137, CVE-2026-33810, CVE-2026-34073, RUSTSEC-2026-0098, RUSTSEC-2026-0099)', () => {
  it.each(forms)('$form: accepts names inside', ({ constraints, within }) => {
    const verdicts = within.map((san) => [san, under(constraints, { subjectAltNames: [san] })])
    expect(verdicts).toEqual(within.map((san) => [san, 'accepted']))
  })

  it.each(forms)('$form: rejects names outside', ({ constraints, without }) => {
    const verdicts = without.map((san) => [san, under(constraints, { subjectAltNames: [san] })])
    expect(verdicts).toEqual(without.map((san) => [san, violation]))
  })

  it.each(forms)('$form: applies to the last of many names, if not critical, two levels below, and from an anchor', (form) => {
    const { constraints, within, without } = form
    const bad = { subjectAltNames: [...within, without[0]!] }
    const good = { subjectAltNames: within }
    const optional = { critical: { nameConstraints: false } }
    expect([under(constraints, good, optional), under(constraints, bad, optional)]).toEqual(['accepted', violation])

    const upper = mint({ ...caSpec, nameConstraints: constraints }, root)
    const lower = mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Lower' }, upper)
    const viaTwo = [good, bad].map((spec) => judge(store, [client(lower, spec), lower, upper]))
    expect(viaTwo).toEqual(['accepted', violation])

    const anchor = mint({ ...caSpec, nameConstraints: constraints })
    const anchored = [good, bad].map((spec) => judge(storeFor(profiles.apiGateway, anchor), [client(anchor, spec)]))
    expect(anchored).toEqual(['accepted', violation])
    const nameAndKey: Policy = { ...profiles.apiGateway, enforceAnchorConstraints: false }
    expect(judge(storeFor(nameAndKey, anchor), [client(anchor, bad)])).toBe('accepted')
  })

  it('several forms at once: no form counts for another', () => {
    const constraints = { permitted: [...dns('good.example'), ...ip('192.0.2.0/24')], excluded: email('evil.example') }
    const judgeNames = (...subjectAltNames: readonly GeneralNameSpec[]): string => under(constraints, { subjectAltNames })
    expect(judgeNames(...dns('good.example'), ...ip('192.0.2.1'), ...email('a@good.example'), ...uri('urn:x'))).toBe('accepted')
    expect(judgeNames(...dns('good.example'), ...ip('192.0.3.1'))).toBe(violation)
    expect(judgeNames(...dns('good.example'), ...email('a@evil.example'))).toBe(violation)
    expect(judgeNames(...dns('192.0.2.1'))).toBe(violation)
  })

  it('the constraints of all CAs apply', () => {
    const upper = mint({ ...caSpec, nameConstraints: { permitted: dns('good.example') } }, root)
    const narrowed = (nameConstraints: Constraints): Minted =>
      mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Lower', nameConstraints }, upper)
    const judgeBelow = (lower: Minted, value: string): string =>
      judge(store, [client(lower, { subjectAltNames: dns(value) }), lower, upper])
    const wider = narrowed({ permitted: dns('evil.example', 'a.good.example') })
    expect([
      judgeBelow(wider, 'x.a.good.example'),
      judgeBelow(wider, 'evil.example'),
      judgeBelow(wider, 'b.good.example'),
    ]).toEqual(['accepted', violation, violation])
    const excluding = narrowed({ excluded: dns('b.good.example') })
    expect([judgeBelow(excluding, 'a.good.example'), judgeBelow(excluding, 'b.good.example')]).toEqual(['accepted', violation])
  })
})
