import { bytesOfHex } from '../bytes/encoding.ts'
import type { Span } from '../bytes/span.ts'
import { oidBytes, readOid } from '../der/oid.ts'
import { readSmallInteger } from '../der/primitives.ts'
import { contextConstructed, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { HashName } from './digest.ts'

/** Signature algorithms and their DER identifiers. */

/** A signature algorithm with all its parameters. */
export interface SignatureAlgorithm {
  /** The identifier's name in its RFC, such as `sha256WithRSAEncryption`. */
  readonly name: string
  readonly scheme: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'
  readonly hash: HashName
  /** The hash inside MGF1; equal to `hash` for schemes without one. */
  readonly mgfHash: HashName
  /** PSS salt length in bytes; 0 for the other schemes. */
  readonly saltLength: number
}

/** Why an AlgorithmIdentifier is not supported: its OID is unknown, or its parameters are not those that the RFC requires. */
export type AlgorithmFault = 'unknown_algorithm' | 'wrong_parameters'

interface Entry {
  readonly oid: Uint8Array
  readonly algorithm: SignatureAlgorithm
}

export const nullParameters: Uint8Array = /* @__PURE__ */ bytesOfHex('0500')

function entry(name: string, oid: string, scheme: 'rsa-pkcs1' | 'ecdsa', hash: HashName): Entry {
  return { oid: oidBytes(oid), algorithm: { name, scheme, hash, mgfHash: hash, saltLength: 0 } }
}

/**
 * ECDSA identifiers have no parameters (RFC 5758 section 3.2), but old libraries write NULL. RSA identifiers have NULL, but
 * verifiers must accept absent parameters too (RFC 4055 section 5), and some CAs omit them. The most common algorithms come first.
 */
const table: readonly Entry[] = /* @__PURE__ */ (() => [
  entry('ecdsa-with-SHA256', '1.2.840.10045.4.3.2', 'ecdsa', 'sha256'),
  entry('sha256WithRSAEncryption', '1.2.840.113549.1.1.11', 'rsa-pkcs1', 'sha256'),
  entry('ecdsa-with-SHA384', '1.2.840.10045.4.3.3', 'ecdsa', 'sha384'),
  entry('sha384WithRSAEncryption', '1.2.840.113549.1.1.12', 'rsa-pkcs1', 'sha384'),
  entry('ecdsa-with-SHA512', '1.2.840.10045.4.3.4', 'ecdsa', 'sha512'),
  entry('sha512WithRSAEncryption', '1.2.840.113549.1.1.13', 'rsa-pkcs1', 'sha512'),
  entry('sha1WithRSAEncryption', '1.2.840.113549.1.1.5', 'rsa-pkcs1', 'sha1'),
  entry('ecdsa-with-SHA1', '1.2.840.10045.4.1', 'ecdsa', 'sha1'),
  entry('sha224WithRSAEncryption', '1.2.840.113549.1.1.14', 'rsa-pkcs1', 'sha224'),
  entry('ecdsa-with-SHA224', '1.2.840.10045.4.3.1', 'ecdsa', 'sha224'),
  entry('md5WithRSAEncryption', '1.2.840.113549.1.1.4', 'rsa-pkcs1', 'md5'),
])()

/** id-RSASSA-PSS, for signatures and for keys (RFC 4055 section 3.1). */
export const pssOid: Uint8Array = /* @__PURE__ */ oidBytes('1.2.840.113549.1.1.10')
const mgf1Oid = /* @__PURE__ */ oidBytes('1.2.840.113549.1.1.8')

const hashOids: readonly (readonly [HashName, Uint8Array])[] = /* @__PURE__ */ (() => [
  ['sha256', oidBytes('2.16.840.1.101.3.4.2.1')],
  ['sha384', oidBytes('2.16.840.1.101.3.4.2.2')],
  ['sha512', oidBytes('2.16.840.1.101.3.4.2.3')],
  ['sha1', oidBytes('1.3.14.3.2.26')],
  ['sha224', oidBytes('2.16.840.1.101.3.4.2.4')],
])()

/** Reads a DER AlgorithmIdentifier. Parameters are those of the RFC; except for PSS, they may be NULL or absent. */
export function readSignatureAlgorithm(identifier: Span): SignatureAlgorithm | AlgorithmFault {
  const reader = new Reader(identifier)
  reader.enter(Tag.sequence, 'AlgorithmIdentifier')
  readOid(reader, 'AlgorithmIdentifier.algorithm')
  if (reader.fault !== undefined || reader.limit !== identifier.end) return 'unknown_algorithm'
  const oid = reader.content()
  const parameters = reader.rest()
  for (const known of table) {
    if (!oid.is(known.oid)) continue
    return parameters.length === 0 || parameters.is(nullParameters) ? known.algorithm : 'wrong_parameters'
  }
  if (!oid.is(pssOid)) return 'unknown_algorithm'
  return readPssParameters(parameters) ?? 'wrong_parameters'
}

/**
 * Reads RSASSA-PSS-params (RFC 4055 section 3.1). All four fields have defaults, which DER omits: SHA-1, MGF1 with SHA-1, a
 * salt of 20 bytes, trailer field 1. No other trailer field exists, so a trailer field is always a fault.
 */
export function readPssParameters(parameters: Span): SignatureAlgorithm | undefined {
  const reader = new Reader(parameters)
  const element = 'RSASSA-PSS-params'
  const outer = reader.enter(Tag.sequence, element)
  let hash: HashName | undefined = 'sha1'
  let mgfHash: HashName | undefined = 'sha1'
  let saltLength = 20
  if (reader.peek(contextConstructed(0))) {
    const field = reader.enter(contextConstructed(0), element)
    hash = readHash(reader)
    reader.leave(field, element)
    if (hash === 'sha1') return undefined
  }
  if (reader.peek(contextConstructed(1))) {
    const field = reader.enter(contextConstructed(1), element)
    const mgf = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    if (!reader.content().is(mgf1Oid)) return undefined
    mgfHash = readHash(reader)
    reader.leave(mgf, element)
    reader.leave(field, element)
    if (mgfHash === 'sha1') return undefined
  }
  if (reader.peek(contextConstructed(2))) {
    const field = reader.enter(contextConstructed(2), element)
    saltLength = readSmallInteger(reader, 0xffff, element)
    reader.leave(field, element)
    if (saltLength === 20) return undefined
  }
  reader.leave(outer, element)
  if (reader.fault !== undefined || reader.position !== parameters.end || hash === undefined || mgfHash === undefined)
    return undefined
  return { name: 'RSASSA-PSS', scheme: 'rsa-pss', hash, mgfHash, saltLength }
}

/** Reads a hash AlgorithmIdentifier. Parameters may be NULL or absent; RFC 4055 section 2.1 requires accepting both. */
function readHash(reader: Reader): HashName | undefined {
  const element = 'RSASSA-PSS-params hash'
  const outer = reader.enter(Tag.sequence, element)
  readOid(reader, element)
  const name = reader.content()
  const parameters = reader.rest()
  if (reader.fault !== undefined || (parameters.length > 0 && !parameters.is(nullParameters))) return undefined
  reader.position = reader.limit
  reader.leave(outer, element)
  return hashOids.find(([, oid]) => name.is(oid))?.[0]
}
