import { ruleCatalogue } from '../rules/catalogue.ts'
import type { RuleInfo } from '../rules/rule.ts'
import { platformRules } from './platform/preflight.ts'

/** Every rule there is, each code once: what `explain`, waivers and the documentation go by. */
export const lintCatalogue: readonly RuleInfo[] = /* @__PURE__ */ (() => {
  const general = new Set<string>(ruleCatalogue.map(({ code }) => code))
  return [...ruleCatalogue, ...platformRules.filter(({ code }) => !general.has(code))]
})()
