import type { LintCode, Severity } from '../codes/lint.ts'
import { isoTime } from '../policy/fields.ts'
import { isInForce } from '../policy/purpose.ts'
import type { LintRule, Problem, RuleContext } from '../rules/rule.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as PurposeBit from '../x509/ids/purpose-bit.ts'
import type { ProfileRule, Role } from '../x509/profile/profile-rule.ts'
import type { LintGraph } from './graph.ts'
import type { PublicCas } from './public-cas.ts'

/**
 * Types of lint-only rules. Their findings never make a certificate unusable, so `buildTruststore` does not run them, and
 * bundles that only build and verify do not contain them.
 */

/** Context of all lint-only rules. */
export interface LintContext extends RuleContext {
  /** When a purpose transition ends, in milliseconds since the epoch; undefined if there is none. */
  readonly transitionEnd: number | undefined
}

/** Context of rules about one certificate by itself. */
export interface RoleContext extends LintContext {
  /** The role that the certificate is checked in. */
  readonly role: Role
  /** Whether it is in a truststore. By listing a root, the operator has decided that it is a CA. */
  readonly isListed: boolean
}

/** Context of rules about a certificate and its neighbours in the truststore. */
export interface GraphContext extends LintContext {
  readonly graph: LintGraph
  readonly publicCas: PublicCas
}

/** Text for a problem that rejects clients only after a purpose transition: its end. Empty if the transition does not help. */
export function putOff({ purposeBits }: CertificateView, { at, transitionEnd }: LintContext): string {
  if (!isInForce(transitionEnd, at) || purposeBits === undefined || (purposeBits & PurposeBit.serverAuth) === 0) return ''
  return `; a transition accepts serverAuth until ${isoTime(transitionEnd!)}`
}

/** The role of a certificate. Version 1 and 2 have no basicConstraints; by convention, their self-issued certificates are CAs. */
export function roleOf(certificate: CertificateView): Role {
  if (!certificate.isCa && (certificate.version === 3 || !certificate.isSelfIssued)) return 'leaf'
  return certificate.isSelfIssued ? 'anchor' : 'intermediate'
}

/** A requirement that the policy enforces gets clients rejected, so it is at least a warning. */
function inForce(found: Problem, severity: Severity, { policy, role }: RoleContext): Problem {
  const isEnforced = policy.conformance !== 'practical' && (role !== 'anchor' || policy.enforceAnchorConstraints)
  const fields = { severity, ...(typeof found === 'string' ? { problem: found } : found) }
  return isEnforced && fields.severity === 'info' ? { ...fields, severity: 'warning' } : found
}

/**
 * A lint rule for a requirement of strict conformance. The requirement, its citation and check are in `x509/profile`. This adds the
 * texts for operators, and `problem` names the values at fault.
 */
export function profileRule(
  code: LintCode,
  strictRule: ProfileRule,
  info: Pick<LintRule, 'severity' | 'summary' | 'remedy'>,
  problem: (certificate: CertificateView, context: RoleContext) => Problem,
): LintRule<CertificateView, RoleContext> & { readonly strictRule: ProfileRule } {
  const { citation, roles, violated } = strictRule
  return {
    code,
    ...info,
    citation,
    strictRule,
    check(certificate, context) {
      const isBroken = roles.includes(context.role) && violated(certificate, context.role)
      return isBroken ? inForce(problem(certificate, context), info.severity, context) : undefined
    },
  }
}
