import type { LintRule, Problem } from '../../rules/rule.ts'
import { limitRule, type PlatformLimits } from './limits.ts'
import type { PlatformBundle } from './platform-bundle.ts'

/** Rules about the file, and about how many certificates of which kind are in it. */

/** About the PEM text: of interest without a platform too, and then reported as `info`. */
export const pemStyleRules: readonly LintRule<PlatformBundle, true>[] = [
  {
    code: 'text_outside_pem',
    severity: 'error',
    summary: 'There is text outside the PEM blocks that is no `#` comment. Without a platform that refuses it, it is an info.',
    citation: 'Application Load Balancer: CA certificate bundle',
    remedy: 'Remove the text, or write `#` before each of its lines.',
    check: ({ text }) => linesAt(text?.text, 'text outside the PEM blocks'),
  },
  {
    code: 'blank_lines',
    severity: 'error',
    summary: 'The PEM text has blank lines. Without a platform that refuses them, they are an info.',
    citation: 'Application Load Balancer: CA certificate bundle',
    remedy: 'Remove them: `sed -i "/^[[:space:]]*$/d" truststore.pem`.',
    check: ({ text }) => linesAt(text?.blank, 'blank'),
  },
  {
    code: 'comment_with_dash',
    severity: 'error',
    summary: 'A comment has a `-`, which strict readers take for the start of a block. Without such a platform it is an info.',
    citation: 'Application Load Balancer: CA certificate bundle',
    remedy: 'Write the comment without `-`, or remove it.',
    check: ({ text }) => linesAt(text?.dashedComments, 'comment with "-"'),
  },
]

/** PEM is what platforms take; other limits are judged as if the DER had been converted. */
const pemRequired: LintRule<PlatformBundle, PlatformLimits> = {
  code: 'pem_required',
  severity: 'error',
  summary: 'The bundle is DER, and platforms take PEM.',
  citation: 'API Gateway, Application Load Balancer, CloudFront, Google Cloud, Azure Application Gateway: PEM',
  remedy: 'Convert it: `openssl x509 -inform der -in ca.der -out ca.pem`.',
  check: ({ hasDer }, { name }) => (hasDer ? `${name}: the bundle is DER, and PEM is taken` : undefined),
}

export const platformBundleRules: readonly LintRule<PlatformBundle, PlatformLimits>[] = /* @__PURE__ */ (() => [
  pemRequired,
  ...pemStyleRules.map((rule) => limitRule('strictPem', rule)),
  limitRule('bundleBytes', {
    code: 'bundle_too_large',
    severity: 'error',
    summary: 'The PEM file is larger than the platform takes.',
    citation: 'CloudFront: 64 KB; Azure Application Gateway: 25 KB',
    remedy: 'Remove CAs that no client needs, and comments.',
    check: ({ size }, most) =>
      size <= most ? undefined : `the bundle has ${number(size)} bytes, at most ${number(most)} are taken`,
  }),
  limitRule('certificates', {
    code: 'too_many_certs',
    severity: 'error',
    summary: 'The bundle has more certificates than the platform takes. A warning where its quota can be raised.',
    citation: 'Application Load Balancer, CloudFront: 25; Google Cloud: 200',
    remedy: 'Remove copies and CAs that no client needs, have the quota raised, or use several truststores.',
    check: ({ entries }, most) => tooMany(entries.length, most, 'certificates'),
  }),
  limitRule('intermediates', {
    code: 'too_many_intermediates',
    severity: 'error',
    summary: 'The bundle has more intermediate certificates than the platform takes.',
    citation: 'Google Cloud: 100',
    remedy: 'Leave out intermediates that clients send themselves.',
    check: ({ entries }, most) => tooMany(entries.filter(({ isRoot }) => !isRoot).length, most, 'intermediate certificates'),
  }),
  limitRule('subjectBytes', {
    code: 'subjects_total_too_large',
    severity: 'error',
    summary:
      'The subjects of all certificates together are larger than the platform takes. A warning where its quota can be raised.',
    citation: 'Application Load Balancer: 10,000 bytes',
    remedy: 'Remove CAs that no client needs, or have the quota raised.',
    check: ({ entries }, most) => {
      const total = entries.reduce((sum, { certificate }) => sum + certificate.subjectName.length, 0)
      return total <= most ? undefined : `all subjects have ${number(total)} bytes, at most ${number(most)} are taken`
    },
  }),
  limitRule('roots', {
    code: 'root_count_wrong',
    severity: 'error',
    summary: 'The bundle has another number of root certificates than the platform demands.',
    citation: 'Azure Application Gateway: exactly one root a file',
    remedy: 'Give the whole chain up to its root, and each root a file of its own.',
    check: (bundle, { least, most }) => {
      const roots = rootCount(bundle)
      if (roots >= least && roots <= most) return undefined
      const wanted = least === most ? `exactly ${least}` : `${least} to ${most}`
      return `${count(roots, 'root certificate')}, ${wanted} must be in the bundle`
    },
  }),
  limitRule('needsCa', {
    code: 'no_ca_in_bundle',
    severity: 'error',
    summary: 'No certificate of the bundle says that it is a CA.',
    citation: 'Azure Application Gateway: ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate',
    remedy: "Give the CA's certificate instead of the client's; a self-signed one needs basicConstraints with cA.",
    check: ({ entries }) => (entries.some(({ certificate }) => certificate.isCa) ? undefined : 'no certificate is a CA'),
  }),
])()

/** One problem for all lines, at the first of them. */
function linesAt(lines: readonly number[] | undefined, what: string): Problem | undefined {
  const [first] = lines ?? []
  if (lines === undefined || first === undefined) return undefined
  const more = lines.length > 1 ? ` and ${number(lines.length - 1)} more` : ''
  return { problem: `${what}: line ${first}${more}`, line: first }
}

function tooMany(found: number, most: number, what: string): string | undefined {
  return found <= most ? undefined : `${number(found)} ${what}, at most ${number(most)} are taken`
}

/** A copy of a root is no second root. */
function rootCount({ entries }: PlatformBundle): number {
  return new Set(entries.filter(({ isRoot }) => isRoot).map(({ node, certificate }) => node ?? certificate)).size
}

function count(found: number, what: string): string {
  return `${found} ${what}${found === 1 ? '' : 's'}`
}

/** With commas between thousands. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
