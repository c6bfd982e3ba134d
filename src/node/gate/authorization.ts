import { clearTimeout, setTimeout } from 'node:timers'
import { member, own } from '../../policy/fields.ts'
import { thrownText } from '../thrown-text.ts'
import type { GateCode } from './codes.ts'
import type { ClientIdentity } from './identity.ts'
import type { Authorize } from './options.ts'

/** What came of asking `authorize`. */
export type Decision =
  | { readonly ok: true; readonly context: Readonly<Record<string, unknown>> | undefined }
  | { readonly ok: false; readonly code: GateCode; readonly error: unknown }

/**
 * Asks `authorize`. An answer that is there at once is given at once; a promise is waited for, but no longer than
 * `timeoutMs`. Whatever it throws or rejects with refuses.
 */
export function askFor(authorize: Authorize, identity: ClientIdentity, signal: AbortSignal): Decision | Promise<unknown> {
  try {
    const answer: unknown = authorize(identity, signal)
    // A promise of our own: it calls `then` later, takes what that throws, and is nothing that could pass for a decision.
    return isThenable(answer) ? new Promise((resolve) => resolve(answer)) : read(answer)
  } catch (error) {
    return { ok: false, code: 'authorizer_failed', error }
  }
}

/**
 * Calls `settle` exactly once, with what the promise brings or with a refusal after `timeoutMs`.
 *
 * @param abort called when the answer is no longer waited for
 * @returns a function that decides in place of the answer
 */
export function awaitAuthorization(
  answer: Promise<unknown>,
  timeoutMs: number,
  abort: () => void,
  settle: (decision: Decision) => void,
): (decision: Decision) => void {
  let settled = false
  const once = (decision: Decision): boolean => {
    if (settled) return false
    settled = true
    clearTimeout(timer)
    settle(decision)
    return true
  }
  const decide = (decision: Decision): void => {
    if (once(decision)) abort()
  }
  const timer = setTimeout(() => decide({ ok: false, code: 'authorizer_timeout', error: undefined }), timeoutMs).unref()
  answer.then(
    (value) => void once(readSafely(value)),
    (error: unknown) => void once({ ok: false, code: 'authorizer_failed', error }),
  )
  return decide
}

export function isDecision(value: Decision | Promise<unknown>): value is Decision {
  return !(value instanceof Promise)
}

function readSafely(value: unknown): Decision {
  try {
    return read(value)
  } catch (error) {
    return { ok: false, code: 'authorizer_failed', error }
  }
}

/** Consent is `true` and nothing that merely looks like it. */
function read(answer: unknown): Decision {
  if (answer === true) return { ok: true, context: undefined }
  const isAuthorized = own(answer, 'isAuthorized')
  if (isAuthorized !== true) return { ok: false, code: 'not_authorized', error: noAnswer(answer, isAuthorized) }
  const context = own(answer, 'context')
  return { ok: true, context: typeof context === 'object' && context !== null ? (context as Record<string, unknown>) : undefined }
}

/** What `onReject` is told of an answer that neither accepts nor denies, which is a mistake in the application. */
function noAnswer(answer: unknown, isAuthorized: unknown): TypeError | undefined {
  if (answer === false || isAuthorized === false) return undefined
  const given = typeof answer === 'object' && answer !== null ? 'an object without isAuthorized' : thrownText(answer)
  return new TypeError(`authorize gave ${given}; true and { isAuthorized: true } accept, false denies`)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof member(value, 'then') === 'function'
}
