import { describe, it } from 'vitest'
import { profiles } from '../../../src/index.ts'
import { rsaPss } from '../../support/algorithms.ts'
import { encode, nothing, sequence } from '../../support/asn1.ts'
import { algorithm, oid } from '../../support/der.ts'
import { keyPair, mint } from '../../support/mint.ts'
import {
  expectRejected,
  intermediate,
  leafKey as key,
  leaf,
  type RejectedChain,
  root,
  storeFor,
  storeOf,
} from '../../support/rejected-chain.ts'
import { ecSpki, modulusOf, pointOf, rsaSpki } from '../../support/spki.ts'

/** Codes and messages for wrong issuers, keys and signatures. */

const rsaRoot = mint({ ca: true, key: keyPair('rsa2048'), subject: 'O=Verify,CN=RSA Root' })
const stranger = mint({ ca: true, key: keyPair('p256', 5), subject: 'O=Stranger,CN=Root' })
const namesake = mint({ ca: true, key: keyPair('p256', 5), subject: 'O=Verify,CN=Root' })
const point = pointOf(key)

const rejected: readonly RejectedChain[] = [
  {
    name: 'a leaf of a CA that nobody listed',
    chain: [leaf({}, stranger)],
    code: 'unknown_issuer',
    message: 'is not in the truststore: CN=Root,O=Stranger, key id',
  },
  {
    name: 'a leaf without key identifiers of such a CA',
    chain: [leaf({ authorityKeyId: false }, stranger)],
    code: 'unknown_issuer',
    message: 'is not in the truststore: CN=Root,O=Stranger',
  },
  {
    name: 'a leaf of a namesake with another key id',
    chain: [leaf({}, namesake)],
    code: 'unknown_issuer',
    message: 'under that name it has key id',
  },
  {
    name: 'an intermediate that the peer sends where that does not count',
    chain: [leaf({}, intermediate), intermediate],
    code: 'unknown_issuer',
    message: 'is not in the truststore: CN=Intermediate,O=Verify',
  },
  {
    name: 'a self-signed leaf',
    chain: [mint({ key, subject: 'CN=Self' })],
    code: 'self_signed_untrusted',
    message: 'CN=Self: it is self-issued and not in the truststore',
  },
  {
    name: 'an intermediate whose root is not listed',
    store: storeOf(intermediate),
    chain: [leaf({}, intermediate)],
    code: 'incomplete_chain',
    index: 1,
    message: 'its issuer is not in the truststore: CN=Root,O=Verify, key id',
  },
  {
    name: 'a leaf of a namesake, key ids absent',
    chain: [leaf({ authorityKeyId: false }, namesake)],
    code: 'signature_mismatch',
    message: 'was not made by the key of CN=Root,O=Verify',
  },
  {
    name: 'a leaf that another key signed',
    chain: [leaf({ signWith: key })],
    code: 'signature_mismatch',
    message: 'was not made by the key',
  },
  {
    name: 'a signature of rubbish',
    chain: [leaf({ signature: new Uint8Array(70).fill(7) })],
    code: 'signature_mismatch',
    message: 'was not made by the key',
  },
  {
    name: 'an empty signature',
    chain: [leaf({ signature: new Uint8Array() })],
    code: 'signature_mismatch',
    message: 'was not made by the key',
  },
  {
    name: 'an RSA signature of the wrong length',
    store: storeOf(rsaRoot),
    chain: [leaf({ signature: new Uint8Array(255) }, rsaRoot)],
    code: 'signature_mismatch',
    message: 'was not made by the key',
  },
  {
    name: 'an Ed25519 leaf key',
    chain: [leaf({ key: keyPair('ed25519') })],
    code: 'unsupported_algorithm',
    message: 'neither RSA nor EC',
  },
  {
    name: 'an Ed25519 signature',
    chain: [leaf({ signWith: keyPair('ed25519') })],
    code: 'unsupported_algorithm',
    message: 'the signature algorithm Ed25519 (1.3.101.112) is not supported',
  },
  {
    name: 'ECDSA with the parameters of a key',
    chain: [leaf({ signatureAlgorithm: algorithm('1.2.840.10045.4.3.2', oid('1.2.840.10045.3.1.7')) })],
    code: 'unsupported_algorithm',
    message: 'the signature algorithm has wrong parameters',
  },
  {
    name: 'a P-521 leaf key',
    chain: [leaf({ key: keyPair('p521') })],
    code: 'unsupported_curve',
    message: 'the EC key is on P-521; P-256 and P-384 are accepted',
  },
  {
    name: 'a secp256k1 leaf key',
    chain: [leaf({ key: keyPair('secp256k1') })],
    code: 'unsupported_curve',
    message: 'on secp256k1',
  },
  {
    name: 'a curve spelled out',
    chain: [leaf({ spki: ecSpki(point, encode(sequence(nothing()))) })],
    code: 'unsupported_curve',
    message: 'explicit curve parameters',
  },
  {
    name: 'a curve outside the policy',
    store: storeFor({ ...profiles.apiGateway, curves: ['P-256'] }, root),
    chain: [leaf({ key: keyPair('p384') })],
    code: 'unsupported_curve',
    message: 'on P-384; P-256 are accepted',
  },
  {
    name: 'SHA-1',
    chain: [leaf({ hash: 'sha1' })],
    code: 'weak_hash',
    message: '(ecdsa-with-SHA1) uses sha1; sha256, sha384, sha512 are accepted',
  },
  { name: 'SHA-224', chain: [leaf({ hash: 'sha224' })], code: 'weak_hash', message: 'uses sha224' },
  { name: 'MD5', store: storeOf(rsaRoot), chain: [leaf({ hash: 'md5' }, rsaRoot)], code: 'weak_hash', message: 'uses md5' },
  {
    name: 'RSASSA-PSS with SHA-1',
    store: storeOf(rsaRoot),
    chain: [leaf({ hash: 'sha1', pss: true }, rsaRoot)],
    code: 'weak_hash',
    message: '(RSASSA-PSS) uses sha1',
  },
  {
    name: 'RSASSA-PSS whose MGF1 uses SHA-1',
    store: storeOf(rsaRoot),
    chain: [leaf({ signatureAlgorithm: rsaPss('SHA-256', 'SHA-1', 32) }, rsaRoot)],
    code: 'weak_hash',
    message: '(RSASSA-PSS) uses sha1',
  },
  {
    name: 'RSASSA-PSS with two hashes',
    store: storeOf(rsaRoot),
    chain: [leaf({ signatureAlgorithm: rsaPss('SHA-256', 'SHA-512', 32) }, rsaRoot)],
    code: 'unsupported_algorithm',
    message: 'RSASSA-PSS with sha256 but MGF1 with sha512 is not accepted',
  },
  {
    name: 'an RSA leaf key of 1024 bits',
    chain: [leaf({ key: keyPair('rsa1024') })],
    code: 'weak_key',
    message: 'has 1024 bits, at least 2048 are required',
  },
  {
    name: 'an RSA exponent of 1',
    chain: [leaf({ spki: rsaSpki(modulusOf(keyPair('rsa2048')), 1n) })],
    code: 'weak_key',
    message: 'exponent must be odd',
  },
  {
    name: 'an even RSA modulus',
    chain: [leaf({ spki: rsaSpki(2n ** 2047n, 65537n) })],
    code: 'weak_key',
    message: 'modulus is even',
  },
  {
    name: 'an RSA leaf key above the policy',
    store: storeFor({ ...profiles.apiGateway, maxRsaBits: 2048 }, root),
    chain: [leaf({ key: keyPair('rsa3072') })],
    code: 'too_large',
    message: 'has 3072 bits, at most 2048 are accepted',
  },
  {
    name: 'a point off its curve',
    chain: [leaf({ spki: ecSpki(point.with(64, point[64]! ^ 1)) })],
    code: 'malformed',
    message: 'not an uncompressed point on its curve',
  },
]

describe('verifyChain refuses', () => {
  it.each(rejected)('$name: $code', expectRejected)
})
