import type { LintCode } from '../codes/lint.ts'
import { type CodeInfo, type RejectCode, rejectInfo } from '../codes/reject.ts'
import { describedRules } from '../rules/build-rules.ts'
import { readingRules } from '../rules/reading.ts'
import type { LintRule } from '../rules/rule.ts'
import { noTrustAnchor, noTrustAnchorText } from '../truststore/path-ends.ts'
import type { TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { GraphContext, RoleContext } from './lint-rule.ts'
import { platformRules } from './platform/preflight.ts'
import { altNameRules } from './rules/alt-names.ts'
import { graphRules, truststoreRules } from './rules/bundle-graph.ts'
import { constraintRules } from './rules/ca-constraints.ts'
import { caRules } from './rules/ca-profile.ts'
import { deviationRules } from './rules/deviations.ts'
import { keyIdGraphRules, keyIdRules } from './rules/key-identifiers.ts'
import { keyUsageRules } from './rules/key-usage.ts'
import { leafGraphRules, leafRules } from './rules/leaf.ts'
import { nameRules } from './rules/names.ts'
import { publicCaRules, publicClientRules } from './rules/public-cas.ts'
import { structureRules } from './rules/structure.ts'

/** The catalogue of all lint rules, and `explain`. */

/** Lint-only rules about one certificate. */
export const certificateLintRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  ...structureRules,
  ...deviationRules,
  ...nameRules,
  ...altNameRules,
  ...caRules,
  ...keyIdRules,
  ...keyUsageRules,
  ...constraintRules,
  ...leafRules,
  ...publicClientRules,
])()

/** Lint-only rules about a certificate and its neighbours in the truststore. */
export const graphLintRules: readonly LintRule<TrustNode, GraphContext>[] = /* @__PURE__ */ (() => [
  ...graphRules,
  ...keyIdGraphRules,
  ...leafGraphRules,
  ...publicCaRules,
])()

/** This rule has no check: `lint.ts` reports it when it applies waivers. */
export const waiverExpired: Omit<LintRule, 'check'> = {
  code: 'waiver_expired',
  severity: 'warning',
  summary: 'A waiver has ended, so the finding that it silenced is reported again.',
  citation: 'LintOptions.waive',
  remedy: 'Fix the waived finding, or extend the waiver.',
}

/** All rules by code, for `explain`, waivers and the generated documentation. */
export const ruleCatalogue: ReadonlyMap<LintCode, Omit<LintRule, 'check'>> = /* @__PURE__ */ (() =>
  new Map<LintCode, Omit<LintRule, 'check'>>(
    [
      ...readingRules,
      ...describedRules,
      { ...noTrustAnchor, ...noTrustAnchorText },
      ...truststoreRules,
      ...graphLintRules,
      ...certificateLintRules,
      ...platformRules,
      waiverExpired,
    ].map((rule) => [rule.code, rule]),
  ))()

/**
 * Explains a code of a verdict or finding: its meaning, citation and remedy, and its equivalents in other systems. If verdicts and
 * findings share a code, such as `expired`, the explanation is that of the verdict.
 *
 * @throws TypeError for an unknown code
 * @example
 * const { summary, remedy, mappings } = explain('unknown_issuer')
 */
export function explain(code: RejectCode | LintCode): CodeInfo {
  const rejected = rejectInfo(code)
  if (rejected !== undefined) return rejected
  const rule = ruleCatalogue.get(code as LintCode)
  if (rule === undefined) throw new TypeError(`explain: ${String(code)} is not a code`)
  const { summary, citation, remedy } = rule
  return { code, summary, citation, remedy, mappings: {} }
}
