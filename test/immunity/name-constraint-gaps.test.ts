import { describe, expect, it } from 'vitest'
import { context, implicit, integer, octetString, oid, sequence, utf8 } from '../support/der.ts'
import { type CertificateSpec, type GeneralNameSpec, keyPair, type Minted, mint } from '../support/mint.ts'
import { leafKey, presented } from '../support/rejected-chain.ts'
import { type Constraints, caSpec, client, directory, dns, email, root, store, under, uri, violation } from './constrained.ts'
import { buildErrors, judge } from './judge.ts'

/** Name constraints that are easily forgotten: unsupported forms, malformed subtrees, subjects, wildcards. */

describe('constrained forms that are not supported', () => {
  const upn = (value: string): GeneralNameSpec => ({ other: { oid: '1.3.6.1.4.1.311.20.2.3', value: utf8(value) } })
  const x400: GeneralNameSpec = { raw: context(3, octetString('00')) }
  const ediParty: GeneralNameSpec = { raw: context(5, context(1, utf8('a'))) }
  const mailbox: GeneralNameSpec = { other: { oid: '1.3.6.1.5.5.7.8.9', value: utf8('ä@evil.example') } }

  it.each<readonly [string, GeneralNameSpec]>([
    ['otherName', upn('a@good.example')],
    ['registeredID', { registeredId: '1.2.3' }],
    ['x400Address', x400],
    ['ediPartyName', ediParty],
  ])('%s: such a name is rejected, whether it is permitted or excluded', (_form, own) => {
    expect(under({ permitted: [own] }, { subjectAltNames: [own] })).toBe(violation)
    expect(under({ excluded: [own] }, { subjectAltNames: [own] })).toBe(violation)
    expect(under({ permitted: [own] }, { subjectAltNames: [own] }, { critical: { nameConstraints: false } })).toBe(violation)
    expect(under({ permitted: [own] }, { subjectAltNames: dns('good.example') })).toBe('accepted')
    expect(under({ excluded: [own] }, { subjectAltNames: dns('good.example') })).toBe('accepted')
    expect(under({ permitted: dns('good.example') }, { subjectAltNames: [own] })).toBe('accepted')
  })

  it('an internationalised mailbox in an otherName violates constraints on e-mail', () => {
    expect(under({ permitted: email('good.example') }, { subjectAltNames: [mailbox] })).toBe(violation)
    expect(under({ excluded: email('evil.example') }, { subjectAltNames: [mailbox] })).toBe(violation)
    expect(under({ excluded: email('other.example') }, { subjectAltNames: [mailbox] })).toBe(violation)
    expect(under({ permitted: dns('good.example') }, { subjectAltNames: [mailbox] })).toBe('accepted')
    expect(under({ excluded: dns('good.example') }, { subjectAltNames: [mailbox] })).toBe('accepted')
    expect(under({ excluded: email('evil.example') }, { subjectAltNames: [upn('a@evil.example')] })).toBe('accepted')
  })
})

describe('malformed constraints', () => {
  const constraint = (value: Uint8Array): readonly [{ oid: string; critical: boolean; value: Uint8Array }] => [
    { oid: '2.5.29.30', critical: true, value },
  ]
  const subtree = (...parts: readonly Uint8Array[]): Uint8Array => sequence(context(0, sequence(...parts)))
  const host = implicit(2, Buffer.from('good.example'))

  it.each<readonly [string, Uint8Array]>([
    ['empty', sequence()],
    ['an empty list of subtrees', sequence(context(0))],
    ['a minimum', subtree(host, implicit(0, [1]))],
    ['a minimum of 0 in two bytes', subtree(host, implicit(0, [0, 0]))],
    ['no minimum in it', subtree(host, implicit(0, []))],
    ['a maximum', subtree(host, implicit(1, [5]))],
    ['excluded before permitted', sequence(context(1, sequence(host)), context(0, sequence(host)))],
    ['two permitted lists', sequence(context(0, sequence(host)), context(0, sequence(host)))],
    ['a name that is not in a subtree', sequence(context(0, host))],
    ['a mask with a hole', subtree(implicit(7, [10, 0, 0, 0, 255, 0, 255, 0]))],
    ['an address without mask', subtree(implicit(7, [10, 0, 0, 0]))],
    ['an IPv4 address with the mask of IPv6', subtree(implicit(7, new Uint8Array(20)))],
    ['a NUL', subtree(implicit(2, Buffer.from('good\0.example')))],
    ['an unknown form of name', subtree(implicit(9, host))],
    ['an OID instead of names', subtree(oid('1.2.3'))],
    ['an INTEGER', integer(1)],
  ])('make the CA unusable: %s', (_what, value) => {
    const build = (extension: Uint8Array): Minted => mint({ ...caSpec, extensions: constraint(extension) }, root)
    const control = build(subtree(host))
    const bent = build(value)
    const leaf = client(control, { subjectAltNames: dns('good.example') })
    expect(judge(store, [leaf, control])).toBe('accepted')
    expect(judge(store, [leaf, bent])).toBe('unknown_issuer 0')
    expect(buildErrors(presented, mint({ ...caSpec, extensions: constraint(value) }))).not.toEqual([])
  })

  it('a DNS subtree that is not labels: every DNS name is rejected', () => {
    expect(under({ excluded: dns('evil.example') }, { subjectAltNames: dns('good.example') })).toBe('accepted')
    for (const wrong of [
      '*',
      '..',
      '*.evil.example',
      'evil.example..',
      '..evil.example',
      'evil..example',
      ' evil.example',
      'https://evil.example',
      'evil.example/',
      'evil,example',
    ]) {
      const verdicts = [{ excluded: dns(wrong) }, { permitted: dns(wrong, 'good.example') }].map((constraints) =>
        under(constraints, { subjectAltNames: dns('good.example') }),
      )
      expect([wrong, ...verdicts]).toEqual([wrong, violation, violation])
      expect(under({ excluded: dns(wrong) }, { subjectAltNames: email('a@good.example') })).toBe('accepted')
      expect(under({ excluded: dns(wrong) }, { subjectAltNames: uri('https://a.evil.example/') })).toBe('accepted')
    }
  })

  it('a malformed host for e-mail or URIs: every such name is rejected', () => {
    for (const wrong of ['', '.', '..a', 'a..b', '*.evil.example', 'a b', 'a@b@c', 'https://good.example', '192.0.2.1/24']) {
      expect([wrong, under({ excluded: email(wrong) }, { subjectAltNames: email('a@good.example') })]).toEqual([wrong, violation])
      expect([wrong, under({ excluded: uri(wrong) }, { subjectAltNames: uri('https://good.example/') })]).toEqual([
        wrong,
        violation,
      ])
    }
  })
})

describe('names besides subjectAltName that constraints apply to', () => {
  const mail = (value: string, type: 'ia5' | 'utf8' | 'printable' = 'ia5'): CertificateSpec => ({
    subject: [
      ['O', 'Immunity'],
      ['emailAddress', value, type],
    ],
  })

  it('the subject', () => {
    const constraints = { permitted: directory('O=Immunity,OU=Good') }
    expect(under(constraints, { subject: 'O=Immunity,OU=Good,CN=Client' })).toBe('accepted')
    expect(under(constraints, { subject: 'O=Immunity,OU=Evil,CN=Client' })).toBe(violation)
    expect(
      under(constraints, { subject: 'O=Immunity,OU=Evil,CN=Client', subjectAltNames: directory('O=Immunity,OU=Good') }),
    ).toBe(violation)
    expect(under(constraints, { subject: '', subjectAltNames: directory('O=Immunity,OU=Good') })).toBe('accepted')
  })

  it('e-mail addresses in the subject, in any string type and position', () => {
    const constraints = { permitted: email('good.example') }
    expect(under(constraints, mail('a@good.example'))).toBe('accepted')
    expect(under(constraints, mail('a@evil.example'))).toBe(violation)
    expect(under(constraints, mail('a@evil.example', 'utf8'))).toBe(violation)
    expect(under({ excluded: email('evil.example') }, mail('a@evil.example', 'printable'))).toBe(violation)
    expect(under(constraints, { ...mail('a@evil.example'), subjectAltNames: email('a@good.example') })).toBe(violation)
    expect(under({ excluded: email('root@good.example') }, mail('ROOT@good.example'))).toBe(violation)
    const multi: CertificateSpec = {
      subject: [
        ['O', 'Immunity'],
        [
          ['CN', 'a'],
          ['emailAddress', 'a@evil.example'],
        ],
      ],
    }
    expect(under(constraints, multi)).toBe(violation)
  })

  it('the subject in any string type', () => {
    const constraints = { excluded: directory('O=Evil') }
    const judgeType = (value: string, type: 'utf8' | 'printable' | 'ia5' | 'bmp' | 'universal' | 't61'): string =>
      under(constraints, { subject: [['O', value, type]] })
    for (const type of ['utf8', 'printable', 'ia5', 'bmp', 'universal', 't61'] as const) {
      expect([type, judgeType('Good', type), judgeType('EVIL', type)]).toEqual([type, 'accepted', violation])
    }
  })

  it('names of CAs below, except self-issued ones, and of every client', () => {
    const upper = mint({ ...caSpec, nameConstraints: { permitted: dns('good.example') } }, root)
    const lower = (spec: CertificateSpec): Minted =>
      mint({ ca: true, key: keyPair('p256', 2), subject: 'O=Immunity,CN=Lower', ...spec }, upper)
    const judgeVia = (ca: Minted, value = 'good.example'): string =>
      judge(store, [client(ca, { subjectAltNames: dns(value) }), ca, upper])
    expect(judgeVia(lower({ subjectAltNames: dns('a.good.example') }))).toBe('accepted')
    expect(judgeVia(lower({ subjectAltNames: dns('evil.example') }))).toBe('name_constraint_violation 1')
    const rolled = lower({ subject: upper.subject, subjectAltNames: dns('evil.example') })
    expect(judgeVia(rolled)).toBe('accepted')
    expect(judgeVia(rolled, 'evil.example')).toBe(violation)
    // Constraints apply to a self-issued certificate if it is the client (RFC 5280 6.1.3 (b)).
    const selfIssued = mint({ key: leafKey, subject: upper.subject, subjectAltNames: dns('evil.example') }, upper)
    expect(judge(store, [selfIssued, upper])).toBe(violation)
  })
})

describe('wildcards against subtrees (CVE-2025-61727, CVE-2026-34073)', () => {
  const judgeWildcard = (constraints: Constraints, ...values: readonly string[]): readonly string[] =>
    values.map((value) => under(constraints, { subjectAltNames: dns(value) }))

  it('an excluded subtree is violated if one name that the wildcard matches is in it', () => {
    expect(judgeWildcard({ excluded: dns('secret.example.com') }, '*.example.com', '*.EXAMPLE.com', '*.example.com.')).toEqual([
      violation,
      violation,
      violation,
    ])
    expect(judgeWildcard({ excluded: dns('secret.example.com') }, '*.secret.example.com', '*.a.example.com', '*.com')).toEqual([
      violation,
      'accepted',
      'accepted',
    ])
    expect(judgeWildcard({ excluded: dns('a.b.example.com') }, '*.example.com', '*.b.example.com')).toEqual([
      'accepted',
      violation,
    ])
    expect(judgeWildcard({ excluded: dns('example.com') }, '*.com', '*.example.com')).toEqual([violation, violation])
    expect(judgeWildcard({ excluded: dns('com') }, '*.com', '*.example.com')).toEqual([violation, violation])
  })

  it('a permitted subtree must contain every name that the wildcard matches', () => {
    expect(judgeWildcard({ permitted: dns('example.com') }, '*.example.com', '*.a.example.com')).toEqual(['accepted', 'accepted'])
    expect(judgeWildcard({ permitted: dns('a.example.com') }, '*.example.com', '*.com', '*.xa.example.com')).toEqual([
      violation,
      violation,
      violation,
    ])
  })

  it('a wildcard certificate is rejected for every server name', () => {
    const ca = mint({ ...caSpec, nameConstraints: { excluded: dns('secret.example.com') } }, root)
    const server = client(ca, { extendedKeyUsage: ['serverAuth'], subjectAltNames: dns('*.example.com') })
    for (const serverName of ['secret.example.com', 'open.example.com']) {
      expect(judge(store, [server, ca], { purpose: 'server', serverName })).toBe(violation)
    }
  })
})
