import * as asn1js from 'asn1js'

/** Short constructors over asn1js, so that a certificate's definition reads like its ASN.1. */

export type Node = asn1js.AsnType | asn1js.RawData

export function encode(node: Node): Uint8Array {
  return new Uint8Array(node.toBER())
}

/** asn1js's own RawData writes nothing when it stands inside another element (asn1js 4.0.0). */
class Verbatim extends asn1js.RawData {
  override toBER(_sizeOnly?: boolean, writer?: asn1js.ViewWriter): ArrayBuffer {
    const buffer = this.dataView.slice().buffer as ArrayBuffer
    writer?.write(buffer)
    return buffer
  }
}

/** Existing DER, unchanged. */
export function raw(der: Uint8Array): Node {
  return new Verbatim({ data: der })
}

export function sequence(...value: readonly (Node | undefined)[]): Node {
  return new asn1js.Sequence({ value: present(value) })
}

/** X.690 11.6: the elements of a SET OF stand in the order of their encodings. */
export function setOf(...value: readonly Node[]): Node {
  const encoded = value.map(encode).sort((a, b) => Buffer.compare(a, b))
  return new asn1js.Set({ value: encoded.map(raw) as asn1js.AsnType[] })
}

export function oid(dotted: string): Node {
  return new asn1js.ObjectIdentifier({ value: dotted })
}

/** A number, or the content octets of an INTEGER, which may be invalid. */
export function integer(value: bigint | number | Uint8Array): Node {
  if (value instanceof Uint8Array) return primitive(2, value)
  return asn1js.Integer.fromBigInt(value)
}

export function boolean(value: boolean): Node {
  return new asn1js.Boolean({ value })
}

export function nothing(): Node {
  return new asn1js.Null()
}

export function octets(content: Uint8Array): Node {
  return new asn1js.OctetString({ valueHex: content })
}

export function bits(content: Uint8Array, unusedBits = 0): Node {
  return new asn1js.BitString({ valueHex: content, unusedBits })
}

/** A BIT STRING of named bits: trailing zero bits left out (X.690 11.2.2). */
export function namedBits(indexes: readonly number[]): { content: Uint8Array; unusedBits: number } {
  if (indexes.length === 0) return { content: new Uint8Array(), unusedBits: 0 }
  const highest = Math.max(...indexes)
  const content = new Uint8Array((highest >> 3) + 1)
  for (const index of indexes) content[index >> 3]! |= 0x80 >> (index & 7)
  return { content, unusedBits: 7 - (highest & 7) }
}

/** A universal primitive element by its tag number. */
export function primitive(tagNumber: number, content: Uint8Array): Node {
  return new asn1js.Primitive({ idBlock: { tagClass: 1, tagNumber }, valueHex: content })
}

/** `[n] IMPLICIT` over a primitive type. */
export function contextPrimitive(tagNumber: number, content: Uint8Array): Node {
  return new asn1js.Primitive({ idBlock: { tagClass: 3, tagNumber }, valueHex: content })
}

/** `[n] EXPLICIT`, or `[n] IMPLICIT` over a constructed type. */
export function contextConstructed(tagNumber: number, ...value: readonly (Node | undefined)[]): Node {
  return new asn1js.Constructed({ idBlock: { tagClass: 3, tagNumber }, value: present(value) })
}

/** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, no fractions of a second. */
export function time(date: Date, form: 'utc' | 'general' | 'profile' = 'profile'): Node {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '')
  const year = date.getUTCFullYear()
  const short = form === 'utc' || (form === 'profile' && year >= 1950 && year < 2050)
  return primitive(short ? 23 : 24, Buffer.from(short ? digits.slice(2) : digits, 'latin1'))
}

function present(value: readonly (Node | undefined)[]): asn1js.AsnType[] {
  return value.filter((node) => node !== undefined) as asn1js.AsnType[]
}
