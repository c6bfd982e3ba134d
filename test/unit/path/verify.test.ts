import { describe, expect, it } from 'vitest'
import { profiles, verifyChain } from '../../../src/index.ts'
import { encode, nothing } from '../../support/asn1.ts'
import { ecdsaWithNull } from '../../support/deviating.ts'
import { keyPair, mint } from '../../support/mint.ts'
import {
  expectRejected,
  intermediate,
  leaf,
  presented,
  type RejectedChain,
  root,
  storeFor,
  storeOf,
} from '../../support/rejected-chain.ts'

/** Dates, names, roles and extensions of the certificates in a path. */

const past = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') }
const future = { notBefore: new Date('2120-01-01T00:00:00Z'), notAfter: new Date('2121-01-01T00:00:00Z') }
const unknownCritical = { oid: '1.3.6.1.4.1.99999.7', critical: true, value: encode(nothing()) }
const falseCa = mint({ key: keyPair('p256', 6), subject: 'O=Verify,CN=False CA' })
const expiredCa = mint({ ca: true, key: keyPair('p256', 6), subject: 'O=Verify,CN=Old CA', ...past })
const second = mint({ ca: true, key: keyPair('p256', 6), subject: 'O=Verify,CN=Second' }, intermediate)
const serverOnly = mint(
  { ca: true, key: keyPair('p256', 6), subject: 'O=Verify,CN=Server CA', extendedKeyUsage: ['serverAuth'] },
  root,
)
const criticalCa = mint(
  { ca: true, key: keyPair('p256', 6), subject: 'O=Verify,CN=Critical CA', extensions: [unknownCritical] },
  root,
)
const signsLists = mint({ ca: true, key: keyPair('p256', 6), subject: 'O=Verify,CN=Lists', keyUsage: ['cRLSign'] }, root)
const versionOne = mint({ version: 1, key: keyPair('p256', 6), subject: 'O=Verify,CN=Version 1' }, root)
const unsaid = mint({ key: keyPair('p256', 6), subject: 'O=Verify,CN=Unsaid', keyUsage: ['keyCertSign'] }, root)

const rejected: readonly RejectedChain[] = [
  {
    name: 'more CAs than the policy allows',
    store: storeFor({ ...profiles.apiGateway, maxChainLength: 1 }, root, intermediate),
    chain: [leaf({}, intermediate)],
    code: 'chain_too_long',
    index: 2,
    message: 'more than 1 CA certificates above the leaf',
  },
  {
    name: 'an issuer that is pinned as a leaf',
    store: storeOf(falseCa),
    chain: [leaf({}, falseCa)],
    code: 'not_a_ca',
    index: 1,
    message: 'basicConstraints with cA TRUE is missing',
  },
  {
    name: 'an issuer that says cA FALSE',
    store: storeFor(presented, root),
    chain: [leaf({}, falseCa), mint({ ...falseCa.spec, ca: false }, root)],
    code: 'not_a_ca',
    index: 1,
    message: 'is missing',
  },
  {
    name: 'an issuer of version 1',
    store: storeFor(presented, root),
    chain: [leaf({}, versionOne), versionOne],
    code: 'not_a_ca',
    index: 1,
    message: 'is missing',
  },
  {
    name: 'an issuer with keyCertSign but no basicConstraints',
    store: storeFor(presented, root),
    chain: [leaf({}, unsaid), unsaid],
    code: 'not_a_ca',
    index: 1,
    message: 'is missing',
  },
  {
    name: 'a CA below one of path length 0',
    store: storeOf(root, intermediate, second),
    chain: [leaf({}, second)],
    code: 'path_length_exceeded',
    index: 2,
    message: 'path length is 0, but 1 CA certificates are below',
  },
  {
    name: 'a CA without keyCertSign',
    store: storeFor(presented, root),
    chain: [leaf({}, signsLists), signsLists],
    code: 'key_usage_violation',
    index: 1,
    message: 'does not include keyCertSign',
  },
  {
    name: 'a server certificate as client',
    chain: [leaf({ extendedKeyUsage: ['serverAuth'] })],
    code: 'extended_key_usage_violation',
    message: 'extendedKeyUsage does not include clientAuth',
  },
  {
    name: 'a client certificate as server',
    chain: [leaf()],
    options: { purpose: 'server' },
    code: 'extended_key_usage_violation',
    message: 'does not include serverAuth',
  },
  {
    name: 'a CA that is for servers only',
    store: storeOf(root, serverOnly),
    chain: [leaf({}, serverOnly)],
    code: 'extended_key_usage_violation',
    index: 1,
    message: 'of the CA does not include clientAuth',
  },
  {
    name: 'no EKU where one is required',
    store: storeFor({ ...profiles.apiGateway, requireEku: true }, root),
    chain: [leaf({ extendedKeyUsage: [] })],
    code: 'extended_key_usage_violation',
    message: 'is absent, clientAuth is required',
  },
  {
    name: 'no EKU where one is required, whatever the purpose',
    store: storeFor({ ...profiles.apiGateway, requireEku: true }, root),
    chain: [leaf({ extendedKeyUsage: [] })],
    options: { purpose: 'any' },
    code: 'extended_key_usage_violation',
    message: 'extendedKeyUsage is absent, but required',
  },
  {
    name: 'anyExtendedKeyUsage where clientAuth is required',
    store: storeFor({ ...profiles.apiGateway, requireEku: true }, root),
    chain: [leaf({ extendedKeyUsage: ['any'] })],
    code: 'extended_key_usage_violation',
    message: 'does not include clientAuth',
  },
  {
    name: 'a client whose key may only encipher',
    chain: [leaf({ keyUsage: ['keyEncipherment'] })],
    code: 'key_usage_violation',
    message: 'keyUsage does not include digitalSignature',
  },
  {
    name: 'a server whose key has no part in a handshake',
    chain: [leaf({ keyUsage: ['nonRepudiation'], extendedKeyUsage: ['serverAuth'] })],
    options: { purpose: 'server' },
    code: 'key_usage_violation',
    message: 'keyUsage includes neither digitalSignature nor keyEncipherment nor keyAgreement',
  },
  {
    name: 'a critical extension of the leaf that nobody knows',
    chain: [leaf({ extensions: [unknownCritical] })],
    code: 'unknown_critical_extension',
    message: 'critical extension 1.3.6.1.4.1.99999.7 is not understood',
  },
  {
    name: 'a critical extension of a CA that nobody knows',
    store: storeFor(presented, root),
    chain: [leaf({}, criticalCa), criticalCa],
    code: 'unknown_critical_extension',
    index: 1,
    message: 'is not understood',
  },
  {
    name: 'another name',
    chain: [leaf({ subjectAltNames: [{ dns: 'a.example' }, { ip: '192.0.2.1' }] })],
    options: { serverName: 'b.example' },
    code: 'name_mismatch',
    message: 'is not for b.example: subjectAltName has a.example, 192.0.2.1',
  },
  {
    name: 'a name in the common name only',
    chain: [leaf({ subject: 'CN=a.example' })],
    options: { serverName: 'a.example' },
    code: 'name_mismatch',
    message: 'subjectAltName has no DNS name or address',
  },
  {
    name: 'a server name that is none',
    chain: [leaf()],
    options: { serverName: 'a b' },
    code: 'name_mismatch',
    message: 'serverName "a b" is neither a DNS name (A-labels) nor an IP address',
  },
  {
    name: 'a leaf of next century',
    chain: [leaf(future)],
    code: 'not_yet_valid',
    message: 'not valid before 2120-01-01T00:00:00Z',
  },
  { name: 'a leaf that has expired', chain: [leaf(past)], code: 'expired', message: 'expired on 2021-01-01T00:00:00Z' },
  {
    name: 'a leaf before its time, by the time given',
    chain: [leaf()],
    options: { at: 0 },
    code: 'not_yet_valid',
    message: 'not valid before',
  },
  {
    name: 'a leaf of a CA that has expired',
    store: storeOf(expiredCa),
    chain: [leaf({}, expiredCa)],
    code: 'expired',
    index: 1,
    message: 'CA certificate CN=Old CA,O=Verify: expired on 2021-01-01T00:00:00Z',
  },
  {
    name: 'two signature algorithms',
    chain: [leaf({ tbsSignatureAlgorithm: ecdsaWithNull })],
    code: 'malformed',
    message: 'differs from tbsCertificate.signature',
  },
  {
    name: 'a leaf of 70 KB',
    chain: [leaf({ extensions: [{ oid: '1.2.3', value: new Uint8Array(70_000) }] })],
    code: 'too_large',
    message: '70',
  },
]

describe('verifyChain', () => {
  const usual = storeOf(root)

  it('accepts a leaf and returns its path', () => {
    const { der } = leaf({}, intermediate)
    const verdict = verifyChain(storeOf(root, intermediate), der)
    expect(verdict).toMatchObject({ ok: true, leaf: { subject: 'CN=Leaf,O=Verify' } })
    expect(verdict.ok && verdict.path.map(({ subject }) => subject)).toEqual([
      'CN=Leaf,O=Verify',
      'CN=Intermediate,O=Verify',
      'CN=Root,O=Verify',
    ])
    expect(verdict.ok && verdict.leaf === verdict.path[0]).toBe(true)
  })

  it('accepts a leaf that is named by subjectAltName alone', () => {
    const nameless = leaf({ subject: '', subjectAltNames: [{ uri: 'spiffe://example/client' }] })
    expect(verifyChain(usual, nameless.der)).toMatchObject({ ok: true, leaf: { subject: '' } })
  })

  it.each(rejected)('refuses $name: $code', expectRejected)

  it('names the certificate at fault', () => {
    const verdict = verifyChain(storeOf(expiredCa), leaf({}, expiredCa).der)
    expect(verdict).toMatchObject({ certificate: { subject: 'CN=Old CA,O=Verify' }, index: 1 })
  })

  it('gives the byte at which a leaf cannot be read', () => {
    const { der } = leaf()
    expect(verifyChain(usual, der.slice(0, 100))).toMatchObject({ ok: false, code: 'malformed', index: 0, offset: 0 })
    const bent = der.with(4, 0x31)
    expect(verifyChain(usual, bent)).toMatchObject({ code: 'malformed', offset: 4 })
    expect(verifyChain(usual, new Uint8Array())).toMatchObject({ code: 'malformed', offset: 0 })
    expect(verifyChain(usual, Buffer.from(leaf().pem))).toMatchObject({ code: 'malformed' })
    expect(verifyChain(usual, [])).toMatchObject({ code: 'malformed', message: 'the peer presented no certificate' })
  })
})
