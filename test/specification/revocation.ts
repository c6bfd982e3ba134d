import { mayClear_conformance, pointsAreReadable } from './deviations.ts'
import { allReasons, type CheckedCall, type DistributionPoint, type ReasonFlag, type RevocationList } from './list-model.ts'
import type { Certificate, Path } from './model.ts'
import { sameName_7_1 } from './names.ts'
import { isShortEnough_maxChainLength, usable } from './policy-clauses.ts'
import * as clause from './revocation-clauses.ts'

/**
 * RFC 5280 6.3.3 for the certificates of one path. Two questions are asked of the lists, as docs/architecture.md says: whether one
 * names a certificate, and whether they clear it together.
 */

/** What the lists say of a certificate. `uncovered`: none is about it. `unknown`: those that are cannot be relied on. */
export type Status = 'good' | 'uncovered' | 'unknown' | 'revoked'

/** Clauses of 6.3, by the names that the table of clauses has for them. */
export const revocationClauses = [
  '6.3.3 (a): thisUpdate',
  '6.3.3 (a): nextUpdate',
  'maxAgeDays',
  '6.3.3 (b)(1): cRLIssuer',
  '6.3.3 (b)(1): issuer',
  '6.3.3 (b)(2)(i)',
  '6.3.3 (b)(2)(ii)',
  '6.3.3 (b)(2)(iii)',
  '6.3.3 (b)(2)(iv)',
  '5.2.5',
  '6.3.3 (c)(2)',
  '6.3.3 (c)(3)',
  '6.3.3 (d)',
  '6.3.3 (e)',
  '6.3.3 (f): path',
  '6.3.3 (f): anchor',
  '6.3.3 (f): cRLSign',
  '6.3.3 (f): certified from above',
  '6.3.3 (f): maxChainLength',
  '6.3.3 (f): the signer is not revoked',
  '6.3.3 (g), (h)',
  '6.3.3 (i), (j)',
  '5.3.3: whose entry',
  '6.3.3 (k)',
  '6.3.3 (l)',
  '5.3.1: hold',
  '5.2',
  '5.3',
  '5.3.3: not indirect',
  '5.2.3: number',
  '5.2.3: later',
  '5.2.4',
  'hashes, list',
  'depth',
  'unknown',
  'deviations: points',
] as const

export type RevocationClause = (typeof revocationClauses)[number]

/** Takes a clause as met or as broken wherever it is asked, which shows whether a verdict depends on it. */
export interface Assumption {
  readonly clause: RevocationClause
  readonly holds: boolean
}

export interface Inquiry {
  readonly call: CheckedCall
  /** The valid paths of a certificate that signs lists. */
  readonly signerPaths: (signer: Certificate) => readonly Path[]
  readonly assumed?: Assumption
  /** Collects which clauses had something to judge, and whether they held. */
  readonly asked?: Set<`${RevocationClause}: ${boolean}`>
}

/** The certificate at an index of a path. The level is 0 for the client's path, 1 for that of a list's signer, and so on. */
interface Subject {
  readonly inquiry: Inquiry
  readonly path: Path
  readonly index: number
  readonly level: number
}

const mostLevels = 2

/** `holds`, unless something else is assumed of a clause that has something to judge. */
function ask({ assumed, asked }: Inquiry, name: RevocationClause, holds: boolean, applies = true): boolean {
  if (applies) asked?.add(`${name}: ${holds}`)
  return applies && assumed?.clause === name ? assumed.holds : holds
}

/** 6.1.3 (a)(3): the certificates whose status is asked: all below the anchor, or only the leaf. Signers are always asked. */
export function statuses_6_1_3_a_3(inquiry: Inquiry, path: Path, level = 0): readonly Status[] {
  const isLeafOnly = level === 0 && ask(inquiry, 'depth', inquiry.call.revocation.depth === 'leaf')
  const asked = isLeafOnly ? path.slice(0, Math.min(1, path.length - 1)) : path.slice(0, -1)
  return asked.map((_, index) => statusOf_6_3_3({ inquiry, path, index, level }))
}

/** `RevocationCheck.unknown`: whether a path may have a certificate of this status. */
export function isAcceptable_unknown(inquiry: Inquiry, status: Status): boolean {
  if (status === 'uncovered') return ask(inquiry, 'unknown', inquiry.call.revocation.unknown === 'allow')
  return status === 'good'
}

/** The status that lists give; with distribution points that cannot be read, only `revoked` counts. */
function statusOf_6_3_3(subject: Subject): Status {
  const status = statusByLists_6_3_3(subject)
  const isKnown = ask(subject.inquiry, 'deviations: points', pointsAreReadable(certificateOf(subject)))
  return isKnown || status === 'revoked' ? status : 'unknown'
}

function statusByLists_6_3_3(subject: Subject): Status {
  const lists = subject.inquiry.call.revocation.lists.filter((list) => isAbout(subject, list))
  const naming = lists.filter((list) => names(subject, list) && signerOf(subject, list) !== 'none')
  const standing = naming.filter((list) => !isLifted(subject, list) && !isReplaced(subject, list))
  if (standing.some((list) => mayBeUsed(subject, list) && signerOf(subject, list) === 'permitted')) return 'revoked'
  if (standing.length > 0) return 'unknown'
  const covering = lists.filter((list) => clause.addsReason_6_3_3_e(coverageOf_6_3_3_b_d(subject, list)))
  if (!ask(subject.inquiry, '6.3.3 (e)', covering.length > 0)) return 'uncovered'
  const clearing = covering.filter((list) => clears(subject, list) && !(naming.includes(list) && isReplaced(subject, list)))
  const reasons = clearing.flatMap((list) => coverageOf_6_3_3_b_d(subject, list))
  const isComplete = allReasons.every((reason) => reasons.includes(reason))
  return ask(subject.inquiry, '6.3.3 (l)', isComplete, reasons.length > 0) ? 'good' : 'unknown'
}

function certificateOf({ path, index }: Subject): Certificate {
  return path[index]!
}

/** Lists of the certificate's issuer, and of the CRL issuers that its distribution points name. */
function isAbout(subject: Subject, { issuer }: RevocationList): boolean {
  const certificate = certificateOf(subject)
  const crlIssuers = clause.pointsOf_6_3_3(certificate).flatMap(({ crlIssuer }) => (crlIssuer === undefined ? [] : [crlIssuer]))
  return [certificate.issuer, ...crlIssuers].some((name) => sameName_7_1(name, issuer))
}

/** 6.3.3 (b) and (d): the reasons for which a list is about the certificate. */
function coverageOf_6_3_3_b_d(subject: Subject, list: RevocationList): readonly ReasonFlag[] {
  const { inquiry } = subject
  const certificate = certificateOf(subject)
  const isForKind =
    ask(inquiry, '6.3.3 (b)(2)(ii)', clause.isForUsers_6_3_3_b_2_ii(certificate, list), list.scope?.only === 'users') &&
    ask(
      inquiry,
      '6.3.3 (b)(2)(iii)',
      clause.isForAuthorities_6_3_3_b_2_iii(certificate, list),
      list.scope?.only === 'authorities',
    ) &&
    ask(inquiry, '6.3.3 (b)(2)(iv)', clause.isForPublicKeys_6_3_3_b_2_iv(list), list.scope?.only !== undefined) &&
    ask(inquiry, '5.2.5', clause.isForVersion_5_2_5(certificate, list), list.scope?.only !== undefined)
  const points = clause.pointsOf_6_3_3(certificate).filter((point) => isForKind && covers(subject, point, list))
  return allReasons.filter((reason) =>
    points.some((point) => {
      const isPartial = (point.reasons ?? list.scope?.reasons) !== undefined
      return ask(inquiry, '6.3.3 (d)', clause.hasReason_6_3_3_d(reason, point, list), isPartial)
    }),
  )
}

/** 6.3.3 (b)(1) and (b)(2)(i). */
function covers({ inquiry, ...subject }: Subject, point: DistributionPoint, list: RevocationList): boolean {
  const certificate = certificateOf({ inquiry, ...subject })
  const hasIssuer = point.crlIssuer !== undefined
  return (
    (ask(inquiry, '6.3.3 (b)(1): cRLIssuer', clause.isOfCrlIssuer_6_3_3_b_1(point, list), hasIssuer) ||
      ask(inquiry, '6.3.3 (b)(1): issuer', clause.isOfIssuer_6_3_3_b_1(certificate, point, list), !hasIssuer)) &&
    ask(inquiry, '6.3.3 (b)(2)(i)', clause.isForPoint_6_3_3_b_2_i(point, list), list.scope?.point !== undefined)
  )
}

/** The entries of a list about the certificate: 6.3.3 (i) and (j), 5.3.3. */
function entriesFor(subject: Subject, list: RevocationList): readonly clause.OwnedEntry[] {
  const { inquiry } = subject
  const certificate = certificateOf(subject)
  return clause.ownedEntries_5_3_3(list).filter((entry) => {
    const isAlone = entry.owners.length === 1 && sameName_7_1(entry.owners[0]!, list.issuer)
    return (
      ask(inquiry, '6.3.3 (i), (j)', clause.hasSerial_6_3_3_i_j(entry, certificate)) &&
      ask(inquiry, '5.3.3: whose entry', clause.isOfIssuer_5_3_3(entry, certificate), !isAlone)
    )
  })
}

/** The entries that revoke the certificate. */
function revocationsIn(subject: Subject, list: RevocationList): readonly clause.OwnedEntry[] {
  return entriesFor(subject, list).filter((entry) => !isRemoval(subject, entry, list))
}

function isRemoval({ inquiry }: Subject, entry: clause.OwnedEntry, list: RevocationList): boolean {
  return ask(inquiry, '6.3.3 (k)', clause.isRemoval_6_3_3_k(entry, list), list.deltaBase !== undefined)
}

function names(subject: Subject, list: RevocationList): boolean {
  return revocationsIn(subject, list).length > 0
}

/** 5.2, 5.3 and 5.3.3: whether a list may be used at all. If not, whom it names is not revoked, but of unknown status. */
function mayBeUsed({ inquiry }: Subject, list: RevocationList): boolean {
  const hasUnknownEntries = list.entries.some(({ unknownCritical }) => unknownCritical !== undefined)
  const hasStrayIssuers = list.entries.some(({ certificateIssuer }) => certificateIssuer !== undefined)
  return (
    ask(inquiry, '5.2', clause.extensionsAreKnown_5_2(list)) &&
    ask(inquiry, '5.3', clause.entryExtensionsAreKnown_5_3(list), list.entries.length > 0 || hasUnknownEntries) &&
    ask(inquiry, '5.3.3: not indirect', clause.namesNoIssuerUnlessIndirect_5_3_3(list), hasStrayIssuers) &&
    ask(inquiry, 'hashes, list', clause.hashIsAllowed_hashes(inquiry.call, list))
  )
}

/** Whether a list may show that a certificate is not revoked, if it has the right signer: it may be used, conforms and is current. */
function isFit(subject: Subject, list: RevocationList): boolean {
  const { inquiry } = subject
  const { call } = inquiry
  return (
    mayBeUsed(subject, list) &&
    ask(inquiry, '5.2.3: number', clause.hasNumber_5_2_3(call, list), call.policy.conformance !== 'practical') &&
    ask(inquiry, '6.3.3 (a): thisUpdate', clause.hasBegun_6_3_3_a(call, list)) &&
    ask(inquiry, '6.3.3 (a): nextUpdate', clause.isNotOver_6_3_3_a(call, list)) &&
    ask(inquiry, 'maxAgeDays', clause.isYoung_maxAgeDays(call, list), call.revocation.maxAgeDays !== undefined)
  )
}

/** Deltas add to complete lists; alone they clear nobody. */
function clears(subject: Subject, list: RevocationList): boolean {
  return list.deltaBase === undefined && isFit(subject, list) && signerOf(subject, list) === 'permitted'
}

function isContinuedBy(subject: Subject, list: RevocationList, other: RevocationList): boolean {
  const { inquiry } = subject
  return (
    other !== list &&
    clause.hasSameIssuer_6_3_3_c_1(other, list) &&
    ask(inquiry, '6.3.3 (c)(2)', clause.hasSameScope_6_3_3_c_2(other, list)) &&
    ask(inquiry, '6.3.3 (g), (h)', clause.isSignedBy_6_3_3_g_h(other, list.signedBy)) &&
    isFit(subject, other)
  )
}

/** A list that names the certificate is replaced by a later complete one, by the same key and of the same scope, that does not. */
function isReplaced(subject: Subject, list: RevocationList): boolean {
  const { lists } = subject.inquiry.call.revocation
  if (signerOf(subject, list) !== 'permitted') return false
  return lists.some(
    (other) =>
      other.deltaBase === undefined &&
      ask(subject.inquiry, '5.2.3: later', clause.isLater_5_2_3(other, list)) &&
      isContinuedBy(subject, list, other) &&
      !names(subject, other),
  )
}

/** 6.3.3 (c), 5.2.4: the certificate is on hold, and the latest deltas to the list take it off. */
function isLifted(subject: Subject, list: RevocationList): boolean {
  const { inquiry } = subject
  if (signerOf(subject, list) !== 'permitted') return false
  if (!revocationsIn(subject, list).every((entry) => ask(inquiry, '5.3.1: hold', clause.isHold_5_3_1(entry)))) return false
  const deltas = inquiry.call.revocation.lists.filter(
    (delta) =>
      delta.deltaBase !== undefined &&
      ask(inquiry, '5.2.4', clause.isBetween_5_2_4(delta, list)) &&
      ask(inquiry, '6.3.3 (c)(3)', clause.hasSameKeyId_6_3_3_c_3(delta, list)) &&
      isContinuedBy(subject, list, delta),
  )
  const latest = deltas.filter((delta) => !deltas.some((other) => clause.isLater_5_2_3(other, delta)))
  return (
    latest.length > 0 &&
    latest.every((delta) => {
      const changes = entriesFor(subject, delta)
      return changes.length > 0 && changes.every((entry) => isRemoval(subject, entry, delta))
    })
  )
}

/**
 * Who signed a list, for the certificate of a path. `permitted`: somebody who may clear it. `known`: somebody whose list can only
 * reject it: a CA without cRLSign, a signer with a valid path to the same anchor that lacks something else, or whoever the
 * truststore lists under the name of the list's issuer, usable or not.
 */
type Signer = 'permitted' | 'known' | 'none'

function best(signers: readonly Signer[]): Signer {
  return signers.includes('permitted') ? 'permitted' : signers.includes('known') ? 'known' : 'none'
}

function signerOf(subject: Subject, list: RevocationList): Signer {
  const { inquiry, path, index } = subject
  const { call } = inquiry
  const { listed, presented, policy } = call
  const others = policy.intermediates === 'presented' ? presented.slice(1) : []
  const isNamed = (certificate: Certificate): boolean => sameName_7_1(certificate.subject, list.issuer)
  const candidates = [...usable(call), ...others].filter(isNamed)
  const isListed = listed.some((certificate) => isNamed(certificate) && signed(inquiry, list, certificate))
  const issuer = path[index + 1]!
  return best([
    isNamed(issuer) && signed(inquiry, list, issuer) ? (maySignLists(inquiry, issuer) ? 'permitted' : 'known') : 'none',
    ...candidates
      .filter((candidate) => signed(inquiry, list, candidate))
      .map((candidate) => otherSigner(subject, list, candidate)),
    isListed ? 'known' : 'none',
  ])
}

/** 6.3.3 (g), and (h) for deltas. */
function signed(inquiry: Inquiry, list: RevocationList, { key }: Certificate): boolean {
  return ask(inquiry, '6.3.3 (g), (h)', clause.isSignedBy_6_3_3_g_h(list, key))
}

function maySignLists(inquiry: Inquiry, signer: Certificate): boolean {
  return ask(inquiry, '6.3.3 (f): cRLSign', clause.signsLists_6_3_3_f(signer), signer.keyUsage !== undefined)
}

/** 6.3.3 (f): a certificate of the list's issuer that is not the certificate's own CA. */
function otherSigner(subject: Subject, list: RevocationList, signer: Certificate): Signer {
  const { inquiry, path, index, level } = subject
  const anchor = path.at(-1)!
  if (clause.isSameAuthority(signer, anchor)) return maySignLists(inquiry, anchor) ? 'permitted' : 'none'
  if (!maySignLists(inquiry, signer) || !clause.saysThatItSignsLists(signer)) return 'none'
  const paths = inquiry.signerPaths(signer)
  const reaching = paths.filter((own) => ask(inquiry, '6.3.3 (f): anchor', clause.endsInSameAnchor_6_3_3_f(own, path)))
  if (!ask(inquiry, '6.3.3 (f): path', reaching.length > 0)) return 'none'
  return best(
    reaching.map((own): Signer => {
      if (level >= mostLevels) return 'known'
      const statuses = statuses_6_1_3_a_3(inquiry, own, level + 1)
      if (!ask(inquiry, '6.3.3 (f): the signer is not revoked', !statuses.includes('revoked'))) return 'none'
      const mayClear =
        statuses.every((status) => isAcceptable_unknown(inquiry, status)) &&
        mayClear_conformance(inquiry.call, signer) &&
        ask(inquiry, '6.3.3 (f): maxChainLength', isShortEnough_maxChainLength(inquiry.call, own.length - 1)) &&
        ask(inquiry, '6.3.3 (f): certified from above', clause.isCertifiedFromAbove(own, path.slice(index + 1), list.issuer))
      return mayClear ? 'permitted' : 'known'
    }),
  )
}
