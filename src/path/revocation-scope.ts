import { hexOfRange } from '../bytes/hex.ts'
import { Reader } from '../der/reader.ts'
import type { CertificateView } from '../x509/certificate.ts'
import { type DistributionPoint, readDistributionPoints } from '../x509/distribution-point.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import * as GeneralNameTag from '../x509/general-name-tag.ts'
import { canonicalName, canonicalRdn } from '../x509/name.ts'
import type { RevocationEntry } from '../x509/revocation-entry.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'

/** Which certificates and reasons a revocation list covers (RFC 5280 6.3.3 (b) and (d), 5.2.5). */

/** Every reason for which a certificate may be revoked: bits 1 to 8 of ReasonFlags. */
export const allReasons = 0x1fe

/** The reasons for which the list decides about the certificate; 0: it does not cover it. */
export function coveredReasons(
  certificate: CertificateView,
  points: readonly DistributionPoint[],
  list: RevocationListView,
): number {
  const { scope } = list
  if (scope !== undefined && !coversKind(certificate, list)) return 0
  const listReasons = scope === undefined || scope.reasons < 0 ? allReasons : scope.reasons & allReasons
  let covered = 0
  for (const point of points) {
    if (!isIssuerFor(certificate, point, list) || !matchesPoint(certificate, point, list)) continue
    covered |= point.reasons < 0 ? listReasons : listReasons & point.reasons
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

/** A point without names: any list of the certificate's own issuer (end of RFC 5280 6.3.3). */
const ownIssuer: DistributionPoint = {
  fullNameStart: 0,
  fullNameEnd: 0,
  relativeStart: 0,
  relativeEnd: 0,
  reasons: -1,
  crlIssuerStart: 0,
  crlIssuerEnd: 0,
}

/**
 * The certificate's distribution points; where it has none, or one at least that leaves revocation to its own issuer,
 * also every list of that issuer.
 */
export function pointsOf({ bytes, extensions }: CertificateView): readonly DistributionPoint[] {
  const index = extensions.find(ExtensionId.crlDistributionPoints)
  if (index < 0) return [ownIssuer]
  const points: DistributionPoint[] = []
  const reader = new Reader(bytes, extensions.valueStartAt(index), extensions.valueEndAt(index))
  readDistributionPoints(reader, 'cRLDistributionPoints', (point) => points.push(point))
  if (points.some((point) => point.crlIssuerEnd === point.crlIssuerStart)) points.push(ownIssuer)
  return points
}

/** RFC 5280 6.3.3 (b)(1): the list's issuer is the point's cRLIssuer, and the list indirect; or it is the certificate's. */
function isIssuerFor(certificate: CertificateView, point: DistributionPoint, list: RevocationListView): boolean {
  if (point.crlIssuerEnd > point.crlIssuerStart) {
    return list.isIndirect && directoryNames(certificate.bytes, point.crlIssuerStart, point.crlIssuerEnd).has(list.issuerKey)
  }
  return !list.isIndirect && certificate.issuerKey === list.issuerKey
}

/** RFC 5280 6.3.3 (b)(2)(i): a list for a named point is for certificates that name that point. */
function matchesPoint(certificate: CertificateView, point: DistributionPoint, list: RevocationListView): boolean {
  const { scope } = list
  if (scope === undefined) return true
  const wanted = pointNames(list.bytes, scope, list.issuerKey)
  if (wanted.size === 0) return true
  const { bytes } = certificate
  const crlIssuers = [...directoryNames(bytes, point.crlIssuerStart, point.crlIssuerEnd)]
  const named = pointNames(bytes, point, crlIssuers[0] ?? certificate.issuerKey)
  if (named.size === 0) for (const issuer of crlIssuers) named.add(`d:${issuer}`)
  for (const name of named) if (wanted.has(name)) return true
  return false
}

/** The names of a distribution point as texts that are equal for equal names; a relative name continues `issuer`. */
function pointNames(bytes: Uint8Array, point: DistributionPoint, issuer: string): Set<string> {
  const names = new Set<string>()
  const reader = new Reader(bytes, point.fullNameStart, point.fullNameEnd)
  while (!reader.atEnd()) {
    reader.next('distributionPoint')
    const { tag, header, start, end } = reader
    names.add(tag === GeneralNameTag.directory ? `d:${canonicalName(bytes, start, end)}` : hexOfRange(bytes, header, end))
  }
  if (point.relativeEnd > point.relativeStart)
    names.add(`d:${issuer}${canonicalRdn(bytes, point.relativeStart, point.relativeEnd)}`)
  return names
}

/** The directory names in a range of GeneralName elements, canonical. */
function directoryNames(bytes: Uint8Array, start: number, end: number): ReadonlySet<string> {
  const names = new Set<string>()
  const reader = new Reader(bytes, start, end)
  while (!reader.atEnd()) {
    reader.next('cRLIssuer')
    if (reader.tag === GeneralNameTag.directory) names.add(canonicalName(bytes, reader.start, reader.end))
  }
  return names
}

/** Whether an entry of the certificate's serial number is about the certificate: on indirect lists the issuer decides. */
export function entryIsFor(certificate: CertificateView, list: RevocationListView, entry: RevocationEntry): boolean {
  if (entry.issuerEnd === entry.issuerStart) return certificate.issuerKey === list.issuerKey
  return directoryNames(list.bytes, entry.issuerStart, entry.issuerEnd).has(certificate.issuerKey)
}
