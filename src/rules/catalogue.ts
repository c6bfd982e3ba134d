import { neighbourRules } from './bundle.ts'
import { extensionRules } from './extension.ts'
import { keyRules } from './key.ts'
import type { BundleRule, CertificateRule } from './rule.ts'
import { algorithmRules, chainingRules } from './signature.ts'
import { validityRules } from './validity.ts'

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
