import { neighbourRules, readingRules } from './bundle.ts'
import { extensionRules } from './extension.ts'
import { keyRules } from './key.ts'
import type { BundleRule, CertificateRule, RuleInfo } from './rule.ts'
import { algorithmRules, chainingRules } from './signature.ts'
import { validityRules } from './validity.ts'

/** Every rule about a single certificate. An error leaves the certificate out before signatures are looked at. */
export const certificateRules: readonly CertificateRule[] = /* @__PURE__ */ (() => [
  ...validityRules,
  ...keyRules,
  ...algorithmRules,
  ...extensionRules,
])()

/** Every rule about a certificate among the others, run when signatures within the bundle are known. */
export const bundleRules: readonly BundleRule[] = /* @__PURE__ */ (() => [...chainingRules, ...neighbourRules])()

const waiverExpired: RuleInfo = {
  code: 'waiver_expired',
  severity: 'warning',
  summary: 'A waiver that silenced a finding has ended; the finding is reported again.',
  citation: 'LintOptions.waive',
  remedy: 'Mend what was waived, or give the waiver a new end.',
}

/** The whole catalogue, as `explain` and the generated documentation show it. */
export const ruleCatalogue: readonly RuleInfo[] = /* @__PURE__ */ (() => [
  ...Object.values(readingRules),
  ...certificateRules,
  ...bundleRules,
  waiverExpired,
])()
