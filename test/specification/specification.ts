import type { RejectCode } from '../../src/index.ts'
import { type Role, requirements_conformance } from './conformance.ts'
import { policiesAreReadable } from './deviations.ts'
import { type Call, type Certificate, type Key, type Path, sameKey } from './model.ts'
import { formOf, isAddress_9525_6_1, isSelfIssued_6_1, matchesHost_9525_6_3, nameForms, sameName_7_1 } from './names.ts'
import * as path61 from './path-validation.ts'
import * as beyond from './policy-clauses.ts'
import { isListed, type Reading, readingsOf } from './readings.ts'
import { inquiryOf, withRevocation } from './revocation-checks.ts'

/**
 * The whole verdict: every path from the leaf to an anchor is judged by every clause. A call is accepted if one of its paths
 * fails none. Nothing is remembered.
 */

/** A clause that was judged for a path. */
export interface Check {
  readonly clause: string
  readonly holds: boolean
  /** Whether it had something to judge: a constraint that is there, an extension that could have been another. */
  readonly applies: boolean
  /** The certificate that it is about: 0 is the leaf. */
  readonly index: number
  /** The documented order of checks (docs/architecture.md, "From bytes to verdict"): a path's first failure has the lowest. */
  readonly stage: number
  /** The codes that say that it does not hold. */
  readonly codes: readonly RejectCode[]
}

export interface JudgedPath extends Reading {
  readonly checks: readonly Check[]
  readonly failures: readonly Check[]
}

export interface Judgement {
  readonly accepted: readonly JudgedPath[]
  readonly refused: readonly JudgedPath[]
  /** The codes that the first failure of some path justifies. */
  readonly codes: ReadonlySet<RejectCode>
}

export function judge(call: Call): Judgement {
  const readings = readingsOf(call)
  const judged = beyond.keyPurposes_purpose(call).flatMap((keyPurpose) => {
    const demanded = { ...call, keyPurpose }
    const inquiry = inquiryOf(demanded)
    return readings.map((reading): JudgedPath => {
      const checks = withRevocation(inquiry, reading, checksOf(demanded, reading))
      return { ...reading, checks, failures: checks.filter(({ holds }) => !holds) }
    })
  })
  const refused = judged.filter(({ failures }) => failures.length > 0)
  return {
    accepted: judged.filter(({ failures }) => failures.length === 0),
    refused,
    codes: new Set(refused.flatMap(({ failures }) => firstOf(failures).flatMap(({ codes }) => codes))),
  }
}

/** The failures of the first stage that has any. */
export function firstOf(failures: readonly Check[]): readonly Check[] {
  const first = Math.min(...failures.map(({ stage }) => stage))
  return failures.filter(({ stage }) => stage === first)
}

export function checksOf(call: Call, { path, isComplete }: Reading): readonly Check[] {
  return [
    ...leafChecks(call, path[0]),
    ...issuerChecks(call, path, isComplete),
    ...walkChecks(call, path, isComplete),
    ...(isComplete ? deviationChecks(call, path) : []),
  ]
}

function deviationChecks(call: Call, path: Path): readonly Check[] {
  if (call.policies === undefined) return []
  return judged(0, wholePath, [['deviations: certificatePolicies', policiesAreReadable(call, path), ['policy_violation']]])
}

/** Stages: the leaf by itself, then upwards for each issuer its signature and itself, at last the path as a whole. */
const leafStage = 0
const signatureStage = (index: number): number => 2 * index + 1
const issuerStage = (index: number): number => 2 * index
export const wholePath = 1_000

type Judged = readonly [clause: string, holds: boolean, codes: readonly RejectCode[], applies?: boolean]

function judged(index: number, stage: number, checks: readonly Judged[]): readonly Check[] {
  return checks.map(([clause, holds, codes, applies = true]) => ({ clause, holds, codes, applies, index, stage }))
}

function strengthChecks(call: Call, key: Key): readonly Judged[] {
  const isRsa = key.kind.startsWith('rsa')
  return [
    ['minRsaBits', beyond.isLargeEnough_minRsaBits(call, key), ['weak_key'], isRsa],
    ['maxRsaBits', beyond.isSmallEnough_maxRsaBits(call, key), ['too_large'], isRsa],
    ['curves', beyond.isOnCurve_curves(call, key), ['unsupported_curve'], !isRsa],
  ]
}

function leafChecks(call: Call, leaf: Certificate): readonly Check[] {
  const { serverName, policy, purpose } = call
  const hostMatches = serverName === undefined || matchesHost_9525_6_3(leaf, serverName)
  const isAddress = serverName !== undefined && isAddress_9525_6_1(serverName)
  const isPinnedSelfSigned = beyond.isPinned_trust(call, leaf) && beyond.isSelfSigned(leaf)
  const hasPurpose = leaf.extendedKeyUsage !== undefined && purpose !== 'any'
  const hasUsage = leaf.keyUsage !== undefined && purpose !== 'any'
  return judged(0, leafStage, [
    ...strengthChecks(call, leaf.key),
    ['hashes', isPinnedSelfSigned || beyond.hashIsAllowed_hashes(call, leaf), ['weak_hash']],
    ['requireEku', beyond.namesPurpose_requireEku(call, leaf), ['extended_key_usage_violation'], policy.requireEku],
    ['4.2.1.12, leaf', beyond.allowsPurpose_4_2_1_12(call, leaf), ['extended_key_usage_violation'], hasPurpose],
    ['4.2.1.3, leaf', beyond.allowsHandshake_4_2_1_3(call, leaf), ['key_usage_violation'], hasUsage],
    ['RFC 9525 6.3: DNS-ID', isAddress || hostMatches, ['name_mismatch'], serverName !== undefined && !isAddress],
    ['RFC 9525 6.4: IP-ID', !isAddress || hostMatches, ['name_mismatch'], isAddress],
    ...conformanceChecks(call, leaf, 'leaf'),
  ])
}

function conformanceChecks(call: Call, certificate: Certificate, role: Role): readonly Judged[] {
  return requirements_conformance(call, certificate, role).map(([paragraph, holds]): Judged => {
    return [`conformance: ${paragraph}`, holds, ['nonconforming']]
  })
}

/** What holds for issuers beyond 6.1, and that the path ends in an anchor. */
function issuerChecks(call: Call, path: Path, isComplete: boolean): readonly Check[] {
  const top = path.length - 1
  const issuers = path.slice(1).flatMap((issuer, below) => {
    const index = below + 1
    const isAnchorHere = isComplete && index === top
    const purposeCounts = !isAnchorHere || call.policy.enforceAnchorConstraints
    const hasPurpose = issuer.extendedKeyUsage !== undefined && call.purpose !== 'any'
    const purpose: Judged = [
      '4.2.1.12, CA',
      beyond.allowsPurpose_4_2_1_12(call, issuer),
      ['extended_key_usage_violation'],
      hasPurpose,
    ]
    return [
      ...judged(index, issuerStage(index), [
        ...strengthChecks(call, issuer.key),
        ['hashes', isAnchorHere || beyond.hashIsAllowed_hashes(call, issuer), ['weak_hash'], !isAnchorHere],
        ...(purposeCounts ? [purpose, ...conformanceChecks(call, issuer, isAnchorHere ? 'anchor' : 'intermediate')] : []),
      ]),
      ...judged(index, signatureStage(index - 1), [
        ['maxChainLength', beyond.isShortEnough_maxChainLength(call, index), ['chain_too_long']],
      ]),
    ]
  })
  return [...issuers, ...judged(top, signatureStage(top), [['6.1 (b)', isComplete, noIssuerCodes(call, path[top]!, top)]])]
}

/**
 * 6.1 (b), nothing is found that issued a certificate. The codes tell how far the search came; that it is self-signed can
 * only be said of a certificate that names itself as its issuer. A CA that may itself end the path needs none.
 */
function noIssuerCodes(call: Call, top: Certificate, index: number): readonly RejectCode[] {
  if (index > 0 && isListed(call, top) && beyond.mayEndPath_trust(call, top)) return []
  const codes: readonly RejectCode[] = isSelfIssued_6_1(top)
    ? ['self_signed_untrusted', 'unknown_issuer', 'incomplete_chain']
    : ['unknown_issuer', 'incomplete_chain']
  return namesFalseIssuer(call, top) ? [...codes, 'signature_mismatch'] : codes
}

/** 4.2.1.1: whether name and key identifier name a listed issuer that did not sign it. It may be on the path already. */
function namesFalseIssuer(call: Call, { issuer, authorityKeyId, signedBy }: Certificate): boolean {
  return beyond.usable(call).some((other) => {
    const isNamed = authorityKeyId !== undefined && other.subjectKeyId !== undefined && sameKey(authorityKeyId.value, other.key)
    return isNamed && sameName_7_1(other.subject, issuer) && !sameKey(other.key, signedBy)
  })
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

/** 6.1.2 to 6.1.4, from the anchor down. A pinned leaf, and a path whose anchor is not found, have nothing above them. */
function stepsOf(call: Call, { path, isComplete }: Reading): readonly path61.Step[] {
  const hasAnchor = isComplete && path.length > 1
  const walked = hasAnchor ? path.slice(0, -1) : path
  const steps: path61.Step[] = []
  let state = path61.initialState_6_1_2(call, hasAnchor ? path.at(-1) : undefined, walked.length)
  for (let index = walked.length - 1; index >= 0; index--) {
    const isAsked = asksLists_6_1_3_a_3(call, { path, isComplete }, index)
    const step: path61.Step = { call, certificate: walked[index]!, isFinal: index === 0, isAsked, state }
    steps.push(step)
    if (index > 0) state = path61.prepared_6_1_4(step)
  }
  return steps
}

/** 6.1.3 (a)(3): whether lists are asked about a certificate: all below the anchor, or only the leaf. A pinned leaf is an anchor. */
function asksLists_6_1_3_a_3({ revocation }: Call, { path, isComplete }: Reading, index: number): boolean {
  const isAnchor = isComplete && index === path.length - 1
  return revocation !== undefined && revocation.lists.length > 0 && !isAnchor && (index === 0 || revocation.depth === 'chain')
}

/** 6.1.3 to 6.1.5 for each certificate of a path. */
function walkChecks(call: Call, path: Path, isComplete: boolean): readonly Check[] {
  const steps = stepsOf(call, { path, isComplete }).toReversed()
  return [
    ...(isComplete && path.length > 1 ? anchorChecks(call, path) : []),
    ...steps.flatMap((step, index) => [
      ...basicChecks(step, index, path),
      ...(isComplete ? completeChecks(step, index) : []),
      ...(index > 0 ? preparationChecks(step, index, path, isComplete) : []),
    ]),
  ]
}

/** 6.1.6: the policies that an accepted path is valid for. */
export function validPoliciesOf(call: Call, path: Path): path61.ValidPolicies {
  return path61.validPolicies_6_1_6(stepsOf(call, { path, isComplete: true }).at(-1)!)
}

/** RFC 5937 and `checkAnchorValidity`: what of the anchor's certificate counts. */
function anchorChecks(call: Call, path: Path): readonly Check[] {
  const index = path.length - 1
  const certificate = path[index]!
  const state = path61.initialState_6_1_2(call, certificate, index)
  const step: path61.Step = { call, certificate, isFinal: false, isAsked: false, state }
  const { checkAnchorValidity, enforceAnchorConstraints } = call.policy
  const { keyUsage, certificatePolicies, policyMappings } = certificate
  const validity: readonly Judged[] = [
    ['checkAnchorValidity: notBefore', path61.hasBegun_6_1_3_a_2(step), ['not_yet_valid']],
    ['checkAnchorValidity: notAfter', path61.hasNotEnded_6_1_3_a_2(step), ['expired']],
  ]
  const constraints: readonly Judged[] = [
    [
      certificate.version === 1 ? 'version1Roots' : 'RFC 5937: 6.1.4 (k)',
      path61.isCa_6_1_4_k(step) || beyond.mayIssue_version1Roots(call, certificate),
      ['not_a_ca'],
    ],
    ['RFC 5937: 6.1.4 (n)', path61.signsCertificates_6_1_4_n(step), ['key_usage_violation'], keyUsage !== undefined],
    [
      'RFC 5937: 6.1.4 (o)',
      path61.extensionsAreKnown_6_1_4_o_6_1_5_f(step),
      ['unknown_critical_extension'],
      hasUncommonExtension(certificate),
    ],
  ]
  const mappings: readonly Judged[] = [
    ['RFC 5937: 6.1.4 (a)', path61.mapsNoAnyPolicy_6_1_4_a(step), ['policy_violation'], policyMappings !== undefined],
  ]
  const mappingsCount = enforceAnchorConstraints && certificatePolicies !== undefined
  return [
    ...judged(index, issuerStage(index), [
      ...(checkAnchorValidity ? validity : []),
      ...(enforceAnchorConstraints ? constraints : []),
    ]),
    ...judged(index, wholePath, mappingsCount ? mappings : []),
  ]
}

function basicChecks(step: path61.Step, index: number, path: Path): readonly Check[] {
  const { workingKey } = step.state
  const isKeyUsed = workingKey === undefined || strengthChecks(step.call, workingKey).every(([, holds]) => holds)
  return [
    // A key that the policy refuses verifies no signature: then the issuer itself is at fault.
    ...judged(index, isKeyUsed ? signatureStage(index) : issuerStage(index + 1), [
      [
        '6.1.3 (a)(1)',
        path61.signatureVerifies_6_1_3_a_1(step),
        wrongIssuerCodes(step.call, path, index),
        workingKey !== undefined,
      ],
    ]),
    ...judged(index, issuerStage(index), [
      ['6.1.3 (a)(2): notBefore', path61.hasBegun_6_1_3_a_2(step), ['not_yet_valid']],
      ['6.1.3 (a)(2): notAfter', path61.hasNotEnded_6_1_3_a_2(step), ['expired']],
      [
        index === 0 ? '6.1.5 (f)' : '6.1.4 (o)',
        path61.extensionsAreKnown_6_1_4_o_6_1_5_f(step),
        ['unknown_critical_extension'],
        hasUncommonExtension(step.certificate),
      ],
    ]),
  ]
}

/** Whether a certificate has an extension that is not always understood. */
function hasUncommonExtension({ unknown, crlDistributionPoints }: Certificate): boolean {
  return unknown !== undefined || crlDistributionPoints !== undefined
}

/** What only a complete path can be asked. */
function completeChecks(step: path61.Step, index: number): readonly Check[] {
  const { subtrees, explicitPolicy } = step.state
  const names: readonly Judged[] = nameForms.flatMap((form): readonly Judged[] => {
    const has = path61.hasConstrainedName(step, form)
    const codes = ['name_constraint_violation'] as const
    const permitted = has && subtrees.some((own) => own.permitted.some((subtree) => formOf(subtree) === form))
    const excluded = has && subtrees.some((own) => own.excluded.some((subtree) => formOf(subtree) === form))
    return [
      [`6.1.3 (b): ${form}`, path61.namesArePermitted_6_1_3_b(step, form), codes, permitted],
      [`6.1.3 (c): ${form}`, path61.namesAreNotExcluded_6_1_3_c(step, form), codes, excluded],
    ]
  })
  const user: readonly Judged[] = [
    ['6.1.5 (g)', path61.userPolicyIsValid_6_1_5_g(step), ['policy_violation'], path61.needsPolicy_6_1_5_a_b(step)],
  ]
  return judged(index, wholePath, [
    ...names,
    ['6.1.3 (f)', path61.policyIsValid_6_1_3_f(step), ['policy_violation'], explicitPolicy === 0],
    ...(step.isFinal ? user : []),
  ])
}

function preparationChecks(step: path61.Step, index: number, path: Path, isComplete: boolean): readonly Check[] {
  const isLimited = path.slice(index + 1).some(({ basicConstraints }) => basicConstraints?.value.pathLength !== undefined)
  const { keyUsage, policyMappings } = step.certificate
  const mappings: readonly Judged[] = [
    ['6.1.4 (a)', path61.mapsNoAnyPolicy_6_1_4_a(step), ['policy_violation'], policyMappings !== undefined],
  ]
  return [
    ...judged(index, issuerStage(index), [
      ['6.1.4 (k)', path61.isCa_6_1_4_k(step), ['not_a_ca']],
      ['6.1.4 (n)', path61.signsCertificates_6_1_4_n(step), ['key_usage_violation'], keyUsage !== undefined],
    ]),
    ...judged(index, issuerStage(path61.lowestExceeded_6_1_4_l(path)), [
      ['6.1.4 (l)', path61.pathLengthIsLeft_6_1_4_l(step), ['path_length_exceeded'], isLimited],
    ]),
    ...judged(index, wholePath, isComplete ? mappings : []),
  ]
}
