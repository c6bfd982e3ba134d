import type { DeviationCode, LintCode } from '../../src/index.ts'
import { contextConstructed, contextPrimitive, encode, nothing, oid, raw, sequence } from './asn1.ts'
import { type CertificateSpec, keyPair } from './mint.ts'
import { generalNameNode } from './names.ts'

/** Certificates that deviate from DER in one way each, beside their twins in correct DER. */

export interface Deviating {
  readonly code: DeviationCode
  readonly name: string
  readonly bent: CertificateSpec
  /** The same without the deviation. */
  readonly twin: CertificateSpec
  /** What lint finds besides the deviation. */
  readonly also?: readonly LintCode[]
}

const rsa = keyPair('rsa2048', 9)
const rsaBits = rsa.spki.subarray(19)
const empty = encode(sequence())
const certificatePolicies = '2.5.29.32'
const nameConstraints = '2.5.29.30'

export const ecdsaWithNull: Uint8Array = encode(sequence(oid('1.2.840.10045.4.3.2'), nothing()))
export const rsaKeyWithoutNull: Uint8Array = encode(sequence(sequence(oid('1.2.840.113549.1.1.1')), raw(rsaBits)))
/** BOOLEAN of one octet. */
export const octetOfBoolean = (value: number): Uint8Array => Uint8Array.of(1, 1, value)
const uri = (value: string): ReturnType<typeof generalNameNode> => generalNameNode({ uri: value })
const access = (location: ReturnType<typeof uri>): Uint8Array => encode(sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), location)))
const accessUri = 'http://ca.example/é'

/** For certificates of any kind, by an issuer with a key on P-256. */
const common: readonly Deviating[] = [
  {
    code: 'ecdsa_null_parameters',
    name: 'ECDSA with NULL parameters',
    bent: { signatureAlgorithm: ecdsaWithNull },
    twin: {},
  },
  {
    code: 'rsa_key_without_null',
    name: 'an RSA key without NULL',
    bent: { key: rsa, spki: rsaKeyWithoutNull },
    twin: { key: rsa },
  },
  {
    code: 'non_ascii_string',
    name: 'Latin-1 in a PrintableString',
    bent: { subject: [['O', 'Müller', 'printable']] },
    twin: { subject: [['O', 'Müller', 'utf8']] },
    also: ['printable_string_invalid'],
  },
  {
    code: 'non_ascii_string',
    name: 'UTF-8 in a PrintableString',
    bent: { subject: [['CN', Buffer.from('Müller').toString('latin1'), 'printable']] },
    twin: { subject: [['CN', 'Müller', 'utf8']] },
    also: ['printable_string_invalid'],
  },
  {
    code: 'non_ascii_string',
    name: 'UTF-8 in an emailAddress',
    bent: {
      subject: [
        ['CN', 'a'],
        ['emailAddress', Buffer.from('ü@example.com').toString('latin1'), 'ia5'],
      ],
    },
    twin: {
      subject: [
        ['CN', 'a'],
        ['emailAddress', 'ü@example.com', 'utf8'],
      ],
    },
  },
  {
    code: 'boolean_not_ff',
    name: 'critical written as 01',
    bent: { critical: { keyUsage: octetOfBoolean(1) } },
    twin: {},
  },
  {
    code: 'critical_false_encoded',
    name: 'critical FALSE written out',
    bent: { critical: { subjectKeyId: octetOfBoolean(0) } },
    twin: {},
  },
  {
    code: 'empty_list',
    name: 'an empty subjectAltName',
    bent: { subjectAltNames: [], extensions: [{ oid: '2.5.29.17', value: empty }] },
    twin: { subjectAltNames: [] },
    also: ['no_san'],
  },
  {
    code: 'empty_list',
    name: 'an empty issuerAltName',
    bent: { extensions: [{ oid: '2.5.29.18', value: empty }] },
    twin: {},
  },
  {
    code: 'empty_list',
    name: 'empty policyQualifiers',
    bent: { extensions: [{ oid: certificatePolicies, value: encode(sequence(sequence(oid('1.2.3'), sequence()))) }] },
    twin: { certificatePolicies: ['1.2.3'] },
  },
  ...(
    [
      ['an empty cRLDistributionPoints', '2.5.29.31', empty],
      ['a distribution point without a name', '2.5.29.31', encode(sequence(sequence()))],
      ['reasons without a name', '2.5.29.31', encode(sequence(sequence(contextPrimitive(1, Uint8Array.of(7, 128)))))],
      ['an empty freshestCRL', '2.5.29.46', empty],
      ['an empty authorityInfoAccess', '1.3.6.1.5.5.7.1.1', empty],
      ['Latin-1 in authorityInfoAccess', '1.3.6.1.5.5.7.1.1', access(uri(accessUri))],
      ['an unknown name in subjectInfoAccess', '1.3.6.1.5.5.7.1.11', access(contextPrimitive(9, Uint8Array.of(1)))],
      ['an empty certificatePolicies', certificatePolicies, empty],
      ['a policy twice', certificatePolicies, encode(sequence(sequence(oid('1.2.3')), sequence(oid('1.2.3'))))],
      [
        'a qualifier without value',
        certificatePolicies,
        encode(sequence(sequence(oid('1.2.3'), sequence(sequence(oid('1.3.6.1.5.5.7.2.1')))))),
      ],
      ['an issuerAltName that is no list', '2.5.29.18', encode(nothing())],
    ] as const
  ).map(
    ([name, id, value]): Deviating => ({
      code: 'unused_extension_fault',
      name,
      bent: { extensions: [{ oid: id, value }] },
      twin: {},
    }),
  ),
]

const bare: CertificateSpec = {
  keyUsage: [],
  extendedKeyUsage: [],
  subjectKeyId: false,
  authorityKeyId: false,
  subjectAltNames: [],
}

/** For clients. */
export const deviatingLeaves: readonly Deviating[] = [
  ...common,
  {
    code: 'empty_extensions',
    name: 'an empty list of extensions',
    bent: { ...bare, emptyExtensions: true },
    twin: bare,
    also: ['ski_missing', 'aki_missing', 'eku_missing_client_auth', 'no_san'],
  },
  {
    code: 'boolean_not_ff',
    name: 'critical written as 7F',
    bent: { ca: false, critical: { basicConstraints: octetOfBoolean(0x7f) } },
    twin: { ca: false, critical: { basicConstraints: true } },
  },
]

/** For CAs. */
export const deviatingCas: readonly Deviating[] = [
  ...common,
  {
    code: 'boolean_not_ff',
    name: 'cA written as 01',
    bent: {
      bendTbs: (tbs) => {
        // The only BOOLEAN that begins a SEQUENCE.
        const at = Buffer.from(tbs).indexOf('30030101ff', 'hex')
        return tbs.map((byte, i) => (at >= 0 && i === at + 4 ? 0x01 : byte))
      },
    },
    twin: {},
  },
  {
    code: 'empty_list',
    name: 'empty excludedSubtrees beside permitted ones',
    bent: {
      extensions: [
        {
          oid: nameConstraints,
          critical: true,
          value: encode(sequence(contextConstructed(0, sequence(generalNameNode({ dns: 'example' }))), contextConstructed(1))),
        },
      ],
    },
    twin: { nameConstraints: { permitted: [{ dns: 'example' }] } },
  },
  {
    code: 'minimum_zero_encoded',
    name: 'minimum 0 written out',
    bent: {
      extensions: [
        {
          oid: nameConstraints,
          critical: true,
          value: encode(
            sequence(contextConstructed(0, sequence(generalNameNode({ dns: 'example' }), contextPrimitive(0, Uint8Array.of(0))))),
          ),
        },
      ],
    },
    twin: { nameConstraints: { permitted: [{ dns: 'example' }] } },
  },
]
