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

/** What only a gate refuses; what `verifyChain` refuses has its own table, and status 403. */
const table: Readonly<Record<OwnCode, GateRow>> = {
  no_certificate: { status: 403, message: 'The client presented no certificate.' },
  unknown_domain: { status: 403, message: 'The server name that the client asked for is not served here.' },
  misdirected_request: { status: 421, message: 'The request is for another domain than the connection.' },
  not_authorized: { status: 403, message: 'The client is not authorized.' },
  authorizer_failed: { status: 403, message: 'Whether the client is authorized could not be found out.' },
  authorizer_timeout: { status: 403, message: 'Whether the client is authorized could not be found out in time.' },
  overloaded: { status: 503, message: 'Too many clients wait for their authorization.' },
  not_judged: { status: 403, message: 'The connection was not judged.' },
  internal_error: { status: 403, message: 'The connection could not be judged.' },
}

/**
 * Why a gate refuses a connection or a request: the codes of `verifyChain`, and what only a gate knows. `internal_error`:
 * the gate's own settings fail, for instance a `revocation` function that throws; `onReject` is told the error.
 */
export type GateCode = RejectCode | OwnCode

/** Why a gate ends an open connection: a code of a refusal, or `max_age_reached` for `maxConnectionAgeMs`. */
export type CloseCode = GateCode | 'max_age_reached'

/** Refusals that say nothing about the client: what the server needs to judge it is missing. */
const troubles: ReadonlySet<GateCode> = new Set<GateCode>([
  'authorizer_failed',
  'authorizer_timeout',
  'overloaded',
  'internal_error',
  'revocation_unknown',
])

/** Whether a refusal is the client's own doing, for all that is known. */
export function isOfClient(code: GateCode): boolean {
  return !troubles.has(code)
}

/** Whether it is one of the codes above. */
export function isGateCode(code: unknown): code is GateCode {
  return typeof code === 'string' && (Object.hasOwn(table, code) || rejectInfo(code) !== undefined)
}

/** What a client is told: the code and its sentence, which are the same for everybody, and nothing about certificates. */
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
