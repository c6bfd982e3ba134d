import type { Problem, RuleContext, RuleInfo } from '../rules/rule.ts'
import type { TrustNode } from '../truststore/node.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { Role } from '../x509/profile/profile-rule.ts'
import type { LintGraph } from './graph.ts'

/**
 * Advice: rules that a truststore can be built without, because what they find keeps no certificate from being used. Only
 * `lintTruststore` and `lintCertificate` run them, so that nothing of them is in a bundle that builds and verifies.
 */

export interface AdviceContext extends RuleContext {
  /** What the certificate is looked at as. */
  readonly role: Role
}

/** Advice about one certificate by itself. */
export interface CertificateAdvice extends RuleInfo {
  readonly check: (certificate: CertificateView, context: AdviceContext) => Problem | undefined
}

/** Advice about one certificate of a truststore among the others. */
export interface GraphAdvice extends RuleInfo {
  readonly check: (node: TrustNode, graph: LintGraph, context: RuleContext) => Problem | undefined
}

/** Advice about a truststore as a whole. */
export interface WholeAdvice extends RuleInfo {
  readonly check: (graph: LintGraph, context: RuleContext) => Problem | undefined
}

/** Certificates of version 1 and 2 cannot say what they are; self-issued ones have always been taken for CAs. */
export function roleOf(certificate: CertificateView): Role {
  if (!certificate.isCa && (certificate.version === 3 || !certificate.isSelfIssued)) return 'leaf'
  return certificate.isSelfIssued ? 'anchor' : 'intermediate'
}
