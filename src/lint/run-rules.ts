import { certificateRules } from '../rules/catalogue.ts'
import { incompleteChain } from '../rules/chaining.ts'
import { inFull, runRules } from '../rules/finding.ts'
import type { Finding, RuleContext } from '../rules/rule.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Role } from '../x509/profile/profile-rule.ts'
import { certificateLintRules, graphLintRules } from './catalogue.ts'
import { LintGraph } from './graph.ts'
import { roleOf } from './lint-rule.ts'
import { truststoreRules } from './rules/bundle-graph.ts'

/** What only linting finds of a built truststore: of the whole, then certificate by certificate. */
export function lintStore(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const graph = new LintGraph(store, context.policy)
  const amongOthers = { ...context, graph }
  const findings: Finding[] = [...runRules(truststoreRules, graph, context, {})]
  for (const node of store.nodes) {
    const { certificate } = node
    findings.push(...runRules(graphLintRules, node, amongOthers, node))
    findings.push(...runRules(certificateLintRules, certificate, { ...context, role: roleOf(certificate) }, node))
  }
  return [...findings, ...newlyIncomplete(store, context)]
}

/** Every rule about one certificate by itself. */
export function lintView(certificate: CertificateView, role: Role, context: RuleContext): readonly Finding[] {
  const place = { certificate }
  return [
    ...runRules(certificateRules, certificate, { ...context, isSelfSigned: certificate.isSelfIssued }, place),
    ...runRules(certificateLintRules, certificate, { ...context, role }, place),
  ]
}

/**
 * A certificate whose issuer the build left out has lost its chain, which shows only afterwards; it is reported like one
 * whose issuer was never there.
 */
function newlyIncomplete(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const reported = new Set(
    store.findings.filter(({ code }) => code === incompleteChain.code).map((finding) => inFull(finding).index),
  )
  const alone = { ...context, withSubjectOf: () => [] }
  return store.nodes.filter((node) => !reported.has(node.index)).flatMap((node) => runRules([incompleteChain], node, alone, node))
}
