import type { Purpose } from '../policy/policy.ts'
import { requireTime } from '../policy/time.ts'

export interface VerifyOptions {
  /** The time to judge at: Date or milliseconds since the epoch. Default now. */
  readonly at?: Date | number
  /** Default: the policy's. */
  readonly purpose?: Purpose
  /** DNS name (A-labels) or IP literal that the leaf must be for; without it no name is checked. */
  readonly serverName?: string
}

/** The options with their defaults. */
export interface Request {
  readonly at: number
  readonly purpose: Purpose
  readonly serverName: string | undefined
}

const fields: ReadonlySet<string> = /* @__PURE__ */ new Set(['at', 'purpose', 'serverName'])

/**
 * Checks the options of `verifyChain`. An option that is not known is refused, since a misspelt one would be ignored.
 *
 * @throws TypeError naming the option
 */
export function readOptions(options: VerifyOptions, defaultPurpose: Purpose): Request {
  if (typeof options !== 'object' || options === null) throw new TypeError('verifyChain: options must be an object')
  for (const field of Object.keys(options)) {
    if (!fields.has(field)) throw new TypeError(`verifyChain: unknown option ${field}`)
  }
  const { purpose = defaultPurpose, serverName } = options
  if (purpose !== 'client' && purpose !== 'server' && purpose !== 'any') {
    throw new TypeError(`verifyChain: options.purpose must be 'client', 'server' or 'any', got ${String(purpose)}`)
  }
  if (serverName !== undefined && typeof serverName !== 'string')
    throw new TypeError('verifyChain: options.serverName must be a string')
  return { at: requireTime(options.at, 'verifyChain: options.at'), purpose, serverName }
}
