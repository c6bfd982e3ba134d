/**
 * Every reason for which `verifyChain` rejects a chain, from the least to the most specific. If candidate paths fail for
 * different reasons, the last of them in this list is reported. Codes are never renamed; `reject-info.ts` explains them.
 */
export const rejectCodes = [
  'unknown_issuer',
  'self_signed_untrusted',
  'incomplete_chain',
  'signature_mismatch',
  'unsupported_algorithm',
  'unsupported_curve',
  'weak_hash',
  'weak_key',
  'chain_too_long',
  'not_a_ca',
  'path_length_exceeded',
  'key_usage_violation',
  'extended_key_usage_violation',
  'unknown_critical_extension',
  'nonconforming',
  'name_constraint_violation',
  'policy_violation',
  'name_mismatch',
  'revocation_unknown',
  'not_yet_valid',
  'expired',
  'revoked',
  'too_large',
  'malformed',
  'budget_exhausted',
] as const

/** Why a chain was rejected; `explain(code)` says more. */
export type RejectCode = (typeof rejectCodes)[number]

/** How specific a code is. Of several failures, the one with the highest rank is reported. */
export function rankOf(code: RejectCode): number {
  return rejectCodes.indexOf(code)
}
