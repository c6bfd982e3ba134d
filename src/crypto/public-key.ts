import { Span } from '../bytes/span.ts'
import { encodeElement } from '../der/encode.ts'
import { oidBytes, oidForMessage, readOid } from '../der/oid.ts'
import { readBitStringBytes, readInteger, readNull } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { nullParameters, pssOid, readPssParameters, type SignatureAlgorithm } from './algorithm.ts'
import { type CurveName, curveNames, curves, isCurveName } from './curve/curves.ts'
import { isOnCurve } from './curve/group.ts'

/**
 * A subject's public key, described for display and for policies (RFC 5280 4.1.2.7). An OID of more than 64 bytes is replaced
 * by its size, because converting it to text is expensive (CVE-2023-2650).
 */
export type PublicKey =
  | { readonly algorithm: 'RSA' | 'RSA-PSS'; readonly bits: number; readonly exponent: number }
  | { readonly algorithm: 'EC'; readonly curve: string }
  | { readonly algorithm: 'unknown'; readonly oid: string }

/** Why a key cannot be used under any policy. */
export type KeyFault =
  | 'malformed_key'
  | 'unknown_key_algorithm'
  | 'explicit_curve'
  | 'unknown_curve'
  | 'invalid_point'
  | 'invalid_exponent'
  | 'even_modulus'
  | 'modulus_too_large'

/** The parts of a SubjectPublicKeyInfo. `fault` is set if the key cannot verify anything. */
export type KeyParts =
  | {
      readonly kind: 'rsa'
      readonly key: PublicKey & { readonly algorithm: 'RSA' | 'RSA-PSS' }
      readonly fault: KeyFault | undefined
      /** Without the zero byte that keeps it positive. */
      readonly modulus: Span
      readonly pss: SignatureAlgorithm | undefined
      /** Whether an rsaEncryption key has no parameters, instead of NULL. */
      readonly lacksNull: boolean
    }
  | {
      readonly kind: 'ec'
      readonly key: PublicKey & { readonly algorithm: 'EC' }
      readonly fault: KeyFault | undefined
      readonly curve: CurveName | undefined
      readonly cost: number
      readonly point: Span
    }
  | { readonly kind: 'unknown'; readonly key: PublicKey; readonly fault: KeyFault }

/** Verification with a larger RSA key costs too much for unknown clients. */
export const maxModulusBits = 16384

const rsaOid = /* @__PURE__ */ oidBytes('1.2.840.113549.1.1.1')
const ecOid = /* @__PURE__ */ oidBytes('1.2.840.10045.2.1')

/** OIDs of curves. Some are not supported and are listed so that messages can name them. */
const namedCurves: readonly (readonly [string, Uint8Array])[] = /* @__PURE__ */ (() =>
  [
    ...curveNames.map((name) => [name, curves[name].oid] as const),
    ['P-521', '1.3.132.0.35'] as const,
    ['P-224', '1.3.132.0.33'] as const,
    ['secp256k1', '1.3.132.0.10'] as const,
  ].map(([name, oid]) => [name, oidBytes(oid)] as const))()

/** Reads a DER SubjectPublicKeyInfo. */
export function readPublicKey(spki: Span): KeyParts {
  const reader = new Reader(spki)
  const element = 'subjectPublicKeyInfo'
  const outer = reader.enter(Tag.sequence, element)
  const algorithm = reader.enter(Tag.sequence, element)
  readOid(reader, element)
  const oid = reader.content()
  const parameters = reader.rest()
  if (reader.fault !== undefined) return unknownKey('', 'malformed_key')
  const isRsa = oid.is(rsaOid)
  const isPss = !isRsa && oid.is(pssOid)
  const isEc = !isRsa && !isPss && oid.is(ecOid)
  if (!isRsa && !isPss && !isEc) return unknownKey(oidForMessage(oid), 'unknown_key_algorithm')
  reader.position = reader.limit
  reader.leave(algorithm, element)
  readBitStringBytes(reader, element)
  const key = reader.content()
  reader.leave(outer, element)
  if (reader.fault !== undefined || reader.position !== spki.end) return unknownKey(oidForMessage(oid), 'malformed_key')
  return isEc ? readEc(parameters, key) : readRsa(isPss, parameters, key)
}

function unknownKey(oid: string, fault: KeyFault): KeyParts {
  return { kind: 'unknown', key: { algorithm: 'unknown', oid }, fault }
}

/**
 * RFC 4055 section 1.2: the parameters of rsaEncryption are NULL. Many keys have none, which means the same. Those of
 * id-RSASSA-PSS are absent, or restrict the key's signatures.
 */
function readRsa(isPss: boolean, parameters: Span, key: Span): KeyParts {
  const element = 'RSAPublicKey'
  let pss: SignatureAlgorithm | undefined
  let parametersFault = false
  const lacksNull = !isPss && parameters.length === 0
  if (!isPss) {
    const none = new Reader(parameters)
    if (!lacksNull) readNull(none, element)
    parametersFault = none.fault !== undefined || !none.atEnd()
  } else if (parameters.length > 0) {
    pss = readPssParameters(parameters)
    parametersFault = pss === undefined
  }
  const reader = new Reader(key)
  const outer = reader.enter(Tag.sequence, element)
  readInteger(reader, element)
  const modulus = reader.content().unpadded()
  const negative = reader.fault === undefined && key.bytes[reader.start]! >= 0x80
  readInteger(reader, element)
  const exponent = exponentOf(reader)
  reader.leave(outer, element)
  if (reader.fault !== undefined || reader.position !== key.end || negative || parametersFault) {
    return unknownKey(isPss ? '1.2.840.113549.1.1.10' : '1.2.840.113549.1.1.1', 'malformed_key')
  }
  const bits = modulus.length > 0 ? modulus.length * 8 - Math.clz32(modulus.at(0)) + 24 : 0
  const fault: KeyFault | undefined =
    bits > maxModulusBits
      ? 'modulus_too_large'
      : bits === 0 || (modulus.at(modulus.length - 1) & 1) === 0
        ? 'even_modulus'
        : exponent < 3 || exponent % 2 === 0
          ? 'invalid_exponent'
          : undefined
  return { kind: 'rsa', key: { algorithm: isPss ? 'RSA-PSS' : 'RSA', bits, exponent }, fault, modulus, pss, lacksNull }
}

/** The SubjectPublicKeyInfo of an rsaEncryption key that lacks its NULL parameters, with them. */
export function withNull(spki: Span): Span {
  const reader = new Reader(spki)
  reader.next('subjectPublicKeyInfo')
  reader.descend()
  reader.next('algorithm')
  const algorithm = encodeElement(Tag.sequence, reader.content().view(), nullParameters)
  reader.next('subjectPublicKey')
  return new Span(encodeElement(Tag.sequence, algorithm, reader.element().view()))
}

/** The last INTEGER, or 0 if it is negative or above 2^32 - 1. No rule accepts 0. */
function exponentOf({ bytes, start, end }: Reader): number {
  if (end - start > 5 || bytes[start]! >= 0x80) return 0
  let value = 0
  for (let i = start; i < end; i++) value = value * 256 + bytes[i]!
  return value > 0xffffffff ? 0 : value
}

/** RFC 5480 section 2: a named curve, never explicit parameters. The point must be uncompressed and on the curve. */
function readEc(parameters: Span, point: Span): KeyParts {
  const reader = new Reader(parameters)
  const ec = (curve: string, fault: KeyFault | undefined, usable?: CurveName): KeyParts => ({
    kind: 'ec',
    key: { algorithm: 'EC', curve },
    fault,
    curve: usable,
    cost: usable === undefined ? 1 : curves[usable].cost,
    point,
  })
  if (reader.peek(Tag.sequence)) return ec('explicit', 'explicit_curve')
  readOid(reader, 'namedCurve')
  if (reader.fault !== undefined || !reader.atEnd()) return unknownKey('1.2.840.10045.2.1', 'malformed_key')
  const named = reader.content()
  const name = namedCurves.find(([, oid]) => named.is(oid))?.[0] ?? oidForMessage(named)
  if (!isCurveName(name)) return ec(name, 'unknown_curve')
  return isOnCurve(name, point) ? ec(name, undefined, name) : ec(name, 'invalid_point', name)
}
