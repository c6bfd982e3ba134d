import { matchIdentity, spiffeIdOf } from '../../../src/headers/index.ts'
import {
  lintCertificate,
  type Policy,
  parseCertificate,
  parseRevocationList,
  profiles,
  type VerifyOptions,
} from '../../../src/index.ts'
import { renderText } from '../../../src/inspect/index.ts'
import { context, implicit, integer, octetString, oid, sequence, tlv } from '../der.ts'
import {
  type CertificateSpec,
  type ExtensionSpec,
  type GeneralNameSpec,
  keyPair,
  type Minted,
  mint,
  mintCrl,
  type NameSpec,
} from '../mint.ts'
import { valueIn } from '../refusal.ts'
import { type Growing, type Judging, judged, presented, read, type Sized } from './growing.ts'

/** Much of whatever a certificate or a chain can have much of. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const leafKey = keyPair('p256', 1)
const caKey = keyPair('p256', 2)
const bare = { ca: true, subjectKeyId: false, authorityKeyId: false } as const

function leaf(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'CN=leaf', ...spec }, issuer)
}

function under(caSpec: CertificateSpec, leafSpec: CertificateSpec, judging: Judging = {}): Sized {
  const issuer = mint({ ca: true, key: caKey, subject: 'CN=CA', ...caSpec }, root)
  return judged([root], [leaf(issuer, leafSpec), issuer], judging)
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: Math.ceil(count) }, (_, i) => make(i))

/** Names of each form: outside the subtrees, as close to them as can be. */
interface Form {
  readonly bytes: number
  readonly name: (i: number) => GeneralNameSpec
  readonly subtree: (i: number) => GeneralNameSpec
}

const long = 'l'.repeat(60)
const forms: Readonly<Record<string, Form>> = {
  'DNS names': { bytes: 22, name: (i) => ({ dns: `n${i}.a.example` }), subtree: (i) => ({ dns: `s${i}.a.example` }) },
  'DNS names that are one label longer than subtrees': {
    bytes: 22,
    name: (i) => ({ dns: `x.${i}.a.example` }),
    subtree: (i) => ({ dns: `y.${i}.a.example` }),
  },
  'DNS names of many labels': {
    bytes: 250,
    name: (i) => ({ dns: `${i}.${'a.'.repeat(116)}b` }),
    subtree: (i) => ({ dns: `s${i}.${'a.'.repeat(116)}b` }),
  },
  'DNS names of long labels': {
    bytes: 250,
    name: (i) => ({ dns: `${i}.${long}.${long}.${long}` }),
    subtree: (i) => ({ dns: `s${i}.${long}.${long}.${long}` }),
  },
  wildcards: { bytes: 22, name: (i) => ({ dns: `*.n${i}.example` }), subtree: (i) => ({ dns: `x.s${i}.example` }) },
  'e-mail addresses of one host': {
    bytes: 22,
    name: (i) => ({ email: `n${i}@a.example` }),
    subtree: (i) => ({ email: `s${i}@a.example` }),
  },
  'e-mail addresses of many hosts': {
    bytes: 22,
    name: (i) => ({ email: `n@n${i}.a.example` }),
    subtree: (i) => ({ email: `.s${i}.a.example` }),
  },
  URIs: { bytes: 30, name: (i) => ({ uri: `spiffe://n${i}.a.example/x` }), subtree: (i) => ({ uri: `s${i}.a.example` }) },
  'IPv4 addresses': {
    bytes: 10,
    name: (i) => ({ ip: Uint8Array.of(10, 1, i >> 8, i) }),
    subtree: (i) => ({ ip: Uint8Array.of(10, 2, i >> 8, i, 255, 255, 255, 255) }),
  },
  'IPv6 addresses in blocks of all sizes': {
    bytes: 30,
    name: (i) => ({ ip: address(0x20, i) }),
    subtree: (i) => ({ ip: Uint8Array.from([...address(0x30, i), ...mask(i % 129)]) }),
  },
  'directory names': { bytes: 40, name: (i) => ({ directory: `O=a,CN=n${i}` }), subtree: (i) => ({ directory: `O=a,CN=s${i}` }) },
  'forms that are not supported': {
    bytes: 12,
    name: (i) => ({ registeredId: `1.2.${i}` }),
    subtree: (i) => ({ registeredId: `1.3.${i}` }),
  },
}

function address(first: number, i: number): Uint8Array {
  return Uint8Array.of(first, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i >> 8, i)
}

function mask(bits: number): readonly number[] {
  return times(16, (i) => (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))) & 0xff)
}

function formCases([form, { bytes, name, subtree }]: readonly [string, Form]): readonly Growing[] {
  const count = (size: number): number => size / bytes / 2
  const spec = (names: readonly GeneralNameSpec[]): CertificateSpec => ({ subject: '', subjectAltNames: names })
  return [
    {
      name: `many ${form} under many excluded`,
      at: (size) => under({ nameConstraints: { excluded: times(count(size), subtree) } }, spec(times(count(size), name))),
    },
    {
      name: `many ${form} under many permitted`,
      at: (size) =>
        under(
          { nameConstraints: { permitted: [...times(count(size), subtree), ...times(count(size), name)] } },
          spec(times(count(size), name)),
        ),
    },
    {
      name: `many ${form}, read and printed`,
      at: (size) => read(leaf(root, spec(times(2 * count(size), name))).der, everyReader),
    },
    {
      name: `many ${form}, another server wanted`,
      at: (size) =>
        judged([root], [leaf(root, { ...spec(times(2 * count(size), name)), extendedKeyUsage: ['serverAuth'] })], {
          policy: profiles.webServer,
          options: { serverName: 'wanted.example' },
        }),
    },
  ]
}

/** All that goes through a certificate for somebody. */
function everyReader(der: Uint8Array): string {
  const certificate = valueIn(parseCertificate(der))
  return [
    JSON.stringify(certificate),
    renderText(der),
    lintCertificate(der).findings.length,
    spiffeIdOf(certificate).ok,
    matchIdentity(certificate, { dns: 'a', uri: 'b:c', email: 'd@e' }).ok,
  ].join(' ')
}

/** An OID of about so many bytes: one arc, or many. */
const hugeOid = (size: number, i: number, pattern = 0xff): Uint8Array =>
  tlv(6, [0x2a], new Uint8Array(Math.max(1, size - 6)).fill(pattern), [0x81 + (i >> 7), i & 0x7f])

function policies(
  count: number,
  depth: number,
  options: VerifyOptions['certificatePolicies'],
  extra: CertificateSpec = {},
): Sized {
  const policy = (i: number): string => `1.3.6.1.4.1.55738.9.${i}`
  const all = times(count, policy)
  const mappings = all.flatMap((from, i) => [1, 2, 3].map((step) => [from, all[(i + step) % all.length]!] as const))
  let above = root
  const chain: Minted[] = []
  for (let i = 0; i < depth; i++) {
    above = mint(
      {
        ca: true,
        key: keyPair('p256', 30 + i),
        subject: `CN=CA ${i}`,
        certificatePolicies: all,
        policyMappings: mappings,
        ...extra,
      },
      above,
    )
    chain.unshift(above)
  }
  return judged([root], [leaf(above, { certificatePolicies: all }), ...chain], {
    options: { certificatePolicies: options ?? {} },
  })
}

/** Certificates of a subject, each of its own issuer, that share what `spec` says. */
function crowd(count: number, spec: (i: number) => CertificateSpec, judging: Judging = {}, isSigned = false): Sized {
  const signed = isSigned ? { signWith: caKey } : { signature: new Uint8Array(64).fill(1) }
  const crowded = times(count, (i) =>
    mint({ ...bare, key: caKey, subject: 'CN=Crowd', issuer: 'CN=Crowd', serial: BigInt(i + 1), ...signed, ...spec(i) }),
  )
  const client = mint({ key: leafKey, subject: 'CN=leaf', issuer: 'CN=Crowd', signWith: caKey, authorityKeyId: false })
  return judged([root], [client, ...crowded], judging)
}

/** RSA keys that differ in the middle of their moduli only. */
function rsaKey(bytes: number, i: number): Uint8Array {
  const modulus = new Uint8Array(bytes).fill(0xa5)
  modulus[bytes - 2] = i
  modulus[bytes - 3] = i >> 8
  const key = sequence(tlv(2, [0], modulus), integer(65537))
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), [5, 0]), tlv(3, [0], key))
}

function pointed(
  points: CertificateSpec['crlDistributionPoints'],
  issuer: NameSpec,
  lists: readonly Minted['der'][] = [],
): Sized {
  const anchor = mint({ ca: true, key: caKey, subject: issuer })
  const parsed = [
    ...lists,
    mintCrl({ issuer: anchor }).der,
    ...times(5, (i) => mintCrl({ issuer: anchor, idp: { uri: `http://x.example/${i}` } }).der),
  ]
  const client = leaf(anchor, { crlDistributionPoints: points ?? [] })
  return judged([anchor], [client], {
    options: { revocation: { lists: parsed.map((der) => valueIn(parseRevocationList(der))), unknown: 'allow' } },
  })
}

const relativeName = (i: number): NameSpec => [['CN', `p${i}`]]
const longName = (size: number): NameSpec => [['O', 'x'.repeat(size)]]
const roomy: Policy = { ...presented, budget: { ...presented.budget, presentedCertificates: 48 } }

export const manyCases: readonly Growing[] = [
  ...Object.entries(forms).flatMap(formCases),
  {
    name: 'many common names under many DNS subtrees',
    at: (size) =>
      under(
        {
          nameConstraints: { permitted: [{ dns: 'a.example' }], excluded: times(size / 44, (i) => ({ dns: `s${i}.a.example` })) },
        },
        { subject: times(size / 60, (i) => ['CN', `n${i}.a.example`] as const) },
      ),
  },
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
  { name: 'many policies and mappings, one CA', at: (size) => policies(size / 90, 1, { requireExplicitPolicy: true }) },
  { name: 'many policies and mappings, six CAs', at: (size) => policies(size / 250, 6, {}) },
  {
    name: 'many policies that are asked for',
    at: (size) => policies(size / 250, 6, { initialPolicies: times(200, (i) => `1.3.6.1.4.1.55738.9.${i}`) }),
  },
  { name: 'many policies under anyPolicy', at: (size) => policies(size / 250, 4, {}, { certificatePolicies: ['2.5.29.32.0'] }) },
  {
    name: 'many policies that none maps to',
    at: (size) => policies(size / 250, 4, {}, { policyMappings: times(size / 500, (i) => [`1.2.${i}`, '1.2.3'] as const) }),
  },
  {
    name: 'many distribution points of a long issuer',
    at: (size) =>
      pointed(
        times(size / 60, (i) => `http://p${i}.example/`),
        longName(size / 2),
      ),
  },
  {
    name: 'many relative distribution points of a long issuer',
    at: (size) =>
      pointed(
        times(size / 60, (i) => ({ relative: relativeName(i) })),
        longName(size / 2),
      ),
  },
  {
    name: 'many relative distribution points of a long cRLIssuer',
    at: (size) =>
      pointed(
        times(size / 60, (i) => ({ relative: relativeName(i), ...(i === 0 ? { crlIssuer: longName(size / 2) } : {}) })),
        'CN=x',
      ),
  },
  {
    name: 'one distribution point of many names',
    at: (size) => pointed([{ fullName: times(size / 30, (i) => ({ uri: `http://p${i}.example/` })) }], 'CN=x'),
  },
  {
    name: 'many distribution points, printed',
    at: (size) => read(leaf(root, { crlDistributionPoints: times(size / 30, (i) => `http://p${i}.example/`) }).der, everyReader),
  },
  { name: 'presented certificates that nobody asked for', at: (size) => crowd(size / 1000, () => ({ subject: 'CN=Other' })) },
  { name: 'presented copies', at: (size) => copies(size / 1000, 900, false) },
  { name: 'presented certificates that differ at their end', at: (size) => copies(size / 1000, 900, true) },
  {
    name: 'presented certificates of a name and key, signed by nobody',
    at: (size) => crowd(12, () => ({ extensions: filler(size / 12) })),
  },
  {
    name: 'presented certificates of a name and key, that signed one another',
    at: (size) => crowd(12, () => ({ extensions: filler(size / 12) }), {}, true),
  },
  {
    name: 'presented certificates of one name whose keys differ late',
    at: (size) => crowd(12, (i) => ({ spki: rsaKey(Math.min(2048, size / 12), i) })),
  },
  {
    name: 'presented certificates of long key identifiers',
    at: (size) =>
      crowd(12, (i) => ({
        subjectKeyId: Uint8Array.from([...new Uint8Array(size / 12), i]),
        authorityKeyId: new Uint8Array(size / 12),
      })),
  },
  {
    name: 'presented certificates of one name, more and more',
    at: (size) => crowd(Math.min(46, size / 1000), (i) => ({ key: keyPair('p256', 100 + i) }), { policy: roomy }),
  },
  { name: 'a client that each of many CAs may have signed', at: (size) => suspects(30, size) },
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

/** An extension that has about so many bytes. */
function filler(size: number): readonly ExtensionSpec[] {
  return [{ oid: '1.2.3.4', value: octetString(new Uint8Array(size)) }]
}

function nested(size: number): Uint8Array {
  const rows = times(size / 40, () => times(8, () => 0).reduce<Uint8Array>((inner) => sequence(inner), sequence()))
  return sequence(...rows)
}

/** Certificates beside the leaf that are the same, or differ in the last octet of their signatures. */
function copies(count: number, size: number, differ: boolean): Sized {
  const serial = 7n
  const key = caKey
  const chain = times(Math.min(46, count), (i) => {
    const signature = new Uint8Array(64).fill(1)
    if (differ) signature[63] = i
    return mint({ ...bare, key, subject: 'CN=Crowd', issuer: 'CN=Crowd', serial, signature, extensions: filler(size) })
  })
  return judged(
    [root],
    [mint({ key: leafKey, subject: 'CN=leaf', issuer: 'CN=Crowd', signWith: caKey, authorityKeyId: false }), ...chain],
  )
}

/** A client of a given size, and CAs of one name and different keys, of which none has signed it. */
function suspects(count: number, size: number): Sized {
  const cas = times(count, (i) => mint({ ...bare, key: keyPair('p256', 200 + i), subject: 'CN=Crowd' }))
  const client = mint({
    key: leafKey,
    subject: 'CN=leaf',
    issuer: 'CN=Crowd',
    signWith: caKey,
    authorityKeyId: false,
    extensions: filler(size),
  })
  return judged([root], [client, ...cas])
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
