import type { Span } from '../../bytes/span.ts'
import { Reader } from '../../der/reader.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type DistributionPoint, pointNames, readDistributionPoints } from '../../x509/distribution-point.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import { canonicalName } from '../../x509/name.ts'
import type { RevocationEntry } from '../../x509/revocation-entries.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'

/** Which certificates and reasons a revocation list covers (RFC 5280 6.3.3 (b) and (d), 5.2.5). */

/** Every reason for which a certificate may be revoked: bits 1 to 8 of ReasonFlags. */
export const allReasons = 0x1fe

/** The reasons for which the list decides about the certificate; 0: it does not cover it. */
export function coveredReasons(
  certificate: CertificateView,
  points: readonly CertificatePoint[],
  list: RevocationListView,
): number {
  const { scope } = list
  if (scope !== undefined && !coversKind(certificate, list)) return 0
  const listReasons = scope?.reasons === undefined ? allReasons : scope.reasons & allReasons
  // Asked once: both names may be long.
  const isOwn = !list.isIndirect && certificate.issuerKey === list.issuerKey
  let covered = 0
  for (const point of points) {
    if (!(point.issuers === undefined ? isOwn : isIssuer(point.issuers, list)) || !matchesPoint(point, list)) continue
    covered |= point.reasons === undefined ? listReasons : listReasons & point.reasons
  }
  return covered
}

function coversKind(certificate: CertificateView, { scope }: RevocationListView): boolean {
  if (scope === undefined) return true
  if (scope.onlyContainsAttributeCerts) return false
  // Versions 1 and 2 do not tell whether they are a CA's.
  if ((scope.onlyContainsUserCerts || scope.onlyContainsCaCerts) && certificate.version !== 3) return false
  return !(scope.onlyContainsUserCerts && certificate.isCa) && !(scope.onlyContainsCaCerts && !certificate.isCa)
}

/**
 * A distribution point of a certificate, its names as texts that are equal for equal names. A search may ask every list about
 * it once a path, so it is read once.
 */
export interface CertificatePoint {
  /** As in {@link DistributionPoint}. */
  readonly reasons: number | undefined
  /** The directory names of cRLIssuer; `undefined` where that is absent, and the certificate's own issuer meant. */
  readonly issuers: ReadonlySet<string> | undefined
  readonly names: ReadonlySet<string>
}

/**
 * The certificate's distribution points, and one for every list of its own issuer, be it for no point or for the issuer's own name
 * (last paragraph of RFC 5280 6.3.3).
 *
 * @param pay charges a budget for what takes more work than reading the bytes, and answers whether it is paid
 */
export function pointsOf(certificate: CertificateView, pay: (units: number) => boolean): readonly CertificatePoint[] {
  const { extensions, issuerKey } = certificate
  const points: CertificatePoint[] = [{ reasons: undefined, issuers: undefined, names: new Set([`d:${issuerKey}`]) }]
  const value = extensions.value(ExtensionId.crlDistributionPoints)
  if (value === undefined) return points
  readDistributionPoints(new Reader(value), 'cRLDistributionPoints', (point) => points.push(readPoint(certificate, point, pay)))
  return points
}

function readPoint(certificate: CertificateView, point: DistributionPoint, pay: (units: number) => boolean): CertificatePoint {
  const { reasons, crlIssuer } = point
  const issuers = crlIssuer && directoryNames(crlIssuer)
  const [first = certificate.issuerKey] = issuers ?? []
  // A few bytes that are relative to a name are as long as that name.
  if (point.relativeName !== undefined && !pay(first.length)) return { reasons, issuers, names: new Set() }
  const names = pointNames(point, first)
  if (names.size === 0) for (const issuer of issuers ?? []) names.add(`d:${issuer}`)
  return { reasons, issuers, names }
}

/** RFC 5280 6.3.3 (b)(1): the list's issuer is the point's cRLIssuer, and the list indirect; or it is the certificate's. */
function isIssuer(issuers: ReadonlySet<string>, list: RevocationListView): boolean {
  return list.isIndirect && issuers.has(list.issuerKey)
}

/** RFC 5280 6.3.3 (b)(2)(i): a list for a named point is for certificates that name that point. */
function matchesPoint({ names }: CertificatePoint, list: RevocationListView): boolean {
  const wanted = list.pointNames
  if (wanted.size === 0) return true
  const [few, many] = names.size < wanted.size ? [names, wanted] : [wanted, names]
  for (const name of few) if (many.has(name)) return true
  return false
}

/** The directory names among GeneralName elements, canonical. */
function directoryNames(elements: Span): ReadonlySet<string> {
  const names = new Set<string>()
  const reader = new Reader(elements)
  while (!reader.atEnd()) {
    reader.next('cRLIssuer')
    if (reader.tag === GeneralNameTag.directory) names.add(canonicalName(reader.content()))
  }
  return names
}

/**
 * Whether an entry of the certificate's serial number is about the certificate: on indirect lists the issuer decides. `undefined` where
 * the entry names its issuer in a form that cannot be compared.
 */
export function entryIsFor(
  certificate: CertificateView,
  list: RevocationListView,
  { issuer }: RevocationEntry,
): boolean | undefined {
  if (issuer === undefined) return certificate.issuerKey === list.issuerKey
  const names = directoryNames(issuer)
  return names.size === 0 ? undefined : names.has(certificate.issuerKey)
}
