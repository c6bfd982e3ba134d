import { isoTime } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'
import { endsPathAt, refuseAsPathEnd } from '../../truststore/path-ends.ts'
import type { TrustNode } from '../../truststore/trust-graph.ts'
import { excludesClients, type LintGraph } from '../graph.ts'
import { type GraphContext, putOff } from '../lint-rule.ts'

/** Rules about the graph of a truststore: issuers, anchors and paths. */

/** Google Cloud's limit. Verifiers may try all certificates with the issuer's name. */
const largestGroup = 10

export const truststoreRules: readonly LintRule<LintGraph>[] = [
  {
    code: 'no_valid_anchor',
    severity: 'error',
    summary: 'No certificate that could end a path is within its validity period, so no client is accepted at this time.',
    citation: 'RFC 5280 6.1.3 (a)(2); API Gateway: validity',
    remedy: 'Add the successor of an expired root, or check the clock.',
    check({ nodes }, { policy, at }) {
      if (nodes.some((node) => endsPathAt(node, policy, at))) return undefined
      const ends = nodes.filter((node) => refuseAsPathEnd(node, policy) === undefined)
      const [first, ...more] = ends
      if (first === undefined) return undefined
      const { subjectForMessage, notBeforeTime, notAfterTime } = first.certificate
      const dates = at < notBeforeTime ? `is not valid before ${isoTime(notBeforeTime)}` : `expired on ${isoTime(notAfterTime)}`
      const others = more.length > 0 ? `; nor are the other ${more.length} anchors valid` : ''
      return `no client is accepted on ${isoTime(at)}: certificate ${first.index}, ${subjectForMessage}, ${dates}${others}`
    },
  },
]

export const graphRules: readonly LintRule<TrustNode, GraphContext>[] = [
  {
    code: 'same_subject_different_key',
    severity: 'warning',
    summary: 'Two certificates with one subject have different keys. Only signatures show which of them issued a client.',
    citation: 'RFC 5280 4.1.2.6',
    remedy: 'Give every CA its own name. During a key rollover, waive the finding until the old key is removed.',
    check(node, { graph }) {
      const first = graph.firstOfSubject(node)
      if (first === undefined || first === node || first.certificate.hasKeyOf(node.certificate)) return undefined
      return `has the subject but not the key of the certificate with fingerprint ${first.certificate.fingerprint}`
    },
  },
  {
    code: 'excessive_same_subject_set',
    severity: 'warning',
    summary: 'More than ten certificates have the same subject. A verifier may have to try all of them as issuers.',
    citation: 'Google Cloud: at most 10 certificates with one subject and key (pki_too_large)',
    remedy: 'Remove certificates that no client needs any more.',
    check(node, { graph }) {
      const size = graph.sameSubjectCount(node, largestGroup)
      return size === undefined ? undefined : `${size} certificates have this subject, more than ${largestGroup}`
    },
  },
  {
    code: 'chain_too_deep',
    severity: 'warning',
    summary: 'The chain from the CA to a root is longer than the policy allows, so no client below it is accepted.',
    citation: 'API Gateway, Application Load Balancer, CloudFront: at most four CA certificates in a chain',
    remedy: 'Issue clients from a CA closer to the root, or raise maxChainLength if your platform allows it.',
    check(node, { graph, policy }) {
      const depth = graph.depthOf(node) ?? 0
      if (!node.certificate.isCa || depth <= policy.maxChainLength) return undefined
      return `${depth} CA certificates up to a root, at most ${policy.maxChainLength} are accepted above a client`
    },
  },
  {
    code: 'unreachable_intermediate',
    severity: 'warning',
    summary: 'The issuer is in the bundle, but the chain is broken further up and does not reach a root.',
    citation: 'API Gateway: the issuer and the whole chain up to the root must be in the truststore',
    remedy: 'Add the missing certificates further up; see incomplete_chain.',
    check(node, { graph }) {
      if (node.issuers.length === 0 || graph.depthOf(node) !== undefined) return undefined
      const open = graph.openEndAbove(node)?.certificate
      if (open === undefined) return 'no chain to a root of the truststore'
      return `no chain to a root: the issuer of ${open.subjectForMessage} is missing: ${open.issuerForMessage}`
    },
  },
  {
    code: 'orphan',
    severity: 'info',
    summary:
      'No other CA of the bundle chains to this root, so only clients that it issued directly are accepted. Other roots have CAs below.',
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
    summary: 'CAs have signed each other in a cycle. Some verifiers follow it until they reach a limit.',
    citation: 'RFC 4158 2.3; Google Cloud: pki_too_large',
    remedy: 'Keep the self-signed certificates of these CAs, and only those cross-signed certificates that clients need.',
    check(node, { graph }) {
      const cycle = graph.cycleOf(node)
      if (cycle.length === 0) return undefined
      const others = cycle.filter((other) => other !== node)
      const more = others.length > 1 ? ` and ${others.length - 1} more` : ''
      return `is in a cycle of cross-signatures with ${others[0]?.certificate.subjectForMessage}${more}`
    },
  },
  {
    code: 'child_outlives_issuer',
    severity: 'warning',
    summary: 'The certificate expires after its issuer, so clients below it are rejected before it expires.',
    citation: 'RFC 5280 6.1.3 (a)(2)',
    remedy: 'Renew the issuer in time, and add its successor to the truststore.',
    check(node, { graph, policy }) {
      const issuers = graph.issuersOf(node)
      if (policy.trust !== 'roots' || graph.isAnchor(node) || issuers.length === 0) return undefined
      const last = issuers.reduce((a, b) => (b.certificate.notAfterTime > a.certificate.notAfterTime ? b : a)).certificate
      const { notAfterTime } = node.certificate
      if (notAfterTime <= last.notAfterTime) return undefined
      return `expires on ${isoTime(notAfterTime)}, after its issuer ${last.subjectForMessage}, which expires on ${isoTime(last.notAfterTime)}`
    },
  },
  {
    code: 'pathlen_blocks_existing_child',
    severity: 'warning',
    summary: 'The path length of a CA above does not allow this CA, so no client below it is accepted.',
    citation: 'RFC 5280 4.2.1.9, 6.1.4 (l)',
    remedy: 'Re-issue the CA above with a longer path length, or issue clients from it directly.',
    check(node, { graph }) {
      const blocker = graph.blockerOf(node)?.certificate
      if (blocker === undefined) return undefined
      return `path length ${blocker.pathLength} of ${blocker.subjectForMessage} does not allow this CA`
    },
  },
  {
    code: 'issuer_eku_excludes_client_auth',
    severity: 'warning',
    summary: 'The extendedKeyUsage of a CA above does not include clientAuth, so no TLS client below is accepted.',
    citation: 'CA/Browser Forum BR 7.1.2.2 g; RFC 5280 4.2.1.12',
    remedy:
      'Re-issue the CA above with clientAuth, or without extendedKeyUsage. A public CA will not do that: issue the clients from a private one.',
    check(node, context) {
      const { graph, policy } = context
      if (policy.purpose !== 'client' || policy.trust !== 'roots') return undefined
      const { certificate } = node
      if (!certificate.isCa || excludesClients(certificate) || graph.isOpenToClients(node)) return undefined
      const issuer = graph.issuersOf(node)[0]?.certificate
      const delay = issuer === undefined ? '' : putOff(issuer, context)
      return `is below CAs whose extendedKeyUsage excludes clientAuth, the nearest ${issuer?.subjectForMessage ?? 'its issuer'}${delay}`
    },
  },
]
