import type { CertificateView } from '../x509/certificate.ts'
import { bundleTexts } from './chaining.ts'
import { extensionRules, extensionTexts } from './extension.ts'
import { keyRules, keyTexts } from './key.ts'
import type { Rule, RuleText, SignatureContext } from './rule.ts'
import { algorithmRules, algorithmTexts } from './signature.ts'
import { validityRules, validityTexts } from './validity.ts'

/**
 * Rules that `buildTruststore` runs: those that decide whether a certificate is usable, and what API Gateway warns of at an
 * upload. Whatever else `lintTruststore` finds stands in `src/lint/rules`, where building and verifying do not need it.
 */

/** Every rule about a single certificate. An error leaves the certificate out before signatures are looked at. */
export const certificateRules: readonly Rule<CertificateView, SignatureContext>[] = /* @__PURE__ */ (() => [
  ...validityRules,
  ...keyRules,
  ...algorithmRules,
  ...extensionRules,
])()

/** The texts of these and of the rules about bundles. */
export const ruleTexts: readonly RuleText[] = /* @__PURE__ */ (() => [
  ...validityTexts,
  ...keyTexts,
  ...algorithmTexts,
  ...extensionTexts,
  ...bundleTexts,
])()
