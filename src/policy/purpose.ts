import { elements, type NoFields, readFields, requireTime } from './fields.ts'

/** The option `purpose` as a transition: client certificates that allow server authentication only, until a date. */

/**
 * Accepts clients whose certificates allow client or server authentication, until a date. It is for clients with certificates of
 * public CAs, which stop issuing clientAuth. Every other rule for clients applies.
 */
export interface PurposeTransition {
  /** Both purposes. The extendedKeyUsages of a path must allow the same one of them, from the leaf to the anchor. */
  readonly anyOf: readonly ('client' | 'server')[]
  /** When it ends: Date or milliseconds since the epoch. From then on, the purpose is `client`. */
  readonly until: Date | number
}

const noTransition: NoFields<PurposeTransition> = { anyOf: undefined, until: undefined }

/**
 * Validates a transition.
 *
 * @param label the name of the option in errors
 * @returns when it ends, in milliseconds since the epoch
 * @throws TypeError naming the option
 */
export function readTransition(transition: unknown, label: string): number {
  const { anyOf, until } = readFields<PurposeTransition>(label, transition, noTransition)
  const purposes = Array.isArray(anyOf) ? elements(anyOf) : []
  if (purposes.length !== 2 || !purposes.includes('client') || !purposes.includes('server'))
    throw new TypeError(`${label}.anyOf must be ['client', 'server']`)
  if (until === undefined) throw new TypeError(`${label}.until must be the date when the transition ends`)
  return requireTime(until, `${label}.until`)
}

/** Whether a transition that ends then is in force. */
export function isInForce(until: number | undefined, at: number): boolean {
  return until !== undefined && at < until
}
