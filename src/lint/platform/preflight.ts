import { type Finding, type LintRule, runRules } from '../../rules/rule.ts'
import type { TruststoreInput } from '../../truststore/read-bundle.ts'
import type { TruststoreView } from '../../truststore/store.ts'
import { pemDivergence } from '../pem/divergence.ts'
import { isPlatform, type Platform, type PlatformLimits, platforms } from './limits.ts'
import { type BundleSource, type PlatformBundle, type PlatformEntry, platformBundle, textOf } from './platform-bundle.ts'
import { pemReadDifferently, pemStyleRules, platformBundleRules, platformCertificateRules } from './platform-rules.ts'

/** Checks bundles against the limits of platforms. */

/** All rules about platforms. */
export const platformRules: readonly (LintRule<PlatformBundle, PlatformLimits> | LintRule<PlatformEntry, PlatformLimits>)[] =
  /* @__PURE__ */ (() => [...platformBundleRules, ...platformCertificateRules])()

/**
 * Reports why platforms reject a bundle or its clients. A finding is an error if the platform rejects the bundle, and a warning if
 * a raised quota would help or if only clients are rejected. Without a platform, only the PEM text is checked: its style, as info, and
 * whether OpenSSL reads it differently, as a warning.
 *
 * @param option one platform, an array of them, or undefined
 * @param source undefined for a built truststore
 * @throws TypeError for an unknown platform
 */
export function platformFindings(option: unknown, store: TruststoreView, source?: BundleSource): readonly Finding[] {
  const names = readPlatforms(option)
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

/** Findings about the PEM text if the caller named no platform. */
function styleFindings(input: TruststoreInput): readonly Finding[] {
  const strict: readonly PlatformLimits[] = Object.values(platforms).filter((limits) => Object.hasOwn(limits, 'strictPem'))
  const refusedBy = strict.map(({ name }) => name).join(', ')
  const bundle = { entries: [], size: 0, text: textOf(input), hasDer: false, divergence: pemDivergence(input) }
  const style = runRules(pemStyleRules, bundle, true, {}).map((finding): Finding => {
    return { ...finding, severity: 'info', message: `${finding.message}; ${refusedBy} rejects this` }
  })
  return [...runRules([pemReadDifferently], bundle, undefined, {}), ...style]
}

function readPlatforms(option: unknown): readonly Platform[] {
  const list: readonly unknown[] = option === undefined ? [] : Array.isArray(option) ? option : [option]
  return [...new Set(list)].map((name) => {
    if (isPlatform(name)) return name
    const known = Object.keys(platforms).join(', ')
    throw new TypeError(`lintTruststore: options.platform must be one of ${known}, got ${String(name)}`)
  })
}
