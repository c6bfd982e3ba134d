import type { LintRule, Problem } from '../../rules/rule.ts'
import { limitRule, type PlatformLimits } from './limits.ts'
import type { PlatformBundle } from './platform-bundle.ts'

/** Platform rules about the bundle: its format, its size, and how many certificates it has. */

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

export const platformBundleRules: readonly LintRule<PlatformBundle, PlatformLimits>[] = /* @__PURE__ */ (() => [
  pemRequired,
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
