import type { Acceptance } from '../../path/verify.ts'
import { own } from '../../policy/fields.ts'
import { type PurposeTransition, readTransition } from '../../policy/purpose.ts'

/** The purpose that a gate's clients are verified for: `client`, or a transition that also accepts others until a date. */
export type ClientPurpose = 'client' | PurposeTransition

/**
 * Copies the purpose, so that later writes to a transition or its date extend nothing.
 *
 * @throws TypeError for anything but `client` and a transition
 */
export function fixedPurpose(purpose: unknown, label: string): ClientPurpose {
  if (purpose === undefined || purpose === 'client') return 'client'
  if (typeof purpose !== 'object' || purpose === null)
    throw new TypeError(`${label} must be client or a transition { anyOf, until }, got ${String(purpose)}`)
  return Object.freeze({ anyOf: Object.freeze(['client', 'server'] as const), until: readTransition(purpose, label) })
}

/** `server` if a client is accepted only because of a transition: its certificates do not allow client authentication. */
export function acceptedPurpose(verdict: Acceptance): 'client' | 'server' {
  return own(verdict, 'purpose') === 'server' ? 'server' : 'client'
}

/** The last millisecond in which a client may be accepted for its purpose alone. */
export function purposeHoldsUntil(purpose: ClientPurpose, verdict: Acceptance): number {
  return purpose === 'client' || acceptedPurpose(verdict) === 'client' ? Infinity : Number(purpose.until) - 1
}
