import { edits, type Mutation } from './mutation.ts'

/**
 * Checks of revocation, and edits that remove them.
 *
 * Not in the list, because no verdict changes without them:
 * - In `CrlJudge.statusOf`, that a replaced list clears nobody. The later list that replaces it has the same scope and signer, and
 *   clears whatever the older one would clear.
 * - In `CrlJudge`, that all entries of a delta lift a hold. A delta with another entry names the certificate itself.
 */

const judge = edits('path/revocation/crl-judge.ts', [
  ['entries that name a certificate', "if (refusal === undefined) return { kind: 'revoked', entry: found.entries[0]! }"],
  [
    'that a list that must not be used makes unknown',
    'const refusal = unfit ?? found.signer.limitation',
    'const refusal = found.signer.limitation',
  ],
  [
    'that the list of a limited signer makes unknown',
    'const refusal = unfit ?? found.signer.limitation',
    'const refusal = unfit',
  ],
  ['that an unusable list rejects whom it names', 'if (unusable !== undefined)', 'if (false)'],
  ['that deltas clear nobody', '=== reasons || list.isDelta ||', '=== reasons ||'],
  ['what a list needs to clear a certificate', 'const unfit = this.#refuseAsEvidence(list)\n', 'const unfit = undefined\n'],
  ['who signs the list that clears a certificate', 'const refusal = unfit ?? refuseSigner(signer)', 'const refusal = unfit'],
  ['that every reason is covered', 'if (reasons === allReasons)', 'if (reasons !== 0)'],
  ['CRL issuers of distribution points', 'for (const other of point.issuers ?? []) issuers.add(other)', ';'],
  ['whose certificate an entry is about', 'isForIt !== false && !(isDelta', '!(isDelta'],
  ['removeFromCRL', '!(isDelta && entry.reason === removeFromCrl)', 'true'],
  ['that only deltas remove', '(isDelta && entry.reason === removeFromCrl)', '(entry.reason === removeFromCrl)'],
  [
    'that lists of a limited signer replace nothing',
    'if (signer.limitation !== undefined) return undefined\n    const others',
    'const others',
  ],
  [
    'that a list which replaces another one is fit',
    'this.#refuseAsEvidence(other) === undefined && this.#signers.hasSigned',
    'this.#signers.hasSigned',
  ],
  ['that one key signed a list and what replaces it', ' && this.#signers.hasSigned(other, signer.certificate)'],
  ['that a later list no longer has the entry', ' && this.#matchingEntries(certificate, other).length === 0'],
  ['lists that replace others', "if (isReplaced) return 'list'"],
  ['that only holds are lifted', 'if (!entries.every(({ reason }) => reason === certificateHold)) return undefined'],
  ['that the latest delta decides', 'deltas.filter((delta) => !deltas.some((other) => isReplacedDelta(delta, other)))', 'deltas'],
  ['that a delta lifts the hold', 'latest.every((delta) => this.#liftsHold(certificate, delta))', 'true'],
  ['hashes of lists', ' ?? refuseAlgorithm(this.#context.policy, list.parsedAlgorithm)?.message'],
  ['that a later list has the same scope', ' || !sameScope(newer, older)) return false', ') return false'],
  ['that a later list has a higher number', 'return order > 0 && newer.thisUpdateTime', 'return newer.thisUpdateTime'],
  ['that a later list has no earlier date', 'order > 0 && newer.thisUpdateTime >= older.thisUpdateTime', 'order > 0'],
  ['key identifiers of deltas', ' || delta.authorityKeyId !== list.authorityKeyId) return false', ') return false'],
  ['that a delta has the same scope', ' || !sameScope(delta, list)) return false', ') return false'],
  ['the base of a delta', 'sinceBase !== undefined && sinceBase <= 0', 'true'],
  ['that a delta has a higher number', 'order === undefined || order <= 0 ||', 'order === undefined ||'],
  ['that a delta has no earlier date', ' || delta.thisUpdateTime < list.thisUpdateTime'],
])

const dates = edits('path/revocation/list-text.ts', [
  ['thisUpdate', 'if (at < thisUpdateTime)', 'if (false)'],
  ['maxAgeDays', 'if (at - thisUpdateTime > maxAge)', 'if (false)'],
  ['expired', "if (expired === 'allow') return undefined"],
  ['nextUpdate', 'return at < nextUpdateTime + 1000 ? undefined', 'return true ? undefined'],
  ['the last second of nextUpdate', 'at < nextUpdateTime + 1000', 'at < nextUpdateTime'],
  [
    'that a list without nextUpdate needs a maximum age',
    "return maxAge === Number.POSITIVE_INFINITY ? 'it has no nextUpdate, and maxAgeDays is not set' : undefined",
    'return undefined',
  ],
])

const signers = edits('path/revocation/list-signers.ts', [
  [
    'that the CA has the name of the issuer of the list',
    'list.issuerKey === issuer.subjectKey && this.hasSigned(list, issuer)',
    'this.hasSigned(list, issuer)',
  ],
  [
    'that the CA signed the list',
    'list.issuerKey === issuer.subjectKey && this.hasSigned(list, issuer)',
    'list.issuerKey === issuer.subjectKey',
  ],
  ['cRLSign of the CA', 'if (allowsLists(issuer)) return', 'return'],
  [
    'other signers',
    'for (const signer of this.#inOrder(this.#context.signerCandidates(list), list))',
    'for (const signer of [] as CertificateView[])',
  ],
  ['signers that are listed', 'return limited ?? this.#listedSigner(list)', 'return limited'],
  ['cRLSign of an anchor', 'return allowsLists(anchor) && this.hasSigned(list, anchor)', 'return this.hasSigned(list, anchor)'],
  ['the right of a signer to sign lists', 'if (!maySignForCa(signer)) return undefined'],
  ['that only CAs may lack keyUsage', ' && (signer.keyUsageBits !== undefined || signer.isCa)'],
  ['the anchor of a signer', 'if (!isSameAuthority(signerPath[signerPath.length - 1]!, anchor)) return false'],
  ['that the signer signed the list', 'if (!this.hasSigned(list, signer)) return true'],
  ['that the signer is not revoked', 'if (refusal !== undefined) return refusal.code', 'if (false) return refusal!.code'],
  ["that a revoked signer's list does not reject", "return refusal.code !== 'revoked' && limit(", 'return limit('],
  ['maxChainLength of signers', 'if (signerPath.length - 1 > this.#context.policy.maxChainLength)', 'if (false)'],
  [
    'that the CA or one above certified the signer',
    'if (!isCertifiedBy(casAbove, signerPath, list)) return',
    'if (false) return',
  ],
  ['that certifiers with other names do not count', 'if (certifier.subjectKey !== list.issuerKey) return false'],
])

const scope = edits('path/revocation/scope.ts', [
  ['the kinds of certificates that a list is about', 'if (scope !== undefined && !coversKind(certificate, list)) return 0'],
  ['lists about attribute certificates', 'if (scope.onlyContainsAttributeCerts) return false'],
  ['versions', '&& certificate.version !== 3) return false', '&& false) return false'],
  ['onlyContainsUserCerts', '!(scope.onlyContainsUserCerts && certificate.isCa) && ', ''],
  ['onlyContainsCACerts', ' && !(scope.onlyContainsCaCerts && !certificate.isCa)'],
  ['onlySomeReasons', 'scope?.reasons === undefined ? allReasons : scope.reasons & allReasons', 'allReasons'],
  ['that indirect lists are not the own ones', '!list.isIndirect && certificate.issuerKey', 'certificate.issuerKey'],
  ['reasons of distribution points', 'point.reasons === undefined ? listReasons : listReasons & point.reasons', 'listReasons'],
  ['names of distribution points', ' || !matchesPoint(point, list)) continue', ') continue'],
  [
    'that lists of CRL issuers are indirect',
    'return list.isIndirect && issuers.has(list.issuerKey)',
    'return issuers.has(list.issuerKey)',
  ],
  ['names of CRL issuers', 'return list.isIndirect && issuers.has(list.issuerKey)', 'return list.isIndirect'],
  ['issuers of entries', 'if (names.some((name) => canonicalName(name) === certificate.issuerKey)) return true', 'return true'],
  [
    'that an entry without issuer is about those of the list',
    'const names = issuer === undefined ? [list.issuerName] :',
    'const names = issuer === undefined ? [certificate.issuerName] :',
  ],
  ['that the name of a CRL issuer stands for a missing name', 'if (names.size === 0) for', 'if (false) for'],
])

const check = edits('path/revocation/revocation-check.ts', [
  ['distribution points that cannot be read', 'if (isEnough && unreadable === undefined) continue', 'if (isEnough) continue'],
  ['depth', "request.depth === 'leaf' && depth === 0 ?", 'false ?'],
  ['that signers are always checked', "request.depth === 'leaf' && depth === 0", "request.depth === 'leaf'"],
  ['unknown: refuse', "status.kind === 'uncovered' && request.unknown === 'allow'", "status.kind === 'uncovered'"],
  ['unknown: allow', "status.kind === 'uncovered' && request.unknown === 'allow'", 'false'],
  ['revoked certificates', "if (status.kind === 'revoked') {", 'if (false) {'],
])

const profile = edits('x509/profile/profile.ts', [
  ['critical extensions of lists', 'if (list.extensions.firstCriticalOutside(understood) !== undefined)', 'if (false)'],
  ['critical extensions of entries', 'if (list.hasUnknownCriticalEntry) return', 'if (false) return'],
  ['issuers in entries of lists that are not indirect', 'if (list.hasStrayIssuer) return', 'if (false) return'],
  [
    'deviations of lists',
    'if (deviation !== undefined) return deviation\n  const { extensions } = list',
    'const { extensions } = list',
  ],
  ['cRLNumber', 'if (!extensions.has(ExtensionId.crlNumber)) return', 'if (false) return'],
])

export const revocationMutations: readonly Mutation[] = [...judge, ...dates, ...signers, ...scope, ...check, ...profile]
