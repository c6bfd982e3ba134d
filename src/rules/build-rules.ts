import type { CertificateView } from '../x509/certificate.ts'
import { describedBundleRules } from './chaining.ts'
import { describedExtensionRules, extensionRules } from './extension.ts'
import { describedKeyRules, keyRules } from './key.ts'
import type { LintRule, Rule, SignatureContext } from './rule.ts'
import { algorithmRules, describedAlgorithmRules } from './signature.ts'
import { describedValidityRules, validityRules } from './validity.ts'

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

/** These rules and those in `chaining.ts`, with their texts. */
export const describedRules: readonly Omit<LintRule, 'check'>[] = /* @__PURE__ */ (() => [
  ...describedValidityRules,
  ...describedKeyRules,
  ...describedAlgorithmRules,
  ...describedExtensionRules,
  ...describedBundleRules,
])()
