import { describeDer } from '../bytes/format.ts'
import { decodePem, describeMissingPem, isCertificateLabel, looksLikeDer, scanPem } from '../bytes/pem.ts'
import { importBundle } from '../import/import-bundle.ts'
import { explain } from '../lint/catalogue.ts'
import type { FileReport, ReportItem } from '../lint/report/file-report.ts'
import { printable, printableJson } from '../lint/report/printable.ts'
import { parseRevocationList } from '../path/revocation/judged-list.ts'
import { type Rejection, type Verdict, verifyChain } from '../path/verify.ts'
import type { RevocationCheck } from '../path/verify-options.ts'
import { isoTime } from '../policy/fields.ts'
import { buildTruststore, TruststoreError } from '../truststore/build.ts'
import type { Truststore } from '../truststore/store.ts'
import { parseCertificate } from '../x509/parse-certificate.ts'
import type { RevocationList } from '../x509/revocation-list.ts'
import {
  type Arguments,
  atOption,
  CliError,
  type Command,
  choiceOf,
  formatOption,
  type Outcome,
  policyOf,
  profileOption,
  type Surroundings,
  singleOf,
  timeOf,
} from './command.ts'
import { fetchChain, readServerAddress } from './connect.ts'
import { bundleOf, type Input, isContainer, readInputs } from './input.ts'
import { type ReportFormat, reportFormats } from './output.ts'
import { purposeOf, untilOption } from './purpose.ts'
import { orderHint, remedyUnder, unusable } from './remedies.ts'
import { renderReports } from './reports.ts'

/** A chain to verify: a file, or what a server presents. */
interface Peer {
  readonly name: string
  readonly chain: readonly Uint8Array[]
}

/** A peer's verdict, and what to do about a rejection. */
interface Judged {
  readonly file: string
  readonly verdict: Verdict
  readonly remedy: string
}

async function run(given: Arguments, surroundings: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', reportFormats, 'text')
  const connection = singleOf(given, 'connect')
  const server = connection === undefined ? undefined : readServerAddress(connection)
  if (server === undefined && given.operands.length === 0) throw new CliError(`${operands} is missing`)
  if (server !== undefined && given.operands.length > 0) throw new CliError('give files or --connect, not both')
  // A server's chain is verified as browsers do: with its intermediates.
  const policy = policyOf(given, server === undefined ? 'api-gateway' : 'web-server')
  const serverName = singleOf(given, 'name') ?? server?.host
  const purpose = purposeOf(given, serverName === undefined ? policy.purpose : 'server')
  const at = timeOf(given)
  const bundles = given.values.get('truststore')
  if (bundles === undefined) throw new CliError('--truststore is missing: --truststore <bundle>')
  const revocation = await revocationOf(given)
  const store = storeOf(await readInputs(bundles), { policy, at })
  const options = { at, purpose, ...(serverName !== undefined && { serverName }), ...(revocation && { revocation }) }
  const peers =
    server === undefined
      ? peersOf(await readInputs(given.operands))
      : [{ name: connection!, chain: await fetchChain(server, serverName!) }]
  const settings = { policy, unknown: revocation?.unknown ?? 'refuse' }
  const judged = peers.map(({ name, chain }): Judged => {
    const verdict = verifyChain(store, chain, options)
    return { file: name, verdict, remedy: verdict.ok ? '' : remedyUnder(settings, verdict.code) + orderHint(chain) }
  })
  const isAccepted = judged.every(({ verdict }) => verdict.ok)
  return { exitCode: isAccepted ? 0 : 1, output: render(judged, format, surroundings), format }
}

/** `--crl`, and the options that say how lists count. These are errors without a list. */
async function revocationOf(given: Arguments): Promise<RevocationCheck | undefined> {
  const files = given.values.get('crl')
  const depth = choiceOf(given, 'depth', ['chain', 'leaf'], 'chain')
  const unknown = choiceOf(given, 'unknown', ['refuse', 'allow'], 'refuse')
  if (files !== undefined) return { lists: (await readInputs(files)).flatMap(listsOf), depth, unknown }
  for (const name of ['depth', 'unknown'])
    if (singleOf(given, name) !== undefined) throw new CliError(`--${name} needs revocation lists: --crl <file>`)
  return undefined
}

/** One store of all files, each of which must have a certificate: another one must not hide that a file was not read. */
function storeOf(inputs: readonly Input[], options: Parameters<typeof buildTruststore>[1]): Truststore {
  const faults = inputs.flatMap(({ name, bytes }) => {
    const blocks = scanPem(bytes)
    const isRead = looksLikeDer(bytes) || isContainer(bytes) || blocks.some(({ label }) => isCertificateLabel(label))
    return isRead ? [] : [`${printable(name)}: ${printable(describeMissingPem(bytes, 'CERTIFICATE', blocks))}`]
  })
  if (faults.length > 0 && faults.length < inputs.length) throw new CliError(faults)
  try {
    return buildTruststore(inputs.flatMap(bundleOf), options)
  } catch (error) {
    if (!(error instanceof TruststoreError)) throw error
    throw unusable(inputs.map(({ name }) => name).join(', '), error)
  }
}

/** The lists of a file: one in DER, or several one after another, in PEM, DER or PKCS #7. */
function listsOf({ name, bytes }: Input): readonly RevocationList[] {
  const imported = importBundle(bytes)
  const lists = imported.ok ? imported.value.revocationLists : []
  return (lists.length > 0 ? lists : [bytes]).map((list) => {
    const parsed = parseRevocationList(list)
    if (parsed.ok) return parsed.value
    throw new CliError(`${printable(name)} is not a revocation list: ${printable(parsed.message)}`)
  })
}

/** The peer's certificates, leaf first. DER input is passed on unparsed, so that `verifyChain` can report its faults. */
function chainOf(input: Input): readonly Uint8Array[] {
  const { name, bytes } = input
  if (isContainer(bytes)) return leafFirst([bundleOf(input)].flat())
  if (looksLikeDer(bytes)) {
    const known = describeDer(bytes, false)
    if (known !== undefined) throw new CliError(`${printable(name)} has no certificates: ${known}`)
    return [bytes]
  }
  const decoded = decodePem(bytes)
  if (decoded.ok) return decoded.value
  throw new CliError(`${printable(name)} has no certificates: ${printable(decoded.message)}`)
}

/** PKCS #7 has no order: the first certificate that is no CA is the leaf. */
function leafFirst(certificates: readonly Uint8Array[]): readonly Uint8Array[] {
  const isLeaf = (der: Uint8Array): boolean => {
    const parsed = parseCertificate(der)
    return parsed.ok && parsed.value.basicConstraints?.ca !== true
  }
  const leaf = certificates.find(isLeaf)
  return leaf === undefined ? certificates : [leaf, ...certificates.filter((der) => der !== leaf)]
}

/** @throws CliError that names every file without certificates */
function peersOf(inputs: readonly Input[]): readonly Peer[] {
  const problems: string[] = []
  const peers = inputs.flatMap((input): readonly Peer[] => {
    try {
      return [{ name: input.name, chain: chainOf(input) }]
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      problems.push(...error.problems)
      return []
    }
  })
  if (problems.length > 0) throw new CliError(problems)
  return peers
}

function render(judged: readonly Judged[], format: ReportFormat, surroundings: Surroundings): string {
  if (format === 'json') return `${printableJson(plain(judged))}\n`
  if (format !== 'text') {
    const reports = judged.map(
      ({ file, verdict, remedy }): FileReport => ({
        file,
        problems: verdict.ok ? [] : [problemOf(verdict, remedy)],
      }),
    )
    return renderReports(reports, format, surroundings)
  }
  const { paint } = surroundings
  const texts = judged.map((each) => textOf(each, surroundings))
  if (judged.length === 1) return texts.join('')
  const { accepted, rejected } = countsOf(judged)
  const counts = [paint('green', `${accepted} accepted`), paint(rejected === 0 ? 'dim' : 'red', `${rejected} rejected`)]
  return `${texts.join('')}${counts.join(', ')}\n`
}

function textOf({ file, verdict, remedy }: Judged, { paint }: Surroundings): string {
  const name = printable(file)
  if (!verdict.ok) {
    const { code, message } = verdict
    return `${name}  ${paint('red', 'rejected')}  ${paint('bold', code)}  ${printable(message)}\n${printable(remedy)}\n`
  }
  const path = verdict.path.map(({ subject, notAfter }, i) => {
    return `${'  '.repeat(i)}${i === 0 ? '' : '└ '}${printable(subject)}, until ${isoTime(notAfter.getTime())}\n`
  })
  const note = verdict.purpose === 'server' ? '  only until the transition ends: no clientAuth in extendedKeyUsage' : ''
  return `${name}  ${paint('green', 'accepted')}${note}\n${path.join('')}`
}

function countsOf(judged: readonly Judged[]): { readonly accepted: number; readonly rejected: number } {
  const accepted = judged.filter(({ verdict }) => verdict.ok).length
  return { accepted, rejected: judged.length - accepted }
}

function problemOf({ code, message, index, certificate }: Rejection, remedy: string): ReportItem {
  return {
    code,
    severity: 'error',
    message,
    citation: explain(code).citation,
    remedy,
    index,
    ...(certificate && { fingerprint: certificate.fingerprint }),
  }
}

/** Verdicts in the form of docs/guides/json.md: of one file as itself, of several in a list with the totals. */
function plain(judged: readonly Judged[]): object {
  const files = judged.map(({ file, verdict, remedy }) => {
    return { file, ...verdict, ...(!verdict.ok && { remedy }) }
  })
  return files.length === 1 ? files[0]! : { counts: countsOf(judged), files }
}

const operands = '<chain.pem… | ->'

export const verifyCommand: Command = {
  operands,
  // None with --connect.
  least: 0,
  most: Number.POSITIVE_INFINITY,
  options: {
    truststore: { value: '<bundle>', multiple: true, help: 'CAs to trust.' },
    crl: {
      value: '<file>',
      multiple: true,
      help: 'Revocation list; with one, every certificate must be covered. See --depth and --unknown.',
    },
    depth: { value: '<depth>', help: 'With --crl: chain (default), or leaf to check only the leaf.' },
    unknown: { value: '<verdict>', help: 'With --crl: refuse (default) or allow certificates that no list covers.' },
    connect: { value: '<host:port>', help: 'Verify the chain that this TLS server presents, and its name, instead of files.' },
    purpose: {
      value: '<purpose>',
      help: "client, server, any, or client-or-server until a date. Default: the profile's, or server with --name or --connect.",
    },
    until: untilOption,
    name: { value: '<host>', help: 'DNS name or IP address that the certificate must match. Default with --connect: its host.' },
    at: atOption,
    profile: { ...profileOption, help: `${profileOption.help} Default with --connect: web-server.` },
    format: formatOption(...reportFormats),
  },
  notes: [
    'Each file is one chain and starts with the leaf. Other presented certificates follow; the profile decides whether they are used.',
    'Exit code 1: at least one is rejected.',
  ],
  examples: [
    { does: 'would API Gateway accept this client?', line: 'portcullis verify --truststore truststore.pem client.pem' },
    {
      does: 'the same with a revocation list',
      line: 'portcullis verify --truststore truststore.pem --crl clients.crl client.pem',
    },
    {
      does: 'verify the certificate of a public server',
      line: 'portcullis verify --truststore roots.pem --profile web-server --name example.com chain.pem',
    },
    { does: 'the same for a server that runs', line: 'portcullis verify --truststore roots.pem --connect example.com:443' },
    { does: 'which of these clients would be rejected?', line: 'portcullis verify --truststore next.pem clients/*.pem' },
  ],
  run,
}
