import type { LintCode } from '../codes/lint.ts'
import { type CodeInfo, type RejectCode, rejectInfo } from '../codes/reject.ts'
import { certificateRules, ruleTexts } from '../rules/catalogue.ts'
import { bundleRules } from '../rules/chaining.ts'
import { readingRules } from '../rules/reading.ts'
import type { LintRule, Rule } from '../rules/rule.ts'
import type { TrustNode } from '../truststore/trust-graph.ts'
import type { CertificateView } from '../x509/certificate.ts'
import type { GraphContext, RoleContext } from './lint-rule.ts'
import { platformRules } from './platform/preflight.ts'
import { altNameRules } from './rules/alt-names.ts'
import { graphRules, truststoreRules } from './rules/bundle-graph.ts'
import { caRules } from './rules/ca-profile.ts'
import { keyIdGraphRules, keyIdRules } from './rules/key-identifiers.ts'
import { keyUsageRules } from './rules/key-usage.ts'
import { leafGraphRules, leafRules } from './rules/leaf.ts'
import { constraintRules } from './rules/limits.ts'
import { nameRules } from './rules/names.ts'
import { structureRules } from './rules/structure.ts'

/** Everything that only linting asks about one certificate. */
export const certificateLintRules: readonly LintRule<CertificateView, RoleContext>[] = /* @__PURE__ */ (() => [
  ...structureRules,
  ...nameRules,
  ...altNameRules,
  ...caRules,
  ...keyIdRules,
  ...keyUsageRules,
  ...constraintRules,
  ...leafRules,
])()

/** Everything that only linting asks about a certificate among the others of its truststore. */
export const graphLintRules: readonly LintRule<TrustNode, GraphContext>[] = /* @__PURE__ */ (() => [
  ...graphRules,
  ...keyIdGraphRules,
  ...leafGraphRules,
])()

/** Whether a waiver has ended is seen where waivers are applied. */
export const waiverExpired: Omit<LintRule, 'check'> = {
  code: 'waiver_expired',
  severity: 'warning',
  summary: 'A waiver that silenced a finding has ended; the finding is reported again.',
  citation: 'LintOptions.waive',
  remedy: 'Mend what was waived, or give the waiver a new end.',
}

/** The whole catalogue by code, as `explain`, waivers and the generated documentation know it. */
export const ruleCatalogue: ReadonlyMap<LintCode, Omit<LintRule, 'check'>> = /* @__PURE__ */ (() =>
  new Map<LintCode, Omit<LintRule, 'check'>>(
    [
      ...readingRules,
      ...[...certificateRules, ...bundleRules].map(withText),
      ...truststoreRules,
      ...graphLintRules,
      ...certificateLintRules,
      ...platformRules,
      waiverExpired,
    ].map((rule) => [rule.code, rule]),
  ))()

/** A rule of `buildTruststore` with its text, which stands beside it. */
function withText(rule: Omit<Rule, 'check'>): Omit<LintRule, 'check'> {
  return { ...rule, ...ruleTexts.find(({ code }) => code === rule.code)! }
}

/**
 * What a code of a verdict or a finding means: a sentence, the citation, what to do, and how other systems call it. For
 * a code that verdicts and findings share, such as `expired`, the verdict's.
 *
 * @throws TypeError for a text that is no code
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
