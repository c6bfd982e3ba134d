import { bigintOfBytes, cut } from '../../bytes/encoding.ts'
import { Reader } from '../../der/reader.ts'
import { isoTime } from '../../policy/fields.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import { type DistributionPoint, readDistributionPoints } from '../../x509/distribution-point.ts'
import { generalNamesOf } from '../../x509/general-name.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import { reasonNames } from '../../x509/revocation-entries.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import type { RevocationRequest } from './revocation-check.ts'
import { allReasons } from './scope.ts'

/** What messages say about revocation lists: which list, and why it does not clear a certificate. Only for rejections. */

/** Most lists and names that a message shows. */
const shown = 3

/** Names a list by its number, issuer and date. */
export function listText(list: RevocationListView): string {
  const { listNumber, isDelta, issuerForMessage, thisUpdateTime } = list
  const number = listNumber === undefined ? 'without number' : `number ${cut(String(bigintOfBytes(listNumber)), 50)}`
  return `${isDelta ? 'delta CRL' : 'CRL'} ${number} of ${issuerForMessage}, issued on ${isoTime(thisUpdateTime)}`
}

/** Why a list clears no certificate at this time. */
export function refuseListDates(list: RevocationListView, at: number, request: RevocationRequest): string | undefined {
  const { thisUpdateTime, nextUpdateTime } = list
  const { maxAge, expired } = request
  if (at < thisUpdateTime) return `it is not valid before ${isoTime(thisUpdateTime)} (thisUpdate)`
  if (at - thisUpdateTime > maxAge) {
    return `its thisUpdate, ${isoTime(thisUpdateTime)}, is older than maxAgeDays (${maxAge / 86_400_000}) allows`
  }
  if (expired === 'allow') return undefined
  if (nextUpdateTime !== undefined)
    return at < nextUpdateTime + 1000 ? undefined : `it expired on ${isoTime(nextUpdateTime)} (nextUpdate)`
  // Without nextUpdate, only a maximum age limits how long the list counts.
  return maxAge === Number.POSITIVE_INFINITY ? 'it has no nextUpdate, and maxAgeDays is not set' : undefined
}

/** Says that no permitted signer signed a list, and names the key that was expected and the one that the list names. */
export function otherSignerText(list: RevocationListView, ca: CertificateView): string {
  const keyId = (id: string | undefined): string => (id === undefined ? '' : ` (key id ${cut(id)})`)
  const own =
    list.issuerKey === ca.subjectKey
      ? `: it is signed by another key, or altered, as its signature does not match the key of ${ca.subjectForMessage}${keyId(ca.subjectKeyId)}`
      : ''
  const claimed = list.authorityKeyId === undefined ? '' : `; its authority key identifier is ${cut(list.authorityKeyId)}`
  return `no permitted signer signed it${own}${claimed}`
}

/** The revocation reasons, as bits of ReasonFlags, that no list covers. */
export function missingReasonsText(covered: number): string {
  if (covered === 0) return 'they are delta CRLs, or a later list replaces them; a complete list is needed'
  // ReasonFlags has no bit for removeFromCRL, nor for the unused code before it.
  const names = Array.from({ length: 8 }, (_, i) => i + 1)
    .filter((bit) => (allReasons & ~covered & (1 << bit)) !== 0)
    .map((bit) => reasonNames[bit < 7 ? bit : bit + 2])
  return `they do not cover the reason${names.length === 1 ? '' : 's'} ${names.join(', ')}`
}

/**
 * Why no list covers a certificate: the scopes of the lists about its issuers, or else the issuers of all lists.
 *
 * @param about the lists of its issuer and of the CRL issuers that it names
 */
export function scopesText(
  certificate: CertificateView,
  about: readonly RevocationListView[],
  request: RevocationRequest,
): string {
  const { lists } = request
  if (lists.length === 0) return ''
  if (about.length > 0) return `: ${listed(about.map((list) => `${listText(list)}, ${scopeText(certificate, list)}`))}`
  return `: the lists are of ${listed([...new Set(lists.map((list) => list.issuerForMessage))])}`
}

function scopeText(certificate: CertificateView, list: RevocationListView): string {
  const { scope } = list
  if (scope?.onlyContainsAttributeCerts === true) return 'covers attribute certificates only'
  if (scope?.onlyContainsUserCerts === true && (certificate.isCa || certificate.version !== 3))
    return 'covers end-entity certificates only'
  if (scope?.onlyContainsCaCerts === true && (!certificate.isCa || certificate.version !== 3))
    return 'covers CA certificates only'
  if (list.isIndirect) return 'is indirect, and no distribution point of the certificate names its issuer as cRLIssuer'
  if (scope !== undefined && list.pointNames.size > 0)
    return `is for the distribution point ${pointText(scope)}, and the certificate names ${pointsText(certificate)}`
  return 'has a scope that does not include it'
}

function pointsText({ extensions }: CertificateView): string {
  const value = extensions.value(ExtensionId.crlDistributionPoints)
  const points: string[] = []
  if (value !== undefined)
    readDistributionPoints(new Reader(value), 'cRLDistributionPoints', (point) => points.push(pointText(point)))
  return points.length === 0 ? 'none' : listed(points)
}

function pointText({ fullName, relativeName }: DistributionPoint): string {
  if (fullName === undefined) return relativeName === undefined ? '(without name)' : '(a relative name)'
  return listed(generalNamesOf(fullName).map(({ value }) => cut(value)))
}

function listed(texts: readonly string[]): string {
  return texts.slice(0, shown).join('; ') + (texts.length > shown ? `; and ${texts.length - shown} more` : '')
}
