import { matchIdentity } from '../../../src/headers/index.ts'
import { lintCertificate, parseCertificate, parseRevocationList, profiles, type VerifyOptions } from '../../../src/index.ts'
import { renderText } from '../../../src/inspect/index.ts'
import { type CertificateSpec, keyPair, type Minted, mint, mintCrl, type NameSpec } from '../mint.ts'
import { valueIn } from '../refusal.ts'
import { type Growing, judged, read, type Sized } from './growing.ts'
import { type Shape, shapes } from './shapes.ts'

/** Everywhere that a name of a stranger's can stand and is read, compared or written out. */

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const leafKey = keyPair('p256', 1)
const caKey = keyPair('p256', 2)
const bare = { ca: true, subjectKeyId: false, authorityKeyId: false } as const

function ca(spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, key: caKey, subject: 'CN=CA', ...spec }, root)
}

function leaf(issuer: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ key: leafKey, subject: 'CN=leaf', ...spec }, issuer)
}

function under(caSpec: CertificateSpec, leafSpec: CertificateSpec): Sized {
  const issuer = ca(caSpec)
  return judged([root], [leaf(issuer, leafSpec), issuer])
}

/** So many CAs of one name and key, each of which may have issued each, and which spell the name differently. */
function ring(count: number, size: number, { of }: Shape): Sized {
  const part = size / (2 * count + 1)
  const chain = Array.from({ length: count }, (_, i) =>
    mint({ ...bare, key: caKey, subject: of(part, i + 1), issuer: of(part, 100 + i), signWith: caKey }),
  )
  const client = mint({ key: leafKey, subject: 'CN=leaf', issuer: of(part, 99), signWith: caKey, authorityKeyId: false })
  return judged([root], [client, ...chain])
}

/** Layers of CAs, three of a name and key in each: many paths, each of which is completed and judged. */
function layers(size: number, { of }: Shape, top: CertificateSpec, leafSpec: CertificateSpec): Sized {
  const part = size / 21
  let above = mint({ ...bare, key: caKey, subject: 'CN=Insider', ...top }, root)
  const chain = [above]
  for (let layer = 0; layer < 3; layer++) {
    const key = keyPair('p256', 10 + layer)
    const named = (spelling: number): Minted => mint({ ...bare, key, subject: of(part, spelling + 64 * (layer + 1)) }, above)
    const row = [named(1), named(2), named(3)]
    chain.push(...row)
    above = row[0]!
  }
  return judged([root], [mint({ key: leafKey, subject: 'CN=leaf', authorityKeyId: false, ...leafSpec }, above), ...chain])
}

function revoking(lists: readonly Uint8Array[]): VerifyOptions {
  return { revocation: { lists: lists.map((der) => valueIn(parseRevocationList(der))), unknown: 'allow' } }
}

const directory = (name: NameSpec) => [{ directory: name }]
const evil = [{ dns: 'evil.example' }]

type Place = (shape: Shape, size: number) => Sized

const places: Readonly<Record<string, Place>> = {
  'the subject': ({ of }, size) => judged([root], [leaf(root, { subject: of(size) })]),
  'the subject, strictly': ({ of }, size) => judged([root], [leaf(root, { subject: of(size) })], { policy: profiles.rfc5280 }),
  'the subject of a server': ({ of }, size) =>
    judged([root], [leaf(root, { subject: of(size), subjectAltNames: evil, extendedKeyUsage: ['serverAuth'] })], {
      policy: profiles.webServer,
    }),
  'the issuer, whom nobody knows': ({ of }, size) =>
    judged([root], [mint({ key: leafKey, subject: 'CN=leaf', issuer: of(size) })]),
  'subject and issuer, self-issued': ({ of }, size) =>
    judged([root], [mint({ key: leafKey, subject: of(size / 2, 1), issuer: of(size / 2, 2), signWith: leafKey })]),
  'the issuer, whom the truststore spells differently': ({ of }, size) => {
    const anchor = mint({ ca: true, key: caKey, subject: of(size / 2) })
    return judged([anchor], [mint({ key: leafKey, subject: of(size / 2, 3), issuer: of(size / 2, 2), signWith: caKey })])
  },
  'the subject, under constraints on hosts': ({ of }, size) =>
    under({ nameConstraints: { excluded: evil } }, { subject: of(size) }),
  'the subject, under permitted names': ({ of }, size) =>
    under({ nameConstraints: { permitted: directory('CN=x') } }, { subject: of(size) }),
  'the subject, under excluded names': ({ of }, size) =>
    under({ nameConstraints: { excluded: directory('CN=x') } }, { subject: of(size) }),
  'the subject, under e-mail constraints': ({ of }, size) =>
    under({ nameConstraints: { excluded: [{ email: 'evil.example' }] } }, { subject: of(size) }),
  'a directory SAN, under the same name permitted': ({ of }, size) =>
    under(
      { nameConstraints: { permitted: directory(of(size / 2, 1)) } },
      { subject: '', subjectAltNames: directory(of(size / 2, 2)) },
    ),
  'a directory SAN, under the same name excluded': ({ of }, size) =>
    under({ nameConstraints: { excluded: directory(of(size / 2, 1)) } }, { subjectAltNames: directory(of(size / 2, 2)) }),
  'many directory SANs, under many directory subtrees': ({ of }, size) => {
    const names = (first: number) => Array.from({ length: 20 }, (_, i) => ({ directory: of(size / 80, first + i) }))
    return under({ nameConstraints: { permitted: names(0), excluded: names(20) } }, { subject: '', subjectAltNames: names(40) })
  },
  'an excluded name, where many paths come by': (shape, size) =>
    layers(
      size,
      { ...shape, of: (_, spelling) => shapes[0]!.of(20, spelling) },
      { nameConstraints: { excluded: directory(shape.of(size)) } },
      { subjectAltNames: directory('CN=x') },
    ),
  'a SAN, where many paths come by': (shape, size) =>
    layers(
      size,
      { ...shape, of: (_, spelling) => shapes[0]!.of(20, spelling) },
      { nameConstraints: { excluded: [...directory('O=x'), ...evil] } },
      { subjectAltNames: [...directory(shape.of(size)), ...evil] },
    ),
  'three presented CAs of one name': (shape, size) => ring(3, 2 * size, shape),
  'six presented CAs of one name': (shape, size) => ring(6, 2 * size, shape),
  'layers of CAs, many paths': (shape, size) => layers(2 * size, shape, {}, {}),
  'layers of CAs that constrain names': (shape, size) =>
    layers(2 * size, shape, { nameConstraints: { excluded: directory('O=x') } }, {}),
  authorityKeyIdentifier: ({ of }, size) => {
    const issuer = mint({ ca: true, key: caKey, subject: 'CN=x' })
    return judged([root, issuer], [leaf(issuer, { issuerAltNames: directory(of(size)) })])
  },
  'a distribution point': ({ of }, size) =>
    judged([root], [leaf(root, { crlDistributionPoints: [{ fullName: directory(of(size)) }] })], {
      options: revoking([mintCrl({ issuer: root, idp: { uri: 'http://a.example/' } }).der]),
    }),
  'the issuer of a distribution point': ({ of }, size) =>
    judged([root], [leaf(root, { crlDistributionPoints: [{ crlIssuer: of(size) }] })], {
      options: revoking([mintCrl({ issuer: root, idp: { indirect: true } }).der]),
    }),
  'the issuer of a list and of its certificate': ({ of }, size) => {
    const anchor = mint({ ca: true, key: caKey, subject: of(size / 2) })
    const list = mintCrl({ issuer: anchor, issuerName: of(size / 2, 1) }).der
    return judged([anchor], [mint({ key: leafKey, subject: 'CN=leaf', issuer: of(size / 2, 2), signWith: caKey })], {
      options: revoking([list]),
    })
  },
  'names of another signer of lists, among those presented': ({ of }, size) => {
    const part = size / 6
    const signers = Array.from({ length: 5 }, (_, i) =>
      mint({ key: keyPair('p256', 20 + i), subject: of(part, i), keyUsage: ['cRLSign'] }, root),
    )
    const list = mintCrl({ issuer: signers[0]!, issuerName: of(part, 9), idp: { indirect: true } }).der
    const client = leaf(root, { crlDistributionPoints: [{ crlIssuer: of(part, 10) }] })
    return judged([root], [client, ...signers], { options: revoking([list]) })
  },
  'what is printed of a certificate': ({ of }, size) =>
    read(everywhere(of, size), (der) => {
      const certificate = valueIn(parseCertificate(der))
      return [
        certificate.subject,
        certificate.formatSubject('openssl'),
        certificate.formatIssuer('der'),
        JSON.stringify(certificate),
      ].join('')
    }),
  'what is inspected': ({ of }, size) => read(everywhere(of, size), (der) => renderText(der)),
  'what is linted': ({ of }, size) => read(everywhere(of, size), (der) => `${lintCertificate(der).findings.length}`),
  'an identity that is looked up': ({ of }, size) =>
    read(
      everywhere(of, size),
      (der) => `${matchIdentity(valueIn(parseCertificate(der)), { subject: 'CN=x', uri: 'spiffe://a/b' }).ok}`,
    ),
}

/** A certificate that has the name wherever there may be one. */
function everywhere(of: Shape['of'], size: number): Uint8Array {
  const part = size / 7
  return mint({
    ca: true,
    key: leafKey,
    subject: of(part, 1),
    issuer: of(part, 2),
    subjectAltNames: directory(of(part, 3)),
    issuerAltNames: directory(of(part, 4)),
    nameConstraints: { excluded: directory(of(part, 5)) },
    crlDistributionPoints: [{ fullName: directory(of(part, 6)), crlIssuer: of(part, 7) }],
  }).der
}

export const nameCases: readonly Growing[] = Object.entries(places).flatMap(([place, at]) =>
  shapes.map((shape) => ({ name: `${place}: ${shape.name}`, at: (size: number) => at(shape, size) })),
)
