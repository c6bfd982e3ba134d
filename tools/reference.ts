import type { LintCode } from '../src/codes/lint.ts'
import { type ParseCode, parseSentence } from '../src/codes/parse.ts'
import { type CodeMappings, rejectCodes, rejectInfo } from '../src/codes/reject.ts'
import { ruleCatalogue } from '../src/lint/catalogue.ts'
import { type Consequence, type PlatformLimits, platforms } from '../src/lint/platform/limits.ts'
import { type Budget, type Policy, profiles } from '../src/policy/policy.ts'
import { flaws } from '../test/support/flawed-bundles.ts'
import { platformCases } from '../test/support/platform-bundles.ts'
import { constantKeys, interfaceMembers } from './source-text.ts'

/** The documents under docs/reference, each made of the tables that the library itself works with. */
export const referenceDocuments: Readonly<Record<string, () => string>> = {
  'reject-codes.md': rejectCodesDocument,
  'lints.md': lintsDocument,
  'parse-codes.md': parseCodesDocument,
  'profiles.md': profilesDocument,
  'platforms.md': platformsDocument,
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
    const others = rows.length === 0 ? 'No other system names it.' : table(['system', 'its name for it'], rows)
    return [`## ${code}`, summary, `- Citation: ${citation}\n- Remedy: ${remedy}`, others].join('\n\n')
  })
  return document(
    'Reject codes',
    'src/codes/reject.ts',
    `Why \`verifyChain\` refuses a chain. \`explain(code)\` gives the same at run time. Codes are never renamed.

Where several candidate paths fail, the most specific failure is reported: the one whose code stands last in this list.`,
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
    `What \`lintTruststore\` and \`buildTruststore\` find. \`explain(code)\` gives the same at run time. Codes are never renamed.

- \`error\`: the certificate cannot be used and is left out of the truststore.
- \`warning\`: it is used, but it is doubtful.
- \`info\`: worth knowing.

A rule may report another severity than its own where its summary says so. A waiver silences a finding until a date. What each
rule fires on and is silent on are certificates of \`test/support/flawed\`, by which a test proves it.`,
    table(['code', 'severity', 'finding'], rows),
    ...sections,
  )
}

/** What the rule fires on, and what it is silent on: the certificates by which a test proves it. */
function examplesOf(code: LintCode): readonly string[] {
  const onPlatforms = platformCases.filter((each) => each.code === code).map(({ platform, name }) => `${platform}: ${name}`)
  const own = flaws.filter((flaw) => flaw.code === code)
  const fires = [...own.map(({ name }) => name), ...onPlatforms].join('; ')
  const silent = own.flatMap(({ mended }) => (mended === undefined ? [] : [mended[0]])).join('; ')
  return [`Fires on: ${escaped(fires)}`, ...(silent === '' ? [] : [`Silent on: ${escaped(silent)}`])]
}

/** Stars would be emphasis. */
function escaped(text: string): string {
  return text.replaceAll('*', '\\*')
}

function parseCodesDocument(): string {
  const codes = constantKeys('src/codes/parse.ts', 'sentences') as readonly ParseCode[]
  return document(
    'Parse codes',
    'src/codes/parse.ts',
    `Why \`parseCertificate\`, \`parseRevocationList\` and \`decodePem\` did not read their input. Every failure also has the byte
offset of the fault, the element it is in, and a message.`,
    table(
      ['code', 'meaning'],
      codes.map((code) => [`\`${code}\``, parseSentence(code)]),
    ),
  )
}

/** What a limit is called, and how its value is written. */
const limitTitles: Readonly<Record<Exclude<keyof PlatformLimits, 'name'>, string>> = {
  strictPem: 'PEM blocks and `#` comments without `-` alone',
  bundleBytes: 'bytes of the file',
  certificateBytes: 'bytes of a certificate',
  certificates: 'certificates',
  intermediates: 'intermediate certificates',
  subjectBytes: 'bytes of all subjects',
  roots: 'root certificates',
  needsCa: 'a CA among them',
  chainLength: 'CA certificates up to the root',
  completeChains: 'chains complete up to a root',
  rsaBits: 'bits of RSA keys',
  curves: 'curves',
  hashes: 'hashes of signatures',
  versions: 'X.509 versions',
  sameSubjectAndKey: 'intermediates of one subject and key',
  nameConstraints: 'name constraints of a CA',
  clientAuth: 'clientAuth, where a CA has an extended key usage',
}

const consequenceTexts: Readonly<Record<Consequence, string>> = {
  bundle_refused: 'refuses the bundle',
  quota: 'refuses it unless the quota was raised',
  clients_refused: 'takes it, and refuses clients',
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
      table(['limit', 'value', 'beyond it, the platform', 'source'], rows),
    ].join('\n\n')
  })
  return document(
    'Platforms',
    'src/lint/platform/limits.ts',
    `What \`lintTruststore\` with \`platform\` judges a bundle by. A bundle that the platform refuses is an \`error\`; what a
raised quota may allow, and what only costs clients, is a \`warning\`. All of them take PEM. Platforms change their limits:
where a source says something else now, the source is right, and this table has a bug.`,
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
    `The three policies that are kept. \`apiGateway\` is the default. Derive others with \`{ ...profiles.apiGateway, … }\`; a policy
with a missing, unknown or mistyped field is refused with a \`TypeError\`.`,
    table(['field', ...columns, 'meaning'], policyRows),
    '## Budget',
    'Upper bounds on the work of one `verifyChain` call. Exceeding one is `budget_exhausted`.',
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

/** Columns are padded as the formatter pads them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [first = [], ...rest] = cells
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n')
}
