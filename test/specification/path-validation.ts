import { anyPolicy, type Call, type Certificate, type GeneralName, type Key, type Path, type PolicyId, sameKey } from './model.ts'
import {
  constrainedNames_4_2_1_10,
  formOf,
  isExcluded_4_2_1_10,
  isPermitted_4_2_1_10,
  isSelfIssued_6_1,
  type NameForm,
  type Subtrees,
  sameName_7_1,
} from './names.ts'
import {
  initialGraph_6_1_2_a,
  type PolicyGraph,
  userConstrainedPolicies_6_1_5_g,
  withMappings_6_1_4_b,
  withPolicies_6_1_3_d_e,
} from './policies.ts'

/**
 * RFC 5280 6.1 for one path, with the policy processing of RFC 9618 and the anchor's inputs of RFC 5937. Every check is a
 * predicate that is true where the clause holds; every other step answers the next state. Nothing stops at a failure:
 * `specification.ts` collects all of them and finds the first.
 */

/** The state variables of 6.1.2 and the inputs of 6.1.1 that an anchor may change (RFC 5937). */
export interface State {
  readonly graph: PolicyGraph
  readonly subtrees: Subtrees
  readonly explicitPolicy: number
  readonly inhibitAnyPolicy: number
  readonly policyMapping: number
  /** Undefined where there is no anchor: a pinned leaf is its own, and nothing signs it. */
  readonly workingKey: Key | undefined
  readonly maxPathLength: number
  readonly initialPolicies: readonly PolicyId[]
}

/** What a predicate sees: certificate i of n, counted from the anchor, and the state before it. */
export interface Step {
  readonly call: Call
  readonly certificate: Certificate
  readonly isFinal: boolean
  /** Whether revocation lists are asked about the certificate. */
  readonly isAsked: boolean
  readonly state: State
}

/** 6.1.2: the state before the first of n certificates. */
export function initialState_6_1_2(call: Call, anchor: Certificate | undefined, n: number): State {
  const { policies } = call
  const state: State = {
    graph: initialGraph_6_1_2_a,
    subtrees: [],
    explicitPolicy: policies?.requireExplicitPolicy === true ? 0 : n + 1,
    inhibitAnyPolicy: policies?.inhibitAnyPolicy === true ? 0 : n + 1,
    policyMapping: policies?.inhibitPolicyMapping === true ? 0 : n + 1,
    workingKey: anchor?.key,
    maxPathLength: n,
    initialPolicies: policies?.initialPolicies ?? [anyPolicy],
  }
  return anchor === undefined || !call.policy.enforceAnchorConstraints ? state : withAnchor_5937_3_2(state, anchor)
}

/** RFC 5937 3.2: the anchor's path length, subtrees, policies and policy constraints limit the inputs. */
function withAnchor_5937_3_2(state: State, anchor: Certificate): State {
  const limit = anchor.basicConstraints?.value.pathLength
  const constraints = anchor.policyConstraints?.value
  return {
    ...state,
    subtrees: withSubtrees_6_1_4_g(state.subtrees, anchor),
    explicitPolicy: Math.min(state.explicitPolicy, constraints?.requireExplicitPolicy ?? state.explicitPolicy),
    policyMapping: Math.min(state.policyMapping, constraints?.inhibitPolicyMapping ?? state.policyMapping),
    inhibitAnyPolicy: Math.min(state.inhibitAnyPolicy, anchor.inhibitAnyPolicy?.value ?? state.inhibitAnyPolicy),
    graph: withAnchorPolicies_5937_3_2(state, anchor),
    maxPathLength: Math.min(state.maxPathLength, limit ?? state.maxPathLength),
  }
}

/**
 * RFC 5937 3.2: user-initial-policy-set is limited to the anchor's policies. Here the graph begins with them, which leaves
 * the same policies and lets the anchor's mappings count as well, a decision that RFC 5280 6.2 leaves open.
 */
function withAnchorPolicies_5937_3_2(state: State, anchor: Certificate): PolicyGraph {
  if (anchor.certificatePolicies === undefined) return state.graph
  const graph = withPolicies_6_1_3_d_e(state.graph, anchor, true)
  return withMappings_6_1_4_b(graph, anchor.policyMappings?.value ?? [], state.policyMapping > 0)
}

/** 6.1.3 (a)(1): the working public key verifies the signature. */
export function signatureVerifies_6_1_3_a_1({ certificate, state }: Step): boolean {
  return state.workingKey === undefined || sameKey(certificate.signedBy, state.workingKey)
}

/** 6.1.3 (a)(2), first half: the validity period has begun. */
export function hasBegun_6_1_3_a_2({ certificate, call }: Step): boolean {
  return certificate.notBefore <= call.at
}

/** 6.1.3 (a)(2), second half: the validity period has not ended. notAfter is a whole second, all of which is valid. */
export function hasNotEnded_6_1_3_a_2({ certificate, call }: Step): boolean {
  return call.at < certificate.notAfter + 1000
}

/** 6.1.3 (a)(4): the issuer's name is the working issuer name, which by 6.1.4 (c) is the subject of the certificate above. */
export function namesChain_6_1_3_a_4({ issuer }: Certificate, above: Certificate): boolean {
  return sameName_7_1(issuer, above.subject)
}

/** 6.1.3 (b): every name of a form lies within the permitted subtrees, unless the certificate is self-issued and not the last. */
export function namesArePermitted_6_1_3_b(step: Step, form: NameForm): boolean {
  return constrained(step, form).every((name) => isPermitted_4_2_1_10(name, step.state.subtrees))
}

/** 6.1.3 (c): no name of a form lies within an excluded subtree, unless the certificate is self-issued and not the last. */
export function namesAreNotExcluded_6_1_3_c(step: Step, form: NameForm): boolean {
  return constrained(step, form).every((name) => !isExcluded_4_2_1_10(name, step.state.subtrees))
}

/** Whether a certificate has names of a form that constraints bind. */
export function hasConstrainedName(step: Step, form: NameForm): boolean {
  return constrained(step, form).length > 0
}

function constrained({ certificate, isFinal, call }: Step, form: NameForm): readonly GeneralName[] {
  if (isSelfIssued_6_1(certificate) && !isFinal) return []
  return constrainedNames_4_2_1_10(certificate, isFinal, call.purpose).filter((name) => formOf(name) === form)
}

/** 6.1.3 (d) and (e): the policy graph with the policies of this certificate. */
function afterPolicies_6_1_3_d_e({ certificate, isFinal, state }: Step): State {
  const takesAnyPolicy = state.inhibitAnyPolicy > 0 || (!isFinal && isSelfIssued_6_1(certificate))
  return { ...state, graph: withPolicies_6_1_3_d_e(state.graph, certificate, takesAnyPolicy) }
}

/** 6.1.3 (f): explicit_policy is above 0, or the graph is not NULL. */
export function policyIsValid_6_1_3_f(step: Step): boolean {
  return step.state.explicitPolicy > 0 || afterPolicies_6_1_3_d_e(step).graph !== undefined
}

/** 6.1.4 (a): anyPolicy is mapped neither from nor to. */
export function mapsNoAnyPolicy_6_1_4_a({ certificate }: Step): boolean {
  return (certificate.policyMappings?.value ?? []).every((pair) => !pair.includes(anyPolicy))
}

/** 6.1.4 (k): basicConstraints is there and says cA TRUE. */
export function isCa_6_1_4_k({ certificate }: Step): boolean {
  return certificate.basicConstraints?.value.ca === true
}

/** 6.1.4 (l): max_path_length is above zero, unless the certificate is self-issued. */
export function pathLengthIsLeft_6_1_4_l({ certificate, state }: Step): boolean {
  return isSelfIssued_6_1(certificate) || state.maxPathLength > 0
}

/** Where (l) fails: the lowest certificate that has too many CAs below it. A search from the leaf finds that one first. */
export function lowestExceeded_6_1_4_l(path: Path): number {
  return path.findIndex((certificate, index) => {
    const below = path.slice(1, index).filter((ca) => !isSelfIssued_6_1(ca))
    return below.length > (certificate.basicConstraints?.value.pathLength ?? Number.POSITIVE_INFINITY)
  })
}

/** 6.1.4 (n): keyUsage, if there is one, has keyCertSign. */
export function signsCertificates_6_1_4_n({ certificate }: Step): boolean {
  return certificate.keyUsage === undefined || certificate.keyUsage.value.includes('keyCertSign')
}

/**
 * 6.1.4 (o) and 6.1.5 (f): every critical extension is recognized: cRLDistributionPoints only where lists are asked about the
 * certificate.
 */
export function extensionsAreKnown_6_1_4_o_6_1_5_f({ certificate, isAsked }: Step): boolean {
  return certificate.unknown?.critical !== true && (isAsked || certificate.crlDistributionPoints?.critical !== true)
}

/** 6.1.4: the state after certificate i, for certificate i+1. */
export function prepared_6_1_4(step: Step): State {
  const { certificate } = step
  const state = afterPolicies_6_1_3_d_e(step)
  const counts = isSelfIssued_6_1(certificate) ? 0 : 1
  const counted = (count: number): number => Math.max(0, count - counts)
  const constraints = certificate.policyConstraints?.value
  const limit = certificate.basicConstraints?.value.pathLength ?? Number.POSITIVE_INFINITY
  return {
    ...state,
    // (b)
    graph: withMappings_6_1_4_b(state.graph, certificate.policyMappings?.value ?? [], state.policyMapping > 0),
    // (d) to (f)
    workingKey: certificate.key,
    subtrees: withSubtrees_6_1_4_g(state.subtrees, certificate),
    // (h), (i) and (j)
    explicitPolicy: Math.min(counted(state.explicitPolicy), constraints?.requireExplicitPolicy ?? Number.POSITIVE_INFINITY),
    policyMapping: Math.min(counted(state.policyMapping), constraints?.inhibitPolicyMapping ?? Number.POSITIVE_INFINITY),
    inhibitAnyPolicy: Math.min(counted(state.inhibitAnyPolicy), certificate.inhibitAnyPolicy?.value ?? Number.POSITIVE_INFINITY),
    // (l) and (m)
    maxPathLength: Math.min(counted(state.maxPathLength), limit),
  }
}

/** 6.1.4 (g): permitted subtrees are intersected, excluded ones united: both by keeping every extension's own. */
function withSubtrees_6_1_4_g(subtrees: Subtrees, { nameConstraints }: Certificate): Subtrees {
  return nameConstraints === undefined ? subtrees : [...subtrees, nameConstraints.value]
}

/** 6.1.5 (a) and (b): explicit_policy is 0 after the last certificate. */
export function needsPolicy_6_1_5_a_b({ certificate, state }: Step): boolean {
  return state.explicitPolicy <= 1 || certificate.policyConstraints?.value.requireExplicitPolicy === 0
}

/** 6.1.5 (g) and RFC 9618: explicit_policy is still above 0, or the path is valid for a policy of the user. */
export function userPolicyIsValid_6_1_5_g(step: Step): boolean {
  const { graph, initialPolicies } = afterPolicies_6_1_3_d_e(step)
  return !needsPolicy_6_1_5_a_b(step) || userConstrainedPolicies_6_1_5_g(graph, initialPolicies).length > 0
}

/** 6.1.6: the valid policies of a path that is accepted, all of them and those that the user accepts (RFC 9618 5.6). */
export function validPolicies_6_1_6(step: Step): ValidPolicies {
  const { graph, initialPolicies } = afterPolicies_6_1_3_d_e(step)
  return {
    authorityConstrained: userConstrainedPolicies_6_1_5_g(graph, [anyPolicy]),
    userConstrained: userConstrainedPolicies_6_1_5_g(graph, initialPolicies),
  }
}

export interface ValidPolicies {
  readonly authorityConstrained: readonly PolicyId[]
  readonly userConstrained: readonly PolicyId[]
}
