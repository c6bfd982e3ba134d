import { hexOf } from '../bytes/encoding.ts'
import type { PublicKey } from '../crypto/public-key.ts'
import type { BasicConstraints } from './constraints.ts'
import type { KeyUsage } from './key-usage.ts'

/**
 * Certificates and revocation lists as `JSON.stringify` writes them: strings, numbers and booleans, fields named as on
 * the view, dates in ISO 8601, bytes in hexadecimal. A field whose extension is absent is left out. Fields are added in
 * later versions, never renamed or removed.
 */

/** One GeneralName; `bytes` in lower-case hexadecimal where the view has bytes. */
export type GeneralNameJson =
  | { readonly type: 'dns' | 'email' | 'uri'; readonly value: string }
  | { readonly type: 'ip' | 'directory' | 'other'; readonly value: string; readonly bytes: string }

/** A certificate in JSON. Its PEM is left out: ask `toPem()`. */
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
}

/** A revocation list in JSON, without its entries: ask `find()`. */
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
}

/** The named fields of a view that are not `undefined`, each as JSON has it. */
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
