import type { LintCode } from '../codes/lint.ts'
import { bundleRules, certificateRules, ruleTexts } from '../rules/catalogue.ts'
import { type ReadingCode, readingRule, readingTexts } from '../rules/reading.ts'
import type { ReportedRule, RuleInfo } from '../rules/rule.ts'
import type { CertificateAdvice, GraphAdvice } from './lint-rule.ts'
import { platformRules } from './platform/preflight.ts'
import { altNameAdvice } from './rules/alt-names.ts'
import { graphAdvice, wholeAdvice } from './rules/bundle-graph.ts'
import { caAdvice } from './rules/ca-profile.ts'
import { keyIdAdvice, keyIdGraphAdvice } from './rules/key-identifiers.ts'
import { keyUsageAdvice } from './rules/key-usage.ts'
import { leafAdvice, leafGraphAdvice } from './rules/leaf.ts'
import { limitAdvice } from './rules/limits.ts'
import { nameAdvice } from './rules/names.ts'
import { structureAdvice } from './rules/structure.ts'

/** Everything that only linting asks about one certificate. */
export const certificateAdvice: readonly CertificateAdvice[] = /* @__PURE__ */ (() => [
  ...structureAdvice,
  ...nameAdvice,
  ...altNameAdvice,
  ...caAdvice,
  ...keyIdAdvice,
  ...keyUsageAdvice,
  ...limitAdvice,
  ...leafAdvice,
])()

/** Everything that only linting asks about a certificate among the others of its truststore. */
export const neighbourAdvice: readonly GraphAdvice[] = /* @__PURE__ */ (() => [
  ...graphAdvice,
  ...keyIdGraphAdvice,
  ...leafGraphAdvice,
])()

export const waiverExpired: RuleInfo = {
  code: 'waiver_expired',
  severity: 'warning',
  summary: 'A waiver that silenced a finding has ended; the finding is reported again.',
  citation: 'LintOptions.waive',
  remedy: 'Mend what was waived, or give the waiver a new end.',
}

/** The whole catalogue by code, as `explain`, waivers and the generated documentation know it. */
export const ruleCatalogue: ReadonlyMap<LintCode, RuleInfo> = /* @__PURE__ */ (() =>
  new Map<LintCode, RuleInfo>(
    [
      ...[...(Object.keys(readingTexts) as ReadingCode[]).map(readingRule), ...certificateRules, ...bundleRules].map(withText),
      ...wholeAdvice,
      ...neighbourAdvice,
      ...certificateAdvice,
      ...platformRules,
      waiverExpired,
    ].map((rule) => [rule.code, rule]),
  ))()

/** A rule of `buildTruststore` with its text, which stands beside it. */
function withText(rule: ReportedRule): RuleInfo {
  return { ...rule, ...ruleTexts[rule.code]! }
}
