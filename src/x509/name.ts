import { hexOf, latin1Of, ucsOf, utf8Of } from '../bytes/encoding.ts'
import { Span } from '../bytes/span.ts'
import { readAny } from '../der/content.ts'
import { readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'

/** Distinguished names (RFC 5280 4.1.2.4): reading and comparing (RFC 5280 7.1). `loose-name.ts` has a looser comparison. */

/** Reads a Name, which becomes the reader's last element. */
export function readName(reader: Reader, element: string): void {
  const outer = reader.enter(Tag.sequence, element)
  const { header, start, end } = reader
  while (!reader.atEnd()) {
    const rdn = reader.enter(Tag.set, element)
    readAttributes(reader, element)
    reader.leave(rdn, element)
  }
  reader.leave(outer, element)
  if (reader.fault !== undefined) return
  reader.tag = Tag.sequence
  reader.header = header
  reader.start = start
  reader.end = end
}

/**
 * Reads the attributes of the RelativeDistinguishedName that was entered, at least one. DER requires ascending order
 * (X.690 11.6), but certificates use any order, and no comparison depends on it.
 */
export function readAttributes(reader: Reader, element: string): void {
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, element, 'a relative distinguished name has no attribute')
  while (!reader.atEnd()) {
    const attribute = reader.enter(Tag.sequence, element)
    readOid(reader, element)
    readAny(reader, element, true)
    reader.leave(attribute, element)
  }
}

/** Whether a string type has ASCII characters only. */
export function isAsciiType(tag: number): boolean {
  return tag === Tag.printableString || tag === Tag.ia5String || tag === Tag.visibleString || tag === Tag.numericString
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7F]/.test(text)
}

/** One attribute of a name. */
export interface Attribute {
  /** The index of its RDN. The attributes of a multi-valued RDN have the same index. */
  readonly rdn: number
  /** The content of its OID. */
  readonly type: Span
  /** The value: its tag, its content, and the whole element. */
  readonly tag: number
  readonly value: Span
  readonly valueElement: Span
}

/** The attributes of a name that {@link readName} has checked, in DER order. */
export function attributesOf(name: Span): readonly Attribute[] {
  const attributes: Attribute[] = []
  let rdn = 0
  eachRdn(name, (reader) => {
    while (!reader.atEnd()) attributes.push(readAttribute(reader, rdn))
    rdn++
  })
  return attributes
}

/** The attributes of one RDN, given the content of its SET. */
export function attributesOfRdn(rdn: Span): readonly Attribute[] {
  const attributes: Attribute[] = []
  const reader = new Reader(rdn)
  while (!reader.atEnd()) attributes.push(readAttribute(reader, 0))
  return attributes
}

function readAttribute(reader: Reader, rdn: number): Attribute {
  const outer = reader.enter(Tag.sequence, 'Name')
  readOid(reader, 'Name')
  const type = reader.content()
  reader.next('Name')
  const attribute = { rdn, type, tag: reader.tag, value: reader.content(), valueElement: reader.element() }
  reader.leave(outer, 'Name')
  return attribute
}

/**
 * The text of a string value, or `undefined` for values of other types. Types of ASCII strings whose value has other bytes have
 * no text either, because they may be Latin-1 or UTF-8.
 */
export function stringValue(tag: number, value: Span): string | undefined {
  if (isAsciiType(tag)) {
    const text = latin1Of(value)
    return isAscii(text) ? text : undefined
  }
  switch (tag) {
    case Tag.teletexString:
      return latin1Of(value)
    case Tag.utf8String:
      return utf8Of(value)
    case Tag.bmpString:
      return ucsOf(value, 2)
    case Tag.universalString:
      return ucsOf(value, 4)
    default:
      return undefined
  }
}

/**
 * The canonical text of a name. Two names have the same text exactly if they are equal by RFC 5280 section 7.1:
 *
 * - The attributes of an RDN may be in any order.
 * - PrintableString, UTF8String, BMPString, UniversalString and IA5String are compared without regard to ASCII case and to
 *   leading, trailing and repeated spaces.
 * - Values of other types, and ASCII strings with other bytes, are compared by type and bytes.
 *
 * Case is not folded beyond ASCII: that would only make more names equal, and no CA relies on it. Each part is prefixed with
 * its length, so that no value can look like a boundary.
 */
export function canonicalName(name: Span): string {
  const rdns: string[] = []
  eachRdn(name, (reader) => rdns.push(readCanonicalRdn(reader)))
  return rdns.join('')
}

/** The canonical text of one RDN, given the content of its SET; see {@link canonicalName}. */
export function canonicalRdn(rdn: Span): string {
  return readCanonicalRdn(new Reader(rdn))
}

function readCanonicalRdn(reader: Reader): string {
  const parts: string[] = []
  while (!reader.atEnd()) parts.push(canonicalAttribute(readAttribute(reader, 0)))
  return joinRdn(parts)
}

/** The content of each RDN of a name. */
export function rdnsOf(name: Span): readonly Span[] {
  const rdns: Span[] = []
  eachRdn(name, (reader) => {
    rdns.push(reader.rest())
    reader.position = reader.limit
  })
  return rdns
}

/** Calls `read` with the reader inside each RDN of a name. It must read the RDN to its end. */
function eachRdn(name: Span, read: (reader: Reader) => void): void {
  const reader = new Reader(name)
  reader.enter(Tag.sequence, 'Name')
  while (!reader.atEnd()) {
    const outer = reader.enter(Tag.set, 'Name')
    read(reader)
    reader.leave(outer, 'Name')
  }
}

/** Joins the texts of an RDN's attributes, in sorted order. */
export function joinRdn(attributes: string[]): string {
  return `${attributes.length}/${attributes.sort().join('')}`
}

function canonicalAttribute({ type, tag, value }: Attribute): string {
  const folds = tag !== Tag.teletexString && tag !== Tag.numericString && tag !== Tag.visibleString
  const text = folds ? stringValue(tag, value) : undefined
  const folded = text === undefined ? `${tag}#${hexOf(value)}` : `=${foldedCase(foldedSpaces(text))}`
  return `${hexOf(type)}:${folded.length}:${folded}`
}

function foldedSpaces(text: string): string {
  return text.replace(/ {2,}/g, ' ').replace(/^ | $/g, '')
}

/** Folds ASCII case only. The lower case of other letters may be ASCII: that of the Kelvin sign is k. */
function foldedCase(text: string): string {
  return /^[ -~]*$/.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Whether two names are equal (RFC 5280 7.1). Names are folded only if their bytes do not settle it. */
export function namesEqual(a: Span, b: Span): boolean {
  return equalWithoutFolding(a, b) ?? canonicalName(a) === canonicalName(b)
}

/*
 * Quick comparison of names, which decides nearly all cases without folding.
 */

/**
 * Whether two well-formed names certainly differ (RFC 5280 7.1). If the result is `false`, only {@link canonicalName} can
 * decide.
 *
 * Walks both names in parallel while RDNs have a single attribute and lengths are below 128. The names differ if a type
 * differs, or if an ASCII value differs by more than case.
 */
export function namesDiffer(left: Span, right: Span): boolean {
  const { bytes: a, end: leftEnd } = left
  const { bytes: b, end: rightEnd } = right
  let i = left.start + 2
  let j = right.start + 2
  if (i > leftEnd || j > rightEnd || left.at(1) >= 0x80 || right.at(1) >= 0x80) return false
  while (i < leftEnd && j < rightEnd) {
    if (!isSingleRdn(a, i) || !isSingleRdn(b, j)) return false
    // SET, SEQUENCE and OBJECT IDENTIFIER have two octets before their content.
    const aValue = i + 6 + a[i + 5]!
    const bValue = j + 6 + b[j + 5]!
    if (!new Span(a, i + 6, aValue).equals(new Span(b, j + 6, bValue))) return true
    if (!isPlainText(a, aValue) || !isPlainText(b, bValue)) return false
    if (!equalIgnoringCase(a, aValue + 2, b, bValue + 2, a[aValue + 1]!, b[bValue + 1]!)) return true
    i += 2 + a[i + 1]!
    j += 2 + b[j + 1]!
  }
  return i < leftEnd || j < rightEnd
}

/** Whether two names are equal (RFC 5280 7.1). `undefined` if only {@link canonicalName} can decide. */
export function equalWithoutFolding(a: Span, b: Span): boolean | undefined {
  if (a.equals(b)) return true
  return namesDiffer(a, b) ? false : undefined
}

/** Whether there is a SET with a single AttributeTypeAndValue and short lengths. */
function isSingleRdn(bytes: Uint8Array, set: number): boolean {
  const length = bytes[set + 1]!
  if (length >= 0x80 || bytes[set + 3] !== length - 2) return false
  return bytes[set + 5]! < 0x80
}

/**
 * Whether folding can change only the case of a value: an ASCII string of a type that is folded, without leading, trailing or
 * repeated spaces.
 */
function isPlainText(bytes: Uint8Array, header: number): boolean {
  const tag = bytes[header]
  if (tag !== Tag.utf8String && tag !== Tag.printableString && tag !== Tag.ia5String) return false
  const end = header + 2 + bytes[header + 1]!
  let previous = 0x20
  for (let i = header + 2; i < end; i++) {
    const byte = bytes[i]!
    if (byte >= 0x80 || (byte === 0x20 && previous === 0x20)) return false
    previous = byte
  }
  return previous !== 0x20
}

function equalIgnoringCase(a: Uint8Array, i: number, b: Uint8Array, j: number, length: number, otherLength: number): boolean {
  if (length !== otherLength) return false
  for (let k = 0; k < length; k++) {
    const left = a[i + k]!
    const right = b[j + k]!
    if (left !== right && lower(left) !== lower(right)) return false
  }
  return true
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}
