import { type Finding, type LintRule, runRules } from '../../rules/rule.ts'
import type { TruststoreInput } from '../../truststore/read-bundle.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { pemStyleRules, platformBundleRules } from './bundle-rules.ts'
import { platformCertificateRules } from './certificate-rules.ts'
import { isPlatform, type Platform, type PlatformLimits, platforms } from './limits.ts'
import { type BundleSource, type PlatformBundle, type PlatformEntry, platformBundle, textOf } from './platform-bundle.ts'

/** Every rule about platforms. */
export const platformRules: readonly (LintRule<PlatformBundle, PlatformLimits> | LintRule<PlatformEntry, PlatformLimits>)[] =
  /* @__PURE__ */ (() => [...platformBundleRules, ...platformCertificateRules])()

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
    return [
      ...runRules(platformBundleRules, bundle, limits, {}),
      ...platformCertificateRules.flatMap((rule) => bundle.entries.flatMap((entry) => runRules([rule], entry, limits, entry))),
    ].map(({ code, severity, message, citation, ...place }) => ({ code, severity, message, citation, platform, ...place }))
  })
}

/** What some platform would refuse, for whom nobody asked. */
function styleFindings(input: TruststoreInput): readonly Finding[] {
  const strict: readonly PlatformLimits[] = Object.values(platforms).filter((limits) => Object.hasOwn(limits, 'strictPem'))
  const refusedBy = strict.map(({ name }) => name).join(', ')
  const bundle = { entries: [], size: 0, text: textOf(input), hasDer: false }
  return runRules(pemStyleRules, bundle, true, {}).map((finding) => ({
    ...finding,
    severity: 'info',
    message: `${finding.message}; ${refusedBy} takes none`,
  }))
}

function readPlatforms(asked: unknown): readonly Platform[] {
  const list: readonly unknown[] = asked === undefined ? [] : Array.isArray(asked) ? asked : [asked]
  return [...new Set(list)].map((name) => {
    if (isPlatform(name)) return name
    const known = Object.keys(platforms).join(', ')
    throw new TypeError(`lintTruststore: options.platform must be of ${known}, got ${String(name)}`)
  })
}
