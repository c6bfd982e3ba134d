import { own } from '../../policy/fields.ts'
import type { RuleInfo } from '../../rules/rule.ts'
import type { Limit, PlatformLimits } from './limits.ts'
import type { PlatformBundle, PlatformEntry } from './platform-bundle.ts'

/** What a rule found of a bundle that a platform is to take. */
export interface Violation {
  /** In words, without the platform's name. */
  readonly problem: string
  /** The certificate at fault; absent: the bundle. */
  readonly entry?: PlatformEntry
  /** Line of the PEM text, where no certificate is at fault. */
  readonly line?: number
}

/** A rule about one kind of limit; it applies to the platforms that have it. */
export interface PlatformRule extends RuleInfo {
  readonly check: (limits: PlatformLimits, bundle: PlatformBundle) => Checked | undefined
}

export interface Checked {
  readonly limit: Limit<unknown>
  readonly violations: readonly Violation[]
}

type LimitName = Exclude<keyof PlatformLimits, 'name'>
type ValueOf<Name extends LimitName> = NonNullable<PlatformLimits[Name]>['value']

/** A rule that looks at the bundle as a whole. */
export function bundleRule<Name extends LimitName>(
  name: Name,
  info: RuleInfo,
  check: (value: ValueOf<Name>, bundle: PlatformBundle) => readonly Violation[],
): PlatformRule {
  return {
    ...info,
    check(limits, bundle) {
      const limit = own(limits, name) as Limit<ValueOf<Name>> | undefined
      return limit && { limit, violations: check(limit.value, bundle) }
    },
  }
}

/** A rule that looks at one certificate after the other, and answers the problem in words. */
export function entryRule<Name extends LimitName>(
  name: Name,
  info: RuleInfo,
  check: (value: ValueOf<Name>, entry: PlatformEntry) => string | undefined,
): PlatformRule {
  return bundleRule(name, info, (value, { entries }) =>
    entries.flatMap((entry) => {
      const problem = check(value, entry)
      return problem === undefined ? [] : [{ problem, entry }]
    }),
  )
}
