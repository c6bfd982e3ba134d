import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import type { Reader } from '../../../src/der/reader.ts'
import {
  type DistributionPoint,
  readDistributionPoints,
  readIssuingDistributionPoint,
} from '../../../src/x509/distribution-point.ts'
import {
  anyPolicy,
  mappingsOf,
  policiesOf,
  policyKey,
  policyText,
  readCertificatePolicies,
  readPolicyMappings,
} from '../../../src/x509/policies.ts'
import { bytes, context, implicit, integer, nul, oid, sequence, set, text, utf8 } from '../../support/der.ts'
import { readWhole, refusal } from '../../support/refusal.ts'

const uri = implicit(6, Buffer.from('http://a/'))
const fullName = context(0, context(0, uri))
const commonName = (value: string): Uint8Array => sequence(oid('2.5.4.3'), utf8(value))
const attribute = commonName('a')

function points(der: Uint8Array): readonly DistributionPoint[] | ReturnType<typeof refusal> {
  const found: DistributionPoint[] = []
  const result = readWhole(der, (reader) => readDistributionPoints(reader, 'test', (point) => found.push(point)))
  return result.ok ? found : refusal(result)
}

describe('cRLDistributionPoints', () => {
  it('locate names, reasons and issuers', () => {
    const der = sequence(
      sequence(fullName),
      sequence(context(0, context(1, attribute)), implicit(1, '0640')),
      sequence(context(2, implicit(2, Buffer.from('x')))),
    )
    const found = points(der) as readonly DistributionPoint[]
    expect(found.map(({ reasons }) => reasons)).toEqual([undefined, 2, undefined])
    expect(found[0]!.fullName?.view()).toEqual(uri)
    expect(found[1]!.relativeName?.view()).toEqual(attribute)
    expect(found[2]!.crlIssuer?.view()).toEqual(implicit(2, Buffer.from('x')))
    expect(found[0]).toMatchObject({ relativeName: undefined, crlIssuer: undefined })
  })

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['none', sequence(), ['empty_sequence', 0]],
    ['an empty one', sequence(sequence()), ['empty_sequence', 4]],
    ['reasons alone', sequence(sequence(implicit(1, '0640'))), ['empty_sequence', 8]],
    ['no general name', sequence(sequence(context(0, context(0)))), ['empty_sequence', 6]],
    ['no attribute', sequence(sequence(context(0, context(1)))), ['empty_sequence', 6]],
    [
      'a relative name that is no attribute',
      sequence(sequence(context(0, context(1, implicit(6, '61'))))),
      ['unexpected_tag', 8],
    ],
    ['a relative name of type alone', sequence(sequence(context(0, context(1, sequence(oid('2.5.4.3')))))), ['truncated', 15]],
    ['a relative name with NUL', sequence(sequence(context(0, context(1, commonName('a\0'))))), ['bad_string', 18]],
    ['a relative name that is a SET', sequence(sequence(context(0, context(1, set(attribute))))), ['unexpected_tag', 8]],
    ['a relative name with a byte behind', sequence(sequence(context(0, context(1, attribute, '00')))), ['unexpected_tag', 18]],
    ['no choice', sequence(sequence(context(0))), ['truncated', 6]],
    ['an unknown choice', sequence(sequence(context(0, context(2, uri)))), ['unexpected_tag', 6]],
    ['two choices', sequence(sequence(context(0, context(0, uri), context(1, attribute)))), ['trailing_bytes', 19]],
    ['no issuer', sequence(sequence(context(2))), ['empty_sequence', 4]],
    ['reasons that are no bits', sequence(sequence(fullName, implicit(1, '0841'))), ['bad_bit_string', 21]],
    ['a bad name', sequence(sequence(context(0, context(0, implicit(6, '00'))))), ['bad_string', 10]],
    ['another field', sequence(sequence(fullName, implicit(3, ''))), ['trailing_bytes', 19]],
  ])('refuse %s', (_what, der, expected) => {
    expect(points(der)).toEqual(expected)
  })
})

describe('issuingDistributionPoint', () => {
  const read = (der: Uint8Array): unknown => {
    const result = readWhole(der, readIssuingDistributionPoint)
    return result.ok ? result.value : refusal(result)
  }
  const yes = 'ff'

  it.each<readonly [string, Uint8Array, object]>([
    [
      'user certificates',
      sequence(implicit(1, yes)),
      { onlyContainsUserCerts: true, onlyContainsCaCerts: false, indirect: false },
    ],
    ['CA certificates', sequence(implicit(2, yes)), { onlyContainsCaCerts: true }],
    ['attribute certificates', sequence(implicit(5, yes)), { onlyContainsAttributeCerts: true }],
    ['an indirect list', sequence(implicit(4, yes)), { indirect: true, reasons: undefined }],
    ['some reasons', sequence(implicit(3, '0640')), { reasons: 2 }],
    [
      'a name and all',
      sequence(fullName, implicit(1, yes), implicit(3, '0640'), implicit(4, yes)),
      { fullName: { start: 6, end: 17 } },
    ],
  ])('of %s', (_what, der, expected) => {
    expect(read(der)).toMatchObject(expected)
  })

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['nothing', sequence(), ['empty_sequence', 0]],
    ['FALSE written out', sequence(implicit(1, '00')), ['default_encoded', 2]],
    ['a BOOLEAN of 01', sequence(implicit(4, '01')), ['bad_boolean', 4]],
    ['two kinds', sequence(implicit(1, yes), implicit(2, yes)), ['bad_boolean', 0]],
    ['users and attributes', sequence(implicit(1, yes), implicit(5, yes)), ['bad_boolean', 0]],
    ['a relative name that is no attribute', sequence(context(0, context(1, nul()))), ['unexpected_tag', 6]],
    ['the wrong order', sequence(implicit(2, yes), implicit(1, yes)), ['trailing_bytes', 5]],
    ['another field', sequence(implicit(6, yes)), ['trailing_bytes', 2]],
  ])('refuses %s', (_what, der, expected) => {
    expect(read(der)).toEqual(expected)
  })
})

describe('certificatePolicies', () => {
  const cps = sequence(oid('1.3.6.1.5.5.7.2.1'), text(0x16, 'http://a/'))
  const notice = sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(utf8('text')))
  const qualified = (dotted: string, ...qualifiers: readonly Uint8Array[]): Uint8Array =>
    sequence(oid(dotted), ...(qualifiers.length === 0 ? [] : [sequence(...qualifiers)]))
  const policy = (...qualifiers: readonly Uint8Array[]): Uint8Array => qualified('1.2.3', ...qualifiers)
  const strange = sequence(oid('1.2.3.4'), nul())
  const read = (der: Uint8Array, parse: (reader: Reader) => unknown = readCertificatePolicies): unknown => {
    const result = readWhole(der, parse)
    return result.ok ? result.value : refusal(result)
  }

  it('tell whether a qualifier is unknown', () => {
    expect(read(sequence(policy()))).toBe(false)
    expect(read(sequence(policy(cps, notice), qualified('1.2.4', notice)))).toBe(false)
    expect(read(sequence(policy(cps), qualified('1.2.4', strange, cps)))).toBe(true)
    expect(read(sequence(qualified('2.5.29.32.0', cps, notice)))).toBe(false)
  })

  it('name a policy once, and anyPolicy with the qualifiers of RFC 5280 only', () => {
    expect(read(sequence(policy(), qualified('1.2.4'), policy()))).toEqual(['bad_policy', 18])
    expect(read(sequence(qualified('1.2.3'), qualified('1.2.4294967299')))).toBe(false)
    expect(read(sequence(qualified('2.5.29.32.0', strange)))).toEqual(['bad_policy', 6])
  })

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['none', sequence(), ['empty_sequence', 0]],
    ['no OID', sequence(sequence(utf8('x'))), ['unexpected_tag', 4]],
    ['no policy', sequence(sequence()), ['truncated', 4]],
    ['a qualifier without value', sequence(policy(sequence(oid('1.2.3')))), ['truncated', 16]],
    ['a qualifier of three', sequence(policy(sequence(oid('1.2.3'), nul(), nul()))), ['trailing_bytes', 18]],
    ['a qualifier with BER inside', sequence(policy(sequence(oid('1.2.3'), bytes('050100')))), ['bad_null', 18]],
    ['more than policy and qualifiers', sequence(sequence(oid('1.2.3'), sequence(cps), nul())), ['trailing_bytes', 33]],
  ])('refuse %s', (_what, der, expected) => {
    expect(read(der)).toEqual(expected)
  })

  it('are listed by OID', () => {
    const der = sequence(policy(cps), sequence(oid('2.5.29.32.0')), sequence(oid('1.2.18446744073709551619')))
    const policies = [...policiesOf(new Span(der))]
    expect(policies.map(policyText)).toEqual(['1.2.3', '2.5.29.32.0', '1.2.18446744073709551619'])
    expect(policies[1]).toBe(anyPolicy)
  })

  it('have keys that compare whole OIDs', () => {
    expect(policyKey('2.5.29.32.0')).toBe(anyPolicy)
    expect(policyKey('1.2.4294967299')).not.toBe(policyKey('1.2.3'))
    for (const dotted of ['', '1', '3.1', '1.', '1..2', '1.02', 'a', '1.2.x', ' 1.2', `1.${'9'.repeat(40)}`, '0.100.7', '1.40']) {
      expect(policyKey(dotted)).toBeUndefined()
    }
    expect(policyText(policyKey('2.25.329800735698586629295641978511506172918')!)).toBe(
      '2.25.329800735698586629295641978511506172918',
    )
  })

  it('map to one another in pairs', () => {
    const der = sequence(sequence(oid('1.2.3'), oid('1.2.4')), sequence(oid('1.2.3'), oid('1.2.5')))
    expect(refusal(readWhole(der, readPolicyMappings))).toBe('read')
    expect(mappingsOf(new Span(der)).map((pair) => pair.map(policyText))).toEqual([
      ['1.2.3', '1.2.4'],
      ['1.2.3', '1.2.5'],
    ])
    expect(refusal(readWhole(sequence(), readPolicyMappings))).toEqual(['empty_sequence', 0])
    expect(refusal(readWhole(sequence(sequence(oid('1.2.3'))), readPolicyMappings))).toEqual(['truncated', 8])
    const three = sequence(sequence(oid('1.2.3'), oid('1.2.4'), oid('1.2.5')))
    expect(refusal(readWhole(three, readPolicyMappings))).toEqual(['trailing_bytes', 12])
    expect(refusal(readWhole(sequence(sequence(integer(1))), readPolicyMappings))).toEqual(['unexpected_tag', 4])
  })
})
