import type { Span } from '../bytes/span.ts'
import { oidBytes, oidText, readOid } from '../der/oid.ts'
import { checkInteger, readNamedBits } from '../der/primitives.ts'
import { contextConstructed, contextPrimitive, Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readGeneralNames } from './general-name.ts'
import * as PurposeBit from './ids/purpose-bit.ts'

/** keyUsage (RFC 5280 4.2.1.3), extendedKeyUsage (4.2.1.12) and key identifiers (4.2.1.1, 4.2.1.2). */

/** Names of the keyUsage bits, in order. */
export const keyUsageNames = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

/** The name of a keyUsage bit. */
export type KeyUsage = (typeof keyUsageNames)[number]

export function readKeyUsage(reader: Reader): number {
  const bits = readNamedBits(reader, keyUsageNames.length, 'keyUsage')
  // At least one bit must be set (RFC 5280 4.2.1.3).
  if (bits === 0) reader.fail('bad_bit_string', reader.start, 'keyUsage', 'no bit of keyUsage is set')
  return bits
}

export function keyUsageList(bits: number): readonly KeyUsage[] {
  return keyUsageNames.filter((_, i) => (bits & (1 << i)) !== 0)
}

const purposes: readonly (readonly [string, number, Uint8Array])[] = /* @__PURE__ */ (() => [
  ['clientAuth', PurposeBit.clientAuth, oidBytes('1.3.6.1.5.5.7.3.2')],
  ['serverAuth', PurposeBit.serverAuth, oidBytes('1.3.6.1.5.5.7.3.1')],
  ['anyExtendedKeyUsage', PurposeBit.any, oidBytes('2.5.29.37.0')],
  ['OCSPSigning', PurposeBit.ocspSigning, oidBytes('1.3.6.1.5.5.7.3.9')],
  ['codeSigning', PurposeBit.other, oidBytes('1.3.6.1.5.5.7.3.3')],
  ['emailProtection', PurposeBit.other, oidBytes('1.3.6.1.5.5.7.3.4')],
  ['timeStamping', PurposeBit.other, oidBytes('1.3.6.1.5.5.7.3.8')],
])()

/** Reads ExtKeyUsageSyntax into the bits of `PurposeBit`. */
export function readExtendedKeyUsage(reader: Reader): number {
  const outer = reader.enter(Tag.sequence, 'extendedKeyUsage')
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, 'extendedKeyUsage')
  let bits = 0
  while (!reader.atEnd()) {
    readOid(reader, 'extendedKeyUsage')
    const purpose = reader.content()
    bits |= purposes.find(([, , oid]) => purpose.is(oid))?.[1] ?? PurposeBit.other
  }
  reader.leave(outer, 'extendedKeyUsage')
  return bits
}

/** The purposes in an extendedKeyUsage that has been checked: names, or OIDs if unknown. */
export function extendedKeyUsageList(extendedKeyUsage: Span): readonly string[] {
  const list: string[] = []
  const reader = new Reader(extendedKeyUsage)
  reader.enter(Tag.sequence, 'extendedKeyUsage')
  while (!reader.atEnd()) {
    readOid(reader, 'extendedKeyUsage')
    const purpose = reader.content()
    list.push(purposes.find(([, , oid]) => purpose.is(oid))?.[0] ?? oidText(purpose))
  }
  return list
}

/** Reads subjectKeyIdentifier (RFC 5280 4.2.1.2). The identifier becomes the reader's content. */
export function readSubjectKeyIdentifier(reader: Reader): void {
  reader.expect(Tag.octetString, 'subjectKeyIdentifier')
}

/** Reads authorityKeyIdentifier (RFC 5280 4.2.1.1): the key identifier, and whether issuer and serial number are present. */
export function readAuthorityKeyIdentifier(reader: Reader): {
  keyIdentifier: Span | undefined
  hasIssuer: boolean
  hasSerial: boolean
} {
  const element = 'authorityKeyIdentifier'
  const outer = reader.enter(Tag.sequence, element)
  const keyIdentifier = reader.optional(contextPrimitive(0), element) ? reader.content() : undefined
  const found = { keyIdentifier, hasIssuer: false, hasSerial: false }
  if (reader.peek(contextConstructed(1))) {
    readGeneralNames(reader, element, contextConstructed(1))
    found.hasIssuer = true
  }
  if (reader.optional(contextPrimitive(2), element)) {
    checkInteger(reader, element)
    found.hasSerial = true
  }
  reader.leave(outer, element)
  return found
}
