import type { LintCode } from '../codes/lint.ts'
import { ruleCatalogue as generalRules } from '../rules/catalogue.ts'
import type { RuleInfo } from '../rules/rule.ts'
import { platformRules } from './platform/preflight.ts'

/** The whole catalogue by code, as `explain`, waivers and the generated documentation know it. */
export const ruleCatalogue: ReadonlyMap<LintCode, RuleInfo> = /* @__PURE__ */ (() =>
  new Map<LintCode, RuleInfo>([...generalRules, ...platformRules].map((rule) => [rule.code, rule])))()

export const waiverExpired: RuleInfo = /* @__PURE__ */ (() => ruleCatalogue.get('waiver_expired')!)()
