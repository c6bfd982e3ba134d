import { extensionRules, extensionTexts } from './extension.ts'
import { keyRules, keyTexts } from './key.ts'
import { neighbourRules, neighbourTexts, readingTexts } from './reading.ts'
import type { BundleRule, CertificateRule, RuleTexts } from './rule.ts'
import { algorithmRules, chainingRules, signatureTexts } from './signature.ts'
import { validityRules, validityTexts } from './validity.ts'

/**
 * Rules that `buildTruststore` runs: those that decide whether a certificate is usable, and what API Gateway warns of at an
 * upload. Whatever else `lintTruststore` finds stands in `src/lint/rules`, where building and verifying do not need it.
 */

/** Every rule about a single certificate. An error leaves the certificate out before signatures are looked at. */
export const certificateRules: readonly CertificateRule[] = /* @__PURE__ */ (() => [
  ...validityRules,
  ...keyRules,
  ...algorithmRules,
  ...extensionRules,
])()

/** Every rule about a certificate among the others, run when signatures within the bundle are known. */
export const bundleRules: readonly BundleRule[] = /* @__PURE__ */ (() => [...chainingRules, ...neighbourRules])()

/** The texts of all of them, and of the faults of reading. */
export const ruleTexts: RuleTexts = /* @__PURE__ */ (() => ({
  ...readingTexts,
  ...validityTexts,
  ...keyTexts,
  ...signatureTexts,
  ...extensionTexts,
  ...neighbourTexts,
}))()
