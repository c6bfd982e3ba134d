import type { SignatureBackend } from '../../crypto/signatures.ts'
import { type Fields, member, type NoFields } from '../../policy/fields.ts'
import { freezeCopy, type Policy } from '../../policy/policy.ts'
import type { TruststoreOptions } from '../../truststore/build.ts'

/** Options of every source. The first three are those of `buildTruststore`. */
export interface SourceOptions {
  /** Default `profiles.apiGateway`. */
  readonly policy?: Policy
  /** Reject versions with any error finding. Damaged versions are always rejected. */
  readonly strict?: boolean
  /** Default `pureSignatures`. */
  readonly signatures?: SignatureBackend
  /** Milliseconds between checks, varied by up to a tenth. `Infinity`: only `refresh`, and watching if it is on. */
  readonly pollMs?: number
  /** The largest version, in bytes. Default 16 MiB. */
  readonly maxBytes?: number
  /** Accept versions that drop every current issuer. Without this they are rejected as a likely mistake. Default false. */
  readonly allowEmptyOverlap?: boolean
  /**
   * What to do if the file or URL offers a version that was in force before and was replaced. The event `rollback` reports it
   * either way. Default 'accept': operators undo a change by uploading the previous version. Use 'refuse' if a cache or a
   * replica may serve old versions; `refresh({ allowRollback: true })` then accepts one.
   */
  readonly onRollback?: 'accept' | 'refuse'
  /** How many versions are kept for `rollBack`, including the one in force. Default 10. */
  readonly keepVersions?: number
  /** How many days ahead the event `expiring` looks. Default 30. */
  readonly expiresWithinDays?: number
}

/** The options with their defaults applied. */
export interface SourceSettings {
  readonly build: TruststoreOptions
  readonly pollMs: number
  readonly maxBytes: number
  readonly allowEmptyOverlap: boolean
  readonly allowRollback: boolean
  readonly keepVersions: number
  readonly expiresWithinDays: number
}

export const noSourceOptions: NoFields<SourceOptions> = {
  policy: undefined,
  strict: undefined,
  signatures: undefined,
  pollMs: undefined,
  maxBytes: undefined,
  allowEmptyOverlap: undefined,
  onRollback: undefined,
  keepVersions: undefined,
  expiresWithinDays: undefined,
}

/** The longest delay that timers support. */
const longestDelay = 2 ** 31 - 1

/**
 * Checks the options that all sources have.
 *
 * @param options own fields, as returned by `readFields`
 * @throws TypeError for values out of range
 */
export function readSettings(
  label: string,
  options: Fields<SourceOptions>,
  defaults: { readonly pollMs: number },
): SourceSettings {
  const { policy, strict, signatures, allowEmptyOverlap, onRollback = 'accept' } = options
  if (signatures !== undefined && typeof member(signatures, 'importKey') !== 'function')
    throw new TypeError(`${label}: options.signatures must be a SignatureBackend`)
  if (onRollback !== 'accept' && onRollback !== 'refuse')
    throw new TypeError(`${label}: options.onRollback must be 'accept' or 'refuse', got ${String(onRollback)}`)
  return {
    build: {
      // A copy, so that later changes to the caller's object have no effect.
      ...(policy !== undefined && { policy: freezeCopy(policy) }),
      ...(signatures !== undefined && { signatures }),
      strict: booleanOption(label, 'strict', strict, false),
    },
    pollMs:
      options.pollMs === Infinity ? Infinity : numberOption(label, 'pollMs', options.pollMs, defaults.pollMs, 1, longestDelay),
    maxBytes: numberOption(label, 'maxBytes', options.maxBytes, 16 * 1024 * 1024, 1, 2 ** 31 - 1),
    allowEmptyOverlap: booleanOption(label, 'allowEmptyOverlap', allowEmptyOverlap, false),
    allowRollback: onRollback === 'accept',
    keepVersions: numberOption(label, 'keepVersions', options.keepVersions, 10, 1, 1000),
    expiresWithinDays: numberOption(label, 'expiresWithinDays', options.expiresWithinDays, 30, 0, 36_500),
  }
}

export function numberOption(
  label: string,
  name: string,
  value: unknown,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (value === undefined) return otherwise
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new TypeError(`${label}: options.${name} must be a number from ${least} to ${most}, got ${String(value)}`)
}

export function booleanOption(label: string, name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (typeof value === 'boolean') return value
  throw new TypeError(`${label}: options.${name} must be a boolean, got ${String(value)}`)
}
