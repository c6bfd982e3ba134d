import type { RejectCode } from '../../src/index.ts'
import { conforms_conformance } from './conformance.ts'
import { type Call, type Certificate, type Key, type Path, sameKey } from './model.ts'
import { isSelfIssued_6_1, matchesHost_9525_6_3, sameName_7_1 } from './names.ts'
import * as path61 from './path-validation.ts'
import * as beyond from './policy-clauses.ts'

/**
 * The whole verdict: every path from the leaf to an anchor is judged by every clause. A call is accepted if one of its paths
 * fails none. Paths are not searched but enumerated, in no order, and nothing is remembered.
 */

/** A clause that a path does not satisfy, and the codes that say so. */
export interface Failure {
  readonly clause: string
  /** The certificate at fault: 0 is the leaf. */
  readonly index: number
  /** The documented order of checks (docs/architecture.md, "From bytes to verdict"): a path's first failure has the lowest. */
  readonly stage: number
  readonly codes: readonly RejectCode[]
}

export interface JudgedPath extends Reading {
  readonly failures: readonly Failure[]
}

/** A path as it is read: its last certificate is its anchor, or is issued by somebody who is not found. */
interface Reading {
  readonly path: Path
  readonly isComplete: boolean
}

export interface Judgement {
  readonly accepted: readonly Path[]
  readonly refused: readonly JudgedPath[]
  /** The codes that the first failure of some path justifies. */
  readonly codes: ReadonlySet<RejectCode>
}

export function judge(call: Call): Judgement {
  const judged = readingsOf(call).map((reading) => ({ ...reading, failures: failuresOf(call, reading) }))
  const refused = judged.filter(({ failures }) => failures.length > 0)
  return {
    accepted: judged.filter(({ failures }) => failures.length === 0).map(({ path }) => path),
    refused,
    codes: new Set(refused.flatMap(({ failures }) => firstOf(failures).flatMap(({ codes }) => codes))),
  }
}

/** The failures of the first stage that has any. */
export function firstOf(failures: readonly Failure[]): readonly Failure[] {
  const first = Math.min(...failures.map(({ stage }) => stage))
  return failures.filter(({ stage }) => stage === first)
}

/**
 * 6.1: every sequence of distinct certificates that starts with the leaf and in which each is issued, by its name, by the
 * next. Those that end where no issuer is found are among them: they fail 6.1 (b).
 */
function readingsOf(call: Call): readonly Reading[] {
  const [leaf, ...others] = call.presented
  const listed = beyond.usable(call)
  const pool = distinct(call.policy.intermediates === 'presented' ? [...listed, ...others] : listed)
  const readings: Reading[] = []
  const extend = (path: Path): void => {
    const top = path.at(-1)!
    const issuers = pool.filter((issuer) => sameName_7_1(top.issuer, issuer.subject) && !contains(path, issuer))
    const isComplete = endsInAnchor(call, path)
    if (isComplete) readings.push({ path, isComplete })
    if (issuers.length === 0 && !(isComplete && path.length === 1)) readings.push({ path, isComplete: false })
    for (const issuer of issuers) extend([...path, issuer])
  }
  extend([leaf])
  return readings
}

function distinct(certificates: readonly Certificate[]): readonly Certificate[] {
  return certificates.filter(({ serial }, i) => certificates.findIndex((other) => other.serial === serial) === i)
}

/** 6.1: a certificate is on a path once; so is, beyond the RFC, a name with its key. */
function contains(path: Path, { subject, key }: Certificate): boolean {
  return path.some((other) => sameName_7_1(other.subject, subject) && sameKey(other.key, key))
}

function failuresOf(call: Call, { path, isComplete }: Reading): readonly Failure[] {
  return [...leafFailures(call, path[0]), ...issuerFailures(call, path, isComplete), ...walkFailures(call, path, isComplete)]
}

/** 6.1.1 (d): the last certificate is listed and may end a path; a leaf alone, which nothing issues, must be pinned. */
function endsInAnchor(call: Call, path: Path): boolean {
  if (path.length === 1) return beyond.isPinned_trust(call, path[0])
  const top = path.at(-1)!
  return beyond.mayEndPath_trust(call, top) && isListed(call, top)
}

/** Stages: the leaf by itself, then upwards for each issuer its signature and itself, at last the path as a whole. */
const leafStage = 0
const signatureStage = (index: number): number => 2 * index + 1
const issuerStage = (index: number): number => 2 * index
const wholePath = Number.POSITIVE_INFINITY

type Check = readonly [holds: boolean, clause: string, codes: readonly RejectCode[]]

function failing(index: number, stage: number, checks: readonly Check[]): readonly Failure[] {
  return checks.filter(([holds]) => !holds).map(([, clause, codes]) => ({ clause, index, stage, codes }))
}

function strengthChecks(call: Call, key: Key): readonly Check[] {
  return [
    [beyond.isLargeEnough_minRsaBits(call, key), 'minRsaBits', ['weak_key']],
    [beyond.isSmallEnough_maxRsaBits(call, key), 'maxRsaBits', ['too_large']],
    [beyond.isOnCurve_curves(call, key), 'curves', ['unsupported_curve']],
  ]
}

function leafFailures(call: Call, leaf: Certificate): readonly Failure[] {
  const hostMatches = call.serverName === undefined || matchesHost_9525_6_3(leaf, call.serverName)
  const isPinnedSelfSigned = beyond.isPinned_trust(call, leaf) && beyond.isSelfSigned(leaf)
  return failing(0, leafStage, [
    ...strengthChecks(call, leaf.key),
    [isPinnedSelfSigned || beyond.hashIsAllowed_hashes(call, leaf), 'hashes', ['weak_hash']],
    [beyond.namesPurpose_requireEku(call, leaf), 'requireEku', ['extended_key_usage_violation']],
    [beyond.allowsPurpose_4_2_1_12(call, leaf), '4.2.1.12', ['extended_key_usage_violation']],
    [beyond.allowsHandshake_4_2_1_3(call, leaf), '4.2.1.3', ['key_usage_violation']],
    [hostMatches, 'RFC 9525 6.3', ['name_mismatch']],
    [conforms_conformance(call, leaf, 'leaf'), 'conformance', ['nonconforming']],
  ])
}

/** What holds for issuers beyond 6.1, and that the path ends in an anchor. */
function issuerFailures(call: Call, path: Path, isComplete: boolean): readonly Failure[] {
  const anchorCounts = call.policy.enforceAnchorConstraints
  const found: Failure[] = []
  for (const [index, issuer] of path.entries()) {
    if (index === 0) continue
    const isAnchorHere = isComplete && index === path.length - 1
    found.push(
      ...failing(index, issuerStage(index), [
        ...strengthChecks(call, issuer.key),
        [isAnchorHere || beyond.hashIsAllowed_hashes(call, issuer), 'hashes', ['weak_hash']],
        [
          (isAnchorHere && !anchorCounts) || beyond.allowsPurpose_4_2_1_12(call, issuer),
          '4.2.1.12',
          ['extended_key_usage_violation'],
        ],
        [
          (isAnchorHere && !anchorCounts) || conforms_conformance(call, issuer, isAnchorHere ? 'anchor' : 'intermediate'),
          'conformance',
          ['nonconforming'],
        ],
      ]),
      ...failing(index, signatureStage(index - 1), [
        [beyond.isShortEnough_maxChainLength(call, index), 'maxChainLength', ['chain_too_long']],
      ]),
    )
  }
  const top = path.length - 1
  if (!isComplete)
    found.push({ clause: '6.1 (b)', index: top, stage: signatureStage(top), codes: noIssuerCodes(call, path[top]!, top) })
  return found
}

/**
 * 6.1 (b), nothing is found that issued a certificate. The codes tell how far the search came; that it is self-signed can
 * only be said of a certificate that names itself as its issuer. A CA that may itself end the path needs none.
 */
function noIssuerCodes(call: Call, top: Certificate, index: number): readonly RejectCode[] {
  if (index > 0 && isListed(call, top) && beyond.mayEndPath_trust(call, top)) return []
  return isSelfIssued_6_1(top)
    ? ['self_signed_untrusted', 'unknown_issuer', 'incomplete_chain']
    : ['unknown_issuer', 'incomplete_chain']
}

/**
 * 6.1.3 (a)(1): the signature does not verify. If the certificate's key identifier names another key than its issuer's, what
 * is said is that nobody with that key is found. So it may be of a listed certificate, whose issuer `buildTruststore` looks for.
 */
function wrongIssuerCodes(call: Call, path: Path, index: number): readonly RejectCode[] {
  const certificate = path[index]!
  const issuer = path[index + 1]
  const { authorityKeyId } = certificate
  const hasIdentifiers = authorityKeyId !== undefined && issuer?.subjectKeyId !== undefined
  const namesAnother = hasIdentifiers && !sameKey(authorityKeyId.value, issuer.key)
  const missing = noIssuerCodes(call, certificate, index)
  if (namesAnother) return missing
  return isListed(call, certificate) ? ['signature_mismatch', ...missing] : ['signature_mismatch']
}

function isListed(call: Call, { serial }: Certificate): boolean {
  return beyond.usable(call).some((listed) => listed.serial === serial)
}

/** 6.1.2 to 6.1.5, from the anchor down. A pinned leaf, and a path whose anchor is not found, have nothing above them. */
function walkFailures(call: Call, path: Path, isComplete: boolean): readonly Failure[] {
  const hasAnchor = isComplete && path.length > 1
  const found: Failure[] = hasAnchor ? [...anchorFailures(call, path)] : []
  const walked = hasAnchor ? path.slice(0, -1) : path
  let state = path61.initialState_6_1_2(call, hasAnchor ? path.at(-1) : undefined, walked.length)
  for (let index = walked.length - 1; index >= 0; index--) {
    const step: path61.Step = { call, certificate: walked[index]!, isFinal: index === 0, state }
    found.push(...basicFailures(step, index, path, isComplete))
    if (index > 0) {
      found.push(...preparationFailures(step, index, path, isComplete))
      state = path61.prepared_6_1_4(step)
    } else if (isComplete) {
      found.push(...failing(0, wholePath, [[path61.userPolicyIsValid_6_1_5_g(step), '6.1.5 (g)', ['policy_violation']]]))
    }
  }
  return found
}

/** RFC 5937 and `checkAnchorValidity`: what of the anchor's certificate counts. */
function anchorFailures(call: Call, path: Path): readonly Failure[] {
  const index = path.length - 1
  const step: path61.Step = {
    call,
    certificate: path[index]!,
    isFinal: false,
    state: path61.initialState_6_1_2(call, path[index], index),
  }
  const { checkAnchorValidity, enforceAnchorConstraints } = call.policy
  const mappingsCount = enforceAnchorConstraints && step.certificate.certificatePolicies !== undefined
  const mapped = failing(index, wholePath, [
    [!mappingsCount || path61.mapsNoAnyPolicy_6_1_4_a(step), 'RFC 5937: 6.1.4 (a)', ['policy_violation']],
  ])
  const itself = failing(index, issuerStage(index), [
    [!checkAnchorValidity || path61.hasBegun_6_1_3_a_2(step), 'checkAnchorValidity', ['not_yet_valid']],
    [!checkAnchorValidity || path61.hasNotEnded_6_1_3_a_2(step), 'checkAnchorValidity', ['expired']],
    [!enforceAnchorConstraints || path61.isCa_6_1_4_k(step), 'RFC 5937: 6.1.4 (k)', ['not_a_ca']],
    [!enforceAnchorConstraints || path61.signsCertificates_6_1_4_n(step), 'RFC 5937: 6.1.4 (n)', ['key_usage_violation']],
    [
      !enforceAnchorConstraints || path61.extensionsAreKnown_6_1_4_o_6_1_5_f(step),
      'RFC 5937: 6.1.4 (o)',
      ['unknown_critical_extension'],
    ],
  ])
  return [...itself, ...mapped]
}

function basicFailures(step: path61.Step, index: number, path: Path, isComplete: boolean): readonly Failure[] {
  const { workingKey } = step.state
  const isKeyUsed = workingKey === undefined || strengthChecks(step.call, workingKey).every(([holds]) => holds)
  return [
    // A key that the policy refuses verifies no signature: then the issuer itself is at fault.
    ...failing(index, isKeyUsed ? signatureStage(index) : issuerStage(index + 1), [
      [path61.signatureVerifies_6_1_3_a_1(step), '6.1.3 (a)(1)', wrongIssuerCodes(step.call, path, index)],
      [path61.namesChain_6_1_3_a_4(step), '6.1.3 (a)(4)', ['unknown_issuer']],
    ]),
    ...failing(index, issuerStage(index), [
      [path61.hasBegun_6_1_3_a_2(step), '6.1.3 (a)(2)', ['not_yet_valid']],
      [path61.hasNotEnded_6_1_3_a_2(step), '6.1.3 (a)(2)', ['expired']],
      [path61.extensionsAreKnown_6_1_4_o_6_1_5_f(step), '6.1.4 (o), 6.1.5 (f)', ['unknown_critical_extension']],
    ]),
    ...failing(index, wholePath, [
      [!isComplete || path61.namesArePermitted_6_1_3_b(step), '6.1.3 (b)', ['name_constraint_violation']],
      [!isComplete || path61.namesAreNotExcluded_6_1_3_c(step), '6.1.3 (c)', ['name_constraint_violation']],
      [!isComplete || path61.policyIsValid_6_1_3_f(step), '6.1.3 (f)', ['policy_violation']],
    ]),
  ]
}

function preparationFailures(step: path61.Step, index: number, path: Path, isComplete: boolean): readonly Failure[] {
  const { limitedBy } = step.state
  const limiting = limitedBy === undefined ? index : path.indexOf(limitedBy)
  return [
    ...failing(index, issuerStage(index), [
      [path61.isCa_6_1_4_k(step), '6.1.4 (k)', ['not_a_ca']],
      [path61.signsCertificates_6_1_4_n(step), '6.1.4 (n)', ['key_usage_violation']],
    ]),
    ...failing(index, issuerStage(limiting), [[path61.pathLengthIsLeft_6_1_4_l(step), '6.1.4 (l)', ['path_length_exceeded']]]),
    ...failing(index, wholePath, [[!isComplete || path61.mapsNoAnyPolicy_6_1_4_a(step), '6.1.4 (a)', ['policy_violation']]]),
  ]
}
