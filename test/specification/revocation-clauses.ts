import {
  allReasons,
  type CheckedCall,
  certificateHold,
  type DistributionPoint,
  type ListEntry,
  type PointName,
  type ReasonFlag,
  type RevocationList,
  removeFromCrl,
} from './list-model.ts'
import { type Certificate, type Hash, type Key, type Name, type Path, sameKey } from './model.ts'
import { sameName_7_1 } from './names.ts'

/**
 * RFC 5280 6.3.3 and what it takes from 5.2 and 5.3, clause by clause. Every predicate is true where the clause holds, and knows
 * nothing of the others: `revocation.ts` says what follows from them.
 */

const day = 86_400_000

/** 6.3.3 (a): the list exists already. */
export function hasBegun_6_3_3_a({ at }: CheckedCall, { thisUpdate }: RevocationList): boolean {
  return thisUpdate <= at
}

/**
 * 6.3.3 (a): the current time is not after nextUpdate, which is a whole second. `expired` lifts that. A list without nextUpdate
 * needs a maximum age.
 */
export function isNotOver_6_3_3_a({ at, revocation }: CheckedCall, { nextUpdate }: RevocationList): boolean {
  if (revocation.expired === 'allow') return true
  return nextUpdate === undefined ? revocation.maxAgeDays !== undefined : at < nextUpdate + 1000
}

/** `RevocationCheck.maxAgeDays`: thisUpdate is no longer ago. */
export function isYoung_maxAgeDays({ at, revocation }: CheckedCall, { thisUpdate }: RevocationList): boolean {
  return at - thisUpdate <= (revocation.maxAgeDays ?? Number.POSITIVE_INFINITY) * day
}

/**
 * The distribution points that 6.3.3 goes through: those of the certificate, and by its last paragraph one more, whose name is
 * the certificate's issuer.
 */
export function pointsOf_6_3_3({ issuer, crlDistributionPoints }: Certificate): readonly DistributionPoint[] {
  return [...(crlDistributionPoints?.value ?? []), { name: { directory: issuer } }]
}

/** 6.3.3 (b)(1), first half: the distribution point has a cRLIssuer, which issued the list, and the list is indirect. */
export function isOfCrlIssuer_6_3_3_b_1({ crlIssuer }: DistributionPoint, { issuer, scope }: RevocationList): boolean {
  return crlIssuer !== undefined && sameName_7_1(issuer, crlIssuer) && scope?.indirect === true
}

/**
 * 6.3.3 (b)(1), second half: the distribution point has no cRLIssuer, and the certificate's issuer issued the list. Beyond the
 * RFC (docs/conformance.md), the list must not be indirect.
 */
export function isOfIssuer_6_3_3_b_1(
  certificate: Certificate,
  { crlIssuer }: DistributionPoint,
  { issuer, scope }: RevocationList,
): boolean {
  return crlIssuer === undefined && sameName_7_1(issuer, certificate.issuer) && scope?.indirect !== true
}

/** 6.3.3 (b)(2)(i): the list's distribution point is one of the names of the certificate's, or of its cRLIssuer. */
export function isForPoint_6_3_3_b_2_i({ name, crlIssuer }: DistributionPoint, { scope }: RevocationList): boolean {
  if (scope?.point === undefined) return true
  const named = name ?? (crlIssuer && { directory: crlIssuer })
  return named !== undefined && samePointName(named, scope.point)
}

function samePointName(a: PointName, b: PointName): boolean {
  return 'directory' in a && 'directory' in b
    ? sameName_7_1(a.directory, b.directory)
    : 'uri' in a && 'uri' in b && a.uri === b.uri
}

function isCa({ basicConstraints }: Certificate): boolean {
  return basicConstraints?.value.ca === true
}

/** 6.3.3 (b)(2)(ii): if onlyContainsUserCerts is set, the certificate is not a CA's. */
export function isForUsers_6_3_3_b_2_ii(certificate: Certificate, { scope }: RevocationList): boolean {
  return scope?.only !== 'users' || !isCa(certificate)
}

/** 6.3.3 (b)(2)(iii): if onlyContainsCACerts is set, the certificate is a CA's. */
export function isForAuthorities_6_3_3_b_2_iii(certificate: Certificate, { scope }: RevocationList): boolean {
  return scope?.only !== 'authorities' || isCa(certificate)
}

/** 6.3.3 (b)(2)(iv): onlyContainsAttributeCerts is not set. */
export function isForPublicKeys_6_3_3_b_2_iv({ scope }: RevocationList): boolean {
  return scope?.only !== 'attributes'
}

/** 5.2.5: a list for users or for CAs has no version 1 certificates in its scope. */
export function isForVersion_5_2_5({ version }: Certificate, { scope }: RevocationList): boolean {
  return version !== 1 || (scope?.only !== 'users' && scope?.only !== 'authorities')
}

/** 6.3.3 (c)(1): a delta has the issuer of the list that it updates. */
export function hasSameIssuer_6_3_3_c_1(delta: RevocationList, list: RevocationList): boolean {
  return sameName_7_1(delta.issuer, list.issuer)
}

/** 6.3.3 (c)(2): both have the same issuingDistributionPoint, as it is encoded, or none. */
export function hasSameScope_6_3_3_c_2({ scope: a }: RevocationList, { scope: b }: RevocationList): boolean {
  const fields = (scope: typeof a): string =>
    JSON.stringify(scope && [scope.point ?? null, scope.only ?? null, scope.reasons ?? null, scope.indirect ?? null]) ?? ''
  return fields(a) === fields(b)
}

/** 6.3.3 (c)(3): both have the same authorityKeyIdentifier, or none. */
export function hasSameKeyId_6_3_3_c_3({ authorityKeyId: a }: RevocationList, { authorityKeyId: b }: RevocationList): boolean {
  return a === undefined || b === undefined ? a === b : sameKey(a, b)
}

/** 6.3.3 (d): the interim reasons of a list have this one: neither list nor distribution point leave it out. */
export function hasReason_6_3_3_d(reason: ReasonFlag, { reasons }: DistributionPoint, { scope }: RevocationList): boolean {
  return (reasons ?? allReasons).includes(reason) && (scope?.reasons ?? allReasons).includes(reason)
}

/** 6.3.3 (e): a list counts if it adds a reason. No order is given here: in some order, every list that covers one adds it. */
export function addsReason_6_3_3_e(reasons: readonly ReasonFlag[]): boolean {
  return reasons.length > 0
}

/** 6.3.3 (f): the signer's keyUsage, if there is one, has cRLSign. */
export function signsLists_6_3_3_f({ keyUsage }: Certificate): boolean {
  return keyUsage === undefined || keyUsage.value.includes('cRLSign')
}

/** Beyond 6.3.3 (f): whoever is not a CA signs lists only if a keyUsage says so. */
export function saysThatItSignsLists(signer: Certificate): boolean {
  return signer.keyUsage !== undefined || isCa(signer)
}

/** Two certificates of the same name and key are the same authority. */
export function isSameAuthority(a: Certificate, b: Certificate): boolean {
  return sameName_7_1(a.subject, b.subject) && sameKey(a.key, b.key)
}

/** 6.3.3 (f): the signer's path ends in the anchor of the certificate's path. */
export function endsInSameAnchor_6_3_3_f(own: Path, path: Path): boolean {
  return isSameAuthority(own.at(-1)!, path.at(-1)!)
}

/**
 * Beyond 6.3.3 (f) (docs/architecture.md): the certificate's CA or one above it certified the signer, directly or through other
 * certificates of the list's issuer.
 */
export function isCertifiedFromAbove(own: Path, superiors: readonly Certificate[], listIssuer: Name): boolean {
  const [, ...certifiers] = own
  const first = certifiers.findIndex((certifier) => !sameName_7_1(certifier.subject, listIssuer))
  const direct = first === -1 ? certifiers : certifiers.slice(0, first + 1)
  return direct.some((certifier) => superiors.some((superior) => isSameAuthority(superior, certifier)))
}

/** 6.3.3 (g), and (h) for deltas: the key made the list's signature. */
export function isSignedBy_6_3_3_g_h({ signedBy }: RevocationList, key: Key): boolean {
  return key.kind !== 'p521' && sameKey(signedBy, key)
}

/** An entry with the issuers whose certificates it may be about (5.3.3). */
export interface OwnedEntry extends ListEntry {
  readonly owners: readonly Name[]
}

/**
 * 5.3.3: an entry of an indirect list is about the issuer that it names, else that of the entry before it, at first the list's
 * own. If a list names issuers without being indirect, which it must not, an entry that names none may be about either.
 */
export function ownedEntries_5_3_3({ issuer, scope, entries }: RevocationList): readonly OwnedEntry[] {
  return entries.map((entry, i) => {
    const last =
      entries.slice(0, i + 1).findLast(({ certificateIssuer }) => certificateIssuer !== undefined)?.certificateIssuer ?? issuer
    const isOwn = entry.certificateIssuer === undefined && scope?.indirect !== true
    return { ...entry, owners: isOwn ? [issuer, last] : [last] }
  })
}

/** 6.3.3 (i) and (j): the entry has the certificate's serial number, and by 5.3.3 its issuer. */
export function hasSerial_6_3_3_i_j({ serial }: OwnedEntry, certificate: Certificate): boolean {
  return serial === certificate.serial
}

/** 5.3.3. */
export function isOfIssuer_5_3_3({ owners }: OwnedEntry, certificate: Certificate): boolean {
  return owners.some((owner) => sameName_7_1(owner, certificate.issuer))
}

/** 6.3.3 (k), 5.3.1: the entry of a delta takes the certificate off the list. In a complete list it has no such meaning. */
export function isRemoval_6_3_3_k({ reason }: ListEntry, { deltaBase }: RevocationList): boolean {
  return reason === removeFromCrl && deltaBase !== undefined
}

/** 5.3.1: the certificate is only on hold. */
export function isHold_5_3_1({ reason }: ListEntry): boolean {
  return reason === certificateHold
}

/** 5.2: no critical extension of the list is unknown. */
export function extensionsAreKnown_5_2({ unknownCritical }: RevocationList): boolean {
  return unknownCritical !== true
}

/** 5.3: no critical extension of any entry is unknown. */
export function entryExtensionsAreKnown_5_3({ entries }: RevocationList): boolean {
  return entries.every(({ unknownCritical }) => unknownCritical !== true)
}

/** 5.3.3: only entries of indirect lists name an issuer. */
export function namesNoIssuerUnlessIndirect_5_3_3({ entries, scope }: RevocationList): boolean {
  return scope?.indirect === true || entries.every(({ certificateIssuer }) => certificateIssuer === undefined)
}

/** `Policy.hashes`: the list's signature uses one of them. */
export function hashIsAllowed_hashes({ policy }: CheckedCall, { hash }: { readonly hash: Hash }): boolean {
  return (policy.hashes as readonly string[]).includes(hash)
}

/** 5.2.3: the list has a number. Conformance `practical` does not ask for it. */
export function hasNumber_5_2_3({ policy }: CheckedCall, { number }: RevocationList): boolean {
  return policy.conformance === 'practical' || number !== undefined
}

/** 5.2.3: the later of two lists has the higher number and no earlier date. Lists without numbers have dates only. */
export function isLater_5_2_3(later: RevocationList, earlier: RevocationList): boolean {
  if (later.number === undefined || earlier.number === undefined)
    return later.number === earlier.number && later.thisUpdate > earlier.thisUpdate
  return later.number > earlier.number && later.thisUpdate >= earlier.thisUpdate
}

/** 5.2.4 (c) and (d): the list is the delta's base or later, and has a lower number than the delta. */
export function isBetween_5_2_4(delta: RevocationList, { number, thisUpdate }: RevocationList): boolean {
  if (delta.deltaBase === undefined || delta.number === undefined || number === undefined) return false
  return delta.deltaBase <= number && number < delta.number && thisUpdate <= delta.thisUpdate
}
