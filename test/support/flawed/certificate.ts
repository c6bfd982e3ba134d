import { profiles } from '../../../src/index.ts'
import { encode, oid, sequence } from '../asn1.ts'
import { boolean, sequence as derSequence, generalizedTime, utcTime } from '../der.ts'
import { keyPair, mint } from '../mint.ts'
import { modulusOf, rsaSpki } from '../spki.ts'
import { at, bentCa, bentClient, bentRoot, cleanBundle, type Flaw, root } from './flaw.ts'

/** What is doubtful about a certificate by itself: its structure, its names and its key. */

const modulus = modulusOf(keyPair('rsa2048'))
const sound = bentClient({}).der
const early = derSequence(generalizedTime('20240101000000Z'), generalizedTime('20450101000000Z'))
const onTime = derSequence(utcTime('240101000000Z'), utcTime('450101000000Z'))
const basicConstraints = '2.5.29.19'
const keyUsage = '2.5.29.15'
const rsaWithoutNull = encode(sequence(oid('1.2.840.113549.1.1.11')))

export const certificateFlaws: readonly Flaw[] = [
  {
    code: 'algid_params_wrong',
    name: 'RSA without NULL parameters',
    input: mint({ ca: true, key: keyPair('rsa2048'), signatureAlgorithm: rsaWithoutNull }).der,
    mended: ['RSA with NULL parameters', mint({ ca: true, key: keyPair('rsa2048') }).der],
  },
  {
    code: 'not_v3_with_extensions',
    severity: 'error',
    name: 'a CA of version 2 with extensions',
    input: bentRoot({ version: 2, subjectKeyId: true }).der,
    mended: ['the same of version 3', bentRoot({}).der],
  },
  {
    code: 'v1_ca',
    name: 'a self-signed certificate of version 1',
    input: bentRoot({ version: 1 }).der,
    mended: ['the same of version 3 with basicConstraints', bentRoot({}).der],
  },
  {
    code: 'serial_zero_negative',
    name: 'an intermediate with the serial number 0',
    input: [root.der, bentCa({ serial: 0n }).der],
    mended: ['the serial number 1', [root.der, bentCa({ serial: 1n }).der]],
  },
  {
    code: 'serial_zero_negative',
    name: 'an intermediate with the serial number -128',
    input: [root.der, bentCa({ serial: Uint8Array.of(0x80) }).der],
  },
  {
    code: 'serial_too_long',
    name: 'a serial number of 21 octets',
    input: bentRoot({ serial: new Uint8Array(21).fill(7) }).der,
    mended: ['a serial number of 20 octets', bentRoot({ serial: new Uint8Array(20).fill(7) }).der],
  },
  {
    code: 'time_encoding',
    name: 'dates before 2050 as GeneralizedTime',
    input: bentRoot({ validity: early }).der,
    mended: ['the same dates as UTCTime', bentRoot({ validity: onTime }).der],
  },
  {
    code: 'unique_identifiers_present',
    severity: 'info',
    name: 'an issuerUniqueID',
    input: bentRoot({ issuerUniqueId: Uint8Array.of(1) }).der,
    mended: ['none', bentRoot({}).der],
  },
  {
    code: 'basic_constraints_default_encoded',
    severity: 'info',
    name: 'a client whose basicConstraints spells out cA FALSE',
    as: 'leaf',
    input: bentClient({ extensions: [{ oid: basicConstraints, value: derSequence(boolean(false)) }] }).der,
    mended: ['empty basicConstraints', bentClient({ ca: false }).der],
  },
  {
    code: 'key_usage_not_minimal',
    severity: 'info',
    name: 'keyUsage with a trailing zero bit',
    input: bentRoot({ keyUsage: [], extensions: [{ oid: keyUsage, critical: true, value: Uint8Array.of(3, 2, 0, 6) }] }).der,
    mended: [
      'the same without it',
      bentRoot({ keyUsage: [], extensions: [{ oid: keyUsage, critical: true, value: Uint8Array.of(3, 2, 1, 6) }] }).der,
    ],
  },
  {
    code: 'key_usage_not_minimal',
    severity: 'info',
    name: 'keyUsage of ten bits',
    input: bentRoot({ keyUsage: [], extensions: [{ oid: keyUsage, critical: true, value: Uint8Array.of(3, 3, 6, 6, 64) }] }).der,
  },
  {
    code: 'rsa_exponent_unusual',
    severity: 'info',
    name: 'an RSA exponent of 3',
    as: 'leaf',
    input: bentClient({ spki: rsaSpki(modulus, 3n) }).der,
    mended: ['the exponent 65537', bentClient({ spki: rsaSpki(modulus, 65537n) }).der],
  },

  {
    code: 'issuer_empty',
    name: 'a client whose issuer is an empty name',
    as: 'leaf',
    input: bentClient({ issuer: '' }).der,
    mended: ['an issuer with a name', sound],
  },
  {
    code: 'printable_string_invalid',
    severity: 'info',
    name: 'a PrintableString with an @',
    input: bentRoot({ subject: [['CN', 'ca@example', 'printable']] }).der,
    mended: ['a UTF8String with an @', bentRoot({ subject: [['CN', 'ca@example', 'utf8']] }).der],
  },
  {
    code: 'name_control_characters',
    name: 'a bell in the common name',
    input: bentRoot({ subject: [['CN', 'a\u0007b']] }).der,
    mended: ['none', bentRoot({ subject: [['CN', 'ab']] }).der],
  },
  {
    code: 'name_attribute_too_long',
    severity: 'info',
    name: 'a common name of 65 characters',
    input: bentRoot({ subject: `CN=${'ä'.repeat(65)}` }).der,
    mended: ['a common name of 64 characters', bentRoot({ subject: `CN=${'ä'.repeat(64)}` }).der],
  },
  {
    code: 'name_attribute_type_wrong',
    severity: 'info',
    name: 'a country as UTF8String',
    input: bentRoot({
      subject: [
        ['C', 'AT', 'utf8'],
        ['CN', 'CA'],
      ],
    }).der,
    mended: ['a country as PrintableString', bentRoot({ subject: 'C=AT,CN=CA' }).der],
  },
  {
    code: 'email_not_in_san',
    severity: 'info',
    name: 'an emailAddress in the subject only',
    as: 'leaf',
    input: bentClient({ subject: 'CN=Client,emailAddress=a@example.com' }).der,
    mended: [
      'the address in subjectAltName too',
      bentClient({ subject: 'CN=Client,emailAddress=a@example.com', subjectAltNames: [{ email: 'A@example.com' }] }).der,
    ],
  },
  {
    code: 'san_malformed',
    name: 'a DNS name with a blank',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ dns: 'a b.example' }] }).der,
    mended: ['a DNS name of labels', sound],
  },
  {
    code: 'san_malformed',
    severity: 'error',
    name: 'a DNS name with an underscore where the policy is strict',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ dns: 'a_b.example' }] }).der,
    options: { policy: profiles.rfc5280 },
  },
  {
    code: 'san_malformed',
    name: 'a URI whose host is no domain name',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ uri: 'https://localhost/x' }] }).der,
  },
  {
    code: 'san_malformed',
    name: 'an e-mail address without host',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ email: 'nobody' }] }).der,
  },
  {
    code: 'san_malformed',
    severity: 'error',
    name: 'an address of three bytes',
    input: [root.der, bentCa({ subjectAltNames: [{ ip: Uint8Array.of(10, 0, 1) }] }).der],
  },
  {
    code: 'san_malformed',
    severity: 'error',
    name: 'a NUL in a DNS name',
    input: [root.der, bentCa({ subjectAltNames: [{ dns: 'a.example\0b' }] }).der],
  },
  {
    code: 'san_not_critical',
    name: 'an empty subject, and subjectAltName not critical',
    as: 'leaf',
    input: bentClient({ subject: '', critical: { subjectAltName: false } }).der,
    mended: ['subjectAltName critical', bentClient({ subject: '' }).der],
  },
  {
    code: 'ian_malformed',
    severity: 'info',
    name: 'an issuerAltName with a blank',
    input: bentRoot({ issuerAltNames: [{ dns: 'a b.example' }] }).der,
    mended: ['an issuerAltName of labels', bentRoot({ issuerAltNames: [{ dns: 'b.example' }] }).der],
  },
  {
    code: 'wildcard_not_leftmost',
    name: 'the DNS name a*.example.com',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ dns: 'a*.example.com' }] }).der,
    mended: ['the DNS name *.example.com', bentClient({ subjectAltNames: [{ dns: '*.example.com' }] }).der],
  },
  {
    code: 'spiffe_uri_invalid',
    name: 'a SPIFFE ID with a query',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ uri: 'spiffe://example.org/a?b' }] }).der,
    mended: ['a SPIFFE ID without', bentClient({ subjectAltNames: [{ uri: 'spiffe://example.org/a' }] }).der],
  },
  {
    code: 'spiffe_uri_invalid',
    name: 'two SPIFFE IDs',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [{ uri: 'spiffe://example.org/a' }, { uri: 'spiffe://example.org/b' }] }).der,
  },
  {
    code: 'no_san',
    severity: 'info',
    name: 'a client with a common name only',
    as: 'leaf',
    input: bentClient({ subjectAltNames: [] }).der,
    mended: ['a client with a DNS name', sound],
  },
  {
    code: 'eku_missing_client_auth',
    name: 'a client with serverAuth',
    as: 'leaf',
    input: bentClient({ extendedKeyUsage: ['serverAuth'] }).der,
    mended: ['a client with clientAuth', sound],
  },
  {
    code: 'eku_missing_client_auth',
    name: 'a client without extendedKeyUsage',
    as: 'leaf',
    input: bentClient({ extendedKeyUsage: [] }).der,
  },
  {
    code: 'eku_missing_client_auth',
    severity: 'error',
    name: 'a client with anyExtendedKeyUsage where the policy demands clientAuth',
    as: 'leaf',
    input: bentClient({ extendedKeyUsage: ['any'] }).der,
    options: { policy: { ...profiles.apiGateway, requireEku: true } },
  },
  {
    code: 'ku_no_digital_signature',
    name: 'a client with keyAgreement',
    as: 'leaf',
    input: bentClient({ keyUsage: ['keyAgreement'] }).der,
    mended: ['a client with digitalSignature', sound],
  },
  {
    code: 'leaf_is_ca',
    name: 'a client that is a CA',
    as: 'leaf',
    input: bentClient({ ca: true, keyUsage: ['digitalSignature', 'keyCertSign'], extendedKeyUsage: ['clientAuth'] }).der,
    mended: ['a client that is none', sound],
  },
  {
    code: 'leaf_validity_too_long',
    severity: 'info',
    name: 'a client of 500 days',
    as: 'leaf',
    input: bentClient({ notAfter: at(499) }).der,
    mended: ['a client of 390 days', bentClient({ notAfter: at(389) }).der],
  },
  {
    code: 'leaf_in_truststore',
    name: 'a client beside its root',
    input: [root.der, sound],
    mended: ['the root with an intermediate', cleanBundle],
  },
]
