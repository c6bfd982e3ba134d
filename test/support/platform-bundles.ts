import type { Finding, LintCode, Platform, TruststoreInput } from '../../src/index.ts'
import { encode } from './asn1.ts'
import { type CertificateSpec, keyPair, type Minted, mint, type NameSpec } from './mint.ts'
import { nameNode } from './names.ts'
import { rsaSpki } from './spki.ts'

/** Bundles that a platform rejects, each with the most similar one that it accepts. */

export interface PlatformCase {
  readonly name: string
  readonly code: LintCode
  readonly platform: Platform
  readonly severity: Finding['severity']
  readonly bad: TruststoreInput
  readonly good: TruststoreInput
}

const root = mint({ ca: true, key: keyPair('p256', 60), subject: 'O=Preflight,CN=Root' })

/** One root and one intermediate that every platform accepts. */
export const acceptedEverywhere: string = root.pem + mint({ ca: true, subject: 'O=Preflight,CN=Intermediate' }, root).pem

function ca(spec: CertificateSpec, issuer: Minted | undefined = root): Minted {
  return mint({ ca: true, ...spec }, issuer)
}

function selfSigned(spec: CertificateSpec): Minted {
  return mint({ ca: true, subject: 'O=Preflight,CN=Other', key: keyPair('p256', 61), signWith: keyPair('p256', 61), ...spec })
}

/** The root and so many CAs below it that there are `count` certificates. */
function many(count: number): string {
  return (
    root.pem +
    Array.from({ length: count - 1 }, (_, i) => ca({ subject: `CN=Issuing ${i}`, key: keyPair('p256', 62) }).pem).join('')
  )
}

/** A chain of so many CAs, the root first. */
function chain(length: number): string {
  let last = root
  let text = root.pem
  for (let i = 1; i < length; i++) {
    last = ca({ subject: `CN=Level ${i}` }, last)
    text += last.pem
  }
  return text
}

/** A root whose DER has exactly this many bytes; of RSA, whose signatures have one length. */
function ofBytes(size: number): Minted {
  const key = keyPair('rsa2048', 1)
  const padded = (bytes: number): Minted =>
    selfSigned({ key, signWith: key, extensions: [{ oid: '1.3.6.1.4.1.99999.8', value: new Uint8Array(bytes) }] })
  const overhead = padded(1000).der.length - 1000
  return padded(size - overhead)
}

/** PEM filled up with a comment to exactly this many bytes. */
function filled(size: number): string {
  return `${root.pem}${'#'.repeat(size - root.pem.length - 1)}\n`
}

/** The root and CAs below it, whose subjects have this many bytes of DER in total. */
function subjects(total: number): string {
  const sizeOf = (subject: NameSpec): number => encode(nameNode(subject)).length
  const named = (length: number): NameSpec => [['CN', 'x'.repeat(length), 'utf8']]
  const headers = sizeOf(named(200)) - 200
  let rest = total - sizeOf(root.subject)
  let text = root.pem
  while (rest > 0) {
    // Names of 128 to 255 characters all have the same headers.
    const size = rest > 2 * (200 + headers) ? 200 + headers : rest > 200 + headers ? Math.floor(rest / 2) : rest
    text += ca({ subject: named(size - headers), key: keyPair('p256', 62) }).pem
    rest -= size
  }
  return text
}

function constrained(count: number): string {
  const excluded = Array.from({ length: count - 1 }, (_, i) => ({ dns: `n${i}.example` }))
  return root.pem + ca({ subject: 'CN=Constrained', nameConstraints: { permitted: [{ dns: 'example' }], excluded } }).pem
}

function twins(count: number): string {
  return root.pem + Array.from({ length: count }, () => ca({ subject: 'CN=Twin', key: keyPair('p256', 63) }).pem).join('')
}

function rsa(bits: number): Uint8Array {
  return selfSigned({ spki: rsaSpki(2n ** BigInt(bits - 1) + 15n, 65537n) }).der
}

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`
}

const kilobyte = 1024
const client = mint({ subject: 'CN=client' }, root)
const firstVersion = selfSigned({ version: 1 })

const rsaCase = (platform: Platform, severity: 'error' | 'warning', bad: number, good: number): PlatformCase => ({
  name: `an RSA key of ${bad} bits`,
  code: 'platform_key_unsupported',
  platform,
  severity,
  bad: pem(rsa(bad)),
  good: pem(rsa(good)),
})

const curveCase = (
  platform: Platform,
  severity: 'error' | 'warning',
  bad: 'p521' | 'secp256k1',
  good: 'p384' | 'p521',
): PlatformCase => ({
  name: `a key on ${bad}`,
  code: 'platform_curve_unsupported',
  platform,
  severity,
  bad: mint({ ca: true, key: keyPair(bad) }).pem,
  good: mint({ ca: true, key: keyPair(good) }).pem,
})

const hashCase = (platform: Platform, severity: 'error' | 'warning'): PlatformCase => ({
  name: 'SHA-1 below a root',
  code: 'platform_hash_unsupported',
  platform,
  severity,
  bad: root.pem + ca({ hash: 'sha1' }).pem,
  good: root.pem + selfSigned({ hash: 'sha1' }).pem,
})

const depthCase = (platform: Platform, most: number): PlatformCase => ({
  name: `${most + 1} CAs from root to issuing CA`,
  code: 'platform_chain_too_deep',
  platform,
  severity: 'warning',
  bad: chain(most + 1),
  good: chain(most),
})

const style = (name: string, code: LintCode, bad: string, good: string): PlatformCase => ({
  name,
  code,
  platform: 'alb',
  severity: 'error',
  bad,
  good,
})

export const platformCases: readonly PlatformCase[] = [
  { name: 'DER', code: 'pem_required', platform: 'api-gateway', severity: 'error', bad: root.der, good: root.pem },
  {
    name: 'DER among PEM',
    code: 'pem_required',
    platform: 'google-cloud',
    severity: 'error',
    bad: [root.pem, client.der],
    good: [root.pem],
  },
  {
    name: 'an END and a BEGIN on one line',
    code: 'pem_read_differently',
    platform: 'api-gateway',
    severity: 'error',
    bad: `${root.pem.trimEnd()}${client.pem}`,
    good: root.pem + client.pem,
  },
  {
    name: 'an indented block',
    code: 'pem_read_differently',
    platform: 'alb',
    severity: 'error',
    bad: root.pem + client.pem.replace(/^/gm, '  '),
    good: root.pem + client.pem.replaceAll('\n', '  \n'),
  },
  style('a heading', 'text_outside_pem', `My CAs\n${root.pem}`, `# My CAs\n${root.pem}`),
  style('a trailing word', 'text_outside_pem', `${root.pem}end\n`, `${root.pem}#end\n`),
  style('a byte order mark', 'text_outside_pem', Buffer.from(`\uFEFF${root.pem}`).toString('latin1'), root.pem),
  style('a line between certificates', 'blank_lines', `${root.pem}\n${client.pem}`, root.pem + client.pem),
  style('a line of blanks within a block', 'blank_lines', root.pem.replace('\nM', '\n \t\nM'), root.pem.replace('\nM', '\n M')),
  style('a comment with a dash', 'comment_with_dash', `# self-signed\n${root.pem}`, `# self signed\n${root.pem}`),
  {
    name: 'a file of more than 64 KB',
    code: 'bundle_too_large',
    platform: 'cloudfront',
    severity: 'error',
    bad: filled(64 * kilobyte + 1),
    good: filled(64 * kilobyte),
  },
  {
    name: 'a file of more than 25 KB',
    code: 'bundle_too_large',
    platform: 'azure-application-gateway',
    severity: 'error',
    bad: Buffer.from(filled(25 * kilobyte + 1)),
    good: Buffer.from(filled(25 * kilobyte)),
  },
  {
    name: 'a certificate of more than 16 KB',
    code: 'cert_too_large',
    platform: 'alb',
    severity: 'error',
    bad: ofBytes(16 * kilobyte + 1).pem,
    good: ofBytes(16 * kilobyte).pem,
  },
  {
    name: 'a certificate of more than 16 KB',
    code: 'cert_too_large',
    platform: 'cloudfront',
    severity: 'error',
    bad: ofBytes(16 * kilobyte + 1).pem,
    good: ofBytes(16 * kilobyte).pem,
  },
  { name: '26 certificates', code: 'too_many_certs', platform: 'alb', severity: 'warning', bad: many(26), good: many(25) },
  {
    name: '26, one a copy',
    code: 'too_many_certs',
    platform: 'cloudfront',
    severity: 'warning',
    bad: many(25) + root.pem,
    good: many(25),
  },
  {
    name: '201 certificates',
    code: 'too_many_certs',
    platform: 'google-cloud',
    severity: 'error',
    bad: root.pem.repeat(201),
    good: root.pem.repeat(200),
  },
  {
    name: '101 intermediates',
    code: 'too_many_intermediates',
    platform: 'google-cloud',
    severity: 'error',
    bad: many(102),
    good: many(101),
  },
  {
    name: 'subjects of more than 10,000 bytes',
    code: 'subjects_total_too_large',
    platform: 'alb',
    severity: 'warning',
    bad: subjects(10_001),
    good: subjects(10_000),
  },
  {
    name: 'two roots',
    code: 'root_count_wrong',
    platform: 'azure-application-gateway',
    severity: 'error',
    bad: root.pem + selfSigned({}).pem,
    good: root.pem + root.pem,
  },
  {
    name: 'no root',
    code: 'root_count_wrong',
    platform: 'azure-application-gateway',
    severity: 'error',
    bad: ca({}).pem,
    good: acceptedEverywhere,
  },
  {
    name: 'a self-signed client',
    code: 'no_ca_in_bundle',
    platform: 'azure-application-gateway',
    severity: 'error',
    bad: mint({ subject: 'CN=alone' }).pem,
    good: root.pem,
  },
  { name: 'eleven twins', code: 'pki_too_large', platform: 'google-cloud', severity: 'warning', bad: twins(11), good: twins(10) },
  rsaCase('api-gateway', 'warning', 2047, 2048),
  rsaCase('alb', 'error', 8193, 8192),
  rsaCase('cloudfront', 'error', 2047, 8192),
  rsaCase('google-cloud', 'warning', 4097, 4096),
  {
    name: 'an Ed25519 key',
    code: 'platform_key_unsupported',
    platform: 'alb',
    severity: 'error',
    bad: selfSigned({ key: keyPair('ed25519') }).pem,
    good: root.pem,
  },
  curveCase('api-gateway', 'warning', 'p521', 'p384'),
  curveCase('alb', 'error', 'secp256k1', 'p521'),
  curveCase('cloudfront', 'error', 'secp256k1', 'p521'),
  curveCase('google-cloud', 'warning', 'p521', 'p384'),
  hashCase('api-gateway', 'warning'),
  hashCase('alb', 'error'),
  hashCase('cloudfront', 'error'),
  {
    name: 'a version 1 root',
    code: 'platform_version_unsupported',
    platform: 'alb',
    severity: 'error',
    bad: firstVersion.pem,
    good: root.pem,
  },
  depthCase('api-gateway', 4),
  depthCase('alb', 4),
  depthCase('cloudfront', 4),
  depthCase('google-cloud', 9),
  {
    name: 'an intermediate without its root',
    code: 'platform_chain_incomplete',
    platform: 'api-gateway',
    severity: 'warning',
    bad: ca({}).pem,
    good: acceptedEverywhere,
  },
  {
    name: 'eleven name constraints',
    code: 'platform_constraints_too_many',
    platform: 'google-cloud',
    severity: 'warning',
    bad: constrained(11),
    good: constrained(10),
  },
  {
    name: 'a CA for servers alone',
    code: 'platform_purpose_missing',
    platform: 'google-cloud',
    severity: 'warning',
    bad: root.pem + ca({ extendedKeyUsage: ['serverAuth'] }).pem,
    good: root.pem + ca({ extendedKeyUsage: ['serverAuth', 'clientAuth'] }).pem + ca({ extendedKeyUsage: ['any'] }).pem,
  },
]
