import { bytesEqual, rangesEqual } from '../bytes/range.ts'
import { algorithmsDiffer, refuseAlgorithm } from '../policy/strength.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as ExtensionId from '../x509/extension-id.ts'
import * as KeyUsageBit from '../x509/key-usage-bit.ts'
import { refuseList } from '../x509/profile/list.ts'
import type { RevocationEntry } from '../x509/revocation-entry.ts'
import type { RevocationListView } from '../x509/revocation-list.ts'
import type { ListJudge, RevocationContext, RevocationStatus } from './revocation.ts'
import { allReasons, type CertificatePoint, coveredReasons, entryIsFor, pointsOf } from './revocation-scope.ts'

/**
 * What revocation lists say of a certificate (RFC 5280 6.3.3). It is good only when lists that can be read in full, are
 * signed by its CA (or a CRL issuer below the same anchor), are current, and together cover every reason do not name it.
 * Everything else is unknown; a list that names the certificate counts even when it is out of date.
 */

/** Certificates of a list's issuer that are tried as its signer beside the CA: each costs a search for its path. */
const maxSigners = 4

/** How many CRL issuers may vouch for one another before the status is unknown. */
const maxDepth = 2

export class CrlJudge implements ListJudge {
  private readonly context: RevocationContext
  private readonly points = new Map<CertificateView, readonly CertificatePoint[]>()

  constructor(context: RevocationContext) {
    this.context = context
  }

  /** RFC 5280 6.3.3 for one certificate of a path. */
  statusOf(path: readonly CertificateView[], index: number, depth: number): RevocationStatus {
    const certificate = path[index]!
    let reasons = 0
    let isCovered = false
    for (const list of this.context.request.lists) {
      const covered = this.covered(certificate, list)
      if (covered > 0) isCovered = true
      else if (!isOwnList(certificate, list)) continue
      const freshness = this.freshness(list)
      // Whose list it is shows only its signature, so entries made to be costly must not be looked at before.
      if (freshness === 'unusable' || list.isCrowded) continue
      const entries = entriesFor(certificate, list)
      // A list that neither counts nor names the certificate needs no signature check.
      if (entries.length === 0 && (covered === 0 || freshness === 'stale')) continue
      if (list.isDelta || covered === 0) {
        // By itself it never shows that a certificate is good; but what the CA names is revoked, whatever the list is for.
        const entry = entries.find(({ reason }) => reason !== removeFromCrl)
        if (entry !== undefined && this.isSigned(list, path, index, depth)) return entry
        continue
      }
      if (!this.isSigned(list, path, index, depth)) continue
      const [entry] = entries
      if (entry !== undefined && !this.isReleased(entries, list, path, index, depth)) return entry
      reasons |= covered
    }
    if (reasons === allReasons) return 'good'
    return isCovered ? 'unreliable' : 'uncovered'
  }

  /**
   * Whether a current delta to this list takes a certificate off hold again (RFC 5280 5.2.4, 5.3.1): only from hold, and
   * only a delta of the same issuer, signing key and scope that was made for this list or an earlier one.
   */
  private isReleased(
    entries: readonly RevocationEntry[],
    base: RevocationListView,
    path: readonly CertificateView[],
    index: number,
    depth: number,
  ): boolean {
    if (!entries.every(({ reason }) => reason === certificateHold)) return false
    const certificate = path[index]!
    return this.context.request.lists.some((delta) => {
      if (!delta.isDelta || !updates(delta, base) || this.covered(certificate, delta) === 0 || delta.isCrowded) return false
      const changes = entriesFor(certificate, delta)
      const takesOff = changes.length > 0 && changes.every(({ reason }) => reason === removeFromCrl)
      return takesOff && this.freshness(delta) === 'fresh' && this.isSigned(delta, path, index, depth)
    })
  }

  private covered(certificate: CertificateView, list: RevocationListView): number {
    let points = this.points.get(certificate)
    if (points === undefined) {
      points = pointsOf(certificate)
      this.points.set(certificate, points)
    }
    return this.context.meter.names(points.length) ? coveredReasons(certificate, points, list) : 0
  }

  /** `unusable`: not to be believed at all; `stale`: too old to show that something is not revoked. */
  private freshness(list: RevocationListView): 'fresh' | 'stale' | 'unusable' {
    const { policy, at, request } = this.context
    const lacks = refuseAlgorithm(policy, list.parsedAlgorithm) ?? refuseList(list, policy.conformance)
    if (lacks !== undefined || algorithmsDiffer(list) || list.thisUpdateTime > at) return 'unusable'
    if (at - list.thisUpdateTime > request.maxAge) return 'stale'
    if (request.expired === 'allow') return 'fresh'
    // Without nextUpdate only a maximum age can tell whether the list still counts.
    if (list.nextUpdateTime === undefined) return request.maxAge === Number.POSITIVE_INFINITY ? 'stale' : 'fresh'
    return at >= list.nextUpdateTime + 1000 ? 'stale' : 'fresh'
  }

  /**
   * Whether the list is signed by the CA that issued the certificate, or by another certificate of the list's issuer
   * that has a valid, unrevoked path of its own to the same anchor (RFC 5280 6.3.3 (f)).
   */
  private isSigned(list: RevocationListView, path: readonly CertificateView[], index: number, depth: number): boolean {
    const issuer = path[index + 1]!
    const direct = list.issuerKey === issuer.subjectKey
    if (direct && maySign(issuer) && this.verifies(list, issuer)) return true
    if (depth >= maxDepth) return false
    const anchor = path[path.length - 1]!
    const mayVouch = vouchersFor(list, path, index)
    return this.context
      .namesakes(list)
      .slice(0, maxSigners)
      .some((signer) => {
        if (sameCertificate(signer, issuer) || !mayReplace(signer)) return false
        if (sameCertificate(signer, anchor)) return this.verifies(list, signer)
        // Peers may present any number of certificates of that name: only one that has a path makes us hash a list.
        if (this.isKnown(list, signer) === false) return false
        const own = this.context.pathOf(signer)
        const voucher = own?.[1]
        if (own === undefined || voucher === undefined || !sameCertificate(own[own.length - 1]!, anchor)) return false
        if (!mayVouch.some((ca) => sameAuthority(ca, voucher)) || !this.verifies(list, signer)) return false
        // A signer that a list it signed itself would have to clear is not cleared.
        return this.context.refuseBelow(own, depth + 1) === undefined
      })
  }

  /** Whether the key signed the list, where that is known. */
  private isKnown(list: RevocationListView, signer: CertificateView): boolean | undefined {
    return list.signatureUnder(signer, this.context.backend)
  }

  /** The signature of a list under a key is checked once in the lifetime of the list. */
  private verifies(list: RevocationListView, signer: CertificateView): boolean {
    const known = this.isKnown(list, signer)
    if (known !== undefined) return known
    if (!this.context.meter.signature(signer.keyParts)) return false
    const key = this.context.keyOf(signer)
    const signed = key !== undefined && list.isSignedBy(key)
    list.rememberSignature(signer, this.context.backend, signed)
    return signed
  }
}

/** RFC 5280 6.3.3 (f): a keyUsage must have cRLSign, be it an anchor's. */
function maySign(signer: CertificateView): boolean {
  return signer.keyUsageBits < 0 || (signer.keyUsageBits & KeyUsageBit.cRLSign) !== 0
}

/** Another signer than the CA may do without a keyUsage only where it is a CA's. */
function mayReplace(signer: CertificateView): boolean {
  return maySign(signer) && (signer.keyUsageBits >= 0 || signer.isCa)
}

/**
 * Who may have certified another signer of a list. RFC 5280 asks only for the same anchor, so any CA below it could speak
 * for any other; here it must be, for a direct list, the CA itself or what stands above it and its self-issued
 * certificates, and for an indirect one a CA of the certificate's own path.
 */
function vouchersFor(list: RevocationListView, path: readonly CertificateView[], index: number): readonly CertificateView[] {
  if (list.isIndirect) return path.slice(index + 1)
  let end = index + 2
  while (end < path.length && path[end - 1]!.isSelfIssued) end++
  return path.slice(index + 1, end + 1)
}

/** The same subject and key. */
function sameAuthority(a: CertificateView, b: CertificateView): boolean {
  return a.subjectKey === b.subjectKey && a.hasKeyOf(b)
}

/** Whether a direct list is of the certificate's own issuer, whose serial numbers are unique. */
function isOwnList(certificate: CertificateView, list: RevocationListView): boolean {
  return !list.isIndirect && list.scope?.onlyContainsAttributeCerts !== true && certificate.issuerKey === list.issuerKey
}

/** All that a list says of the certificate: a serial number may be listed twice. */
function entriesFor(certificate: CertificateView, list: RevocationListView): readonly RevocationEntry[] {
  const { bytes, serialStart, serialEnd } = certificate
  return list.entriesOf(bytes, serialStart, serialEnd).filter((entry) => entryIsFor(certificate, list, entry))
}

/** Reason codes of RFC 5280 5.3.1: not revoked for good; and what takes an entry back, on delta lists. */
const certificateHold = 6
const removeFromCrl = 8

/** Whether a delta continues this list (RFC 5280 5.2.4, 6.3.3 (c)): same issuer, key and scope, and numbers that follow on. */
function updates(delta: RevocationListView, base: RevocationListView): boolean {
  if (delta.issuerKey !== base.issuerKey || delta.authorityKeyId !== base.authorityKeyId || !sameScope(delta, base)) return false
  const { baseCrlNumberStart, baseCrlNumberEnd, crlNumberStart, crlNumberEnd } = delta
  if (base.crlNumberStart === 0 || crlNumberStart === 0) return false
  const from = compareNumbers(delta, baseCrlNumberStart, baseCrlNumberEnd, base, base.crlNumberStart, base.crlNumberEnd)
  const to = compareNumbers(delta, crlNumberStart, crlNumberEnd, base, base.crlNumberStart, base.crlNumberEnd)
  return from <= 0 && to >= 0
}

/** Both have the same issuingDistributionPoint, to the byte, or none. */
function sameScope(a: RevocationListView, b: RevocationListView): boolean {
  const [i, k] = [
    a.extensions.find(ExtensionId.issuingDistributionPoint),
    b.extensions.find(ExtensionId.issuingDistributionPoint),
  ]
  if (i < 0 || k < 0) return i === k
  return rangesEqual(
    a.bytes,
    a.extensions.valueStartAt(i),
    a.extensions.valueEndAt(i),
    b.bytes,
    b.extensions.valueStartAt(k),
    b.extensions.valueEndAt(k),
  )
}

/** Compares two unsigned DER INTEGERs. */
function compareNumbers(
  a: RevocationListView,
  aStart: number,
  aEnd: number,
  b: RevocationListView,
  bStart: number,
  bEnd: number,
): number {
  if (aEnd - aStart !== bEnd - bStart) return aEnd - aStart - (bEnd - bStart)
  for (let i = 0; i < aEnd - aStart; i++) {
    const difference = a.bytes[aStart + i]! - b.bytes[bStart + i]!
    if (difference !== 0) return difference
  }
  return 0
}

function sameCertificate(a: CertificateView, b: CertificateView): boolean {
  return a === b || bytesEqual(a.bytes, b.bytes)
}
