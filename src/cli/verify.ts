import { describeDer } from '../bytes/format.ts'
import { decodePem, looksLikeDer } from '../bytes/pem.ts'
import { importBundle } from '../import/import-bundle.ts'
import { explain } from '../lint/catalogue.ts'
import type { FileReport, ReportItem } from '../lint/report/file-report.ts'
import { printable, printableJson } from '../lint/report/printable.ts'
import { parseRevocationList } from '../path/revocation/judged-list.ts'
import { type Rejection, type Verdict, verifyChain } from '../path/verify.ts'
import { isoTime } from '../policy/fields.ts'
import type { Purpose } from '../policy/policy.ts'
import { buildTruststore, TruststoreError } from '../truststore/build.ts'
import type { Truststore } from '../truststore/store.ts'
import type { Certificate } from '../x509/certificate.ts'
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
import { bundleOf, type Input, isContainer, readInput, readInputs } from './input.ts'
import { reportFormats } from './output.ts'
import { renderReports } from './reports.ts'

const purposes: readonly Purpose[] = ['client', 'server', 'any']

async function run(given: Arguments, surroundings: Surroundings): Promise<Outcome> {
  const format = choiceOf(given, 'format', reportFormats, 'text')
  const policy = policyOf(given)
  const serverName = singleOf(given, 'name')
  const purpose = choiceOf(given, 'purpose', purposes, serverName === undefined ? policy.purpose : 'server')
  const at = timeOf(given)
  const bundles = given.values.get('truststore')
  if (bundles === undefined) throw new CliError('--truststore is missing: --truststore <bundle>')
  const store = storeOf(await readInputs(bundles), { policy, at })
  const lists = (await readInputs(given.values.get('crl') ?? [])).flatMap(listsOf)
  const input = await readInput(given.operands[0]!)
  const verdict = verifyChain(store, chainOf(input), {
    at,
    purpose,
    ...(serverName !== undefined && { serverName }),
    ...(lists.length > 0 && { revocation: { lists } }),
  })
  return { exitCode: verdict.ok ? 0 : 1, output: render(verdict, input.name, format, surroundings), format }
}

function storeOf(inputs: readonly Input[], options: Parameters<typeof buildTruststore>[1]): Truststore {
  try {
    return buildTruststore(inputs.flatMap(bundleOf), options)
  } catch (error) {
    if (!(error instanceof TruststoreError)) throw error
    const names = inputs.map(({ name }) => printable(name)).join(', ')
    throw new CliError(`${names}: ${printable(error.message)}`, '`portcullis lint` lists everything that is wrong with it.')
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

function render(verdict: Verdict, file: string, format: (typeof reportFormats)[number], surroundings: Surroundings): string {
  if (format === 'json') return `${printableJson({ file, ...plain(verdict) })}\n`
  if (format !== 'text') {
    const report: FileReport = { file, problems: verdict.ok ? [] : [problemOf(verdict)] }
    return renderReports([report], format, surroundings)
  }
  const { paint } = surroundings
  const name = printable(file)
  if (!verdict.ok) {
    const { code, message } = verdict
    return `${name}  ${paint('red', 'rejected')}  ${paint('bold', code)}  ${printable(message)}\n${explain(code).remedy}\n`
  }
  const path = verdict.path.map(({ subject, notAfter }, i) => {
    return `${'  '.repeat(i)}${i === 0 ? '' : '└ '}${printable(subject)}, until ${isoTime(notAfter.getTime())}\n`
  })
  return `${name}  ${paint('green', 'accepted')}\n${path.join('')}`
}

function problemOf({ code, message, index, certificate }: Rejection): ReportItem {
  return {
    code,
    severity: 'error',
    message,
    citation: explain(code).citation,
    index,
    ...(certificate && { fingerprint: certificate.fingerprint }),
  }
}

function plain(verdict: Verdict): object {
  if (verdict.ok) return { ok: true, path: verdict.path.map(certificateOf) }
  const { code, message, index, certificate, offset } = verdict
  return {
    ok: false,
    code,
    message,
    index,
    ...(offset !== undefined && { offset }),
    ...(certificate && { certificate: certificateOf(certificate) }),
  }
}

function certificateOf({ subject, issuer, serialNumber, notBefore, notAfter, fingerprint }: Certificate): object {
  return {
    subject,
    issuer,
    serialNumber,
    notBefore: isoTime(notBefore.getTime()),
    notAfter: isoTime(notAfter.getTime()),
    fingerprint,
  }
}

export const verifyCommand: Command = {
  operands: '<chain.pem | ->',
  least: 1,
  most: 1,
  options: {
    truststore: { value: '<bundle>', multiple: true, help: 'CAs to trust.' },
    crl: { value: '<file>', multiple: true, help: 'Revocation list; with one, every certificate must be covered.' },
    purpose: { value: '<purpose>', help: "client, server or any. Default: the profile's, or server if --name is given." },
    name: { value: '<host>', help: 'DNS name or IP address that the certificate must match.' },
    at: atOption,
    profile: profileOption,
    format: formatOption(...reportFormats),
  },
  notes: ['The chain starts with the leaf. Other presented certificates follow; the profile decides whether they are used.'],
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
  ],
  run,
}
