import type { Steps } from '../bytes/steps.ts'
import type { Policy } from '../policy/policy.ts'
import { understoodWithLists } from '../policy/strength.ts'
import type { Rule, RuleText } from '../rules/rule.ts'
import * as KeyUsageBit from '../x509/ids/key-usage-bit.ts'
import * as PurposeBit from '../x509/ids/purpose-bit.ts'
import { nonconformance } from '../x509/profile/profile.ts'
import type { TruststoreView } from './store.ts'
import { isTrustAnchor, isVersion1Root, type TrustNode } from './trust-graph.ts'

/**
 * Whether a listed certificate can end a path: as a trust anchor above clients, or as a pinned leaf. A truststore without such a
 * certificate accepts nobody. The checks are those of `path/certificate-checks.ts`, without what the build leaves out anyway.
 */

const day = 86_400_000

export const noTrustAnchor: Omit<Rule, 'check'> = {
  code: 'no_trust_anchor',
  severity: 'error',
  citation: 'API Gateway: the whole chain up to the root must be in the truststore; RFC 5280 6.1.1 (d)',
}
export const noTrustAnchorText: RuleText = {
  summary: 'No certificate can end a path under the policy, whatever the date, so no client is accepted.',
  remedy:
    'Add a CA without the fault that the message names. If policy.trust is roots, it must be self-signed; every-ca also takes intermediates.',
}

/** The problem in words if none of the certificates can end a path. One that can ends the search. */
export function* describeNoPathEnd(nodes: readonly TrustNode[], policy: Policy): Steps<string | undefined> {
  let first: string | undefined
  for (const node of nodes) {
    yield
    const problem = refuseAsPathEnd(node, policy)
    if (problem === undefined) return undefined
    first ??= `certificate ${node.index}, ${node.certificate.subjectForMessage}, ${problem}`
  }
  if (first === undefined) return undefined
  const more = nodes.length > 1 ? `; nor can the other ${nodes.length - 1}` : ''
  return `no client can be accepted, because no certificate can end a path: ${first}${more}`
}

/** Why a certificate ends no path under the policy, whatever the date; `undefined` if it can. */
export function refuseAsPathEnd(node: TrustNode, policy: Policy): string | undefined {
  const problem = refuseAsIssuer(node, policy)
  return problem === undefined || mayBePinned(node, policy) ? undefined : problem
}

/** Whether the certificate can end a path at this time. */
export function endsPathAt(node: TrustNode, policy: Policy, at: number): boolean {
  const { notBeforeTime, notAfterTime } = node.certificate
  const isValid = at >= notBeforeTime && at < notAfterTime + 1000
  if ((isValid || !policy.checkAnchorValidity) && refuseAsIssuer(node, policy) === undefined) return true
  return isValid && mayBePinned(node, policy)
}

/** How long a truststore accepts clients, by the dates of the certificates that can end a path. */
export interface AcceptancePeriod {
  /** When the last valid one expires, at most a day after `at`. `undefined` if none is valid now. */
  readonly until: number | undefined
  /** When the next one becomes valid. `undefined` if none will. */
  readonly from: number | undefined
}

/** Stops at the first certificate that is valid for another day. */
export function acceptance({ nodes, policy }: TruststoreView, at: number): AcceptancePeriod {
  let until: number | undefined
  let from: number | undefined
  for (const node of nodes) {
    const { notBeforeTime, notAfterTime } = node.certificate
    if (endsPathAt(node, policy, at)) {
      // An anchor whose dates do not count is valid on every day.
      const end = endsPathAt(node, policy, at + day) ? at + day : notAfterTime + 1000
      until = Math.max(until ?? end, end)
      if (until >= at + day) break
    } else if (at < notBeforeTime && refuseAsPathEnd(node, policy) === undefined) {
      from = Math.min(from ?? notBeforeTime, notBeforeTime)
    }
  }
  return { until, from }
}

/** Why a certificate accepts no client below it as an anchor. */
function refuseAsIssuer(node: TrustNode, policy: Policy): string | undefined {
  const { certificate } = node
  if (!isTrustAnchor(node, policy)) return policy.trust === 'roots' ? 'is not self-signed' : 'is not a CA'
  if (policy.maxChainLength === 0) return 'has no place in a path: maxChainLength is 0'
  if (!policy.enforceAnchorConstraints) return undefined
  if (!certificate.isCa && !isVersion1Root(node, policy)) return 'is not a CA'
  if (policy.purpose === 'client' && !allows(certificate.purposeBits, PurposeBit.clientAuth | PurposeBit.any))
    return 'has an extendedKeyUsage without clientAuth'
  const demand = nonconformance(certificate, 'anchor', policy.conformance)
  return demand === undefined ? undefined : `does not conform: ${demand}`
}

/** Whether the certificate itself is accepted as a client. */
function mayBePinned({ certificate, isSelfSigned }: TrustNode, policy: Policy): boolean {
  const { purposeBits, keyUsageBits, extensions } = certificate
  return (
    (isSelfSigned || policy.trust === 'every-certificate') &&
    !(policy.requireEku && purposeBits === undefined) &&
    (policy.purpose !== 'client' ||
      (allows(purposeBits, PurposeBit.clientAuth | (policy.requireEku ? 0 : PurposeBit.any)) &&
        allows(keyUsageBits, KeyUsageBit.digitalSignature | KeyUsageBit.keyAgreement))) &&
    extensions.firstCriticalOutside(understoodWithLists) === undefined &&
    nonconformance(certificate, 'leaf', policy.conformance) === undefined
  )
}

/** An absent extension limits nothing. */
function allows(bits: number | undefined, wanted: number): boolean {
  return bits === undefined || (bits & wanted) !== 0
}
