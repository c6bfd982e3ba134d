import { compareBytes, type Span } from '../../bytes/span.ts'
import { refuseAlgorithm } from '../../policy/strength.ts'
import type { CertificateView } from '../../x509/certificate.ts'
import * as ExtensionId from '../../x509/ids/extension-id.ts'
import { hasAmbiguousNames } from '../../x509/loose-name.ts'
import { refuseListAsEvidence, refuseListUse } from '../../x509/profile/profile.ts'
import type { RevocationEntry } from '../../x509/revocation-entries.ts'
import type { RevocationListView } from '../../x509/revocation-list.ts'
import { inOrderOfLikelihood, type ListSigner, ListSigners } from './list-signers.ts'
import { listText, missingReasonsText, otherSignerText, refuseListDates, scopesText } from './list-text.ts'
import type { ListJudge, RevocationContext, RevocationRequest, RevocationStatus } from './revocation-check.ts'
import { allReasons, type CertificatePoint, coveredReasons, entryIsFor, maySayName, pointsOf } from './scope.ts'

/** Decides what revocation lists say about a certificate, and which lists replace others. */

const none: readonly RevocationListView[] = []

/** What folding two names costs, in comparisons of the budget. */
const foldingCost = 20

type SignerOf = (list: RevocationListView) => ListSigner | undefined

/** The entries of a list that name a certificate, and the signer of the list. */
interface MatchingEntries {
  readonly entries: readonly RevocationEntry[]
  readonly signer: ListSigner
}

/**
 * The revocation status of a certificate (RFC 5280 6.3.3). There are two separate questions:
 *
 * - Does a list name it? Then it is rejected, whatever the list's scope, age, size or conformance: `revoked` if the list may be
 *   used, `revocation_unknown` if RFC 5280 5.2 and 5.3 forbid its use. Only a later list signed with the same key undoes that.
 * - Do lists clear it? Only lists that are fully understood, current and signed by a permitted signer count, and together they
 *   must cover every reason.
 */
export class CrlJudge implements ListJudge {
  readonly #context: RevocationContext
  readonly #signers: ListSigners
  /** The lists of the request by issuer. */
  readonly #lists = new Map<string, RevocationListView[]>()
  readonly #points = new Map<CertificateView, readonly CertificatePoint[]>()

  constructor(context: RevocationContext) {
    this.#context = context
    this.#signers = new ListSigners(context)
    for (const list of context.request.lists) {
      const others = this.#lists.get(list.issuerKey)
      if (others === undefined) this.#lists.set(list.issuerKey, [list])
      else others.push(list)
    }
  }

  statusOf(path: readonly CertificateView[], index: number, depth: number): RevocationStatus {
    const certificate = path[index]!
    const points = this.#pointsOf(certificate)
    const lists = this.#listsAbout(certificate, points, path[index + 1]!)
    const signerOf: SignerOf = (list) => this.#signers.find(list, path, index, depth)
    const replaced = new Set<RevocationListView>()
    let unusable: Unreliable | undefined
    for (const list of lists) {
      const found = this.#findEntries(certificate, list, signerOf)
      if (found === undefined) continue
      const undoneBy = this.#undoneBy(certificate, list, found)
      if (undoneBy === 'list') replaced.add(list)
      if (undoneBy !== undefined) continue
      const unfit = this.#refuseUse(list)
      const refusal = unfit ?? found.signer.limitation
      if (refusal === undefined) return { kind: 'revoked', entry: found.entries[0]! }
      unusable ??= { list, refusal, signer: unfit === undefined ? found.signer : undefined }
    }
    if (unusable !== undefined) return namedBy(unusable)
    let reasons = 0
    let isCovered = false
    let insufficient: Unreliable | undefined
    for (const list of lists) {
      const covered = this.#context.meter.names(points.length) ? coveredReasons(certificate, points, list) : 0
      if (covered === 0) continue
      isCovered = true
      // Skip the signature check of a list that covers no further reason.
      if ((reasons | covered) === reasons || list.isDelta || replaced.has(list)) continue
      const unfit = this.#refuseAsEvidence(list)
      const signer = unfit === undefined ? signerOf(list) : undefined
      const refusal = unfit ?? refuseSigner(signer)
      if (refusal === undefined) reasons |= covered
      else insufficient ??= { list, refusal, signer }
    }
    if (reasons === allReasons) return { kind: 'good' }
    if (!isCovered) return uncovered(certificate, lists, this.#context.request)
    return coveredBy(insufficient, reasons, path[index + 1]!)
  }

  /**
   * Lists of the certificate's issuer and of the CRL issuers that its distribution points name, also where these names are only
   * similar. Lists by the CA's key first.
   */
  #listsAbout(
    certificate: CertificateView,
    points: readonly CertificatePoint[],
    issuer: CertificateView,
  ): readonly RevocationListView[] {
    const issuers = new Set([certificate.issuerKey])
    for (const point of points) for (const other of point.issuers ?? []) issuers.add(other)
    const own = Array.from(issuers).flatMap((name) => this.#lists.get(name) ?? [])
    const similar = this.#similarLists(certificate, points, own)
    const lists = similar.length === 0 ? own : [...own, ...similar]
    return lists.length < 2 ? lists : inOrderOfLikelihood(lists, (list) => list.hasAuthorityKeyOf(issuer))
  }

  /** Other lists whose issuer may be one of the certificate's issuers. They cover nothing, but may name the certificate. */
  #similarLists(
    certificate: CertificateView,
    points: readonly CertificatePoint[],
    own: readonly RevocationListView[],
  ): readonly RevocationListView[] {
    if (!hasAmbiguousNames(certificate) && !this.#context.request.lists.some(hasAmbiguousNames)) return none
    const names = [certificate.issuerName, ...points.flatMap(({ issuerNames }) => issuerNames)]
    return this.#context.request.lists.filter(
      (list) =>
        !own.includes(list) &&
        this.#context.meter.names(names.length * foldingCost) &&
        maySayName(certificate, list, names, [list.issuerName]),
    )
  }

  /** The entries that name the certificate, with the list's signer; `undefined` if there are none, or no permitted signer. */
  #findEntries(certificate: CertificateView, list: RevocationListView, signerOf: SignerOf): MatchingEntries | undefined {
    // Check the signature first if entries are costly to read: an unsigned list may come from an attacker.
    if (list.isCostly(certificate.serial) && signerOf(list) === undefined) return undefined
    const entries = this.#matchingEntries(certificate, list)
    const signer = entries.length === 0 ? undefined : signerOf(list)
    return signer && { entries, signer }
  }

  /** The entries that revoke the certificate, or might. There may be several: a list may repeat a serial number. */
  #matchingEntries(certificate: CertificateView, list: RevocationListView): readonly RevocationEntry[] {
    const { isDelta } = list
    return this.#entriesOf(certificate, list)
      .filter(({ entry, isForIt }) => isForIt !== false && !(isDelta && entry.reason === removeFromCrl))
      .map(({ entry }) => entry)
  }

  #entriesOf(
    certificate: CertificateView,
    list: RevocationListView,
  ): readonly { readonly entry: RevocationEntry; readonly isForIt: boolean | undefined }[] {
    const { meter } = this.#context
    return list
      .entriesOf(certificate.serial, (units) => meter.names(units))
      .map((entry) => {
        // Folding a name costs time in proportion to its length.
        const isAffordable = meter.names(entry.issuer?.length ?? 0)
        return { entry, isForIt: isAffordable ? entryIsFor(certificate, list, entry) : undefined }
      })
  }

  /**
   * Whether a later list with the same key undoes the entries. `list`: a current complete list of the same scope no longer has
   * them. `delta`: the entries are only holds, and a current delta lifts them (RFC 5280 5.2.4, 5.3.1).
   */
  #undoneBy(
    certificate: CertificateView,
    list: RevocationListView,
    { entries, signer }: MatchingEntries,
  ): 'list' | 'delta' | undefined {
    if (signer.limitation !== undefined) return undefined
    const others = (this.#lists.get(list.issuerKey) ?? []).filter((other) => other !== list)
    const counts = (other: RevocationListView): boolean =>
      this.#refuseAsEvidence(other) === undefined && this.#signers.hasSigned(other, signer.certificate)
    const isReplaced = others.some(
      (other) => supersedes(other, list) && counts(other) && this.#matchingEntries(certificate, other).length === 0,
    )
    if (isReplaced) return 'list'
    if (!entries.every(({ reason }) => reason === certificateHold)) return undefined
    const deltas = others.filter((delta) => updates(delta, list) && counts(delta))
    const latest = deltas.filter((delta) => !deltas.some((other) => isReplacedDelta(delta, other)))
    return latest.length > 0 && latest.every((delta) => this.#liftsHold(certificate, delta)) ? 'delta' : undefined
  }

  #liftsHold(certificate: CertificateView, delta: RevocationListView): boolean {
    const changes = this.#entriesOf(certificate, delta).filter(({ isForIt }) => isForIt !== false)
    return changes.some(({ isForIt }) => isForIt === true) && changes.every(({ entry }) => entry.reason === removeFromCrl)
  }

  #pointsOf(certificate: CertificateView): readonly CertificatePoint[] {
    let points = this.#points.get(certificate)
    if (points === undefined) {
      points = pointsOf(certificate, (units) => this.#context.meter.names(units))
      this.#points.set(certificate, points)
    }
    return points
  }

  /**
   * Why RFC 5280 or the policy forbids using the list. A certificate that it names is then `revocation_unknown`, not `revoked`.
   */
  #refuseUse(list: RevocationListView): string | undefined {
    if (list.algorithmsDiffer) return 'its two signature algorithms differ (RFC 5280 5.1.1.2)'
    return refuseListUse(list) ?? refuseAlgorithm(this.#context.policy, list.parsedAlgorithm)?.message
  }

  /** Why the list clears no certificate: it is not fully understood, nonconforming, too old, or not valid yet. */
  #refuseAsEvidence(list: RevocationListView): string | undefined {
    const { policy, at, request } = this.#context
    const refusal = this.#refuseUse(list) ?? refuseListAsEvidence(list, policy.conformance)
    if (refusal !== undefined) return refusal
    return refuseListDates(list, at, request)
  }
}

/** A list that cannot be relied on, and why. */
interface Unreliable {
  readonly list: RevocationListView
  readonly refusal: string
  /** If it is the reason. */
  readonly signer: ListSigner | undefined
}

const unsigned = 'no permitted signer signed it'

function refuseSigner(signer: ListSigner | undefined): string | undefined {
  return signer === undefined ? unsigned : signer.limitation
}

/* Texts are functions, because another path may be accepted. */

function namedBy(unusable: Unreliable): RevocationStatus {
  return { kind: 'unknown', problem: () => `a revocation list names it, but cannot be relied on: ${describe(unusable)}` }
}

function describe({ list, refusal, signer }: Unreliable): string {
  return `${listText(list)}: ${refusal}${signer === undefined ? '' : ` (signer ${signer.certificate.subjectForMessage})`}`
}

function coveredBy(insufficient: Unreliable | undefined, reasons: number, ca: CertificateView): RevocationStatus {
  const details = (): string => {
    if (insufficient === undefined) return missingReasonsText(reasons)
    const { list, refusal } = insufficient
    return refusal === unsigned ? `${listText(list)}: ${otherSignerText(list, ca)}` : describe(insufficient)
  }
  return { kind: 'unknown', problem: () => `the revocation lists that cover it cannot be relied on: ${details()}` }
}

function uncovered(
  certificate: CertificateView,
  about: readonly RevocationListView[],
  request: RevocationRequest,
): RevocationStatus {
  return { kind: 'uncovered', details: () => scopesText(certificate, about, request) }
}

/** Reason codes of RFC 5280 5.3.1. */
const certificateHold = 6
const removeFromCrl = 8

/*
 * The order of lists (RFC 5280 5.2.3, 5.2.4). The caller must ensure that one key signed both lists: CRL numbers of different
 * keys are unrelated.
 */

/**
 * Whether a complete list replaces another list, complete or delta: same issuer, same scope, a higher number and no earlier
 * date. Lists without numbers are compared by date. A list with a number and a list without one are not comparable.
 */
export function supersedes(newer: RevocationListView, older: RevocationListView): boolean {
  if (newer.isDelta || newer.issuerKey !== older.issuerKey || !sameScope(newer, older)) return false
  const order = compareCrlNumbers(newer, older)
  if (order !== undefined) return order > 0 && newer.thisUpdateTime >= older.thisUpdateTime
  return newer.listNumber === undefined && older.listNumber === undefined && newer.thisUpdateTime > older.thisUpdateTime
}

/**
 * Whether a delta updates this list (RFC 5280 5.2.4, 6.3.3 (c)): same issuer, key identifier and scope; a base that is this list
 * or an earlier one; a higher number than this list (5.2.4 (d)) and no earlier date.
 */
export function updates(delta: RevocationListView, list: RevocationListView): boolean {
  if (!delta.isDelta || delta.issuerKey !== list.issuerKey || delta.authorityKeyId !== list.authorityKeyId) return false
  const order = compareCrlNumbers(delta, list)
  if (order === undefined || order <= 0 || delta.thisUpdateTime < list.thisUpdateTime || !sameScope(delta, list)) return false
  const sinceBase = compareNumbers(delta.baseListNumber, list.listNumber)
  return sinceBase !== undefined && sinceBase <= 0
}

/**
 * Whether another delta replaces this one, because it has a higher number and no earlier date: deltas are cumulative. Only for
 * deltas with the same key and scope.
 */
export function isReplacedDelta(delta: RevocationListView, other: RevocationListView): boolean {
  return (compareCrlNumbers(delta, other) ?? 0) < 0 && delta.thisUpdateTime <= other.thisUpdateTime
}

/** Whether both lists have the same issuingDistributionPoint, byte for byte, or none. */
function sameScope(a: RevocationListView, b: RevocationListView): boolean {
  const scope = a.extensions.value(ExtensionId.issuingDistributionPoint)
  const other = b.extensions.value(ExtensionId.issuingDistributionPoint)
  return scope === undefined || other === undefined ? scope === other : scope.equals(other)
}

/** Positive if the first number is higher; `undefined` if a list has none. */
function compareCrlNumbers(a: RevocationListView, b: RevocationListView): number | undefined {
  return compareNumbers(a.listNumber, b.listNumber)
}

/** Compares two unsigned DER INTEGERs. */
function compareNumbers(a: Span | undefined, b: Span | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined
  return a.length === b.length ? compareBytes(a.view(), b.view()) : a.length - b.length
}
