import type { Span } from '../../bytes/span.ts'
import { Reader } from '../../der/reader.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type DistributionPoint, pointNames, readDistributionPoints } from '../../x509/distribution-point.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import * as GeneralNameTag from '../../x509/ids/general-name-tag.ts'
import { hasAmbiguousNames, mayBeEqual } from '../../x509/loose-name.ts'
import { canonicalName } from '../../x509/name.ts'
import type { RevocationEntry } from '../../x509/revocation-entries.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import type { SignedView } from '../../x509/signed.ts'

/** The scope of revocation lists: the certificates and reasons that a list covers (RFC 5280 6.3.3 (b) and (d), 5.2.5). */

/** All revocation reasons: bits 1 to 8 of ReasonFlags. */
export const allReasons = 0x1fe

/** The reasons for which the list covers the certificate; 0 if it does not cover it. */
export function coveredReasons(
  certificate: CertificateView,
  points: readonly CertificatePoint[],
  list: RevocationListView,
): number {
  const { scope } = list
  if (scope !== undefined && !coversKind(certificate, list)) return 0
  const listReasons = scope?.reasons === undefined ? allReasons : scope.reasons & allReasons
  // Compared once, because both names may be long.
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
  // Version 1 and 2 certificates do not state whether they are CAs.
  if ((scope.onlyContainsUserCerts || scope.onlyContainsCaCerts) && certificate.version !== 3) return false
  return !(scope.onlyContainsUserCerts && certificate.isCa) && !(scope.onlyContainsCaCerts && !certificate.isCa)
}

/**
 * A distribution point of a certificate, with names in canonical form. It is read once, because a search may compare it with
 * every list on every path.
 */
export interface CertificatePoint {
  /** As in {@link DistributionPoint}. */
  readonly reasons: number | undefined
  /** The directory names of cRLIssuer. `undefined` if that is absent: then the certificate's issuer signs the list. */
  readonly issuers: ReadonlySet<string> | undefined
  /** The same names as they are written. */
  readonly issuerNames: readonly Span[]
  readonly names: ReadonlySet<string>
}

/**
 * The distribution points of a certificate, and one more for lists of its issuer that have no distribution point name or the
 * issuer's own (last paragraph of RFC 5280 6.3.3).
 *
 * @param pay charges the budget for work beyond reading the bytes; false if the budget is exhausted
 */
export function pointsOf(certificate: CertificateView, pay: (units: number) => boolean): readonly CertificatePoint[] {
  const { extensions, issuerKey } = certificate
  const points: CertificatePoint[] = [
    { reasons: undefined, issuers: undefined, issuerNames: [], names: new Set([`d:${issuerKey}`]) },
  ]
  const value = extensions.value(ExtensionId.crlDistributionPoints)
  if (value === undefined) return points
  readDistributionPoints(new Reader(value), 'cRLDistributionPoints', (point) => points.push(readPoint(certificate, point, pay)))
  return points
}

function readPoint(certificate: CertificateView, point: DistributionPoint, pay: (units: number) => boolean): CertificatePoint {
  const { reasons, crlIssuer } = point
  const issuerNames = crlIssuer === undefined ? [] : directoryNames(crlIssuer)
  const issuers = crlIssuer && new Set(issuerNames.map(canonicalName))
  const [first = certificate.issuerKey] = issuers ?? []
  // A relative name of a few bytes becomes as long as the name that it is relative to.
  if (point.relativeName !== undefined && !pay(first.length)) return { reasons, issuers, issuerNames, names: new Set() }
  const names = pointNames(point, first)
  if (names.size === 0) for (const issuer of issuers ?? []) names.add(`d:${issuer}`)
  return { reasons, issuers, issuerNames, names }
}

/** RFC 5280 6.3.3 (b)(1): if the point has a cRLIssuer, the list must be indirect and issued by it. */
function isIssuer(issuers: ReadonlySet<string>, list: RevocationListView): boolean {
  return list.isIndirect && issuers.has(list.issuerKey)
}

/** RFC 5280 6.3.3 (b)(2)(i): a list with a distribution point name covers only certificates that name that point. */
function matchesPoint({ names }: CertificatePoint, list: RevocationListView): boolean {
  const listNames = list.pointNames
  if (listNames.size === 0) return true
  const [few, many] = names.size < listNames.size ? [names, listNames] : [listNames, names]
  for (const name of few) if (many.has(name)) return true
  return false
}

/** The directory names among GeneralName elements. */
function directoryNames(elements: Span): readonly Span[] {
  const names: Span[] = []
  const reader = new Reader(elements)
  while (!reader.atEnd()) {
    reader.next('cRLIssuer')
    if (reader.tag === GeneralNameTag.directory) names.push(reader.content())
  }
  return names
}

/**
 * Whether an entry with the certificate's serial number is about this certificate. Entries of indirect lists name the
 * certificate's issuer; `undefined` if that name has a form that cannot be compared, or can be read in several ways.
 */
export function entryIsFor(
  certificate: CertificateView,
  list: RevocationListView,
  { issuer }: RevocationEntry,
): boolean | undefined {
  const names = issuer === undefined ? [list.issuerName] : directoryNames(issuer)
  if (names.length === 0) return undefined
  if (names.some((name) => canonicalName(name) === certificate.issuerKey)) return true
  return maySayName(certificate, list, [certificate.issuerName], names) ? undefined : false
}

/**
 * Whether a name of a list may be one of a certificate's, although they are not equal: bytes above 7F can be read in several ways. Such
 * a list clears nothing, and rejects the certificates that it names.
 */
export function maySayName(
  certificate: SignedView,
  list: SignedView,
  names: readonly Span[],
  listNames: readonly Span[],
): boolean {
  if (!hasAmbiguousNames(certificate) && !hasAmbiguousNames(list)) return false
  return names.some((name) => listNames.some((other) => mayBeEqual(name, other)))
}
