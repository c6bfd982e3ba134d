import type { Steps } from '../bytes/steps.ts'
import { isTrustAnchor } from './anchor.ts'
import type { TrustNode } from './node.ts'
import type { TruststoreView } from './store.ts'

/**
 * The certificates whose clients a truststore accepts, dates aside, in bundle order: those that may issue, and lead by
 * others of the store to one that may end a path. An intermediate whose root is missing is not among them, though it is
 * listed.
 */
export function* acceptedIssuers({ nodes, policy }: TruststoreView): Steps<readonly TrustNode[]> {
  const issued = new Map<TrustNode, TrustNode[]>()
  for (const node of nodes) {
    yield
    for (const issuer of node.issuers) {
      const others = issued.get(issuer)
      if (others === undefined) issued.set(issuer, [node])
      else others.push(node)
    }
  }
  const accepted = new Set<TrustNode>()
  let level = nodes.filter((node) => isTrustAnchor(node, policy) && (node.certificate.isCa || !policy.enforceAnchorConstraints))
  for (let depth = 1; depth <= policy.maxChainLength && level.length > 0; depth++) {
    const fresh = level.filter((node) => !accepted.has(node))
    for (const node of fresh) accepted.add(node)
    level = fresh.flatMap((node) => issued.get(node) ?? []).filter((node) => node.certificate.isCa)
  }
  return nodes.filter((node) => accepted.has(node))
}

/** Which accepted issuers of one truststore another one keeps or drops. Same subject and key is the same issuer. */
export function* sortIssuers(
  before: TruststoreView,
  after: TruststoreView,
): Steps<{ readonly kept: readonly TrustNode[]; readonly dropped: readonly TrustNode[] }> {
  const remaining = new Set(yield* acceptedIssuers(after))
  const kept: TrustNode[] = []
  const dropped: TrustNode[] = []
  const isSame = (a: TrustNode, b: TrustNode): boolean => a.certificate.hasKeyOf(b.certificate)
  for (const node of yield* acceptedIssuers(before)) {
    yield
    const survives = after.subjects
      .find(node.certificate.subjectName)
      .some((candidate) => remaining.has(candidate) && isSame(candidate, node))
    if (survives) kept.push(node)
    else dropped.push(node)
  }
  return { kept, dropped }
}
