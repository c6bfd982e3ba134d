import { bytesOfHex } from '../../src/bytes/encoding.ts'
import { algorithm, bitString, boolean, context, integer, name, octetString, oid, sequence, utcTime, utf8 } from './der.ts'

/** Unsigned certificates and revocation lists: parsers do not check signatures. */

export const ecdsaWithSha256: Uint8Array = algorithm('1.2.840.10045.4.3.2')

/** A P-256 key: the generator of the group. */
export const someKey: Uint8Array = sequence(
  algorithm('1.2.840.10045.2.1', oid('1.2.840.10045.3.1.7')),
  bitString(
    bytesOfHex(
      '04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296 4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    ),
  ),
)

export interface CertificateParts {
  /** The whole `[0]`; absent: version 1. */
  readonly version?: Uint8Array | undefined
  readonly serial?: Uint8Array
  readonly tbsAlgorithm?: Uint8Array
  readonly issuer?: Uint8Array
  readonly validity?: Uint8Array
  readonly subject?: Uint8Array
  readonly key?: Uint8Array
  readonly uniqueIds?: readonly Uint8Array[]
  /** Extension elements; absent: no field. */
  readonly extensions?: readonly Uint8Array[] | undefined
  /** What follows the extensions inside the signed part. */
  readonly afterExtensions?: readonly Uint8Array[]
  readonly algorithm?: Uint8Array
  readonly signature?: Uint8Array
  readonly afterSignature?: readonly Uint8Array[]
}

export const version3: Uint8Array = context(0, integer(2))

export function certificate(parts: CertificateParts = {}): Uint8Array {
  const { version = version3, uniqueIds = [], extensions, afterExtensions = [], afterSignature = [] } = parts
  const tbs = sequence(
    ...('version' in parts && parts.version === undefined ? [] : [version]),
    parts.serial ?? integer(1),
    parts.tbsAlgorithm ?? ecdsaWithSha256,
    parts.issuer ?? name(['2.5.4.3', utf8('issuer')]),
    parts.validity ?? sequence(utcTime('240101000000Z'), utcTime('250101000000Z')),
    parts.subject ?? name(['2.5.4.3', utf8('subject')]),
    parts.key ?? someKey,
    ...uniqueIds,
    ...(extensions === undefined ? [] : [context(3, sequence(...extensions))]),
    ...afterExtensions,
  )
  return sequence(tbs, parts.algorithm ?? ecdsaWithSha256, parts.signature ?? bitString([1, 2, 3]), ...afterSignature)
}

/** An Extension; `critical` is left out where it is false, as DER demands. */
export function extension(dotted: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(dotted), ...(critical ? [boolean(true)] : []), octetString(value))
}

export interface ListParts {
  readonly version?: Uint8Array | undefined
  readonly issuer?: Uint8Array
  readonly thisUpdate?: Uint8Array
  readonly nextUpdate?: Uint8Array | undefined
  /** Entries; absent: no field. */
  readonly entries?: readonly Uint8Array[]
  readonly extensions?: readonly Uint8Array[]
  readonly signature?: Uint8Array
  readonly afterSignature?: readonly Uint8Array[]
}

export function revocationList(parts: ListParts = {}): Uint8Array {
  const { entries, extensions, afterSignature = [] } = parts
  const nextUpdate = 'nextUpdate' in parts ? parts.nextUpdate : utcTime('240201000000Z')
  const version = 'version' in parts ? parts.version : integer(1)
  const tbs = sequence(
    ...(version === undefined ? [] : [version]),
    ecdsaWithSha256,
    parts.issuer ?? name(['2.5.4.3', utf8('issuer')]),
    parts.thisUpdate ?? utcTime('240101000000Z'),
    ...(nextUpdate === undefined ? [] : [nextUpdate]),
    ...(entries === undefined ? [] : [sequence(...entries)]),
    ...(extensions === undefined ? [] : [context(0, sequence(...extensions))]),
  )
  return sequence(tbs, ecdsaWithSha256, parts.signature ?? bitString([1, 2, 3]), ...afterSignature)
}

/** An entry of revokedCertificates. */
export function entry(serial: bigint | number, ...extensions: readonly Uint8Array[]): Uint8Array {
  return sequence(integer(serial), utcTime('240101120000Z'), ...(extensions.length === 0 ? [] : [sequence(...extensions)]))
}
