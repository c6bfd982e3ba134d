import { deviationCodes, deviationInfo } from '../src/codes/deviation.ts'
import type { LintCode } from '../src/codes/lint.ts'
import { type ParseCode, parseSentence } from '../src/codes/parse.ts'
import { type CodeMappings, rejectCodes, rejectInfo } from '../src/codes/reject.ts'
import { ruleCatalogue } from '../src/lint/catalogue.ts'
import { type Consequence, type PlatformLimits, platforms } from '../src/lint/platform/limits.ts'
import { type Budget, type Policy, profiles } from '../src/policy/policy.ts'
import { flaws } from '../test/support/flawed-bundles.ts'
import { platformCases } from '../test/support/platform-bundles.ts'
import { constantKeys, interfaceMembers } from './source-text.ts'

/** The documents under docs/reference, generated from the tables that the library itself uses. */
export const referenceDocuments: Readonly<Record<string, () => string>> = {
  'reject-codes.md': rejectCodesDocument,
  'lints.md': lintsDocument,
  'parse-codes.md': parseCodesDocument,
  'profiles.md': profilesDocument,
  'platforms.md': platformsDocument,
  'deviations.md': deviationsDocument,
}

const systems: Readonly<Record<keyof CodeMappings, string>> = {
  node: 'Node, OpenSSL',
  alb: 'Application Load Balancer',
  cloudFront: 'CloudFront',
  googleCloud: 'Google Cloud',
  apiGateway: 'API Gateway',
}

function rejectCodesDocument(): string {
  const order = rejectCodes.map((code, i) => [String(i + 1), `[\`${code}\`](#${code})`, infoOf(code).summary])
  const sections = rejectCodes.map((code) => {
    const { summary, citation, remedy, mappings } = infoOf(code)
    const named = (Object.keys(systems) as (keyof CodeMappings)[]).filter((system) => mappings[system] !== undefined)
    const rows = named.map((system) => [systems[system], `\`${mappings[system]}\``])
    const others = rows.length === 0 ? 'No other system has a name for it.' : table(['system', 'its name'], rows)
    return [`## ${code}`, summary, `- Citation: ${citation}\n- Remedy: ${remedy}`, others].join('\n\n')
  })
  return document(
    'Reject codes',
    'src/codes/reject.ts',
    `The reasons for which \`verifyChain\` rejects a chain. \`explain(code)\` returns the same text at run time. Codes are
never renamed.

If several candidate paths fail, the most specific failure is reported: the one whose code comes last in this list.`,
    table(['', 'code', 'meaning'], order),
    ...sections,
  )
}

function infoOf(code: string): NonNullable<ReturnType<typeof rejectInfo>> {
  const info = rejectInfo(code)
  if (info === undefined) throw new Error(`no table row for ${code}`)
  return info
}

function lintsDocument(): string {
  const catalogue = [...ruleCatalogue.values()]
  const rows = catalogue.map(({ code, severity, summary }) => [`[\`${code}\`](#${code})`, severity, summary])
  const sections = catalogue.map(({ code, severity, summary, citation, remedy }) => {
    const facts = [`Severity: ${severity}`, `Citation: ${citation}`, `Remedy: ${remedy}`, ...examplesOf(code)]
    return [`## ${code}`, summary, facts.map((fact) => `- ${fact}`).join('\n')].join('\n\n')
  })
  return document(
    'Lint rules',
    'src/rules and src/lint/rules',
    `The findings of \`lintTruststore\` and \`buildTruststore\`. \`explain(code)\` returns the same text at run time. Codes are
never renamed.

- \`error\`: the certificate cannot be used and is left out of the truststore, the truststore accepts nobody, or the platform rejects it.
- \`warning\`: the certificate is used, but something is wrong with it.
- \`info\`: worth knowing.

A finding can have another severity than its rule if the rule's summary says so. A waiver silences a finding until a date. The
certificates that a rule fires on or is silent on come from \`test/support/flawed\`; a test checks each of them.`,
    table(['code', 'severity', 'finding'], rows),
    ...sections,
  )
}

/** The certificates that the rule fires on, and those that it is silent on. A test checks each of them. */
function examplesOf(code: LintCode): readonly string[] {
  const onPlatforms = platformCases.filter((each) => each.code === code).map(({ platform, name }) => `${platform}: ${name}`)
  const own = flaws.filter((flaw) => flaw.code === code)
  const fires = [...own.map(({ name }) => name), ...onPlatforms].join('; ')
  const silent = own.flatMap(({ mended }) => (mended === undefined ? [] : [mended[0]])).join('; ')
  return [`Fires on: ${escaped(fires)}`, ...(silent === '' ? [] : [`Silent on: ${escaped(silent)}`])]
}

/** Markdown reads stars as emphasis. */
function escaped(text: string): string {
  return text.replaceAll('*', '\\*')
}

function parseCodesDocument(): string {
  const codes = constantKeys('src/codes/parse.ts', 'sentences') as readonly ParseCode[]
  return document(
    'Parse codes',
    'src/codes/parse.ts',
    `The reasons for which \`parseCertificate\`, \`parseRevocationList\`, \`decodePem\` and \`importBundle\` reject their input. Every failure
also has the byte offset of the fault, the element that contains it, and a message.`,
    table(
      ['code', 'meaning'],
      codes.map((code) => [`\`${code}\``, parseSentence(code)]),
    ),
  )
}

function deviationsDocument(): string {
  const sections = deviationCodes.map((code) => {
    const { clause, what, reading, writers, readers, remedy } = deviationInfo(code)
    const facts = { Clause: clause, 'Read as': reading, 'Written by': writers, 'Also read by': readers, Remedy: remedy }
    return [`## ${code}`, what, ...Object.entries(facts).map(([title, text]) => `- ${title}: ${text}`)]
      .join('\n')
      .replace('\n', '\n\n')
      .replace(`${what}\n`, `${what}\n\n`)
  })
  return document(
    'Deviations',
    'src/codes/deviation.ts',
    `Every byte is read as DER. These deviations from DER (X.690) and from the syntax of RFC 5280 are read too, because
certificates and CRLs in the field have them. Everything else is \`malformed\`. A deviation is read only if all of these hold:

- It can mean one thing only, or no decision in favour of a certificate depends on its meaning.
- The issuer signed these bytes.
- No decision is looser than for the same certificate in correct DER.
- OpenSSL and at least three of s2n, BoringSSL, Java, Go, GnuTLS and pyca read it.
- Something in the field writes it.

\`Certificate.deviations\` and \`RevocationList.deviations\` list code and byte offset. Policies with \`conformance: 'practical'\`
accept them. \`strict\` and \`web-pki\` reject the certificate as \`nonconforming\`; under them, a list that deviates clears no
certificate, and still revokes those that it names.`,
    ...sections,
  )
}

/** The name of each limit in the tables. */
const limitTitles: Readonly<Record<Exclude<keyof PlatformLimits, 'name'>, string>> = {
  strictPem: 'only PEM blocks and `#` comments without `-`',
  bundleBytes: 'size of the file in bytes',
  certificateBytes: 'size of a certificate in bytes',
  certificates: 'certificates',
  intermediates: 'intermediate certificates',
  subjectBytes: 'size of all subjects in bytes',
  roots: 'root certificates',
  needsCa: 'needs a CA certificate',
  chainLength: 'CA certificates up to the root',
  completeChains: 'every chain ends at a root',
  rsaBits: 'RSA key size in bits',
  curves: 'curves',
  hashes: 'signature hashes',
  versions: 'X.509 versions',
  sameSubjectAndKey: 'intermediates with the same subject and key',
  nameConstraints: 'name constraints in a CA certificate',
  clientAuth: 'clientAuth in the extended key usage of a CA, if present',
}

const consequenceTexts: Readonly<Record<Consequence, string>> = {
  bundle_refused: 'rejects the bundle',
  quota: 'rejects it unless the quota was raised',
  clients_refused: 'accepts it, and rejects clients',
}

function platformsDocument(): string {
  const sections = Object.entries(platforms).map(([platform, limits]) => {
    const rows = (Object.keys(limitTitles) as (keyof typeof limitTitles)[]).flatMap((name) => {
      const limit = limits[name]
      return limit === undefined
        ? []
        : [[limitTitles[name], limitValue(limit.value), consequenceTexts[limit.consequence], limit.source]]
    })
    return [
      `## ${limits.name}`,
      `\`platform: '${platform}'\``,
      table(['limit', 'value', 'otherwise the platform', 'source'], rows),
    ].join('\n\n')
  })
  return document(
    'Platforms',
    'src/lint/platform/limits.ts',
    `The limits that \`lintTruststore\` checks with the option \`platform\`. A bundle that the platform rejects is an \`error\`. If
a raised quota may allow the bundle, or if the platform only rejects some clients, it is a \`warning\`. All platforms take PEM.
Platforms change their limits: if a source and this table differ, the source is right and the table has a bug.`,
    ...sections,
  )
}

function limitValue(value: unknown): string {
  if (value === true) return 'yes'
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value === 'number') return value.toLocaleString('en-US')
  const { least, most } = value as { readonly least: number; readonly most?: number }
  if (most === undefined) return `at least ${least}`
  return least === most ? `exactly ${least}` : `${least} to ${most}`
}

const profileNames = Object.keys(profiles) as (keyof typeof profiles)[]

function profilesDocument(): string {
  const policyRows = interfaceMembers('src/policy/policy.ts', 'Policy')
    .filter(({ name }) => name !== 'budget')
    .map(({ name, comment }) => {
      const values = profileNames.map((profile) => code(profiles[profile][name as keyof Policy]))
      return [`\`${name}\``, ...values, comment]
    })
  const budgetRows = interfaceMembers('src/policy/policy.ts', 'Budget').map(({ name, comment }) => {
    const values = profileNames.map((profile) => code(profiles[profile].budget[name as keyof Budget]))
    return [`\`${name}\``, ...values, comment]
  })
  const columns = profileNames.map((profile) => `\`${profile}\``)
  return document(
    'Profiles',
    'src/policy/policy.ts',
    `The three built-in policies. \`apiGateway\` is the default. Derive others with \`{ ...profiles.apiGateway, … }\`. A policy
with a missing, unknown or mistyped field throws a \`TypeError\`.`,
    table(['field', ...columns, 'meaning'], policyRows),
    '## Budget',
    'Upper bounds on the work of one `verifyChain` call. A call that exceeds one fails with `budget_exhausted`.',
    table(['meter', ...columns, 'counts'], budgetRows),
  )
}

function code(value: unknown): string {
  if (Array.isArray(value)) return value.map(code).join(', ')
  return typeof value === 'number' ? value.toLocaleString('en-US') : `\`${String(value)}\``
}

function document(title: string, source: string, ...parts: readonly string[]): string {
  const note = `<!-- Written by \`npm run docs\` from ${source}. Do not edit. -->`
  return `${[`# ${title}`, note, ...parts].join('\n\n')}\n`
}

/** Pads columns as the Markdown formatter does. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [first = [], ...rest] = cells
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n')
}
