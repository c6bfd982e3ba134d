import { findingOf, inFull, type Place } from '../rules/finding.ts'
import { incompleteChain } from '../rules/reading.ts'
import type { Finding, Problem, ReportedRule, RuleContext } from '../rules/rule.ts'
import type { TruststoreView } from '../truststore/store.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Role } from '../x509/profile/profile-rule.ts'
import { certificateAdvice, neighbourAdvice } from './catalogue.ts'
import { LintGraph } from './graph.ts'
import { roleOf } from './lint-rule.ts'
import { wholeAdvice } from './rules/bundle-graph.ts'

/** All advice about a built truststore: about the whole, then certificate by certificate. */
export function adviseOnStore(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const graph = new LintGraph(store, context.policy)
  const findings: Finding[] = []
  for (const rule of wholeAdvice) add(findings, rule, rule.check(graph, context), {})
  for (const node of store.nodes) {
    for (const rule of neighbourAdvice) add(findings, rule, rule.check(node, graph, context), node)
    findings.push(...adviseOnCertificate(node.certificate, roleOf(node.certificate), context, node))
  }
  return [...findings, ...newlyIncomplete(store, context)]
}

/** All advice about one certificate by itself. */
export function adviseOnCertificate(
  certificate: CertificateView,
  role: Role,
  context: RuleContext,
  place: Pick<Place, 'index' | 'line'> = {},
): readonly Finding[] {
  const findings: Finding[] = []
  const inRole = { ...context, role }
  for (const rule of certificateAdvice) add(findings, rule, rule.check(certificate, inRole), { ...place, certificate })
  return findings
}

/**
 * A certificate whose issuer the build left out has lost its chain, which shows only afterwards; it is reported like one
 * whose issuer was never there.
 */
function newlyIncomplete(store: TruststoreView, context: RuleContext): readonly Finding[] {
  const reported = new Set(
    store.findings.filter(({ code }) => code === incompleteChain.code).map((finding) => inFull(finding).index),
  )
  const findings: Finding[] = []
  const bundle = { entries: store.nodes, withSubjectOf: () => [] }
  for (const node of store.nodes) {
    if (!reported.has(node.index)) add(findings, incompleteChain, incompleteChain.check(node, bundle, context), node)
  }
  return findings
}

/** Adds what a rule found, if it did. */
function add(findings: Finding[], rule: ReportedRule, found: Problem | undefined, place: Place): void {
  if (found !== undefined) findings.push(findingOf(rule, found, place))
}
