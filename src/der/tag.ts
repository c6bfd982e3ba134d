/**
 * Identifier octets that X.509 uses (X.690 8.1.2, X.680 8.6), including class and constructed bit. Import as the namespace
 * `Tag`. These are separate constants instead of an object, so that bundlers inline the numbers.
 */

export const boolean = 0x01
export const integer = 0x02
export const bitString = 0x03
export const octetString = 0x04
const nullTag = 0x05

export { nullTag as null }
export const oid = 0x06
export const enumerated = 0x0a
export const utf8String = 0x0c
export const relativeOid = 0x0d
export const numericString = 0x12
export const printableString = 0x13
export const teletexString = 0x14
export const videotexString = 0x15
export const ia5String = 0x16
export const utcTime = 0x17
export const generalizedTime = 0x18
export const graphicString = 0x19
export const visibleString = 0x1a
export const generalString = 0x1b
export const universalString = 0x1c
export const bmpString = 0x1e
export const sequence = 0x30
export const set = 0x31
