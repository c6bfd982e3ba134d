import { bundleRule, type PlatformRule, type Violation } from './limit-rule.ts'
import type { PlatformBundle, PlatformEntry } from './platform-bundle.ts'

/** Rules about the file, and about how many certificates of which kind are in it. */

/** The rules that need no platform to be of interest: without one they are reported as `info`. */
export const pemStyleRules: readonly PlatformRule[] = [
  bundleRule(
    'strictPem',
    {
      code: 'text_outside_pem',
      severity: 'error',
      summary: 'There is text outside the PEM blocks that is no `#` comment. Without a platform that refuses it, it is an info.',
      citation: 'Application Load Balancer: CA certificate bundle',
      remedy: 'Remove the text, or write `#` before each of its lines.',
    },
    (_, { text }) => linesAt(text?.text, 'text outside the PEM blocks'),
  ),
  bundleRule(
    'strictPem',
    {
      code: 'blank_lines',
      severity: 'error',
      summary: 'The PEM text has blank lines. Without a platform that refuses them, they are an info.',
      citation: 'Application Load Balancer: CA certificate bundle',
      remedy: 'Remove them: `sed -i "/^[[:space:]]*$/d" truststore.pem`.',
    },
    (_, { text }) => linesAt(text?.blank, 'blank'),
  ),
  bundleRule(
    'strictPem',
    {
      code: 'comment_with_dash',
      severity: 'error',
      summary: 'A comment has a `-`, which strict readers take for the start of a block. Without such a platform it is an info.',
      citation: 'Application Load Balancer: CA certificate bundle',
      remedy: 'Write the comment without `-`, or remove it.',
    },
    (_, { text }) => linesAt(text?.dashedComments, 'comment with "-"'),
  ),
]

export const platformBundleRules: readonly PlatformRule[] = [
  bundleRule(
    'bundleBytes',
    {
      code: 'bundle_too_large',
      severity: 'error',
      summary: 'The PEM file is larger than the platform takes.',
      citation: 'CloudFront: 64 KB; Azure Application Gateway: 25 KB',
      remedy: 'Remove CAs that no client needs, and comments.',
    },
    (most, { size }) =>
      size <= most ? [] : [{ problem: `the bundle has ${number(size)} bytes, at most ${number(most)} are taken` }],
  ),
  bundleRule(
    'certificates',
    {
      code: 'too_many_certs',
      severity: 'error',
      summary: 'The bundle has more certificates than the platform takes. A warning where its quota can be raised.',
      citation: 'Application Load Balancer, CloudFront: 25; Google Cloud: 200',
      remedy: 'Remove copies and CAs that no client needs, have the quota raised, or use several truststores.',
    },
    (most, { entries }) => tooMany(entries.length, most, 'certificates'),
  ),
  bundleRule(
    'intermediates',
    {
      code: 'too_many_intermediates',
      severity: 'error',
      summary: 'The bundle has more intermediate certificates than the platform takes.',
      citation: 'Google Cloud: 100',
      remedy: 'Leave out intermediates that clients send themselves.',
    },
    (most, { entries }) => tooMany(entries.filter(({ isRoot }) => !isRoot).length, most, 'intermediate certificates'),
  ),
  bundleRule(
    'subjectBytes',
    {
      code: 'subjects_total_too_large',
      severity: 'error',
      summary:
        'The subjects of all certificates together are larger than the platform takes. A warning where its quota can be raised.',
      citation: 'Application Load Balancer: 10,000 bytes',
      remedy: 'Remove CAs that no client needs, or have the quota raised.',
    },
    (most, { entries }) => {
      const total = entries.reduce((sum, { certificate: { subjectStart, subjectEnd } }) => sum + subjectEnd - subjectStart, 0)
      return total <= most ? [] : [{ problem: `all subjects have ${number(total)} bytes, at most ${number(most)} are taken` }]
    },
  ),
  bundleRule(
    'roots',
    {
      code: 'root_count_wrong',
      severity: 'error',
      summary: 'The bundle has another number of root certificates than the platform demands.',
      citation: 'Azure Application Gateway: exactly one root a file',
      remedy: 'Give the whole chain up to its root, and each root a file of its own.',
    },
    ({ least, most }, bundle) => {
      const roots = rootCount(bundle)
      if (roots >= least && roots <= most) return []
      const wanted = least === most ? `exactly ${least}` : `${least} to ${most}`
      return [{ problem: `${count(roots, 'root certificate')}, ${wanted} must be in the bundle` }]
    },
  ),
  bundleRule(
    'needsCa',
    {
      code: 'no_ca_in_bundle',
      severity: 'error',
      summary: 'No certificate of the bundle says that it is a CA.',
      citation: 'Azure Application Gateway: ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate',
      remedy: "Give the CA's certificate instead of the client's; a self-signed one needs basicConstraints with cA.",
    },
    (_, { entries }) => (entries.some(({ certificate }) => certificate.isCa) ? [] : [{ problem: 'no certificate is a CA' }]),
  ),
  bundleRule(
    'sameSubjectAndKey',
    {
      code: 'pki_too_large',
      severity: 'warning',
      summary: 'Too many intermediates have one subject and key; the platform then verifies no client at all.',
      citation: 'Google Cloud: client_cert_pki_too_large',
      remedy: 'Keep the newest of them.',
    },
    (most, bundle) => sameSubjectGroups(bundle, most),
  ),
]

/** PEM is what platforms take; other limits are judged as if the DER had been converted. */
export const pemRequired: PlatformRule = {
  code: 'pem_required',
  severity: 'error',
  summary: 'The bundle is DER, and platforms take PEM.',
  citation: 'API Gateway, Application Load Balancer, CloudFront, Google Cloud, Azure Application Gateway: PEM',
  remedy: 'Convert it: `openssl x509 -inform der -in ca.der -out ca.pem`.',
  check(_, { hasDer }) {
    const limit = { value: true, consequence: 'bundle_refused', source: this.citation } as const
    return { limit, violations: hasDer ? [{ problem: 'the bundle is DER, and PEM is taken' }] : [] }
  },
}

/** One violation for all lines, at the first of them. */
function linesAt(lines: readonly number[] | undefined, what: string): readonly Violation[] {
  const [first] = lines ?? []
  if (lines === undefined || first === undefined) return []
  const more = lines.length > 1 ? ` and ${number(lines.length - 1)} more` : ''
  return [{ problem: `${what}: line ${first}${more}`, line: first }]
}

function tooMany(found: number, most: number, what: string): readonly Violation[] {
  return found <= most ? [] : [{ problem: `${number(found)} ${what}, at most ${number(most)} are taken` }]
}

/** A copy of a root is no second root. */
function rootCount({ entries }: PlatformBundle): number {
  return new Set(entries.filter(({ isRoot }) => isRoot).map(({ node, certificate }) => node ?? certificate)).size
}

/** The intermediates of each subject and key of which there are too many, at the first one too many. */
function sameSubjectGroups({ entries }: PlatformBundle, most: number): readonly Violation[] {
  const counts = new Map<string, PlatformEntry[]>()
  for (const entry of entries) {
    if (entry.isRoot) continue
    const { subjectKey, subjectPublicKeyInfo } = entry.certificate
    const key = `${subjectKey} ${subjectPublicKeyInfo.join(' ')}`
    const group = counts.get(key)
    if (group === undefined) counts.set(key, [entry])
    else group.push(entry)
  }
  return [...counts.values()].flatMap((group) => {
    if (group.length <= most) return []
    const problem = `${group.length} intermediate certificates of one subject and key, at most ${most} are verified`
    return [{ problem, entry: group[most]! }]
  })
}

function count(found: number, what: string): string {
  return `${found} ${what}${found === 1 ? '' : 's'}`
}

/** With commas between thousands. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
