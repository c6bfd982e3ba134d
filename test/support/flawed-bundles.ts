import { type LintCode, type LintOptions, profiles, type TruststoreInput } from '../../src/index.ts'
import { encode, nothing, oid, sequence } from './asn1.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl, privateKeyPem } from './mint.ts'
import { ecSpki, modulusOf, pointOf, rsaSpki } from './spki.ts'

/** Bundles that are each wrong in one way, and one that is right. */

export interface FlawedBundle {
  readonly name: string
  /** What must be found. */
  readonly code: LintCode
  readonly severity?: 'error' | 'warning' | 'info'
  readonly input: TruststoreInput
  readonly options?: LintOptions
}

const day = 86_400_000
const unknownOid = '1.3.6.1.4.1.99999.7'

export const root = mint({ ca: true, key: keyPair('p256', 40), subject: 'O=Lint,CN=Root' })
export const intermediate = mint({ ca: true, key: keyPair('p256', 41), subject: 'O=Lint,CN=Intermediate', pathLength: 0 }, root)

/** What a truststore should be like: nothing is to be found in it. */
export const cleanBundle: string = root.pem + intermediate.pem

/** A self-signed CA, bent; signed by a key that works even where its own does not. */
function bentRoot(spec: CertificateSpec): Minted {
  return mint({ ca: true, key: keyPair('p256', 42), subject: 'O=Lint,CN=Bent', signWith: keyPair('p256', 42), ...spec })
}

function ec(point: Uint8Array, parameters?: Uint8Array): Uint8Array {
  return bentRoot({ spki: ecSpki(point, parameters) }).der
}

function rsa(modulus: bigint, exponent = 65537n): Uint8Array {
  return bentRoot({ spki: rsaSpki(modulus, exponent) }).der
}

function at(days: number): Date {
  return new Date(Date.now() + days * day)
}

const point = pointOf(keyPair('p256', 42))
const modulus = modulusOf(keyPair('rsa2048'))
const ecdsaWithNull = encode(sequence(oid('1.2.840.10045.4.3.2'), nothing()))
const otherCurve = encode(oid('1.3.132.0.10'))
const explicitCurve = encode(sequence(nothing()))

function line(pem: string, number: number, text: string): string {
  return pem
    .split('\n')
    .map((original, i) => (i === number ? text : original))
    .join('\n')
}

function twice(): Uint8Array {
  const extension = { oid: unknownOid, value: encode(nothing()) }
  return bentRoot({ extensions: [extension, extension] }).der
}

export const flawedBundles: readonly FlawedBundle[] = [
  { name: 'base64 that is none', code: 'pem_syntax_invalid', input: cleanBundle + line(root.pem, 3, '!') },
  { name: 'a block without end', code: 'pem_syntax_invalid', input: root.pem + root.pem.slice(0, 200) },
  {
    name: 'an empty block',
    code: 'pem_syntax_invalid',
    input: `${root.pem}-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n`,
  },
  {
    name: 'DER that is no certificate',
    code: 'pem_syntax_invalid',
    input: [root.der, mintCrl({ issuer: root }).der],
  },
  {
    name: 'bytes after the certificate',
    code: 'non_der_encoding',
    input: bentRoot({ bend: (der) => Uint8Array.from([...der, 0]) }).der,
  },
  { name: 'a serial number with a padding byte', code: 'non_der_encoding', input: bentRoot({ serial: Uint8Array.of(0, 1) }).der },
  { name: 'an extension that occurs twice', code: 'duplicate_extension', input: twice() },
  {
    name: 'a certificate of 70 KB',
    code: 'cert_too_large',
    input: bentRoot({ extensions: [{ oid: unknownOid, value: new Uint8Array(70_000) }] }).der,
  },
  { name: 'a private key', code: 'private_key_in_bundle', input: root.pem + privateKeyPem(root.key) },
  {
    name: 'an encrypted private key',
    code: 'private_key_in_bundle',
    input: root.pem + privateKeyPem(root.key).replaceAll(' PRIVATE', ' ENCRYPTED PRIVATE'),
  },
  { name: 'nothing', code: 'empty_bundle', input: '' },
  { name: 'an empty array', code: 'empty_bundle', input: [] },
  {
    name: 'a revocation list',
    code: 'non_certificate_block',
    severity: 'warning',
    input: root.pem + mintCrl({ issuer: root }).pem,
  },
  { name: 'a copy', code: 'duplicate_certificate', severity: 'warning', input: [root.pem, root.der] },

  { name: 'an expired CA', code: 'expired', severity: 'warning', input: bentRoot({ notBefore: at(-20), notAfter: at(-10) }).der },
  {
    name: 'a CA of tomorrow',
    code: 'not_yet_valid',
    severity: 'warning',
    input: bentRoot({ notBefore: at(1), notAfter: at(100) }).der,
  },
  {
    name: 'a CA that expires within 30 days',
    code: 'expires_within',
    severity: 'warning',
    input: bentRoot({ notAfter: at(29) }).der,
  },
  {
    name: 'a CA that expires within the days asked for',
    code: 'expires_within',
    severity: 'warning',
    input: bentRoot({ notAfter: at(89) }).der,
    options: { expiresWithinDays: 90 },
  },
  { name: 'dates in the wrong order', code: 'validity_inverted', input: bentRoot({ notBefore: at(20), notAfter: at(10) }).der },

  { name: 'an RSA key of 1024 bits', code: 'rsa_too_small', input: mint({ ca: true, key: keyPair('rsa1024') }).der },
  {
    name: 'an RSA key above the policy',
    code: 'rsa_too_large',
    input: mint({ ca: true, key: keyPair('rsa3072') }).der,
    options: { policy: { ...profiles.apiGateway, maxRsaBits: 2048 } },
  },
  { name: 'an RSA key of 20000 bits', code: 'rsa_too_large', input: rsa(2n ** 19999n + 1n) },
  { name: 'an RSA exponent of 1', code: 'rsa_bad_exponent', input: rsa(modulus, 1n) },
  { name: 'an even RSA exponent', code: 'rsa_bad_exponent', input: rsa(modulus, 65536n) },
  { name: 'an RSA exponent of 40 bits', code: 'rsa_bad_exponent', input: rsa(modulus, 2n ** 40n + 1n) },
  { name: 'an even RSA modulus', code: 'rsa_modulus_even_or_small_factor', input: rsa(modulus - 1n) },
  {
    name: 'an RSA modulus divisible by 751',
    code: 'rsa_modulus_even_or_small_factor',
    input: rsa(modulus * 751n),
  },
  { name: 'a P-521 key', code: 'ec_curve_not_allowed', input: mint({ ca: true, key: keyPair('p521'), hash: 'sha512' }).der },
  { name: 'a secp256k1 key', code: 'ec_curve_not_allowed', input: ec(point, otherCurve) },
  {
    name: 'a P-384 key where the policy has P-256',
    code: 'ec_curve_not_allowed',
    input: mint({ ca: true, key: keyPair('p384') }).der,
    options: { policy: { ...profiles.apiGateway, curves: ['P-256'] } },
  },
  { name: 'a point off its curve', code: 'ec_point_invalid', input: ec(point.with(64, point[64]! ^ 1)) },
  { name: 'a compressed point', code: 'ec_point_invalid', input: ec(Uint8Array.of(2, ...point.subarray(1, 33))) },
  { name: 'the point at infinity', code: 'ec_point_invalid', input: ec(Uint8Array.of(0)) },
  { name: 'a curve spelled out', code: 'ec_point_invalid', input: ec(point, explicitCurve) },
  { name: 'an Ed25519 key', code: 'unsupported_key_algorithm', input: bentRoot({ key: keyPair('ed25519') }).der },
  {
    name: 'an Ed25519 signature',
    code: 'unsupported_key_algorithm',
    input: mint({ ca: true, signWith: keyPair('ed25519') }).der,
  },
  { name: 'a malformed key', code: 'unsupported_key_algorithm', input: ec(point, Uint8Array.of()) },

  { name: 'two signature algorithms', code: 'sigalg_mismatch', input: bentRoot({ tbsSignatureAlgorithm: ecdsaWithNull }).der },
  { name: 'ECDSA with NULL parameters', code: 'algid_params_wrong', input: bentRoot({ signatureAlgorithm: ecdsaWithNull }).der },
  { name: 'SHA-1 under another CA', code: 'weak_signature_hash', input: root.pem + mint({ ca: true, hash: 'sha1' }, root).pem },
  { name: 'SHA-1 on a root', code: 'weak_signature_hash', severity: 'warning', input: bentRoot({ hash: 'sha1' }).der },
  { name: 'MD5 on a root', code: 'weak_signature_hash', input: mint({ ca: true, key: keyPair('rsa2048'), hash: 'md5' }).der },
  { name: 'a root that another key signed', code: 'bad_self_signature', input: bentRoot({ signWith: keyPair('p256', 43) }).der },
  {
    name: 'a root without key identifiers that another key signed',
    code: 'bad_self_signature',
    input: bentRoot({ signWith: keyPair('p256', 43), subjectKeyId: false, authorityKeyId: false }).der,
  },
  {
    name: 'an intermediate that its issuer did not sign',
    code: 'signature_not_by_named_issuer',
    input: root.pem + mint({ ca: true, signWith: keyPair('p256', 43) }, root).pem,
  },

  {
    name: 'a critical extension that nobody knows',
    code: 'unknown_critical_extension',
    input: bentRoot({ extensions: [{ oid: unknownOid, critical: true, value: encode(nothing()) }] }).der,
  },
  {
    name: 'keyCertSign without basicConstraints',
    code: 'ca_basic_constraints_missing',
    input: mint({ key: keyPair('p256', 42), keyUsage: ['keyCertSign'] }).der,
  },
  { name: 'a CA without keyCertSign', code: 'key_cert_sign_not_set', input: bentRoot({ keyUsage: ['digitalSignature'] }).der },
  { name: 'a CA without a name', code: 'ca_subject_empty', input: bentRoot({ subject: '' }).der },

  {
    name: 'two issuers of one subject',
    code: 'subject_issuer_conflict',
    severity: 'warning',
    input: [root.pem, mint({ ca: true, subject: 'O=Lint,CN=Twin' }, root).pem, mint({ ca: true, subject: 'O=Lint,CN=Twin' }).pem],
  },
  { name: 'an intermediate alone', code: 'incomplete_chain', severity: 'warning', input: intermediate.pem },
  {
    name: 'a waiver that has ended',
    code: 'waiver_expired',
    severity: 'warning',
    input: intermediate.pem,
    options: { waive: [{ code: 'incomplete_chain', until: at(-1) }] },
  },
]
