import { rootCertificates } from 'node:tls'
import { type CertificateSpec, type CrlSpec, keyPair, type Minted, mint, mintCrl } from '../../test/support/mint.ts'
import { elementsOf } from './elements.ts'
import type { Structure } from './mutate-der.ts'

/** The inputs that mutations start from: certificates, lists and texts of every kind, most of them valid. */
export interface Seeds {
  readonly certificates: readonly Structure[]
  readonly lists: readonly Structure[]
  readonly texts: readonly string[]
  readonly pki: Pki
}

/** The RSA keys of most seeds. With larger keys, a million signatures would take a quarter of an hour. */
const smallKey = 'rsa1024'

/** A small PKI. Most keys are RSA, because checking their signatures is cheapest; two roots have keys on curves. */
export interface Pki {
  readonly root: Minted
  readonly intermediate: Minted
  readonly curveRoots: readonly Minted[]
  readonly pinned: Minted
  /** Issued by the root. */
  readonly client: Minted
  /** Issued by the intermediate. */
  readonly server: Minted
  /** Issued by the root, and listed in its CRLs. */
  readonly revoked: Minted
}

/** How many RSA seeds there are for each copy of a seed on a curve, because signatures on curves take twenty times as long. */
const plenty = 40

const day = 86_400_000
const crl = 'http://crl.example.com/root.crl'

function makePki(): Pki {
  const root = mint({ ca: true, subject: 'C=CH,O=Fuzz,CN=Root', key: keyPair(smallKey, 0) })
  const intermediate = mint(
    {
      ca: true,
      subject: 'C=CH,O=Fuzz,CN=Intermediate',
      key: keyPair(smallKey, 1),
      pathLength: 0,
      nameConstraints: { permitted: [{ dns: 'example.com' }, { ip: '192.0.2.0/24' }], excluded: [{ dns: 'secret.example.com' }] },
      certificatePolicies: ['1.3.6.1.4.1.99999.2.1', '2.23.140.1.2.1'],
      crlDistributionPoints: [crl],
    },
    root,
  )
  const client: CertificateSpec = {
    subject: 'C=CH,ST=Zurich,O=Fuzz,OU=Devices,CN=device-1',
    key: keyPair(smallKey, 2),
    subjectAltNames: [
      { dns: 'device-1.example.com' },
      { uri: 'urn:example:1' },
      { email: 'one@example.com' },
      { ip: '192.0.2.1' },
    ],
    crlDistributionPoints: [crl],
  }
  return {
    root,
    intermediate,
    curveRoots: [
      mint({ ca: true, subject: 'O=Fuzz,CN=Root P-256', key: keyPair('p256', 0) }),
      mint({ ca: true, subject: 'O=Fuzz,CN=Root P-384', key: keyPair('p384', 0) }),
    ],
    pinned: mint({ subject: 'O=Fuzz,CN=pinned', key: keyPair(smallKey, 3) }),
    client: mint({ ...client, certificatePolicies: ['1.3.6.1.4.1.99999.2.1'] }, root),
    server: mint(
      {
        subject: 'C=CH,O=Fuzz,CN=server',
        key: keyPair(smallKey, 2),
        subjectAltNames: [{ dns: 'www.example.com' }, { dns: '*.web.example.com' }, { ip: '192.0.2.7' }],
        extendedKeyUsage: ['serverAuth', 'clientAuth'],
        certificatePolicies: ['2.23.140.1.2.1'],
        notAfter: new Date(Date.now() + 60 * day),
      },
      intermediate,
    ),
    revoked: mint({ ...client, subject: 'C=CH,O=Fuzz,CN=revoked' }, root),
  }
}

/** Certificates with rare versions, extensions, names, keys and hashes. */
function unusual({ root, intermediate }: Pki): readonly Minted[] {
  const key = keyPair(smallKey, 2)
  const every = Uint8Array.from([0x0c, 0x01, 0x61])
  return [
    mint({ key, version: 1, subject: 'CN=version 1' }, root),
    mint({ key, version: 2, issuerUniqueId: Uint8Array.of(1, 2), subjectUniqueId: Uint8Array.of(3) }, root),
    mint({ key, subject: '', subjectAltNames: [{ dns: 'empty.example.com' }] }, root),
    mint({ key, pss: true, signWith: keyPair(smallKey, 0) }, root),
    mint({ key, hash: 'sha512' }, root),
    mint({ key, hash: 'sha1' }, root),
    mint({ key, notBefore: new Date('1951-01-01T00:00:00Z'), notAfter: new Date('2050-01-01T00:00:00Z') }, root),
    mint({ key, notAfter: new Date(Date.now() - day) }, root),
    mint(
      {
        key,
        subject: [
          ['C', 'CH'],
          [
            ['CN', 'Zoë \u00fc', 'utf8'],
            ['OU', 'a+b=c,"d"', 'utf8'],
          ],
          ['O', 'Gr\u00f6\u00dfe', 'bmp'],
          ['L', 'uni', 'universal'],
          ['ST', 'teletex', 't61'],
          ['DC', 'example', 'ia5'],
          ['emailAddress', 'a@example.com', 'ia5'],
          ['1.2.3.4.5', 'own', 'printable'],
        ],
        subjectAltNames: [
          { dns: '*.example.com' },
          { ip: '2001:db8::1' },
          { directory: 'C=CH,CN=directory' },
          { other: { oid: '1.3.6.1.4.1.311.20.2.3', value: every } },
          { registeredId: '1.2.3.4' },
          { uri: 'spiffe://example.com/device' },
        ],
        issuerAltNames: [{ dns: 'issuer.example.com' }],
        extendedKeyUsage: ['any', 'clientAuth', '1.2.3.4.5.6'],
        keyUsage: ['digitalSignature', 'keyAgreement', 'decipherOnly'],
        crlDistributionPoints: [{ uri: crl, reasons: [1, 2], crlIssuer: 'C=CH,CN=crl issuer' }, { relative: 'CN=part' }],
        extensions: [
          { oid: '1.3.6.1.5.5.7.1.1', value: Uint8Array.from([0x30, 0x00]) },
          { oid: '1.2.3.4.5.6.7', value: every },
        ],
      },
      root,
    ),
    mint(
      {
        ca: true,
        key,
        pathLength: 3,
        subject: 'CN=policies',
        certificatePolicies: ['1.2.3.4', '2.5.29.32.0'],
        policyMappings: [['1.2.3.4', '1.2.3.5']],
        policyConstraints: { requireExplicitPolicy: 1, inhibitPolicyMapping: 0 },
        inhibitAnyPolicy: 2,
      },
      root,
    ),
    mint({ key, subjectAltNames: [{ dns: 'x.secret.example.com' }] }, intermediate),
    mint({ key: keyPair('ed25519') }, root),
    mint({ key: keyPair('secp256k1') }, root),
    mint({ key: keyPair('p521') }, root),
    mint({ ca: true, key: keyPair('rsa2048'), subject: 'CN=middle' }),
    mint({ ca: true, key: keyPair('rsa3072'), subject: 'CN=large' }),
  ]
}

function makeLists({ root, intermediate, revoked, client }: Pki): readonly Structure[] {
  const entry = { serial: revoked.serial }
  const specs: readonly CrlSpec[] = [
    { issuer: root, revoked: [entry] },
    { issuer: root, revoked: [{ ...entry, reason: 1 }, { serial: 7n, reason: 6 }, { serial: 2n ** 100n }] },
    { issuer: root, revoked: [entry], idp: { uri: crl, onlyContainsUserCerts: true } },
    { issuer: root, revoked: [entry, { serial: client.serial, reason: 8 }], deltaBase: 1, crlNumber: 2 },
    { issuer: root, revoked: [{ ...entry, certificateIssuer: 'C=CH,CN=other' }], idp: { indirect: true } },
    { issuer: root, revoked: [entry], idp: { onlySomeReasons: [1, 2] }, nextUpdate: null },
    { issuer: root, revoked: Array.from({ length: 200 }, (_, i) => ({ serial: BigInt(i + 1000), reason: i % 7 })) },
    { issuer: intermediate, revoked: [{ serial: 9n, critical: true }] },
    { issuer: root, version: 1, revoked: [entry] },
    { issuer: root, pss: true },
  ]
  return specs.map((spec) => structure(mintCrl(spec).der))
}

function makeTexts(pki: Pki, lists: readonly Structure[]): readonly string[] {
  const { root, intermediate, pinned, client, server } = pki
  const list = Buffer.from(lists[0]!.der).toString('base64')
  return [
    root.pem,
    `${root.pem}${intermediate.pem}${pinned.pem}`,
    `# CAs of the devices\n\n${root.pem}\nIntermediate\n============\n${intermediate.pem}`.replaceAll('\n', '\r\n'),
    `${client.pem}`,
    `${server.pem}${intermediate.pem}`,
    `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${root.pem}`,
    `-----BEGIN X509 CRL-----\n${list.replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`,
  ]
}

export function makeSeeds(): Seeds {
  const pki = makePki()
  const { root, intermediate, pinned, client, server, revoked, curveRoots } = pki
  const onCurves = [...curveRoots, ...curveRoots.map((ca, i) => mint({ key: keyPair('p256', 1 + i) }, ca))]
  const cheap = [...[root, intermediate, pinned, client, client, client, server, server, revoked], ...unusual(pki)].map(
    ({ der }) => der,
  )
  const lists = makeLists(pki)
  return {
    certificates: [
      ...Array.from({ length: plenty }, () => cheap).flat(),
      ...publicRoots().flatMap((der) => new Array<Uint8Array>(plenty / 8).fill(der)),
      ...onCurves.map(({ der }) => der),
    ].map(structure),
    lists,
    texts: makeTexts(pki, lists),
    pki,
  }
}

/** A few of the RSA roots that ship with Node. */
function publicRoots(): readonly Uint8Array[] {
  const rsaEncryption = Buffer.from('06092a864886f70d010101', 'hex')
  const ders = rootCertificates.map((pem) => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'))
  return ders
    .filter((der) => der.includes(rsaEncryption))
    .filter((_, i) => i % 10 === 0)
    .map((der) => new Uint8Array(der))
}

const structures = new Map<Uint8Array, Structure>()

function structure(der: Uint8Array): Structure {
  const known = structures.get(der) ?? { der, elements: elementsOf(der) }
  structures.set(der, known)
  return known
}
