import type { RejectCode } from '../../codes/reject.ts'
import { rejectInfo } from '../../codes/reject-info.ts'

interface GateRow {
  readonly status: number
  readonly message: string
}

type OwnCode =
  | 'no_certificate'
  | 'unknown_domain'
  | 'misdirected_request'
  | 'not_authorized'
  | 'authorizer_failed'
  | 'authorizer_timeout'
  | 'overloaded'
  | 'not_judged'
  | 'internal_error'

/** The codes that only a gate has. Those of `verifyChain` have their own table, and always status 403. */
const table: Readonly<Record<OwnCode, GateRow>> = {
  no_certificate: { status: 403, message: 'The client presented no certificate.' },
  unknown_domain: { status: 403, message: 'This server does not serve the requested server name.' },
  misdirected_request: { status: 421, message: 'The request is for a different domain than the connection.' },
  not_authorized: { status: 403, message: 'The client is not authorized.' },
  authorizer_failed: { status: 403, message: 'The authorization check failed.' },
  authorizer_timeout: { status: 403, message: 'The authorization check timed out.' },
  overloaded: { status: 503, message: 'Too many clients are waiting for authorization.' },
  not_judged: { status: 403, message: 'The connection was not verified.' },
  internal_error: { status: 403, message: 'The connection could not be verified.' },
}

/**
 * Why a gate rejects a connection or request: the codes of `verifyChain`, and those that only a gate has. `internal_error`:
 * the gate's own configuration fails, for instance a `revocation` function that throws; `onReject` gets the error.
 */
export type GateCode = RejectCode | OwnCode

/** Why a gate ends an open connection: a rejection code, or `max_age_reached` for `maxConnectionAgeMs`. */
export type CloseCode = GateCode | 'max_age_reached'

/** Rejections that say nothing about the client: the server lacks what it needs to verify it. */
const troubles: ReadonlySet<GateCode> = new Set<GateCode>([
  'authorizer_failed',
  'authorizer_timeout',
  'overloaded',
  'internal_error',
  'revocation_unknown',
])

/** Whether the client is to blame for the rejection. */
export function isOfClient(code: GateCode): boolean {
  return !troubles.has(code)
}

/** Whether it is one of the codes above. */
export function isGateCode(code: unknown): code is GateCode {
  return typeof code === 'string' && (Object.hasOwn(table, code) || rejectInfo(code) !== undefined)
}

/** What a client receives: the code and its sentence. They are the same for everyone, and reveal nothing about certificates. */
export interface Refusal {
  readonly status: number
  readonly body: string
}

const refusals = new Map<GateCode, Refusal>()

/** The answer for a code. */
export function refusalOf(code: GateCode): Refusal {
  const known = refusals.get(code)
  if (known !== undefined) return known
  const status = Object.hasOwn(table, code) ? table[code as OwnCode].status : 403
  const refusal = { status, body: `${JSON.stringify({ code, message: messageOf(code) })}\n` }
  refusals.set(code, refusal)
  return refusal
}

/** The code's sentence. */
export function messageOf(code: GateCode): string {
  return Object.hasOwn(table, code) ? table[code as OwnCode].message : rejectInfo(code)!.summary
}
