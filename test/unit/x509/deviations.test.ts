import { describe, expect, it } from 'vitest'
import { deviationCodes, deviationInfo } from '../../../src/codes/deviation.ts'
import { type Deviation, parseCertificate, parseRevocationList } from '../../../src/index.ts'
import { encode, integer, sequence } from '../../support/asn1.ts'
import { deviatingCas, deviatingLeaves, ecdsaWithNull, octetOfBoolean } from '../../support/deviating.ts'
import { type CertificateSpec, keyPair, mint, mintCrl } from '../../support/mint.ts'
import { generalNameNode } from '../../support/names.ts'

const root = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Root' })

function deviationsOf(der: Uint8Array): readonly Deviation[] {
  const parsed = parseCertificate(der)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.value.deviations
}

const refusalOf = (spec: CertificateSpec): string => {
  const parsed = parseCertificate(mint({ subject: 'CN=a', ...spec }, root).der)
  return parsed.ok ? 'read' : parsed.code
}

describe('the deviations of a certificate', () => {
  const specimens = [
    ...deviatingLeaves.map((one) => ({ ...one, base: {} })),
    ...deviatingCas.map((one) => ({ ...one, base: { ca: true } })),
  ]

  it.each(specimens)('with $name are $code', ({ base, bent, twin, code }) => {
    const key = keyPair('p256', 2)
    const { der } = mint({ key, ...base, ...bent }, root)
    expect(deviationsOf(der).map((found) => found.code)).toEqual([code])
    expect(deviationsOf(der)[0]!.offset).toBeLessThan(der.length)
    expect(deviationsOf(mint({ key, ...base, ...twin }, root).der)).toEqual([])
  })

  it('are in the order of their offsets, each where it is', () => {
    const { der } = mint({ subject: [['CN', 'é', 'printable']], critical: { keyUsage: octetOfBoolean(1) } }, root)
    const [name, flag, ...more] = deviationsOf(der)
    expect([name!.code, flag!.code, more.length]).toEqual(['non_ascii_string', 'boolean_not_ff', 0])
    expect([der[name!.offset], der[flag!.offset]]).toEqual([0xe9, 0x01])
  })

  it('are in JSON, and nobody can change them', () => {
    const parsed = parseCertificate(
      mint({ signatureAlgorithm: ecdsaWithNull, critical: { keyUsage: octetOfBoolean(1) } }, root).der,
    )
    if (!parsed.ok) throw new Error(parsed.message)
    const { deviations } = parsed.value
    expect(JSON.parse(JSON.stringify(parsed.value)).deviations).toEqual(deviations)
    expect(Object.isFrozen(deviations) && deviations.every(Object.isFrozen)).toBe(true)
  })

  it('are at most 64, and one of each kind', () => {
    const names = Array.from({ length: 100 }, () => ['CN', 'é', 'printable'] as const)
    const found = deviationsOf(mint({ subject: names, critical: { keyUsage: octetOfBoolean(1) } }, root).der)
    expect(found).toHaveLength(65)
    expect(found.at(-1)!.code).toBe('boolean_not_ff')
  })

  it('have texts for every code', () => {
    for (const code of deviationCodes) {
      for (const text of Object.values(deviationInfo(code))) expect(text).not.toBe('')
    }
  })
})

describe('what is not read', () => {
  const value = (bytes: string): Uint8Array => new Uint8Array(Buffer.from(bytes, 'hex'))
  const points = '2.5.29.31'
  it.each<readonly [string, CertificateSpec, string]>([
    ['NUL in a PrintableString', { subject: [['CN', 'é\0', 'printable']] }, 'bad_string'],
    ['a control character in a PrintableString', { subject: [['CN', 'é\x01', 'printable']] }, 'bad_string'],
    ['invalid UTF-8 in a UTF8String', { subject: value('300c310a300806035504030c01e9') }, 'bad_string'],
    ['an empty RDN', { subject: value('30023100') }, 'empty_sequence'],
    ['critical of two octets', { critical: { keyUsage: value('01020101') } }, 'bad_boolean'],
    ['a SAN with a byte above 7F', { subjectAltNames: [{ dns: 'é.example' }] }, 'bad_string'],
    [
      'an empty extendedKeyUsage',
      { extensions: [{ oid: '2.5.29.37', value: value('3000') }], extendedKeyUsage: [] },
      'empty_sequence',
    ],
    ['keyUsage without bits', { keyUsage: [], extensions: [{ oid: '2.5.29.15', value: value('030100') }] }, 'bad_bit_string'],
    ['nameConstraints with nothing in it', { extensions: [{ oid: '2.5.29.30', value: value('3000') }] }, 'empty_sequence'],
    ['empty permittedSubtrees', { extensions: [{ oid: '2.5.29.30', value: value('3002a000') }] }, 'empty_sequence'],
    ['empty excludedSubtrees alone', { extensions: [{ oid: '2.5.29.30', value: value('3002a100') }] }, 'empty_sequence'],
    ['minimum 1', { extensions: [{ oid: '2.5.29.30', value: value('300aa0083006820161800101') }] }, 'bad_integer'],
    ['an empty policyMappings', { extensions: [{ oid: '2.5.29.33', value: value('3000') }] }, 'empty_sequence'],
    [
      'a SAN twice, once empty',
      { subjectAltNames: [{ dns: 'a' }], extensions: [{ oid: '2.5.29.17', value: value('3000') }] },
      'duplicate_extension',
    ],
    ['an empty SAN twice', { extensions: [0, 1].map(() => ({ oid: '2.5.29.17', value: value('3000') })) }, 'duplicate_extension'],
    [
      'unreadable distribution points twice',
      { extensions: [0, 1].map(() => ({ oid: points, value: value('3000') })) },
      'duplicate_extension',
    ],
    [
      'a fault in critical distribution points',
      { extensions: [{ oid: points, critical: true, value: value('3000') }] },
      'empty_sequence',
    ],
    [
      'distribution points with an indefinite length',
      { extensions: [{ oid: points, value: value('30800000') }] },
      'indefinite_length',
    ],
    ['distribution points with a long length', { extensions: [{ oid: points, value: value('308100') }] }, 'non_minimal_length'],
    ['distribution points that are cut', { extensions: [{ oid: points, value: value('3003') }] }, 'truncated'],
    ['bytes after distribution points', { extensions: [{ oid: points, value: value('30000500') }] }, 'trailing_bytes'],
    ['no distribution points', { extensions: [{ oid: points, value: value('') }] }, 'truncated'],
    ['a BER length behind a fault', { extensions: [{ oid: points, value: value('300430003080') }] }, 'indefinite_length'],
    ['bytes above 7F in VisibleString', { subject: value('300c310a300806035504031a01e9') }, 'bad_string'],
  ])('%s', (_what, spec, code) => {
    expect(refusalOf(spec)).toBe(code)
  })

  it('control characters in a URI, whatever else is wrong with it', () => {
    const read = (uri: string): string =>
      refusalOf({ extensions: [{ oid: '2.5.29.18', value: encode(sequence(generalNameNode({ uri }))) }] })
    expect(read('http://é')).toBe('read')
    expect(read('http://é\0')).toBe('bad_string')
    expect(read('http://é\n')).toBe('bad_string')
    expect(read('http://é\x7f')).toBe('bad_string')
  })
})

describe('the deviations of a revocation list', () => {
  const issuer = root
  const number = (content: string): Uint8Array => encode(integer(new Uint8Array(Buffer.from(content, 'hex'))))
  const withNumber = (content: string): Uint8Array =>
    mintCrl({ issuer, crlNumber: null, extensions: [{ oid: '2.5.29.20', value: number(content) }] }).der
  const codes = (der: Uint8Array): unknown => {
    const parsed = parseRevocationList(der)
    return parsed.ok ? parsed.value.deviations.map(({ code }) => code) : parsed.code
  }

  it('are in numbers of 160 bits, and in no longer or negative ones', () => {
    expect(codes(withNumber(`00${'ff'.repeat(20)}`))).toEqual(['long_crl_number'])
    expect(codes(withNumber(`7f${'ff'.repeat(19)}`))).toEqual([])
    expect(codes(withNumber(`7f${'ff'.repeat(20)}`))).toBe('bad_integer')
    expect(codes(withNumber(`00${'ff'.repeat(21)}`))).toBe('bad_integer')
    expect(codes(withNumber('ff'))).toBe('bad_integer')
  })

  it('are an empty list of entries, which revokes nothing', () => {
    const parsed = parseRevocationList(mintCrl({ issuer, emptyRevoked: true }).der)
    if (!parsed.ok) throw new Error(parsed.message)
    expect(parsed.value.deviations.map(({ code }) => code)).toEqual(['empty_revoked_certificates'])
    expect([parsed.value.entryCount, parsed.value.find('01')]).toEqual([0, undefined])
  })

  it('are in signatures and extensions, as in certificates', () => {
    expect(codes(mintCrl({ issuer, signatureAlgorithm: ecdsaWithNull }).der)).toEqual(['ecdsa_null_parameters'])
    const empty = { oid: '2.5.29.18', value: encode(sequence()) }
    expect(codes(mintCrl({ issuer, extensions: [empty] }).der)).toEqual(['empty_list'])
    expect(codes(mintCrl({ issuer, extensions: [{ ...empty, oid: '2.5.29.46' }] }).der)).toEqual(['unused_extension_fault'])
    expect(codes(mintCrl({ issuer, deltaBase: 2n ** 159n }).der)).toBe('bad_integer')
  })
})
