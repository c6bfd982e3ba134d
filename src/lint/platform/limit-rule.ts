import type { Severity } from '../../codes/lint.ts'
import { own } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'
import type { Consequence, Limit, PlatformLimits } from './limits.ts'

type LimitName = Exclude<keyof PlatformLimits, 'name'>
type ValueOf<Name extends LimitName> = NonNullable<PlatformLimits[Name]>['value']

const severities: Readonly<Record<Consequence, Severity>> = {
  bundle_refused: 'error',
  quota: 'warning',
  clients_refused: 'warning',
}

/**
 * A rule about one kind of limit, for the platforms that have it. What a limit's value is exceeded by, the rule says; how bad that
 * is and where it is written, the platform's entry in `limits.ts`.
 */
export function limitRule<Subject, Name extends LimitName>(
  limit: Name,
  rule: LintRule<Subject, ValueOf<Name>>,
): LintRule<Subject, PlatformLimits> & { readonly limit: LimitName } {
  return {
    ...rule,
    limit,
    check(subject, platform) {
      const has = own(platform, limit) as Limit<ValueOf<Name>> | undefined
      const found = has && rule.check(subject, has.value)
      if (has === undefined || found === undefined) return undefined
      const { problem, ...rest } = typeof found === 'string' ? { problem: found } : found
      const unless = has.consequence === 'quota' ? ' unless the quota was raised' : ''
      return {
        ...rest,
        problem: `${platform.name}: ${problem}${unless}`,
        severity: severities[has.consequence],
        citation: has.source,
      }
    },
  }
}
