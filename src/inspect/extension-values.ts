import { latin1Of, opensslTime } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { oidText, readOid } from '../der/oid.ts'
import { checkInteger, readInteger, readNamedBits, readNull, readSmallInteger, readTime } from '../der/primitives.ts'
import { contextConstructed, contextPrimitive, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readBasicConstraints } from '../x509/constraints.ts'
import type { ExtensionList } from '../x509/extension-list.ts'
import { readGeneralName, readGeneralNames } from '../x509/general-name.ts'
import { extendedKeyUsageList, keyUsageList, readExtendedKeyUsage, readKeyUsage } from '../x509/key-usage.ts'
import { reasonNames } from '../x509/revocation-entries.ts'
import { drawAsn1, integerText } from './asn1.ts'
import {
  writeDistributionPoints,
  writeGeneralNames,
  writeIssuingDistributionPoint,
  writeNameConstraints,
  writePolicies,
  writePolicyConstraints,
  writePolicyMappings,
} from './ca-extensions.ts'
import { colonHex, quoted, type TextOutput } from './output.ts'
import { accessMethodTitles, extensionTitles, keyUsageTitles, purposeTitles, reasonTitles } from './titles.ts'

/**
 * Writes the extensions of a certificate, list or entry, each with its name and decoded value. Those without a decoder are
 * rendered by asn1js.
 */
export function writeExtensions(output: TextOutput, title: string, list: ExtensionList): void {
  if (list.length === 0) return
  output.line(title)
  output.indented(4, () => {
    for (let i = 0; i < list.length && !output.isFull; i++) {
      const oid = oidText(list.oidAt(i))
      output.line(`${extensionTitles[oid] ?? oid}:${list.isCriticalAt(i) ? ' critical' : ''}`)
      output.indented(4, () => writeValue(output, oid, list.valueAt(i)))
    }
  })
}

/** Keeps what a decoder wrote only if it read the value to its end. Otherwise the value is rendered as ASN.1. */
function writeValue(output: TextOutput, oid: string, value: Span): void {
  const decode = extensionDecoders[oid]
  const mark = output.mark()
  if (decode !== undefined) {
    const reader = new Reader(value)
    decode(output, reader)
    if (reader.fault === undefined && reader.position === value.end) return
    output.rewind(mark)
  }
  drawAsn1(output, value)
}

/**
 * Reads the value of an extension to its end and writes it. The value may be malformed: when a revocation list is parsed, not
 * every extension is checked. On a fault, the reader keeps it, and the caller discards what was written.
 */
export type ExtensionDecoder = (output: TextOutput, reader: Reader) => void

/** One entry per extension. To add a decoder, add an entry here and its title in `titles.ts`. */
export const extensionDecoders: Readonly<Record<string, ExtensionDecoder>> = {
  '2.5.29.14': writeSubjectKeyId,
  '2.5.29.15': writeKeyUsage,
  '2.5.29.17': writeNames,
  '2.5.29.18': writeNames,
  '2.5.29.19': writeBasicConstraints,
  '2.5.29.20': writeInteger,
  '2.5.29.21': writeReason,
  '2.5.29.24': (output, reader) => output.line(opensslTime(readTime(reader, 'invalidityDate'))),
  '2.5.29.27': writeInteger,
  '2.5.29.28': writeIssuingDistributionPoint,
  '2.5.29.29': writeNames,
  '2.5.29.30': writeNameConstraints,
  '2.5.29.31': writeDistributionPoints,
  '2.5.29.32': writePolicies,
  '2.5.29.33': writePolicyMappings,
  '2.5.29.35': writeAuthorityKeyId,
  '2.5.29.36': writePolicyConstraints,
  '2.5.29.37': writePurposes,
  '2.5.29.46': writeDistributionPoints,
  '2.5.29.54': writeInteger,
  '1.3.6.1.5.5.7.1.1': writeAccess,
  '1.3.6.1.5.5.7.1.11': writeAccess,
  '1.3.6.1.5.5.7.1.24': writeTlsFeatures,
  '1.3.6.1.5.5.7.48.1.5': writeNothing,
  '1.3.6.1.4.1.11129.2.4.2': writeSctList,
  '1.3.6.1.4.1.11129.2.4.3': writeNothing,
  '2.16.840.1.113730.1.1': writeNetscapeType,
  '2.16.840.1.113730.1.13': writeComment,
}

function writeBasicConstraints(output: TextOutput, reader: Reader): void {
  const { ca, pathLength } = readBasicConstraints(reader)
  output.line(`CA:${ca ? 'TRUE' : 'FALSE'}${pathLength === undefined ? '' : `, pathlen:${pathLength}`}`)
}

function writeKeyUsage(output: TextOutput, reader: Reader): void {
  const usages = keyUsageList(readKeyUsage(reader))
  output.line(usages.map((usage) => keyUsageTitles[usage]).join(', '))
}

function writePurposes(output: TextOutput, reader: Reader): void {
  const extendedKeyUsage = reader.rest()
  readExtendedKeyUsage(reader)
  if (reader.fault !== undefined) return
  const purposes = extendedKeyUsageList(extendedKeyUsage)
  output.line(purposes.map((purpose) => purposeTitles[purpose] ?? purpose).join(', '))
}

function writeNames(output: TextOutput, reader: Reader): void {
  readGeneralNames(reader, 'GeneralNames')
  if (reader.fault === undefined) writeGeneralNames(output, reader.content())
}

function writeSubjectKeyId(output: TextOutput, reader: Reader): void {
  reader.expect(Tag.octetString, 'subjectKeyIdentifier')
  output.line(upperHex(reader))
}

/** RFC 5280 4.2.1.1: the prefix `keyid:` is only written if something follows the identifier. */
function writeAuthorityKeyId(output: TextOutput, reader: Reader): void {
  const element = 'authorityKeyIdentifier'
  const outer = reader.enter(Tag.sequence, element)
  if (reader.optional(contextPrimitive(0), element)) output.line(`${reader.atEnd() ? '' : 'keyid:'}${upperHex(reader)}`)
  if (reader.peek(contextConstructed(1))) {
    readGeneralNames(reader, element, contextConstructed(1))
    if (reader.fault === undefined) writeGeneralNames(output, reader.content())
  }
  if (reader.optional(contextPrimitive(2), element)) {
    checkInteger(reader, element)
    output.line(`serial:${upperHex(reader)}`)
  }
  reader.leave(outer, element)
}

function upperHex(reader: Reader): string {
  return colonHex(reader.content()).toUpperCase()
}

function writeInteger(output: TextOutput, reader: Reader): void {
  readInteger(reader, 'INTEGER')
  const integer = reader.content()
  output.line(integerText(integer) ?? colonHex(integer))
}

function writeReason(output: TextOutput, reader: Reader): void {
  const name = reasonNames[readSmallInteger(reader, 10, 'reasonCode', Tag.enumerated)]
  if (name === undefined) reader.fail('bad_integer', reader.start, 'reasonCode')
  else output.line(reasonTitles[name])
}

function writeAccess(output: TextOutput, reader: Reader): void {
  const element = 'accessDescriptions'
  const outer = reader.enter(Tag.sequence, element)
  while (!reader.atEnd() && !output.isFull) {
    const description = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    const method = oidText(reader.content())
    readGeneralName(reader, element)
    if (reader.fault !== undefined) return
    output.line(`${accessMethodTitles[method] ?? method}:`)
    const location = reader.element()
    output.indented(2, () => writeGeneralNames(output, location))
    reader.leave(description, element)
  }
  reader.leave(outer, element)
}

/** RFC 7633: TLS extension numbers. 5 and 17 mean OCSP stapling. */
function writeTlsFeatures(output: TextOutput, reader: Reader): void {
  const outer = reader.enter(Tag.sequence, 'tlsfeature')
  const features: string[] = []
  while (!reader.atEnd()) {
    const feature = readSmallInteger(reader, 0xffff, 'tlsfeature')
    features.push(feature === 5 ? 'status_request' : feature === 17 ? 'status_request_v2' : String(feature))
  }
  reader.leave(outer, 'tlsfeature')
  output.line(features.join(', '))
}

function writeNothing(output: TextOutput, reader: Reader): void {
  readNull(reader, 'NULL')
  output.line('NULL')
}

const netscapeTypes = [
  'SSL Client',
  'SSL Server',
  'S/MIME',
  'Object Signing',
  'Unused',
  'SSL CA',
  'S/MIME CA',
  'Object Signing CA',
]

function writeNetscapeType(output: TextOutput, reader: Reader): void {
  const bits = readNamedBits(reader, netscapeTypes.length, 'netscape-cert-type')
  output.line(netscapeTypes.filter((_, i) => (bits & (1 << i)) !== 0).join(', '))
}

function writeComment(output: TextOutput, reader: Reader): void {
  reader.expect(Tag.ia5String, 'netscape-comment')
  output.line(quoted(latin1Of(reader.content())))
}

/** Names of the two SignatureAndHashAlgorithm values that logs use (RFC 6962 2.1.4), by `hash << 8 | signature`. */
const algorithms: Readonly<Record<number, string>> = { 1025: 'sha256WithRSAEncryption', 1027: 'ecdsa-with-SHA256' }

/**
 * SignedCertificateTimestampList (RFC 6962 3.3). The OCTET STRING contains TLS presentation language, not DER: two-byte
 * lengths before the list and each item.
 */
export function writeSctList(output: TextOutput, reader: Reader): void {
  const element = 'SignedCertificateTimestampList'
  reader.expect(Tag.octetString, element)
  if (reader.fault !== undefined) return
  const { bytes, start, end } = reader
  if (end - start < 2 || start + 2 + uint16(bytes, start) !== end) return reader.fail('truncated', start, element)
  for (let at = start + 2; at < end && !output.isFull; ) {
    const next = at + 2 + (at + 2 <= end ? uint16(bytes, at) : end)
    if (next > end || !writeSct(output, new Span(bytes, at + 2, next))) return reader.fail('truncated', at, element)
    at = next
  }
}

/** Version, log ID, timestamp, extensions, signature. Returns whether they fill the item. */
function writeSct(output: TextOutput, { bytes, start, end }: Span): boolean {
  const extensions = start + 41
  if (extensions + 2 > end || bytes[start] !== 0) return false
  const signature = extensions + 2 + uint16(bytes, extensions)
  if (signature + 4 > end || signature + 4 + uint16(bytes, signature + 2) !== end) return false
  let time = 0
  for (let i = start + 33; i < extensions; i++) time = time * 256 + bytes[i]!
  const algorithm = uint16(bytes, signature)
  output.line('Signed Certificate Timestamp:')
  output.indented(4, () => {
    output.line('Version   : v1 (0x0)')
    output.line(`Log ID    : ${colonHex(new Span(bytes, start + 1, start + 33)).toUpperCase()}`)
    output.line(`Timestamp : ${time > latestTime ? `${time} ms since 1970` : opensslTime(time)}`)
    output.line(`Extensions: ${signature === extensions + 2 ? 'none' : colonHex(new Span(bytes, extensions + 2, signature))}`)
    output.line(`Signature : ${algorithms[algorithm] ?? `algorithm ${algorithm}`}`)
    output.indented(12, () => output.hexBlock(new Span(bytes, signature + 4, end)))
  })
  return true
}

/** 9999-12-31T23:59:59Z: the last year with four digits. */
const latestTime = 253_402_300_799_000

function uint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 256 + bytes[at + 1]!
}
