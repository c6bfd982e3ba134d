import { hexOf } from '../bytes/encoding.ts'
import type { Deviation } from '../codes/deviation.ts'
import type { PublicKey } from '../crypto/public-key.ts'
import type { BasicConstraints } from './constraints.ts'
import type { KeyUsage } from './key-usage.ts'

/**
 * Certificates and CRLs in JSON. Fields have the names of the view. Dates are in ISO 8601, bytes in hexadecimal. Fields of
 * absent extensions are omitted. Later versions may add fields, but never rename or remove any.
 */

/** A GeneralName in JSON. `bytes` is in lower-case hexadecimal. */
export type GeneralNameJson =
  | { readonly type: 'dns' | 'email' | 'uri'; readonly value: string }
  | { readonly type: 'ip' | 'directory' | 'other'; readonly value: string; readonly bytes: string }

/** A certificate in JSON, without its bytes; use `toPem()` for them. */
export interface CertificateJson {
  readonly version: 1 | 2 | 3
  readonly serialNumber: string
  readonly subject: string
  readonly issuer: string
  /** `2026-11-23T20:08:00.000Z` */
  readonly notBefore: string
  readonly notAfter: string
  readonly publicKey: PublicKey
  readonly signatureAlgorithm: { readonly name: string; readonly hash?: string; readonly oid: string }
  readonly subjectAltNames: readonly GeneralNameJson[]
  readonly basicConstraints?: BasicConstraints
  readonly keyUsage?: readonly KeyUsage[]
  readonly extendedKeyUsage?: readonly string[]
  readonly subjectKeyId?: string
  readonly authorityKeyId?: string
  readonly fingerprint: string
  readonly isSelfIssued: boolean
  readonly deviations: readonly Deviation[]
}

/** A CRL in JSON, without its entries; use `find()` for them. */
export interface RevocationListJson {
  readonly version: 1 | 2
  readonly issuer: string
  readonly thisUpdate: string
  readonly nextUpdate?: string
  readonly authorityKeyId?: string
  readonly crlNumber?: string
  readonly isDelta: boolean
  readonly isIndirect: boolean
  readonly entryCount: number
  readonly fingerprint: string
  readonly deviations: readonly Deviation[]
}

/** The named fields of a view as plain JSON values, except those that are `undefined`. */
export function fieldsOf<Json>(view: object, fields: readonly (keyof Json & string)[]): Json {
  const json: Record<string, unknown> = {}
  for (const field of fields) {
    const value = (view as Readonly<Record<string, unknown>>)[field]
    if (value !== undefined) json[field] = plain(value)
  }
  return json as Json
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return hexOf(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return fieldsOf(value, Object.keys(value) as never[])
}
