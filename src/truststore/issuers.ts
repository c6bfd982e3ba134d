import type { Steps } from '../bytes/steps.ts'
import type { Policy } from '../policy/policy.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { TruststoreView } from './store.ts'
import { isVersion1Root, TrustGraph, type TrustNode } from './trust-graph.ts'

/** Which CAs may issue accepted certificates, and which of them a new truststore drops. */

/**
 * The certificates whose clients a truststore accepts, in bundle order: CAs with a path of listed certificates to an anchor. A
 * listed intermediate without its root is not among them.
 *
 * @param at milliseconds since the epoch; absent: dates are ignored
 */
export function* acceptedIssuers({ nodes, policy }: TruststoreView, at?: number): Steps<readonly TrustNode[]> {
  const graph = new TrustGraph(nodes, policy)
  yield* graph.collectChildren()
  const isCurrent = ({ certificate }: TrustNode): boolean => at === undefined || isWithinValidity(certificate, at)
  const mayEndPath = (node: TrustNode): boolean =>
    graph.isAnchor(node) && mayIssueAsAnchor(node, policy) && (!policy.checkAnchorValidity || isCurrent(node))
  const depths = graph.propagate(
    nodes.filter(mayEndPath),
    () => 1,
    (depth, node) => (node.certificate.isCa && isCurrent(node) ? depth + 1 : undefined),
  )
  return nodes.filter((node) => (depths.get(node) ?? Number.POSITIVE_INFINITY) <= policy.maxChainLength)
}

/** Whether verification lets an anchor issue certificates, apart from its other constraints. */
export function mayIssueAsAnchor(node: TrustNode, policy: Policy): boolean {
  return node.certificate.isCa || !policy.enforceAnchorConstraints || isVersion1Root(node, policy)
}

/** The validity period includes both dates, and notAfter names a whole second (RFC 5280 4.1.2.5). */
function isWithinValidity({ notBeforeTime, notAfterTime }: CertificateView, at: number): boolean {
  return at >= notBeforeTime && at < notAfterTime + 1000
}

/**
 * Which accepted issuers of one truststore another one keeps or drops. Issuers are equal if subject and key are equal.
 *
 * @param at as for {@link acceptedIssuers}
 */
export function* sortIssuers(
  before: TruststoreView,
  after: TruststoreView,
  at?: number,
): Steps<{ readonly kept: readonly TrustNode[]; readonly dropped: readonly TrustNode[] }> {
  const remaining = new Set(yield* acceptedIssuers(after, at))
  const kept: TrustNode[] = []
  const dropped: TrustNode[] = []
  const isSame = (a: TrustNode, b: TrustNode): boolean => a.certificate.hasKeyOf(b.certificate)
  for (const node of yield* acceptedIssuers(before, at)) {
    yield
    const survives = after.subjects
      .find(node.certificate.subjectName)
      .some((candidate) => remaining.has(candidate) && isSame(candidate, node))
    if (survives) kept.push(node)
    else dropped.push(node)
  }
  return { kept, dropped }
}
