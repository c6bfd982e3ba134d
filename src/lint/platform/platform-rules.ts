import { algorithmName } from '../../crypto/algorithm-names.ts'
import { Reader } from '../../der/reader.ts'
import { certTooLarge, certTooLargeText } from '../../rules/reading.ts'
import type { LintRule, Problem } from '../../rules/rule.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import { excludesClients } from '../graph.ts'
import { limitRule, type PlatformLimits } from './limits.ts'
import type { PlatformBundle, PlatformEntry } from './platform-bundle.ts'

/** Rules about platforms: first about the bundle, its format, its size and how many certificates it has, then about each certificate. */

/** Rules about the PEM text. They also run without a platform, and then report `info`. */
export const pemStyleRules: readonly LintRule<PlatformBundle, true>[] = [
  {
    code: 'text_outside_pem',
    severity: 'error',
    summary: 'The bundle has text outside the PEM blocks that is not a `#` comment. An info unless a chosen platform rejects it.',
    citation: 'Application Load Balancer: CA certificate bundle',
    remedy: 'Remove the text, or write `#` before each of its lines.',
    check: ({ text }) => linesAt(text?.text, 'text outside the PEM blocks'),
  },
  {
    code: 'blank_lines',
    severity: 'error',
    summary: 'The PEM text has blank lines. An info unless a chosen platform rejects them.',
    citation: 'Application Load Balancer: CA certificate bundle',
    remedy: 'Remove them: `sed -i "/^[[:space:]]*$/d" truststore.pem`.',
    check: ({ text }) => linesAt(text?.blank, 'blank'),
  },
  {
    code: 'comment_with_dash',
    severity: 'error',
    summary: 'A comment has a `-`, which may look like the start of a block. An info unless a chosen platform rejects it.',
    citation: 'Application Load Balancer: CA certificate bundle',
    remedy: 'Write the comment without `-`, or remove it.',
    check: ({ text }) => linesAt(text?.dashedComments, 'comment with "-"'),
  },
]

/** All platforms require PEM. The other limits are checked as if DER had been converted to PEM. */
const pemRequired: LintRule<PlatformBundle, PlatformLimits> = {
  code: 'pem_required',
  severity: 'error',
  summary: 'The bundle is DER, but platforms require PEM.',
  citation: 'API Gateway, Application Load Balancer, CloudFront, Google Cloud, Azure Application Gateway: PEM',
  remedy: 'Convert it: `openssl x509 -inform der -in ca.der -out ca.pem`.',
  check: ({ hasDer }, { name }) => (hasDer ? `${name}: the bundle is DER, but PEM is required` : undefined),
}

/** Runs without a platform, too, and is then a warning. */
export const pemReadDifferently: LintRule<Pick<PlatformBundle, 'divergence'>, Pick<PlatformLimits, 'name'> | undefined> = {
  code: 'pem_read_differently',
  severity: 'error',
  summary:
    'OpenSSL reads other certificates from the file than portcullis, so servers and tools do not trust the same CAs. A warning unless you choose a platform: every platform takes PEM.',
  citation: 'OpenSSL 3: PEM_read_bio; RFC 7468 2',
  remedy: 'Write every BEGIN and END line alone on its line, without blanks before it, and remove what is no certificate.',
  check({ divergence }, platform) {
    if (divergence === undefined) return undefined
    const { problem, line } = divergence
    return platform === undefined ? { problem, line, severity: 'warning' } : { problem: `${platform.name}: ${problem}`, line }
  },
}

export const platformBundleRules: readonly LintRule<PlatformBundle, PlatformLimits>[] = /* @__PURE__ */ (() => [
  pemRequired,
  pemReadDifferently,
  ...pemStyleRules.map((rule) => limitRule('strictPem', rule)),
  limitRule('bundleBytes', {
    code: 'bundle_too_large',
    severity: 'error',
    summary: 'The PEM file is larger than the platform accepts.',
    citation: 'CloudFront: 64 KB; Azure Application Gateway: 25 KB',
    remedy: 'Remove comments, and CAs that no client needs.',
    check: ({ size }, most) =>
      size <= most ? undefined : `the bundle has ${number(size)} bytes, at most ${number(most)} are accepted`,
  }),
  limitRule('certificates', {
    code: 'too_many_certs',
    severity: 'error',
    summary: 'The bundle has more certificates than the platform accepts. A warning if the quota can be raised.',
    citation: 'Application Load Balancer, CloudFront: 25; Google Cloud: 200',
    remedy: 'Remove copies and CAs that no client needs, request a higher quota, or use several truststores.',
    check: ({ entries }, most) => tooMany(entries.length, most, 'certificates'),
  }),
  limitRule('intermediates', {
    code: 'too_many_intermediates',
    severity: 'error',
    summary: 'The bundle has more intermediate certificates than the platform accepts.',
    citation: 'Google Cloud: 100',
    remedy: 'Remove intermediates that clients send themselves.',
    check: ({ entries }, most) => tooMany(entries.filter(({ isRoot }) => !isRoot).length, most, 'intermediate certificates'),
  }),
  limitRule('subjectBytes', {
    code: 'subjects_total_too_large',
    severity: 'error',
    summary:
      'The subjects of all certificates have more bytes in total than the platform accepts. A warning if the quota can be raised.',
    citation: 'Application Load Balancer: 10,000 bytes',
    remedy: 'Remove CAs that no client needs, or request a higher quota.',
    check: ({ entries }, most) => {
      const total = entries.reduce((sum, { certificate }) => sum + certificate.subjectName.length, 0)
      return total <= most ? undefined : `all subjects have ${number(total)} bytes, at most ${number(most)} are accepted`
    },
  }),
  limitRule('roots', {
    code: 'root_count_wrong',
    severity: 'error',
    summary: 'The bundle does not have the number of root certificates that the platform requires.',
    citation: 'Azure Application Gateway: exactly one root per file',
    remedy: 'Put each root with its whole chain into a separate file.',
    check: (bundle, { least, most }) => {
      const roots = rootCount(bundle)
      if (roots >= least && roots <= most) return undefined
      const required = least === most ? `exactly ${least}` : `${least} to ${most}`
      return `${count(roots, 'root certificate')}, ${required} must be in the bundle`
    },
  }),
  limitRule('needsCa', {
    code: 'no_ca_in_bundle',
    severity: 'error',
    summary: 'No certificate of the bundle is a CA.',
    citation: 'Azure Application Gateway: ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate',
    remedy: "Upload the CA's certificate, not the client's. A self-signed certificate needs basicConstraints with cA TRUE.",
    check: ({ entries }) => (entries.some(({ certificate }) => certificate.isCa) ? undefined : 'no certificate is a CA'),
  }),
])()

/** Reports all lines as one problem at the first line. */
function linesAt(lines: readonly number[] | undefined, noun: string): Problem | undefined {
  const [first] = lines ?? []
  if (lines === undefined || first === undefined) return undefined
  const more = lines.length > 1 ? ` and ${number(lines.length - 1)} more` : ''
  return { problem: `${noun}: line ${first}${more}`, line: first }
}

function tooMany(found: number, most: number, noun: string): string | undefined {
  return found <= most ? undefined : `${number(found)} ${noun}, at most ${number(most)} are accepted`
}

/** Counts distinct roots: copies do not count. */
function rootCount({ entries }: PlatformBundle): number {
  return new Set(entries.filter(({ isRoot }) => isRoot).map(({ node, certificate }) => node ?? certificate)).size
}

function count(found: number, noun: string): string {
  return `${found} ${noun}${found === 1 ? '' : 's'}`
}

/** Formats a number with commas between thousands. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Rules about each certificate of a bundle and its chain. */
export const platformCertificateRules: readonly LintRule<PlatformEntry, PlatformLimits>[] = /* @__PURE__ */ (() => [
  limitRule('sameSubjectAndKey', {
    code: 'pki_too_large',
    severity: 'warning',
    summary: 'Too many intermediates have the same subject and key, so the platform rejects all clients.',
    citation: 'Google Cloud: client_cert_pki_too_large',
    remedy: 'Keep only the newest of them.',
    // Reported once, at the first certificate beyond the limit.
    check: (entry, most) => {
      const { sameSubjectAndKey } = entry
      if (sameSubjectAndKey[most] !== entry) return undefined
      return `${sameSubjectAndKey.length} intermediate certificates have the same subject and key, at most ${most} are accepted`
    },
  }),
  limitRule('certificateBytes', {
    ...certTooLarge,
    ...certTooLargeText,
    check: ({ certificate: { raw } }, most) =>
      raw.length <= most ? undefined : `certificate of ${raw.length} bytes, at most ${most} are accepted`,
  }),
  limitRule('rsaBits', {
    code: 'platform_key_unsupported',
    severity: 'error',
    summary: 'The platform does not support the size or algorithm of the key. A warning if it only rejects clients.',
    citation: 'Application Load Balancer, CloudFront: RSA 2048 to 8192; Google Cloud: RSA 2048 to 4096; P-256, P-384',
    remedy: 'Re-issue the CA with an RSA-2048 or P-256 key, which every platform supports.',
    check: ({ certificate: { publicKey } }, { least, most }) => {
      if (publicKey.algorithm === 'EC') return undefined
      if (publicKey.algorithm === 'unknown') return `key algorithm ${algorithmName(publicKey.oid)} is not supported`
      const { bits } = publicKey
      if (bits >= least && (most === undefined || bits <= most)) return undefined
      return `RSA key of ${bits} bits, ${most === undefined ? `at least ${least}` : `${least} to ${most}`} are supported`
    },
  }),
  limitRule('curves', {
    code: 'platform_curve_unsupported',
    severity: 'error',
    summary: 'The platform does not support the curve of the key. A warning if it only rejects clients.',
    citation: 'API Gateway, Google Cloud: P-256, P-384; Application Load Balancer, CloudFront: P-521 too',
    remedy: 'Re-issue the CA with a P-256 key, which every platform supports.',
    check: ({ certificate: { publicKey } }, supported) => {
      if (publicKey.algorithm !== 'EC' || supported.includes(publicKey.curve)) return undefined
      return `EC key on ${algorithmName(publicKey.curve)}, ${supported.join(', ')} are supported`
    },
  }),
  limitRule('hashes', {
    code: 'platform_hash_unsupported',
    severity: 'error',
    summary: 'The platform does not support the hash of the signature. A warning if it only rejects clients.',
    citation: 'API Gateway, Application Load Balancer, CloudFront: SHA-256 or stronger',
    remedy: 'Re-issue the certificate with SHA-256.',
    check: ({ certificate, isRoot }, supported) => {
      const { name, hash } = certificate.signatureAlgorithm
      if (isRoot || (hash !== undefined && supported.includes(hash))) return undefined
      return `signature with ${algorithmName(name)}, ${supported.join(', ')} are supported`
    },
  }),
  limitRule('versions', {
    code: 'platform_version_unsupported',
    severity: 'error',
    summary: 'The platform does not accept certificates of this X.509 version.',
    citation: 'Application Load Balancer: X.509v3',
    remedy: 'Re-issue the CA as a version 3 certificate with basicConstraints.',
    check: ({ certificate: { version } }, supported) =>
      supported.includes(version) ? undefined : `X.509 version ${version}, ${supported.join(', ')} is accepted`,
  }),
  limitRule('chainLength', {
    code: 'platform_chain_too_deep',
    severity: 'warning',
    summary: 'The chain from this CA to the root is longer than the platform accepts, so its clients are rejected.',
    citation: 'API Gateway, Application Load Balancer, CloudFront: 4; Google Cloud: 10 with the client',
    remedy: 'Issue clients from a CA closer to the root, or cross-sign this CA with a root.',
    check: ({ depth }, most) =>
      depth === undefined || depth <= most ? undefined : `${depth} CA certificates up to the root, at most ${most} are accepted`,
  }),
  limitRule('completeChains', {
    code: 'platform_chain_incomplete',
    severity: 'warning',
    summary: 'The bundle has no root above the certificate, but the platform accepts clients only below roots of the bundle.',
    citation: 'API Gateway: the complete chain from the issuing CA to the root must be in the truststore',
    remedy: 'Add all issuers up to a self-signed root.',
    check: ({ certificate, node, depth }) =>
      // Left-out certificates have their own findings.
      node === undefined || depth !== undefined ? undefined : `no path to a root through its issuer ${certificate.issuer}`,
  }),
  limitRule('nameConstraints', {
    code: 'platform_constraints_too_many',
    severity: 'warning',
    summary: 'The CA has more name constraints than the platform accepts, so its clients are rejected.',
    citation: 'Google Cloud: client_cert_chain_max_name_constraints_exceeded',
    remedy: 'Re-issue the CA with fewer subtrees.',
    check: ({ certificate }, most) => {
      const found = subtreesOf(certificate)
      return found <= most ? undefined : `${found} name constraints, at most ${most} are accepted`
    },
  }),
  limitRule('clientAuth', {
    code: 'platform_purpose_missing',
    severity: 'warning',
    summary: "The CA's extendedKeyUsage does not include clientAuth, so the platform rejects its clients.",
    citation: 'Google Cloud: client_cert_chain_invalid_eku',
    remedy: 'Re-issue the CA with clientAuth, or without extendedKeyUsage.',
    check: ({ certificate }) => {
      if (!certificate.isCa || !excludesClients(certificate)) return undefined
      return `extendedKeyUsage is ${certificate.extendedKeyUsage?.join(', ')}, without clientAuth`
    },
  }),
])()

/** Number of permitted and excluded subtrees in a certificate's nameConstraints, whose syntax the parser checked. */
function subtreesOf({ extensions }: CertificateView): number {
  const value = extensions.value(ExtensionId.nameConstraints)
  if (value === undefined) return 0
  let count = 0
  const outer = new Reader(value)
  outer.next('nameConstraints')
  const lists = new Reader(outer.content())
  while (!lists.atEnd()) {
    lists.next('nameConstraints')
    const subtrees = new Reader(lists.content())
    for (; !subtrees.atEnd(); count++) subtrees.next('nameConstraints')
  }
  return count
}
