import type { CertificateView } from '../x509/certificate.ts'
import { bundleTexts } from './chaining.ts'
import { extensionRules, extensionTexts } from './extension.ts'
import { keyRules, keyTexts } from './key.ts'
import type { Rule, RuleText, SignatureContext } from './rule.ts'
import { algorithmRules, algorithmTexts } from './signature.ts'
import { validityRules, validityTexts } from './validity.ts'

/**
 * The rules that `buildTruststore` runs: they decide whether a certificate is usable, and give the warnings of API Gateway at an
 * upload. All other rules of `lintTruststore` are in `src/lint/rules`, so that building and verifying do not need them.
 */

/** All rules about a single certificate. Certificates with an error are left out before signatures are checked. */
export const certificateRules: readonly Rule<CertificateView, SignatureContext>[] = /* @__PURE__ */ (() => [
  ...validityRules,
  ...keyRules,
  ...algorithmRules,
  ...extensionRules,
])()

/** The texts of these rules and of those in `chaining.ts`. */
export const ruleTexts: readonly RuleText[] = /* @__PURE__ */ (() => [
  ...validityTexts,
  ...keyTexts,
  ...algorithmTexts,
  ...extensionTexts,
  ...bundleTexts,
])()
