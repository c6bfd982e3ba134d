import { profiles } from '../../../src/index.ts'
import { encode, nothing, oid, sequence } from '../asn1.ts'
import { ecdsaWithNull } from '../deviating.ts'
import { keyPair, mint, mintCrl, privateKeyPem } from '../mint.ts'
import { ecSpki, modulusOf, pointOf, rsaSpki } from '../spki.ts'
import { at, bentCa, bentRoot, cleanBundle, type Flaw, intermediate, root } from './flaw.ts'

/** What makes certificates unusable, what cannot be read, and what dates say: findings of the build. */

const unknownOid = '1.3.6.1.4.1.99999.7'

function ec(point: Uint8Array, parameters?: Uint8Array): Uint8Array {
  return bentRoot({ spki: ecSpki(point, parameters) }).der
}

function rsa(modulus: bigint, exponent = 65537n): Uint8Array {
  return bentRoot({ spki: rsaSpki(modulus, exponent) }).der
}

const point = pointOf(keyPair('p256', 42))
const modulus = modulusOf(keyPair('rsa2048'))
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

export const usabilityFlaws: readonly Flaw[] = [
  {
    name: 'base64 that is none',
    code: 'pem_syntax_invalid',
    severity: 'error',
    also: ['pem_read_differently'],
    input: cleanBundle + line(root.pem, 3, '!'),
    mended: ['the same without it', cleanBundle],
  },
  {
    name: 'a block without end',
    code: 'pem_syntax_invalid',
    severity: 'error',
    also: ['pem_read_differently'],
    input: root.pem + root.pem.slice(0, 200),
  },
  {
    name: 'an empty block',
    code: 'pem_syntax_invalid',
    severity: 'error',
    also: ['pem_read_differently'],
    input: `${root.pem}-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n`,
  },
  {
    name: 'a revocation list instead of a certificate',
    code: 'certificate_syntax_invalid',
    severity: 'error',
    input: [root.der, mintCrl({ issuer: root }).der],
    mended: ['the certificate of its issuer', root.der],
  },
  {
    name: 'bytes after the certificate',
    code: 'non_der_encoding',
    severity: 'error',
    input: bentRoot({ bend: (der) => Uint8Array.from([...der, 0]) }).der,
    mended: ['the certificate alone', bentRoot({}).der],
  },
  {
    name: 'a serial number with a padding byte',
    code: 'non_der_encoding',
    severity: 'error',
    input: bentRoot({ serial: Uint8Array.of(0, 1) }).der,
  },
  {
    name: 'an extension that occurs twice',
    code: 'duplicate_extension',
    severity: 'error',
    input: twice(),
    mended: ['an extension that occurs once', bentRoot({ extensions: [{ oid: unknownOid, value: encode(nothing()) }] }).der],
  },
  {
    name: 'a certificate of 70 KB',
    code: 'cert_too_large',
    severity: 'error',
    input: bentRoot({ extensions: [{ oid: unknownOid, value: new Uint8Array(70_000) }] }).der,
    mended: ['a certificate of 60 KB', bentRoot({ extensions: [{ oid: unknownOid, value: new Uint8Array(60_000) }] }).der],
  },
  {
    name: 'a private key',
    code: 'private_key_in_bundle',
    severity: 'error',
    input: root.pem + privateKeyPem(root.key),
    mended: ['the certificate without its key', root.pem],
  },
  {
    name: 'an encrypted private key',
    code: 'private_key_in_bundle',
    severity: 'error',
    input: root.pem + privateKeyPem(root.key).replaceAll(' PRIVATE', ' ENCRYPTED PRIVATE'),
  },
  { name: 'nothing', code: 'empty_bundle', severity: 'error', input: '', mended: ['one certificate', root.pem] },
  { name: 'an empty array', code: 'empty_bundle', severity: 'error', input: [] },
  {
    name: 'a revocation list',
    code: 'non_certificate_block',
    input: root.pem + mintCrl({ issuer: root }).pem,
    mended: ['the certificate without the list', root.pem],
  },
  { name: 'a copy', code: 'duplicate_certificate', input: [root.pem, root.der], mended: ['the certificate once', [root.pem]] },

  {
    name: 'an expired CA',
    code: 'expired',
    also: ['no_valid_anchor'],
    input: bentRoot({ notBefore: at(-20), notAfter: at(-10) }).der,
    mended: ['a CA that expires in 100 days', bentRoot({ notBefore: at(-20), notAfter: at(100) }).der],
  },
  {
    name: 'a CA of tomorrow',
    code: 'not_yet_valid',
    also: ['no_valid_anchor'],
    input: bentRoot({ notBefore: at(1), notAfter: at(100) }).der,
    mended: ['a CA of yesterday', bentRoot({ notBefore: at(-1), notAfter: at(100) }).der],
  },
  {
    name: 'a CA that expires within 30 days',
    code: 'expires_within',
    input: bentRoot({ notAfter: at(29) }).der,
    mended: ['a CA that expires in 31 days', bentRoot({ notAfter: at(31) }).der],
  },
  {
    name: 'a CA that expires within the days asked for',
    code: 'expires_within',
    input: bentRoot({ notAfter: at(89) }).der,
    options: { expiresWithinDays: 90 },
  },
  {
    name: 'dates in the wrong order',
    code: 'validity_inverted',
    severity: 'error',
    input: bentRoot({ notBefore: at(20), notAfter: at(10) }).der,
    mended: ['dates in the right order', bentRoot({ notBefore: at(-20), notAfter: at(50) }).der],
  },

  {
    name: 'an RSA key of 1024 bits',
    code: 'rsa_too_small',
    severity: 'error',
    input: mint({ ca: true, key: keyPair('rsa1024') }).der,
    mended: ['an RSA key of 2048 bits', mint({ ca: true, key: keyPair('rsa2048') }).der],
  },
  {
    name: 'an RSA key above the policy',
    code: 'rsa_too_large',
    severity: 'error',
    input: mint({ ca: true, key: keyPair('rsa3072') }).der,
    options: { policy: { ...profiles.apiGateway, maxRsaBits: 2048 } },
    mended: ['the same key where the policy takes 8192 bits', mint({ ca: true, key: keyPair('rsa3072') }).der],
  },
  { name: 'an RSA key of 20000 bits', code: 'rsa_too_large', severity: 'error', input: rsa(2n ** 19999n + 1n) },
  {
    name: 'an RSA exponent of 1',
    code: 'rsa_bad_exponent',
    severity: 'error',
    input: rsa(modulus, 1n),
    mended: ['the exponent 65537', mint({ ca: true, key: keyPair('rsa2048') }).der],
  },
  { name: 'an even RSA exponent', code: 'rsa_bad_exponent', severity: 'error', input: rsa(modulus, 65536n) },
  { name: 'an RSA exponent of 40 bits', code: 'rsa_bad_exponent', severity: 'error', input: rsa(modulus, 2n ** 40n + 1n) },
  {
    name: 'an even RSA modulus',
    code: 'rsa_modulus_even_or_small_factor',
    severity: 'error',
    input: rsa(modulus - 1n),
    mended: ['a modulus of two large primes', mint({ ca: true, key: keyPair('rsa2048') }).der],
  },
  {
    name: 'an RSA modulus divisible by 751',
    code: 'rsa_modulus_even_or_small_factor',
    severity: 'error',
    input: rsa(modulus * 751n),
  },
  {
    name: 'a P-521 key',
    code: 'ec_curve_not_allowed',
    severity: 'error',
    input: mint({ ca: true, key: keyPair('p521'), hash: 'sha512' }).der,
    mended: ['a P-384 key', mint({ ca: true, key: keyPair('p384') }).der],
  },
  { name: 'a secp256k1 key', code: 'ec_curve_not_allowed', severity: 'error', input: ec(point, otherCurve) },
  {
    name: 'a P-384 key where the policy has P-256',
    code: 'ec_curve_not_allowed',
    severity: 'error',
    input: mint({ ca: true, key: keyPair('p384') }).der,
    options: { policy: { ...profiles.apiGateway, curves: ['P-256'] } },
  },
  {
    name: 'a point off its curve',
    code: 'ec_point_invalid',
    severity: 'error',
    input: ec(point.with(64, point[64]! ^ 1)),
    mended: ['the point on its curve', bentRoot({ spki: ecSpki(point) }).der],
  },
  {
    name: 'a compressed point',
    code: 'ec_point_invalid',
    severity: 'error',
    input: ec(Uint8Array.of(2, ...point.subarray(1, 33))),
  },
  { name: 'the point at infinity', code: 'ec_point_invalid', severity: 'error', input: ec(Uint8Array.of(0)) },
  { name: 'a curve spelled out', code: 'ec_point_invalid', severity: 'error', input: ec(point, explicitCurve) },
  {
    name: 'an Ed25519 key',
    code: 'unsupported_key_algorithm',
    severity: 'error',
    input: bentRoot({ key: keyPair('ed25519') }).der,
    mended: ['a P-256 key', bentRoot({}).der],
  },
  {
    name: 'an Ed25519 signature',
    code: 'unsupported_key_algorithm',
    severity: 'error',
    input: mint({ ca: true, signWith: keyPair('ed25519') }).der,
  },
  { name: 'a malformed key', code: 'unsupported_key_algorithm', severity: 'error', input: ec(point, Uint8Array.of()) },

  {
    name: 'two signature algorithms',
    code: 'sigalg_mismatch',
    severity: 'error',
    input: bentRoot({ tbsSignatureAlgorithm: ecdsaWithNull }).der,
    mended: ['the same algorithm twice', bentRoot({}).der],
  },
  {
    name: 'SHA-1 under another CA',
    code: 'weak_signature_hash',
    severity: 'error',
    input: root.pem + mint({ ca: true, hash: 'sha1' }, root).pem,
    mended: ['SHA-256 under another CA', root.pem + bentCa({ hash: 'sha256' }).pem],
  },
  { name: 'SHA-1 on a root', code: 'weak_signature_hash', input: bentRoot({ hash: 'sha1' }).der },
  {
    name: 'SHA-1 on the next key of a root, signed by the former',
    code: 'weak_signature_hash',
    severity: 'error',
    input: root.pem + mint({ ca: true, subject: root.subject, key: keyPair('p256', 43), hash: 'sha1' }, root).pem,
  },
  {
    name: 'MD5 on a root',
    code: 'weak_signature_hash',
    input: mint({ ca: true, key: keyPair('rsa2048'), hash: 'md5' }).der,
  },
  {
    name: 'a root that another key signed',
    code: 'bad_self_signature',
    severity: 'error',
    input: bentRoot({ signWith: keyPair('p256', 43) }).der,
    mended: ['a root that its own key signed', bentRoot({}).der],
  },
  {
    name: 'a root without key identifiers that another key signed',
    code: 'bad_self_signature',
    severity: 'error',
    input: bentRoot({ signWith: keyPair('p256', 43), subjectKeyId: false, authorityKeyId: false }).der,
  },
  {
    name: 'an intermediate that its issuer did not sign',
    code: 'signature_not_by_named_issuer',
    severity: 'error',
    input: root.pem + mint({ ca: true, signWith: keyPair('p256', 43) }, root).pem,
    mended: ['an intermediate that its issuer signed', cleanBundle],
  },
  {
    name: 'the same where every CA is an anchor',
    code: 'signature_not_by_named_issuer',
    input: root.pem + mint({ ca: true, signWith: keyPair('p256', 43) }, root).pem,
    options: { policy: { ...profiles.apiGateway, trust: 'every-ca' } },
  },

  {
    name: 'a critical extension that nobody knows',
    code: 'unknown_critical_extension',
    severity: 'error',
    input: bentRoot({ extensions: [{ oid: unknownOid, critical: true, value: encode(nothing()) }] }).der,
    mended: ['the extension not critical', bentRoot({ extensions: [{ oid: unknownOid, value: encode(nothing()) }] }).der],
  },
  {
    name: 'keyCertSign without basicConstraints',
    code: 'ca_basic_constraints_missing',
    severity: 'error',
    input: mint({ key: keyPair('p256', 42), keyUsage: ['keyCertSign'] }).der,
    mended: ['keyCertSign with basicConstraints', bentRoot({ keyUsage: ['keyCertSign'] }).der],
  },
  {
    name: 'a CA without keyCertSign',
    code: 'key_cert_sign_not_set',
    severity: 'error',
    input: bentRoot({ keyUsage: ['digitalSignature'] }).der,
    mended: ['a CA with keyCertSign', bentRoot({ keyUsage: ['digitalSignature', 'keyCertSign'] }).der],
  },
  {
    name: 'a CA without a name',
    code: 'ca_subject_empty',
    severity: 'error',
    input: bentRoot({ subject: '' }).der,
    mended: ['a CA with a name', bentRoot({}).der],
  },

  {
    name: 'two issuers of one subject',
    also: ['same_subject_different_key', 'orphan'],
    code: 'subject_issuer_conflict',
    input: [root.pem, mint({ ca: true, subject: 'O=Lint,CN=Twin' }, root).pem, mint({ ca: true, subject: 'O=Lint,CN=Twin' }).pem],
    mended: ['two certificates of one subject by one issuer', [root.pem, bentCa({}).pem, bentCa({}).pem]],
  },
  {
    name: 'an intermediate alone',
    code: 'incomplete_chain',
    also: ['no_trust_anchor'],
    input: intermediate.pem,
    mended: ['the intermediate with its root', cleanBundle],
  },
  {
    name: 'a waiver that has ended',
    code: 'waiver_expired',
    also: ['no_trust_anchor', 'incomplete_chain'],
    input: intermediate.pem,
    options: { waive: [{ code: 'incomplete_chain', until: at(-1) }] },
    mended: ['a waiver that goes on', intermediate.pem, { waive: [{ code: 'incomplete_chain', until: at(1) }] }],
  },
]
