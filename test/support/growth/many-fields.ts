import { parseCertificate } from '../../../src/index.ts'
import { context, implicit, octetString, oid, sequence, tlv } from '../der.ts'
import { type CertificateSpec, mint } from '../mint.ts'
import { type Growing, judged, read, type Sized } from './growing.ts'
import { everyReader, leaf, leafKey, root, rsaKey, times } from './material.ts'

/** Certificates with many extensions, and with fields that are huge. */

/** An OID of about so many bytes: one arc, or many. */
const hugeOid = (size: number, i: number, pattern = 0xff): Uint8Array =>
  tlv(6, [0x2a], new Uint8Array(Math.max(1, size - 6)).fill(pattern), [0x81 + (i >> 7), i & 0x7f])

export const fieldCases: readonly Growing[] = [
  {
    name: 'many extensions',
    at: (size) =>
      read(
        leaf(root, { extensions: times(50, (i) => ({ oid: `1.2.3.${i}`, value: octetString(new Uint8Array(size / 50)) })) }).der,
        everyReader,
      ),
  },
  {
    name: 'more and more extensions whose long OIDs differ at their end',
    at: (size) => extended(times(size / 1000, (i) => hugeOid(900, i))),
  },
  { name: 'extensions whose OIDs become longer', at: (size) => extended(times(50, (i) => hugeOid(size / 55, i))) },
  ...hugeOids('one arc', 0xff),
  ...hugeOids('many arcs', 0x01),
  { name: 'a huge serial number', at: (size) => read(leaf(root, { serial: new Uint8Array(size).fill(0x7f) }).der, everyReader) },
  {
    name: 'a huge key identifier that nobody has',
    at: (size) => judged([root], [mint({ key: leafKey, issuer: 'CN=Nobody', authorityKeyId: new Uint8Array(size) })]),
  },
  { name: 'a huge signature', at: (size) => judged([root], [leaf(root, { signature: new Uint8Array(size) })]) },
  { name: 'a huge modulus', at: (size) => read(leaf(root, { spki: rsaKey(size, 1) }).der, everyReader) },
  {
    name: 'many purposes',
    at: (size) => read(leaf(root, { extendedKeyUsage: times(size / 6, (i) => `1.2.${i}`) }).der, everyReader),
  },
  {
    name: 'a name of nested types',
    at: (size) =>
      read(
        leaf(root, { extensions: [{ oid: '2.5.29.17', value: sequence(context(0, oid('1.2'), nested(size))) }] }).der,
        (der) => `${parseCertificate(der).ok}`,
      ),
  },
]

function extended(oids: readonly Uint8Array[]): Sized {
  return read(leaf(root, { extensions: oids.map((id) => ({ oid: id, value: octetString([5, 0]) })) }).der, everyReader)
}

function nested(size: number): Uint8Array {
  const rows = times(size / 40, () => times(8, () => 0).reduce<Uint8Array>((inner) => sequence(inner), sequence()))
  return sequence(...rows)
}

/** A huge OID wherever there may be one, judged and read. */
function hugeOids(kind: string, pattern: number): readonly Growing[] {
  const access = (id: Uint8Array): Uint8Array => sequence(sequence(id, implicit(6, Buffer.from('http://a.example/'))))
  const places: Readonly<Record<string, (id: Uint8Array) => CertificateSpec>> = {
    'a purpose': (id) => ({ extensions: [{ oid: '2.5.29.37', value: sequence(id) }], extendedKeyUsage: [] }),
    'a policy': (id) => ({ extensions: [{ oid: '2.5.29.32', value: sequence(sequence(id)) }] }),
    'a mapped policy': (id) => ({ extensions: [{ oid: '2.5.29.33', value: sequence(sequence(id, oid('1.2.3'))) }] }),
    'a qualifier': (id) => ({
      extensions: [{ oid: '2.5.29.32', value: sequence(sequence(oid('1.2.3'), sequence(sequence(id, [5, 0])))) }],
    }),
    'a registered name': (id) => ({ extensions: [{ oid: '2.5.29.17', value: sequence(implicit(8, id.subarray(4))) }] }),
    'another name': (id) => ({ extensions: [{ oid: '2.5.29.17', value: sequence(context(0, id, context(0, [5, 0]))) }] }),
    'an access method': (id) => ({ extensions: [{ oid: '1.3.6.1.5.5.7.1.1', value: access(id) }] }),
    'a critical extension': (id) => ({ extensions: [{ oid: id, critical: true, value: octetString([5, 0]) }] }),
    'a signature algorithm': (id) => ({ tbsSignatureAlgorithm: sequence(id), signature: new Uint8Array(64) }),
    'a key algorithm': (id) => ({ spki: sequence(sequence(id), tlv(3, [0, 1])) }),
    'a named curve': (id) => ({ spki: sequence(sequence(oid('1.2.840.10045.2.1'), id), tlv(3, [0, 4, 1, 1])) }),
  }
  return Object.entries(places).flatMap(([place, spec]) => [
    {
      name: `${place} with an OID of ${kind}, read and printed`,
      at: (size: number) => read(leaf(root, spec(hugeOid(size, 1, pattern))).der, everyReader),
    },
    {
      name: `${place} with an OID of ${kind}, judged`,
      at: (size: number) =>
        judged([root], [leaf(root, spec(hugeOid(size, 1, pattern)))], { options: { certificatePolicies: {} } }),
    },
  ])
}
