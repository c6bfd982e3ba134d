import { isoTime } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { TrustNode } from '../../truststore/trust-graph.ts'
import { excludesClients, type LintGraph } from '../graph.ts'
import type { GraphContext } from '../lint-rule.ts'

/** Rules about a truststore as a graph: who signed whom, and where paths end. */

/** Google Cloud's limit; a verifier tries all issuers of one name. */
const largestGroup = 10

export const truststoreRules: readonly LintRule<LintGraph>[] = [
  {
    code: 'no_trust_anchor',
    severity: 'warning',
    summary: 'No certificate may end a path under the policy, so no client at all is accepted.',
    citation: 'API Gateway: the whole chain up to the root must be in the truststore; Azure Application Gateway: one root',
    remedy: 'Add the self-signed root, or use a policy that trusts every CA listed.',
    check(graph, { policy }) {
      if (graph.nodes.length === 0 || graph.nodes.some((node) => graph.isAnchor(node))) return undefined
      const wanted = policy.trust === 'roots' ? 'self-signed' : 'a CA'
      return `none of ${graph.nodes.length} certificates is ${wanted}, so no path can end`
    },
  },
]

export const graphRules: readonly LintRule<TrustNode, GraphContext>[] = [
  {
    code: 'same_subject_different_key',
    severity: 'warning',
    summary: 'Two certificates of one subject have different keys, so that only signatures tell whose clients are whose.',
    citation: 'RFC 5280 4.1.2.6',
    remedy: 'Give every CA a name of its own. While a CA changes its key, waive the finding until the old one is gone.',
    check(node, { graph }) {
      const first = graph.firstOfSubject(node)
      if (first === undefined || first === node || first.certificate.hasKeyOf(node.certificate)) return undefined
      return `has another key than the certificate of the same subject with fingerprint ${first.certificate.fingerprint}`
    },
  },
  {
    code: 'excessive_same_subject_set',
    severity: 'warning',
    summary: 'More than ten certificates have one subject; all of them may have to be tried as issuers.',
    citation: 'Google Cloud: at most 10 certificates with one subject and key (pki_too_large)',
    remedy: 'Remove the certificates that no client needs any more.',
    check(node, { graph }) {
      const size = graph.sameSubjectCount(node, largestGroup)
      return size === undefined ? undefined : `${size} certificates have this subject, more than ${largestGroup}`
    },
  },
  {
    code: 'chain_too_deep',
    severity: 'warning',
    summary: 'The CA stands deeper below a root than the policy allows, so no client below it is accepted.',
    citation: 'API Gateway, Application Load Balancer, CloudFront: at most four CA certificates in a chain',
    remedy: 'Issue clients from a CA further up, or raise maxChainLength where the platform allows it.',
    check(node, { graph, policy }) {
      const depth = graph.depthOf(node) ?? 0
      if (!node.certificate.isCa || depth <= policy.maxChainLength) return undefined
      return `stands at depth ${depth} below a root, at most ${policy.maxChainLength} CA certificates are accepted above a client`
    },
  },
  {
    code: 'unreachable_intermediate',
    severity: 'info',
    summary: 'Its issuer is in the bundle, but no chain from there leads to a root: the chain is broken further up.',
    citation: 'API Gateway: the issuer and the whole chain up to the root must be in the truststore',
    remedy: 'Add what is missing further up; see incomplete_chain.',
    check(node, { graph }) {
      if (node.issuers.length === 0 || graph.depthOf(node) !== undefined) return undefined
      const open = graph.openEndAbove(node)?.certificate
      if (open === undefined) return 'no chain from it leads to a root of the truststore'
      return `no chain from it leads to a root: the issuer of ${open.subjectForMessage} is missing: ${open.issuerForMessage}`
    },
  },
  {
    code: 'orphan',
    severity: 'info',
    summary:
      'No CA of the bundle chains to the root, while others have theirs: only clients that it issued itself are accepted below it.',
    citation: 'API Gateway: the issuing CA must be in the truststore',
    remedy: 'Add the intermediates that issue its clients, or remove the root.',
    check(node, { graph, policy }) {
      if (policy.trust !== 'roots' || policy.intermediates !== 'truststore') return undefined
      const isBare = graph.isAnchor(node) && node.certificate.isCa && !graph.hasCasBelow(node)
      return isBare && graph.hasHierarchies ? 'no other certificate of the truststore chains to this root' : undefined
    },
  },
  {
    code: 'cross_sign_cycle',
    severity: 'warning',
    summary: 'CAs have signed each other in a circle; some verifiers walk it until they give up.',
    citation: 'RFC 4158 2.3; Google Cloud: pki_too_large',
    remedy: 'Keep the self-signed certificates of those CAs, and only the cross-signed ones that clients need.',
    check(node, { graph }) {
      const cycle = graph.cycleOf(node)
      if (cycle.length === 0) return undefined
      const others = cycle.filter((other) => other !== node)
      const more = others.length > 1 ? ` and ${others.length - 1} more` : ''
      return `stands on a circle of cross-signatures with ${others[0]?.certificate.subjectForMessage}${more}`
    },
  },
  {
    code: 'child_outlives_issuer',
    severity: 'warning',
    summary: 'The certificate ends after its issuer, so clients below it are refused before it expires.',
    citation: 'RFC 5280 6.1.3 (a)(2)',
    remedy: 'Renew the issuer in time, and put its successor into the truststore.',
    check(node, { graph, policy }) {
      const issuers = graph.issuersOf(node)
      if (policy.trust !== 'roots' || graph.isAnchor(node) || issuers.length === 0) return undefined
      const last = issuers.reduce((a, b) => (b.certificate.notAfterTime > a.certificate.notAfterTime ? b : a)).certificate
      const { notAfterTime } = node.certificate
      if (notAfterTime <= last.notAfterTime) return undefined
      return `expires on ${isoTime(notAfterTime)}, its issuer ${last.subjectForMessage} on ${isoTime(last.notAfterTime)} already`
    },
  },
  {
    code: 'pathlen_blocks_existing_child',
    severity: 'warning',
    summary: 'The path length of a CA above leaves no room for this one, so no client below it is accepted.',
    citation: 'RFC 5280 4.2.1.9, 6.1.4 (l)',
    remedy: 'Re-issue the CA above with a longer path length, or issue clients from it directly.',
    check(node, { graph }) {
      const blocker = graph.blockerOf(node)?.certificate
      if (blocker === undefined) return undefined
      return `path length ${blocker.pathLength} of ${blocker.subjectForMessage} allows no such CA below it`
    },
  },
  {
    code: 'issuer_eku_excludes_client_auth',
    severity: 'warning',
    summary: 'The extendedKeyUsage of a CA above does not include clientAuth, so no TLS client below is accepted.',
    citation: 'CA/Browser Forum BR 7.1.2.2 g; RFC 5280 4.2.1.12',
    remedy: 'Re-issue the CA above with clientAuth or without extendedKeyUsage.',
    check(node, { graph, policy }) {
      if (policy.purpose !== 'client' || policy.trust !== 'roots') return undefined
      const { certificate } = node
      if (!certificate.isCa || excludesClients(certificate) || graph.isOpenToClients(node)) return undefined
      const issuer = graph.issuersOf(node)[0]?.certificate.subjectForMessage ?? 'its issuer'
      return `is below CAs whose extendedKeyUsage excludes clientAuth, the nearest ${issuer}`
    },
  },
]
