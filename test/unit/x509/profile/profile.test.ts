import { describe, expect, it } from 'vitest'
import { parseCertificateDer } from '../../../../src/x509/parse-certificate.ts'
import { parseRevocationListDer } from '../../../../src/x509/parse-revocation-list.ts'
import { nonconformance, refuseListAsEvidence } from '../../../../src/x509/profile/profile.ts'
import type { Role } from '../../../../src/x509/profile/profile-rule.ts'
import {
  boolean,
  bytes,
  context,
  generalizedTime,
  implicit,
  integer,
  name,
  nul,
  octetString,
  oid,
  printable,
  sequence,
  tlv,
  utcTime,
  utf8,
} from '../../../support/der.ts'
import { millisecondsOf, valueIn } from '../../../support/refusal.ts'
import { modulusOf, rsaSpki } from '../../../support/rsa.ts'
import { type CertificateParts, certificate, entry, extension, revocationList } from '../../../support/structures.ts'

const cn = '2.5.4.3'
const dns = (value: string): Uint8Array => implicit(2, Buffer.from(value))
const email = (value: string): Uint8Array => implicit(1, Buffer.from(value))
const uri = (value: string): Uint8Array => implicit(6, Buffer.from(value))

const subjectKeyId = extension('2.5.29.14', octetString('aa'))
const authorityKeyId = extension('2.5.29.35', sequence(implicit(0, 'bb')))
const ownKeyId = extension('2.5.29.35', sequence(implicit(0, 'aa')))
const serverAuth = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')))
const altNames = (...names: readonly Uint8Array[]): Uint8Array => extension('2.5.29.17', sequence(...names))
const caConstraints = extension('2.5.29.19', sequence(boolean(true)), true)
const certSign = extension('2.5.29.15', bytes('03020106'), true)
const aName = name([cn, utf8('a.example')])

/** Parts that conform, a role each: to RFC 5280 and to CA/Browser Forum's rules. */
const conforming: Readonly<Record<Role, CertificateParts & { readonly extensions: readonly Uint8Array[] }>> = {
  leaf: { subject: aName, extensions: [authorityKeyId, altNames(dns('a.example')), serverAuth] },
  intermediate: { extensions: [subjectKeyId, authorityKeyId, caConstraints, certSign] },
  anchor: { issuer: aName, subject: aName, extensions: [subjectKeyId, ownKeyId, caConstraints, certSign] },
}

const roles: readonly Role[] = ['leaf', 'intermediate', 'anchor']

function demand(
  role: Role,
  parts: CertificateParts,
  conformance: 'practical' | 'strict' | 'web-pki' = 'strict',
): string | undefined {
  const view = valueIn(parseCertificateDer(certificate({ ...conforming[role], ...parts })))
  return nonconformance(view, role, conformance)
}

/** The conforming extensions and these; those that replace one of the same type stand for it. */
function withExtensions(role: Role, ...more: readonly Uint8Array[]): CertificateParts {
  const type = (one: Uint8Array): string => Buffer.from(one).toString('hex', one.indexOf(0x06), one.indexOf(0x06) + 5)
  const replaced = new Set(more.map(type))
  return { extensions: [...conforming[role].extensions.filter((one) => !replaced.has(type(one))), ...more] }
}

function without(role: Role, ...dropped: readonly Uint8Array[]): CertificateParts {
  return { extensions: conforming[role].extensions.filter((one) => !dropped.includes(one)) }
}

describe('nonconformance', () => {
  it('finds nothing in conforming certificates', () => {
    for (const role of roles) {
      expect([role, demand(role, {}, 'strict')]).toEqual([role, undefined])
      expect([role, demand(role, {}, 'web-pki')]).toEqual([role, undefined])
    }
  })

  it('is not checked under practical conformance', () => {
    for (const role of roles) expect(demand(role, { issuer: sequence(), serial: integer(-1) }, 'practical')).toBeUndefined()
  })

  it('says what is demanded, and by whom', () => {
    expect(demand('leaf', { serial: integer(-1) })).toBe('the serial number must be positive (RFC 5280 4.1.2.2)')
  })

  const subtree = (base: Uint8Array): Uint8Array => extension('2.5.29.30', sequence(context(0, sequence(base))), true)
  it.each<readonly [string, Role, CertificateParts, RegExp]>([
    [
      'a critical authorityKeyIdentifier',
      'leaf',
      withExtensions('leaf', extension('2.5.29.35', sequence(implicit(0, 'bb')), true)),
      /^authorityKeyIdentifier must not/,
    ],
    [
      'a critical subjectKeyIdentifier',
      'anchor',
      withExtensions('anchor', extension('2.5.29.14', octetString('aa'), true)),
      /^subjectKeyIdentifier must not/,
    ],
    [
      'policyConstraints that are not critical',
      'intermediate',
      withExtensions('intermediate', extension('2.5.29.36', sequence(implicit(0, '00')))),
      /^policyConstraints must be critical/,
    ],
    [
      'inhibitAnyPolicy that is not critical',
      'intermediate',
      withExtensions('intermediate', extension('2.5.29.54', integer(0))),
      /^inhibitAnyPolicy must be critical/,
    ],
    ['serial number 0', 'leaf', { serial: integer(0) }, /^the serial number must be positive/],
    ['a serial number of 21 octets', 'anchor', { serial: integer(2n ** 159n + 2n ** 160n) }, /at most 20 octets/],
    [
      'GeneralizedTime before 2050',
      'leaf',
      { validity: sequence(generalizedTime('20240101000000Z'), utcTime('250101000000Z')) },
      /^dates before 2050/,
    ],
    ['an empty issuer', 'leaf', { issuer: sequence() }, /^the issuer must not be empty/],
    ['a CA without subject', 'intermediate', { subject: sequence() }, /^the subject of a CA/],
    ['an empty subject with names that are not critical', 'leaf', { subject: sequence() }, /^subjectAltName must be critical/],
    ['a PrintableString with an ampersand', 'leaf', { subject: name([cn, printable('a&b')]) }, /^a PrintableString may contain/],
    ['unique identifiers', 'leaf', { uniqueIds: [implicit(1, '00ff')] }, /^unique identifiers/],
    ['no authorityKeyIdentifier', 'leaf', without('leaf', authorityKeyId), /^authorityKeyIdentifier with a key identifier/],
    ['no subjectKeyIdentifier', 'intermediate', without('intermediate', subjectKeyId), /^subjectKeyIdentifier must be present/],
    ['keyCertSign without cA', 'leaf', withExtensions('leaf', certSign), /^keyCertSign must not be set/],
    [
      'basicConstraints that are not critical',
      'anchor',
      withExtensions('anchor', extension('2.5.29.19', sequence(boolean(true)))),
      /^basicConstraints of a CA/,
    ],
    [
      'a path length without cA',
      'leaf',
      withExtensions('leaf', extension('2.5.29.19', sequence(integer(0)))),
      /^a path length requires/,
    ],
    [
      'a path length without keyCertSign',
      'intermediate',
      withExtensions(
        'intermediate',
        extension('2.5.29.19', sequence(boolean(true), integer(0)), true),
        extension('2.5.29.15', bytes('03020780')),
      ),
      /^a path length requires/,
    ],
    ['nameConstraints on a leaf', 'leaf', withExtensions('leaf', subtree(dns('a.example'))), /^nameConstraints must only/],
    ['a wildcard in nameConstraints', 'intermediate', withExtensions('intermediate', subtree(dns('*.example'))), /^DNS subtrees/],
    [
      'a leading dot in nameConstraints',
      'intermediate',
      withExtensions('intermediate', subtree(dns('.example'))),
      /^DNS subtrees/,
    ],
    ['an e-mail subtree that is none', 'intermediate', withExtensions('intermediate', subtree(email('a@b@c'))), /^DNS subtrees/],
    [
      'a DNS name with an underscore',
      'leaf',
      withExtensions('leaf', altNames(dns('a_b.example'))),
      /^DNS names in subjectAltName/,
    ],
    ['a wildcard within a label', 'leaf', withExtensions('leaf', altNames(dns('a*.example'))), /^DNS names in subjectAltName/],
    ['an empty DNS name', 'leaf', withExtensions('leaf', altNames(dns(''))), /^DNS names in subjectAltName/],
    ['an address that is no mailbox', 'leaf', withExtensions('leaf', altNames(email('a'))), /^e-mail addresses/],
    ['a relative URI', 'leaf', withExtensions('leaf', altNames(uri('/a'))), /^URIs in subjectAltName/],
  ])('refuses %s of a %s', (_what, role, parts, expected) => {
    expect(demand(role, parts)).toMatch(expected)
    expect(demand(role, parts, 'web-pki')).toMatch(expected)
    expect(demand(role, parts, 'practical')).toBeUndefined()
  })

  it.each<readonly [string, Role, CertificateParts]>([
    [
      'an empty subject with critical names',
      'leaf',
      { subject: sequence(), extensions: [authorityKeyId, extension('2.5.29.17', sequence(dns('a.example')), true)] },
    ],
    ['a wildcard for the first label', 'leaf', withExtensions('leaf', altNames(dns('*.a.example')))],
    ['mailboxes and absolute URIs', 'leaf', withExtensions('leaf', altNames(email('a@b.example'), uri('spiffe://a/b')))],
    ['dates on both sides of 2050', 'leaf', { validity: sequence(utcTime('491231235959Z'), generalizedTime('20500101000000Z')) }],
    ['subtrees of names and addresses', 'intermediate', withExtensions('intermediate', subtree(dns('example.com')))],
    ['e-mail subtrees of host and domain', 'intermediate', withExtensions('intermediate', subtree(email('.example.com')))],
    ['serial number 0 of an anchor', 'anchor', { serial: integer(0) }],
    ['no authorityKeyIdentifier of an anchor', 'anchor', without('anchor', ownKeyId)],
    [
      'excluded subtrees only',
      'intermediate',
      withExtensions('intermediate', extension('2.5.29.30', sequence(context(1, sequence(dns('')))), true)),
    ],
  ])('takes %s', (_what, role, parts) => {
    expect(demand(role, parts)).toBeUndefined()
  })

  it('web-pki lifts one requirement of RFC 5280', () => {
    const parts = withExtensions('intermediate', extension('2.5.29.30', sequence(context(0, sequence(dns('a.example'))))))
    expect(demand('intermediate', parts)).toMatch(/^nameConstraints must be critical/)
    expect(demand('intermediate', parts, 'web-pki')).toBeUndefined()
  })

  it.each<readonly [string, Role, CertificateParts, RegExp]>([
    ['version 1', 'anchor', { version: undefined, extensions: undefined }, /version 3|subjectKeyIdentifier/],
    ['a CA', 'leaf', withExtensions('leaf', caConstraints), /^a server certificate must not be a CA/],
    [
      'no names',
      'leaf',
      { subject: name(['2.5.4.10', utf8('x')]), extensions: [authorityKeyId, serverAuth] },
      /^subjectAltName must be present/,
    ],
    [
      'critical names beside a subject',
      'leaf',
      withExtensions('leaf', extension('2.5.29.17', sequence(dns('a.example')), true)),
      /^subjectAltName must not be critical/,
    ],
    ['a common name that is not listed', 'leaf', { subject: name([cn, utf8('b.example')]) }, /^the common name must be/],
    ['no extendedKeyUsage', 'leaf', without('leaf', serverAuth), /^extendedKeyUsage must be present/],
    [
      'anyExtendedKeyUsage',
      'leaf',
      withExtensions('leaf', extension('2.5.29.37', sequence(oid('2.5.29.37.0')))),
      /^extendedKeyUsage must be present/,
    ],
    [
      'critical extendedKeyUsage',
      'leaf',
      withExtensions('leaf', extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')), true)),
      /^extendedKeyUsage of a server/,
    ],
    ['extendedKeyUsage of a root', 'anchor', withExtensions('anchor', serverAuth), /^a root must not have/],
    ['another key id in a root', 'anchor', withExtensions('anchor', authorityKeyId), /^a root's authorityKeyIdentifier/],
    [
      'no key id in a root’s authorityKeyIdentifier',
      'anchor',
      withExtensions('anchor', extension('2.5.29.35', sequence())),
      /^a root's authorityKeyIdentifier/,
    ],
    ['an RSA key of 2,047 bits', 'leaf', { key: rsaSpki(modulusOf(2047), integer(3)) }, /multiple of 8 bits/],
  ])('of the web refuses %s of a %s', (_what, role, parts, expected) => {
    expect(demand(role, parts, 'web-pki')).toMatch(expected)
  })

  it('of the web takes a common name that is an address', () => {
    const parts = {
      subject: name([cn, utf8('192.0.2.1')], ['2.5.4.10', utf8('x')]),
      ...withExtensions('leaf', altNames(implicit(7, 'c0000201'))),
    }
    expect(demand('leaf', parts, 'web-pki')).toBeUndefined()
  })
})

describe('floods of names', () => {
  it('are compared in linear time', () => {
    const repeated = (one: Uint8Array, count: number): Uint8Array => Buffer.concat(new Array(count).fill(one))
    const common = name([cn, utf8('a')]).subarray(2)
    const parts = {
      subject: sequence(repeated(common, 2300)),
      ...withExtensions('leaf', altNames(repeated(dns('b'), 10_000), dns('a'))),
    }
    const view = valueIn(parseCertificateDer(certificate({ ...conforming.leaf, ...parts })))
    expect(millisecondsOf(() => nonconformance(view, 'leaf', 'web-pki'))).toBeLessThan(300)
  })
})

describe('refuseListAsEvidence', () => {
  const list = (
    extensions: readonly Uint8Array[],
    entries: readonly Uint8Array[] = [entry(1)],
  ): Parameters<typeof refuseListAsEvidence>[0] =>
    valueIn(parseRevocationListDer(revocationList({ entries, ...(extensions.length === 0 ? {} : { extensions }) })))
  const number = extension('2.5.29.20', integer(1))
  const other = extension('2.5.29.29', sequence(context(4, aName)), true)
  const indirect = extension('2.5.29.28', sequence(implicit(4, 'ff')), true)

  it.each<readonly [string, Parameters<typeof refuseListAsEvidence>[0], string | undefined, string | undefined]>([
    ['a number', list([number]), undefined, undefined],
    ['nothing', list([]), undefined, '5.2.3'],
    ['a critical number', list([extension('2.5.29.20', integer(1), true)]), undefined, '5.2.3'],
    ['an unknown extension', list([number, extension('1.2.3', nul())]), undefined, undefined],
    ['an unknown critical extension', list([number, extension('1.2.3', nul(), true)]), '5.2', '5.2'],
    ['an unknown critical entry extension', list([number], [entry(1, extension('1.2.3', nul(), true))]), '5.3', '5.3'],
    ['an entry of another issuer', list([number], [entry(1, other)]), '5.3.3', '5.3.3'],
    ['an entry of another issuer on an indirect list', list([number, indirect], [entry(1, other)]), undefined, undefined],
    ['a reason that is critical', list([number], [entry(1, extension('2.5.29.21', tlv(0x0a, [1]), true))]), undefined, undefined],
  ])('of a list with %s', (_what, subject, practical, strict) => {
    const section = (text: string | undefined): string | undefined => text?.match(/RFC 5280 ([\d.]+)/)?.[1]
    expect(section(refuseListAsEvidence(subject, 'practical'))).toBe(practical)
    expect(section(refuseListAsEvidence(subject, 'strict'))).toBe(strict)
  })
})
