/**
 * The worst that hostile input costs: every case answers in under 50 ms or the command fails. Run by `npm run bench:hostile`.
 */
import {
  buildTruststore,
  decodePem,
  lintTruststore,
  parseRevocationList,
  profiles,
  type Truststore,
  verifyChain,
} from '../src/index.ts'
import { type CertificateSpec, type KeyKind, keyPair, type Minted, mint, mintCrl } from '../test/support/mint.ts'

const limit = 50

interface Case {
  readonly name: string
  readonly run: () => string
}

const policy = { ...profiles.rfc5280, conformance: 'practical' } as const
const root = mint({ subject: 'CN=Root', ca: true })
const store = buildTruststore(root.pem, { policy })

function judge(chain: readonly Minted[], truststore: Truststore = store): string {
  const verdict = verifyChain(
    truststore,
    chain.map(({ der }) => der),
    { certificatePolicies: { requireExplicitPolicy: false } },
  )
  return verdict.ok ? 'accepted' : verdict.code
}

/** CAs of one name that certify one another both ways, none of them below the root, and a leaf below one of them. */
function ring(count: number, kind: KeyKind, subjectOf: (i: number) => string): readonly Minted[] {
  const authorities = Array.from({ length: count }, (_, i) =>
    mint({ subject: subjectOf(i), ca: true, key: keyPair(kind, 5000 + i), subjectKeyId: false, authorityKeyId: false }),
  )
  const crossed: Minted[] = []
  for (let i = 0; crossed.length < 46; i++) {
    const issuer = authorities[i % count]!
    const subject = authorities[(i * 7 + 1 + Math.floor(i / count)) % count]!
    crossed.push(
      mint({ subject: subject.subject, ca: true, key: subject.key, subjectKeyId: false, authorityKeyId: false }, issuer),
    )
  }
  return [mint({ subject: 'CN=leaf', authorityKeyId: false }, authorities[0]), ...crossed]
}

function deadEnds(count: number): readonly Minted[] {
  const issuer = mint({ subject: 'CN=Wide', ca: true, subjectKeyId: false })
  const ends = Array.from({ length: count }, () =>
    mint({ subject: 'CN=Wide', ca: true, subjectKeyId: false, authorityKeyId: false }, mint({ subject: 'CN=Nowhere', ca: true })),
  )
  return [mint({ subject: 'CN=leaf', authorityKeyId: false }, issuer), ...ends]
}

function chainWith(caSpec: CertificateSpec, leafSpec: CertificateSpec): readonly Minted[] {
  const ca = mint({ subject: 'CN=Issuing', ca: true, ...caSpec }, root)
  return [mint({ subject: 'CN=leaf', ...leafSpec }, ca), ca]
}

const names = (count: number, form: (i: number) => string) => Array.from({ length: count }, (_, i) => ({ dns: form(i) }))
const mails = (count: number, form: (i: number) => string) => Array.from({ length: count }, (_, i) => ({ email: form(i) }))

function policyBomb(count: number): readonly Minted[] {
  const policies = Array.from({ length: count }, (_, i) => `1.3.6.1.4.1.55738.9.${i}`)
  const mappings = policies.flatMap((from, i) => [1, 2, 3].map((step) => [from, policies[(i + step) % count]!] as const))
  let issuer = root
  const chain: Minted[] = []
  for (let depth = 0; depth < 6; depth++) {
    issuer = mint(
      {
        subject: `CN=Policy CA ${depth}`,
        ca: true,
        certificatePolicies: policies,
        policyMappings: mappings,
        policyConstraints: { requireExplicitPolicy: 0 },
      },
      issuer,
    )
    chain.unshift(issuer)
  }
  return [mint({ subject: 'CN=leaf', certificatePolicies: policies }, issuer), ...chain]
}

/** A SubjectPublicKeyInfo of a modulus of this size, made up: nobody has to sign with it. */
function hugeKey(bits: number): Uint8Array {
  const modulus = Buffer.alloc(bits / 8, 0xa5)
  const integer = (content: Buffer) => tlv(0x02, Buffer.concat([Buffer.from([0]), content]))
  const key = tlv(0x30, Buffer.concat([integer(modulus), integer(Buffer.from('ffffffff', 'hex'))]))
  const algorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex')
  return tlv(0x30, Buffer.concat([algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), key]))]))
}

function tlv(tag: number, content: Buffer): Buffer {
  const length =
    content.length < 128
      ? [content.length]
      : content.length < 65536
        ? [0x82, content.length >> 8, content.length & 255]
        : [0x83, content.length >> 16, (content.length >> 8) & 255, content.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function hugeKeys(): readonly Minted[] {
  const signature = new Uint8Array(2048).fill(0x5a)
  const authorities = Array.from({ length: 30 }, (_, i) =>
    mint({
      subject: 'CN=Huge',
      ca: true,
      spki: hugeKey(16384),
      serial: BigInt(i + 1),
      subjectKeyId: false,
      authorityKeyId: false,
      signature,
    }),
  )
  const algorithm = Buffer.from('300d06092a864886f70d01010b0500', 'hex')
  return [
    mint({ subject: 'CN=leaf', signatureAlgorithm: algorithm, signature, authorityKeyId: false }, authorities[0]),
    ...authorities,
  ]
}

/** CAs of one long name, no two of which spell it the same, so that names are equal only when folded. */
function spellings(): readonly Minted[] {
  const long = 'Abcdefghij '.repeat(180)
  const spell = (i: number) => `O=${long.slice(0, i)}${long.slice(i, i + 3).toUpperCase()}${long.slice(i + 3)},CN=Ring`
  const keys = Array.from({ length: 10 }, (_, i) => keyPair('p256', 5000 + i))
  const bare = { ca: true, subjectKeyId: false, authorityKeyId: false } as const
  const crossed = Array.from({ length: 27 }, (_, i) =>
    mint({ ...bare, subject: spell(i), issuer: spell(i + 60), key: keys[i % 10]!, signWith: keys[(i * 7 + 1) % 10]! }),
  )
  return [mint({ subject: 'CN=leaf', issuer: spell(200), signWith: keys[0]!, authorityKeyId: false }), ...crossed]
}

const nested = Array.from({ length: 3000 }).reduce<Buffer>((inner) => tlv(0x30, inner), Buffer.alloc(0))
const nestedName = mint({
  subject: 'CN=leaf',
  extensions: [{ oid: '2.5.29.17', value: tlv(0x30, tlv(0xa0, Buffer.concat([Buffer.from('06012a', 'hex'), nested]))) }],
})
const junk = Buffer.alloc(10_000_000, 0x41)
const begins = Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(350_000))
const dashes = Buffer.alloc(10_000_000, 0x2d)
const revoked = Array.from({ length: 3000 }, (_, i) => ({ serial: BigInt(i + 1) }))
const constrained = (count: number) => ({
  permitted: names(count, (i) => `p${i}.example`),
  excluded: names(count, (i) => `e${i}.example`),
})

function cases(): readonly Case[] {
  const chains: readonly (readonly [string, readonly Minted[]])[] = [
    ['ring of 10 CAs of one name, P-256', ring(10, 'p256', () => 'CN=Ring')],
    ['ring of 30 CAs of one name, P-256', ring(30, 'p256', () => 'CN=Ring')],
    ['ring of 10 CAs of one name, P-384', ring(10, 'p384', () => 'CN=Ring')],
    ['ring of 10 CAs of ten names, P-256', ring(10, 'p256', (i) => `CN=Ring ${i}`)],
    ['46 wide dead ends', deadEnds(46)],
    ['100 wide dead ends', deadEnds(100)],
    [
      '1,000 SANs under 1,000 constraints',
      chainWith({ nameConstraints: constrained(500) }, { subjectAltNames: names(1000, (i) => `n${i}.p1.example`) }),
    ],
    [
      '1,000 e-mail SANs under 1,000 constraints',
      chainWith(
        { nameConstraints: { excluded: mails(1000, (i) => `u${i}@e.example`) } },
        { subjectAltNames: mails(1000, (i) => `n${i}@p.example`) },
      ),
    ],
    ['1,000 SANs, a wrong host name', chainWith({}, { subjectAltNames: names(1000, (i) => `n${i}.example`) })],
    ['policy mapping bomb: 200 policies, 600 mappings, 6 CAs', policyBomb(200)],
    ['30 CAs with keys of 16,384 bits, exponent 2^32 - 1', hugeKeys()],
    ['self-signed leaf with a key of 16,384 bits', [mint({ subject: 'CN=leaf', spki: hugeKey(16384) })]],
    ['ring of 10 CAs of one name of 2 KB, spelled in 27 ways', spellings()],
  ]
  const crl = mintCrl({ issuer: root, revoked })
  const list = parseRevocationList(crl.der)
  const good = mint({ subject: 'CN=leaf' }, root)
  return [
    ...chains.map(([name, chain]) => ({ name, run: () => judge(chain) })),
    { name: '100 presented certificates', run: () => judge(Array.from({ length: 100 }, () => good)) },
    {
      name: 'first look-up in a list of 3,000',
      run: () => (list.ok && verifyChain(store, good.der, { revocation: { lists: [list.value] } }).ok ? 'accepted' : 'refused'),
    },
    { name: '3,000 nested SEQUENCEs in a name', run: () => judge([nestedName]) },
    { name: '10 MB of A, as PEM', run: () => describe(decodePem(junk)) },
    { name: '10 MB of dashes, as PEM', run: () => describe(decodePem(dashes)) },
    { name: '10 MB of A to lintTruststore', run: () => `${lintTruststore(junk).findings.length} finding` },
    { name: '10 MB of BEGIN lines to decodePem', run: () => describe(decodePem(begins)) },
    { name: '10 MB to verifyChain', run: () => judge([{ ...good, der: new Uint8Array(junk) }]) },
  ]
}

function describe(result: { readonly ok: boolean; readonly code?: string }): string {
  return result.ok ? 'parsed' : (result.code ?? '')
}

/** The fastest of three, the first of them cold: what the machine does besides is not the input's fault. */
function fastest(run: () => string): { readonly time: number; readonly answer: string } {
  let time = Number.POSITIVE_INFINITY
  let answer = ''
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    answer = run()
    time = Math.min(time, performance.now() - start)
  }
  return { time, answer }
}

let worst = 0
for (const { name, run } of cases()) {
  const { time, answer } = fastest(run)
  worst = Math.max(worst, time)
  console.log(`${time.toFixed(1).padStart(8)} ms  ${name}: ${answer}`)
}
console.log(`worst: ${worst.toFixed(1)} ms of ${limit} ms allowed`)
process.exitCode = worst < limit ? 0 : 1
