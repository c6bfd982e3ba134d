import { constants, createHash, privateEncrypt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { writeCertificates } from '../../examples/certificates.ts'
import type { RejectCode, VerifyOptions } from '../../src/index.ts'
import {
  type CertificateSpec,
  type HashName,
  type KeyKind,
  keyPair,
  type Minted,
  mint,
  mintCrl,
  privateKeyPem,
} from '../support/mint.ts'

/**
 * Writes the fixtures of the suite as JSON, and the files for the examples. Keys are new in each run, so no runtime can have
 * cached results. Expected values come from Node's OpenSSL or from the minted fields.
 *
 *     tsx test/runtimes/fixtures.ts FILE DIRECTORY
 */

/** A chain and its expected verdict. */
interface Case {
  readonly topic: 'algorithms' | 'verdicts' | 'immunity'
  readonly name: string
  /** PEM of the truststore. */
  readonly truststore: string
  /** Base64 of DER, leaf first. */
  readonly chain: readonly string[]
  readonly profile?: 'rfc5280'
  readonly options?: Pick<VerifyOptions, 'serverName' | 'purpose'>
  /** Base64 of a revocation list. */
  readonly list?: string
  readonly expected: 'accepted' | RejectCode
}

const day = 86_400_000
const daysFromNow = (days: number): Date => new Date(Date.now() + days * day)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

function authority(name: string, spec: CertificateSpec = {}, issuer?: Minted): Minted {
  return mint({ ca: true, subject: `O=Runtimes,CN=${name}`, ...spec }, issuer)
}

const root = authority('Root')
const client = (spec: CertificateSpec = {}, issuer: Minted = root): Minted =>
  mint({ subject: 'O=Runtimes,CN=client', key: keyPair('p256', 7), ...spec }, issuer)

type Rest = Partial<Omit<Case, 'chain' | 'truststore'>>

function judged(topic: Case['topic'], name: string, expected: Case['expected'], chain: readonly Minted[], rest: Rest = {}): Case {
  return { topic, name, expected, truststore: root.pem, chain: chain.map(({ der }) => base64(der)), ...rest }
}

/** Flips a bit of the last byte, which belongs to the signature. */
function forge(der: Uint8Array): Uint8Array {
  const copy = der.slice()
  copy[copy.length - 1]! ^= 1
  return copy
}

const hashes: readonly HashName[] = ['sha256', 'sha384', 'sha512']

/** For each algorithm, a valid client and one with an invalid signature. */
function algorithms(): readonly Case[] {
  const kinds: readonly (readonly [name: string, kind: KeyKind, pss: boolean])[] = [
    ['ECDSA P-256', 'p256', false],
    ['ECDSA P-384', 'p384', false],
    ['RSA-2048 PKCS#1', 'rsa2048', false],
    ['RSA-2048 PSS', 'rsa2048', true],
    ['RSA-4096 PKCS#1', 'rsa4096', false],
  ]
  return kinds.flatMap(([name, kind, pss]) => {
    const issuer = authority(name, { key: keyPair(kind, 3) })
    return hashes.flatMap((hash) => {
      const spec = { hash, pss }
      const title = `${name} with ${hash}`
      const truststore = issuer.pem
      return [
        { ...judged('algorithms', title, 'accepted', [client(spec, issuer)]), truststore },
        {
          ...judged('algorithms', `${title}, forged`, 'signature_mismatch', [client({ ...spec, bend: forge }, issuer)]),
          truststore,
        },
      ]
    })
  })
}

function verdicts(): readonly Case[] {
  const stranger = authority('Elsewhere')
  const deep = [root]
  for (let level = 1; level <= 4; level++) deep.push(authority(`Level ${level}`, {}, deep[level - 1]))
  const stolen = client()
  const list = base64(mintCrl({ issuer: root, revoked: [{ serial: stolen.serial }] }).der)
  const server = client({ extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'api.example.org' }] })
  const verdict = (name: string, expected: Case['expected'], chain: readonly Minted[], rest: Rest = {}): Case =>
    judged('verdicts', name, expected, chain, rest)
  return [
    verdict('a good client', 'accepted', [client()]),
    verdict('expired', 'expired', [client({ notBefore: daysFromNow(-30), notAfter: daysFromNow(-1) })]),
    verdict('not yet valid', 'not_yet_valid', [client({ notBefore: daysFromNow(1) })]),
    verdict('an issuer that is not listed', 'unknown_issuer', [client({}, stranger)]),
    verdict('RSA of 1024 bits', 'weak_key', [client({ key: keyPair('rsa1024', 1) })]),
    verdict('SHA-1', 'weak_hash', [client({ hash: 'sha1' })]),
    verdict('P-521', 'unsupported_curve', [client({ key: keyPair('p521', 1) })]),
    verdict('a server certificate as a client', 'extended_key_usage_violation', [server]),
    verdict('a client that the revocation list does not name', 'accepted', [client()], { list }),
    verdict('revoked', 'revoked', [stolen], { list }),
    { ...verdict('five CAs deep', 'chain_too_long', [client({}, deep[4]!)]), truststore: deep.map(({ pem }) => pem).join('') },
    verdict('a server with the expected name', 'accepted', [server], {
      options: { purpose: 'server', serverName: 'api.example.org' },
    }),
    verdict('a server with another name', 'name_mismatch', [server], {
      options: { purpose: 'server', serverName: 'example.org' },
    }),
    verdict('no certificate', 'malformed', []),
  ]
}

/** Attacks from test/immunity that depend on integers, bytes and texts, where engines could differ. */
function immunity(): readonly Case[] {
  const plain = mint({ subject: 'O=Runtimes,CN=no CA', key: keyPair('p256', 8) }, root)
  const limited = authority('Limited', { nameConstraints: { excluded: [{ dns: 'secret.example.com' }] } }, root)
  const presented = { profile: 'rfc5280' } as const
  const crossed = Array.from({ length: 6 }, (_, i) => authority('Crossed', { key: keyPair('p256', 20 + i) }))
  const crossings = crossed.flatMap(({ spec, key }) =>
    crossed.filter((issuer) => issuer.key !== key).map((issuer) => mint({ ...spec }, issuer)),
  )
  const rsa = authority('RSA', { key: keyPair('rsa2048', 9) })
  const zeroes = new Uint8Array([0x30, 6, 2, 1, 0, 2, 1, 0])
  const shortPadding = (tbs: Uint8Array): Uint8Array => {
    const digestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex')
    const start = Buffer.concat([
      Buffer.from('0001ffffffffffffffff00', 'hex'),
      digestInfo,
      createHash('sha256').update(tbs).digest(),
    ])
    const key = { key: rsa.key.privateKey, padding: constants.RSA_NO_PADDING }
    return privateEncrypt(key, Buffer.concat([start, Buffer.alloc(256 - start.length)]))
  }
  const attack = (name: string, expected: Case['expected'], chain: readonly Minted[], rest: Rest = {}): Case =>
    judged('immunity', name, expected, chain, rest)
  return [
    attack('r and s zero', 'signature_mismatch', [client({ signature: zeroes })]),
    attack('an empty signature', 'signature_mismatch', [client({ signature: new Uint8Array(0) })]),
    {
      ...attack('short RSA padding, the digest, and arbitrary bytes after it', 'signature_mismatch', [
        client({ signature: shortPadding }, rsa),
      ]),
      truststore: rsa.pem,
    },
    attack('bytes after the certificate', 'malformed', [client({ bend: (der) => new Uint8Array([...der, 0]) })]),
    attack('a client that signs clients', 'not_a_ca', [client({}, plain), plain], presented),
    attack(
      'a wildcard over an excluded name',
      'name_constraint_violation',
      [client({ subjectAltNames: [{ dns: '*.example.com' }] }, limited), limited],
      presented,
    ),
    attack('an unknown critical extension', 'unknown_critical_extension', [
      client({ extensions: [{ oid: '1.3.6.1.4.1.99999.1', critical: true, value: new Uint8Array([5, 0]) }] }),
    ]),
    attack('six cross-certified CAs with the same name', 'budget_exhausted', [client({}, crossed[0]!), ...crossings], presented),
    attack('an object identifier that equals clientAuth modulo 2^32', 'extended_key_usage_violation', [
      client({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.4294967298'] }),
    ]),
  ]
}

/** Different clients of one CA. Each is a new client for a new truststore. */
function clientsToMeasure(): readonly string[] {
  return Array.from({ length: 100 }, (_, i) => base64(client({ subject: `O=Runtimes,CN=client ${i}` }).der))
}

/** For the gate: CAs, the server's credentials, and those of clients. */
function gateParties(): Readonly<Record<string, unknown>> {
  const elsewhere = authority('Elsewhere')
  const party = (leaf: Minted) => ({ cert: leaf.pem, key: privateKeyPem(leaf.key) })
  return {
    root: root.pem,
    elsewhere: elsewhere.pem,
    server: party(client({ extendedKeyUsage: ['serverAuth'], subjectAltNames: [{ dns: 'localhost' }] })),
    client: party(client()),
    stranger: party(client({}, elsewhere)),
    expired: party(client({ notAfter: daysFromNow(-1), notBefore: daysFromNow(-2) })),
  }
}

const shown = client({
  subject: 'C=US,O=Runtimes,CN=shown',
  subjectAltNames: [{ uri: 'spiffe://example.org/shown' }, { dns: 'shown.example.org' }, { ip: '192.0.2.1' }],
  serial: 0x1234_5678_9abcn,
  notBefore: new Date('2026-01-02T03:04:05Z'),
  notAfter: new Date('2049-12-31T23:59:59Z'),
})
const weak = authority('Weak', { key: keyPair('rsa1024', 2) })
const issuing = authority('Issuing', {}, root)
const below = client({}, issuing)

const fixtures = {
  cases: [...algorithms(), ...verdicts(), ...immunity()],
  shown: {
    der: base64(shown.der),
    pem: shown.pem,
    fingerprint: createHash('sha256').update(shown.der).digest('hex'),
  },
  root: root.pem,
  issuing: issuing.pem,
  below: base64(below.der),
  issuingDer: base64(issuing.der),
  weak: weak.pem,
  list: base64(mintCrl({ issuer: root, revoked: [{ serial: shown.serial }] }).der),
  clients: clientsToMeasure(),
  gate: gateParties(),
}

const [file, directory] = process.argv.slice(2)
if (file === undefined || directory === undefined) throw new Error('usage: tsx test/runtimes/fixtures.ts FILE DIRECTORY')
writeFileSync(file, JSON.stringify(fixtures))
writeCertificates(directory)
