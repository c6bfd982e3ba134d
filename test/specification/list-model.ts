import type { Call, Hash, Key, Name } from './model.ts'

/** Revocation lists, and what a call says about revocation, as plain data. `encode-lists.ts` makes the lists as DER. */

/** A name of a distribution point: one GeneralName of its fullName. */
export type PointName = { readonly uri: string } | { readonly directory: Name }

/** A bit of ReasonFlags (RFC 5280 4.2.1.13). Bit 0 is not used. */
export type ReasonFlag = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export const allReasons: readonly ReasonFlag[] = [1, 2, 3, 4, 5, 6, 7, 8]

/** 4.2.1.13: at least one of `name` and `crlIssuer` is there. */
export interface DistributionPoint {
  readonly name?: PointName
  readonly reasons?: readonly ReasonFlag[]
  readonly crlIssuer?: Name
}

/** issuingDistributionPoint (5.2.5); at least one field is there. */
export interface ListScope {
  readonly point?: PointName
  readonly only?: 'users' | 'authorities' | 'attributes'
  readonly reasons?: readonly ReasonFlag[]
  readonly indirect?: true
}

/** Reason codes of 5.3.1 that have a meaning of their own; all others mean the same here. */
export const certificateHold = 6
export const removeFromCrl = 8

export interface ListEntry {
  readonly serial: number
  readonly reason?: number
  readonly certificateIssuer?: Name
  /** A critical extension that nobody knows. */
  readonly unknownCritical?: true
}

export interface RevocationList {
  readonly issuer: Name
  readonly signedBy: Key
  readonly hash: Hash
  /** The key whose identifier authorityKeyIdentifier has. */
  readonly authorityKeyId?: Key
  /** Milliseconds since the epoch, whole seconds. */
  readonly thisUpdate: number
  readonly nextUpdate?: number
  readonly number?: number
  /** BaseCRLNumber: the list is a delta. */
  readonly deltaBase?: number
  readonly scope?: ListScope
  /** A critical extension that nobody knows. */
  readonly unknownCritical?: true
  readonly entries: readonly ListEntry[]
}

/** The fields of the library's `RevocationCheck`, which have taken the place of the CRL cache of 6.3.1. */
export interface RevocationInputs {
  readonly lists: readonly RevocationList[]
  readonly depth: 'leaf' | 'chain'
  readonly unknown: 'refuse' | 'allow'
  readonly expired: 'refuse' | 'allow'
  readonly maxAgeDays?: number
}

/** A call that checks revocation. */
export type CheckedCall = Call & { readonly revocation: RevocationInputs }

export function checksRevocation(call: Call): call is CheckedCall {
  return call.revocation !== undefined
}
