import { type DeviationCode, deviationCodes, deviationInfo } from '../codes/deviation.ts'
import type { LintCode } from '../codes/lint.ts'
import { type ParseCode, parseCodes, parseSentence } from '../codes/parse.ts'
import { type CodeInfo, type RejectCode, rejectCodes } from '../codes/reject.ts'
import type { HeaderCode } from '../headers/result.ts'
import { explain, ruleCatalogue } from '../lint/catalogue.ts'
import type { CloseCode } from '../node/gate/refuse.ts'
import type { SourceFailure } from '../node/source/handle.ts'
import type { OwnershipReason } from '../ownership/check-ownership.ts'

/** Every code that portcullis has, with its meaning. Types guarantee that the tables are complete. */

type OwnershipCode = OwnershipReason['code']
/** Why a source does not use a version: a failure, or a version that is held back. */
type SourceStatus = SourceFailure | 'held'
type GateCode = Exclude<CloseCode, RejectCode>

/** A code of any part of portcullis. */
export type KnownCode = RejectCode | LintCode | DeviationCode | GateCode | HeaderCode | ParseCode | OwnershipCode | SourceStatus

/** Summary, citation and remedy. */
type Row = readonly [summary: string, citation: string, remedy: string]

const gateGuide = 'docs/guides/gate.md'
const headerGuide = 'docs/guides/headers.md'
const sourceGuide = 'docs/guides/truststore-sources.md'

const gateRows: Readonly<Record<GateCode, Row>> = {
  no_certificate: [
    'The client presented no certificate, or the proxy says so.',
    `RFC 8446 4.4.2.4; ${gateGuide}`,
    'Configure a certificate in the client. If it has one, the server must ask for it: requestCert, or the proxy’s option.',
  ],
  unknown_domain: [
    'The gate has no entry in domains for the server name that the client asked for.',
    gateGuide,
    'Add the name to domains, or have the client connect to a name that is there.',
  ],
  misdirected_request: [
    'The request is for another domain than the connection, whose truststore accepted the client.',
    `RFC 9110 15.5.20; ${gateGuide}`,
    'Have the client open a connection of its own for that domain.',
  ],
  not_authorized: [
    'The certificate is valid, but authorize, an allow-list or gate.disconnect rejected the client.',
    gateGuide,
    'Allow the client’s identity in authorize or in the list.',
  ],
  authorizer_failed: [
    'The authorize function threw.',
    gateGuide,
    'Read the error in onReject, and fix the function or its database.',
  ],
  authorizer_timeout: [
    'The authorize function took longer than authorizeTimeoutMs.',
    gateGuide,
    'Make it faster, remember answers with authorizeTtlMs, or raise the timeout.',
  ],
  overloaded: [
    'Too many connections wait for authorize, in total or from one address.',
    gateGuide,
    'Make authorize faster, or raise maxPending or maxPendingPerAddress.',
  ],
  not_judged: [
    'The connection reached the server without a verdict.',
    gateGuide,
    'Call mutualTls before the server listens, and let no other code emit connections.',
  ],
  internal_error: [
    'The gate’s own configuration failed, for example a revocation function that threw.',
    gateGuide,
    'Read the error in onReject.',
  ],
  max_age_reached: [
    'An open connection was closed because it reached maxConnectionAgeMs.',
    gateGuide,
    'The client may connect again.',
  ],
}

const headerRows: Readonly<Record<Exclude<HeaderCode, GateCode>, Row>> = {
  duplicate_header: [
    'A header with a client certificate occurs more than once, so it is unknown which one the proxy wrote.',
    `RFC 9110 5.3; ${headerGuide}`,
    'Have the proxy remove the client’s headers of that name before it adds its own.',
  ],
  oversized_header: [
    'A header is longer than 65,536 characters, or the platform left it out because of its size.',
    headerGuide,
    'Use smaller certificates, or have the proxy send the leaf alone.',
  ],
  malformed_header: [
    'A header is not exactly in the format of the proxy or platform.',
    headerGuide,
    'Check that the format fits the proxy, and that no server in between joins or rewrites headers.',
  ],
  malformed_certificate: [
    'The header has the right format, but the certificate in it is malformed.',
    `RFC 5280 4.1; ${headerGuide}`,
    'Inspect the certificate at the byte offset given, and re-issue it.',
  ],
  inconsistent_headers: [
    'A header contradicts the certificate in another header.',
    headerGuide,
    'Check that one proxy writes all of the headers, and that it removes those of the client.',
  ],
  refused_by_proxy: ['The proxy knows that the certificate is revoked.', headerGuide, 'Issue a new certificate.'],
}

const ownershipRows: Readonly<Record<OwnershipCode, Row>> = {
  server_certificate_malformed: ownership('The server certificate cannot be read.', 'Import a PEM or DER certificate.'),
  server_certificate_expired: ownership('The server certificate has expired.', 'Import its successor.'),
  server_certificate_not_yet_valid: ownership('The server certificate is not valid yet.', 'Wait, or import its predecessor.'),
  server_name_mismatch: ownership('The server certificate is not for the domain.', 'Import one whose names include the domain.'),
  server_name_not_owned: ownership(
    'The server certificate has a name that the ownership certificate does not cover.',
    'Use an ownership certificate for all of its names, or a server certificate without that name.',
  ),
  ownership_certificate_malformed: ownership('The ownership certificate cannot be read.', 'Request it from ACM again.'),
  ownership_certificate_expired: ownership('The ownership certificate has expired.', 'Renew it in ACM.'),
  ownership_certificate_not_yet_valid: ownership('The ownership certificate is not valid yet.', 'Wait until it is.'),
  ownership_name_mismatch: ownership('The ownership certificate is not for the domain.', 'Request one for the domain from ACM.'),
}

function ownership(summary: string, remedy: string): Row {
  return [summary, 'API Gateway: ownership verification certificates', remedy]
}

const sourceRows: Readonly<Record<SourceStatus, Row>> = {
  held: [
    'The file or URL has a version that rollBack holds back. The truststore in use stays.',
    sourceGuide,
    'Provide another version, or call source.rollBack with this one to use it again.',
  ],
  unreadable: [
    'The truststore’s file or URL could not be read completely.',
    sourceGuide,
    'The message names the cause: a missing file, a timeout, a status of the server.',
  ],
  invalid: [
    'The new version is damaged, has no usable certificate or accepts nobody, or has an error and strict is set.',
    sourceGuide,
    'Run `portcullis lint` on it.',
  ],
  no_overlap: [
    'The new version drops every issuer that is accepted now.',
    sourceGuide,
    'If that is meant, call refresh({ allowEmptyOverlap: true }).',
  ],
  rollback: [
    'The version was in use before and was replaced, and onRollback is refuse.',
    sourceGuide,
    'If it is meant, call refresh({ allowRollback: true }) or source.rollBack.',
  ],
}

const rows: ReadonlyMap<string, Row> = new Map<string, Row>(
  [gateRows, headerRows, ownershipRows, sourceRows].flatMap((table) => Object.entries(table)),
)

/** All codes. One that both a verdict and a finding have is explained as the verdict's. */
export const knownCodes: readonly string[] = [
  ...new Set<string>([...rejectCodes, ...ruleCatalogue.keys(), ...deviationCodes, ...rows.keys(), ...parseCodes]),
]

/** The meaning of a code in {@link knownCodes}. */
export function infoOf(code: string): CodeInfo {
  const row = rows.get(code)
  if (row !== undefined) return { code, summary: row[0], citation: row[1], remedy: row[2], mappings: {} }
  const isExplained = rejectCodes.includes(code as RejectCode) || ruleCatalogue.has(code as LintCode)
  if (isExplained) return explain(code as RejectCode)
  return deviationCodes.includes(code as DeviationCode) ? infoOfDeviation(code as DeviationCode) : parseInfo(code as ParseCode)
}

function infoOfDeviation(code: DeviationCode): CodeInfo {
  const { what, clause, remedy } = deviationInfo(code)
  return { code, summary: what, citation: clause, remedy, mappings: {} }
}

function parseInfo(code: ParseCode): CodeInfo {
  const sentence = parseSentence(code)
  const remedy = code.startsWith('pem_')
    ? 'Copy the whole block again, from the BEGIN to the END line, each on a line of its own.'
    : code === 'empty_input'
      ? 'Check where the input comes from: a client that presented no certificate, or an empty file.'
      : 'Re-issue the certificate or list with a correct tool. The message names the element and the byte; `portcullis inspect` shows what comes before it.'
  return {
    code,
    summary: `The input cannot be parsed: ${sentence}.`,
    citation: /\(([^()]+)\)$/.exec(sentence)?.[1] ?? (code.startsWith('pem_') ? 'RFC 7468' : 'X.690; RFC 5280 4.1, 5.1'),
    remedy,
    mappings: {},
  }
}
