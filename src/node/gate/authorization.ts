import { clearTimeout, setTimeout } from 'node:timers'
import { member, own } from '../../policy/fields.ts'
import { thrownText } from '../thrown-text.ts'
import type { GateCode } from './codes.ts'
import type { ClientIdentity } from './identity.ts'
import type { Authorize } from './options.ts'

/** The result of calling `authorize`. */
export type Decision =
  | { readonly ok: true; readonly context: Readonly<Record<string, unknown>> | undefined }
  | { readonly ok: false; readonly code: GateCode; readonly error: unknown }

/**
 * Calls `authorize`. A synchronous answer takes effect at once; a promise is awaited for at most `timeoutMs`. If it throws or
 * rejects, the client is rejected.
 */
export function askFor(authorize: Authorize, identity: ClientIdentity, signal: AbortSignal): Decision | Promise<unknown> {
  try {
    const answer: unknown = authorize(identity, signal)
    // Wrap it in our own promise: that calls `then` later, catches what it throws, and cannot be mistaken for a decision.
    return isThenable(answer) ? new Promise((resolve) => resolve(answer)) : read(answer)
  } catch (error) {
    return { ok: false, code: 'authorizer_failed', error }
  }
}

/**
 * Calls `settle` exactly once, with what the promise brings or with a rejection after `timeoutMs`.
 *
 * @param abort called when the answer is no longer needed
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

/** Only a literal `true` is consent. */
function read(answer: unknown): Decision {
  if (answer === true) return { ok: true, context: undefined }
  const isAuthorized = own(answer, 'isAuthorized')
  if (isAuthorized !== true) return { ok: false, code: 'not_authorized', error: noAnswer(answer, isAuthorized) }
  const context = own(answer, 'context')
  return { ok: true, context: typeof context === 'object' && context !== null ? (context as Record<string, unknown>) : undefined }
}

/** The error for `onReject` if an answer neither accepts nor denies. That is a mistake in the application. */
function noAnswer(answer: unknown, isAuthorized: unknown): TypeError | undefined {
  if (answer === false || isAuthorized === false) return undefined
  const given = typeof answer === 'object' && answer !== null ? 'an object without isAuthorized' : thrownText(answer)
  return new TypeError(`authorize returned ${given}; return true or { isAuthorized: true } to accept, false to deny`)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof member(value, 'then') === 'function'
}
