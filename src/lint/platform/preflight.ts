import type { Severity } from '../../codes/lint.ts'
import type { Finding } from '../../rules/rule.ts'
import type { TruststoreInput } from '../../truststore/read-bundle.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { pemRequired, pemStyleRules, platformBundleRules } from './bundle-rules.ts'
import { platformCertificateRules } from './certificate-rules.ts'
import type { PlatformRule, Violation } from './limit-rule.ts'
import { type Consequence, isPlatform, type Limit, type Platform, type PlatformLimits, platforms } from './limits.ts'
import { type BundleSource, platformBundle, textOf } from './platform-bundle.ts'

/** Every rule about platforms. */
export const platformRules: readonly PlatformRule[] = /* @__PURE__ */ (() => [
  pemRequired,
  ...pemStyleRules,
  ...platformBundleRules,
  ...platformCertificateRules,
])()

const severities: Readonly<Record<Consequence, Severity>> = {
  bundle_refused: 'error',
  quota: 'warning',
  clients_refused: 'warning',
}

/**
 * What keeps platforms from taking a bundle, or its clients from being accepted there: an error where the platform
 * refuses the bundle, a warning where a quota may have been raised or only clients are refused. Without a platform, only
 * the style of the PEM text is told, as info.
 *
 * @param asked one platform, several, or none
 * @param source absent for a truststore that was built already
 * @throws TypeError for what is no platform
 */
export function platformFindings(asked: unknown, store: TruststoreView, source?: BundleSource): readonly Finding[] {
  const names = readPlatforms(asked)
  if (names.length === 0) return source === undefined ? [] : styleFindings(source.input)
  const bundle = platformBundle(store, source)
  return names.flatMap((platform) => {
    const limits = platforms[platform]
    return platformRules.flatMap((rule) => {
      const checked = rule.check(limits, bundle)
      if (checked === undefined) return []
      return checked.violations.map((violation) => finding(rule, violation, { platform, limits, limit: checked.limit }))
    })
  })
}

/** What some platform would refuse, for whom nobody asked. */
function styleFindings(input: TruststoreInput): readonly Finding[] {
  const strict: readonly PlatformLimits[] = Object.values(platforms).filter((limits) => Object.hasOwn(limits, 'strictPem'))
  const [limits] = strict
  if (limits === undefined) return []
  const refusedBy = strict.map(({ name }) => name).join(', ')
  const bundle = { entries: [], size: 0, text: textOf(input), hasDer: false }
  return pemStyleRules.flatMap((rule) => {
    const violations = rule.check(limits, bundle)?.violations ?? []
    return violations.map(({ problem, ...where }) => finding(rule, { problem: `${problem}; ${refusedBy} takes none`, ...where }))
  })
}

function readPlatforms(asked: unknown): readonly Platform[] {
  const list: readonly unknown[] = asked === undefined ? [] : Array.isArray(asked) ? asked : [asked]
  return [...new Set(list)].map((name) => {
    if (isPlatform(name)) return name
    const known = Object.keys(platforms).join(', ')
    throw new TypeError(`lintTruststore: options.platform must be of ${known}, got ${String(name)}`)
  })
}

function finding(
  rule: PlatformRule,
  violation: Violation,
  asked?: { readonly platform: Platform; readonly limits: PlatformLimits; readonly limit: Limit<unknown> },
): Finding {
  const { problem, entry, line = entry?.line } = { entry: undefined, line: undefined, ...violation }
  const unless = asked?.limit.consequence === 'quota' ? ' unless the quota was raised' : ''
  return {
    code: rule.code,
    severity: asked === undefined ? 'info' : severities[asked.limit.consequence],
    message: asked === undefined ? problem : `${asked.limits.name}: ${problem}${unless}`,
    citation: asked === undefined ? rule.citation : asked.limit.source,
    ...(asked && { platform: asked.platform }),
    ...(entry && { subject: entry.certificate.subject, fingerprint: entry.certificate.fingerprint, index: entry.index }),
    ...(line !== undefined && { line }),
  }
}
