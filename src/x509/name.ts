import { hexOfRange } from '../bytes/hex.ts'
import { latin1OfRange, ucsOfRange, utf8OfRange } from '../bytes/text.ts'
import { readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readAny } from '../der/walk.ts'
import { equalAtSight } from './name-difference.ts'

/**
 * Distinguished names (RFC 5280 4.1.2.4) as ranges of the certificate: checked in one pass, compared by RFC 5280 7.1,
 * walked attribute by attribute for display.
 */

/** Reads a Name; its range, header included, is left in `header` and `end` of the reader. */
export function readName(reader: Reader, what: string): void {
  const outer = reader.enter(Tag.sequence, what)
  const { header, start, end } = reader
  while (!reader.atEnd()) {
    const rdn = reader.enter(Tag.set, what)
    readAttributes(reader, what)
    reader.leave(rdn, what)
  }
  reader.leave(outer, what)
  if (reader.fault !== undefined) return
  reader.tag = Tag.sequence
  reader.header = header
  reader.start = start
  reader.end = end
}

/**
 * Reads the content of the RelativeDistinguishedName that was entered last: one attribute at least. DER demands their
 * encodings in ascending order (X.690 11.6), but certificates have them in any, and no comparison depends on it.
 */
export function readAttributes(reader: Reader, what: string): void {
  if (reader.atEnd()) reader.fail('empty_sequence', reader.header, what, 'a relative distinguished name has no attribute')
  while (!reader.atEnd()) {
    const attribute = reader.enter(Tag.sequence, what)
    readOid(reader, what)
    readAny(reader, what, true)
    reader.leave(attribute, what)
  }
}

/** One attribute of a name, as ranges. */
export interface AttributeRange {
  /** Index of its RDN; attributes of a multi-valued RDN share it. */
  readonly rdn: number
  readonly oidStart: number
  readonly oidEnd: number
  readonly tag: number
  /** Header of the value. */
  readonly valueHeader: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** The attributes of a name that {@link readName} has checked, in DER order. */
export function attributesOf(bytes: Uint8Array, start: number, end: number): readonly AttributeRange[] {
  const attributes: AttributeRange[] = []
  let rdn = 0
  eachRdn(bytes, start, end, (reader) => {
    while (!reader.atEnd()) attributes.push(readAttribute(reader, rdn))
    rdn++
  })
  return attributes
}

/** The attributes of one RDN, given the content of its SET. */
export function attributesOfRdn(bytes: Uint8Array, start: number, end: number): readonly AttributeRange[] {
  const attributes: AttributeRange[] = []
  const reader = new Reader(bytes, start, end)
  while (!reader.atEnd()) attributes.push(readAttribute(reader, 0))
  return attributes
}

function readAttribute(reader: Reader, rdn: number): AttributeRange {
  const outer = reader.enter(Tag.sequence, 'Name')
  readOid(reader, 'Name')
  const { start: oidStart, end: oidEnd } = reader
  reader.next('Name')
  const { tag, header: valueHeader, start: valueStart, end: valueEnd } = reader
  reader.leave(outer, 'Name')
  return { rdn, oidStart, oidEnd, tag, valueHeader, valueStart, valueEnd }
}

/** The text of a directory string, or `undefined` for values of other types. */
export function stringValue(bytes: Uint8Array, tag: number, start: number, end: number): string | undefined {
  switch (tag) {
    case Tag.printableString:
    case Tag.ia5String:
    case Tag.visibleString:
    case Tag.numericString:
    case Tag.teletexString:
      return latin1OfRange(bytes, start, end)
    case Tag.utf8String:
      return utf8OfRange(bytes, start, end)
    case Tag.bmpString:
      return ucsOfRange(bytes, start, end, 2)
    case Tag.universalString:
      return ucsOfRange(bytes, start, end, 4)
    default:
      return undefined
  }
}

/**
 * A text that is equal for two names exactly when RFC 5280 section 7.1 calls them equal: attributes of one RDN in any
 * order, values of PrintableString, UTF8String, BMPString, UniversalString and IA5String without regard to ASCII case,
 * leading, trailing and repeated spaces; values of other types by type and bytes. Folding beyond ASCII is left out:
 * it could only make more names equal, and no CA relies on it. Every part carries its length, so that no value can
 * imitate a boundary.
 */
export function canonicalName(bytes: Uint8Array, start: number, end: number): string {
  const rdns: string[] = []
  eachRdn(bytes, start, end, (reader) => rdns.push(readCanonicalRdn(reader)))
  return rdns.join('')
}

/** One RDN, given the content of its SET, as {@link canonicalName} has it. */
export function canonicalRdn(bytes: Uint8Array, start: number, end: number): string {
  return readCanonicalRdn(new Reader(bytes, start, end))
}

function readCanonicalRdn(reader: Reader): string {
  const parts: string[] = []
  while (!reader.atEnd()) parts.push(canonicalAttribute(reader.bytes, readAttribute(reader, 0)))
  return joinRdn(parts)
}

/** The content range of each RDN of a name. */
export function rdnRanges(bytes: Uint8Array, start: number, end: number): readonly (readonly [start: number, end: number])[] {
  const ranges: (readonly [number, number])[] = []
  eachRdn(bytes, start, end, (reader) => {
    ranges.push([reader.position, reader.limit])
    reader.position = reader.limit
  })
  return ranges
}

/** Calls `read` at the content of each RDN of a name, which it must read to its end. */
function eachRdn(bytes: Uint8Array, start: number, end: number, read: (reader: Reader) => void): void {
  const reader = new Reader(bytes, start, end)
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

function canonicalAttribute(bytes: Uint8Array, { oidStart, oidEnd, tag, valueStart, valueEnd }: AttributeRange): string {
  const folds = tag !== Tag.teletexString && tag !== Tag.numericString && tag !== Tag.visibleString
  const text = folds ? stringValue(bytes, tag, valueStart, valueEnd) : undefined
  const value = text === undefined ? `${tag}#${hexOfRange(bytes, valueStart, valueEnd)}` : `=${foldedCase(foldedSpaces(text))}`
  return `${hexOfRange(bytes, oidStart, oidEnd)}:${value.length}:${value}`
}

function foldedSpaces(text: string): string {
  return text.replace(/ {2,}/g, ' ').replace(/^ | $/g, '')
}

/** Folds the case of ASCII only: the lower case of other letters may be an ASCII letter, such as that of the Kelvin sign. */
function foldedCase(text: string): string {
  return /^[ -~]*$/.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Whether two names are equal: by bytes, which is what CAs write, and only where those differ by RFC 5280 7.1. */
export function namesEqual(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): boolean {
  return equalAtSight(a, aStart, aEnd, b, bStart, bEnd) ?? canonicalName(a, aStart, aEnd) === canonicalName(b, bStart, bEnd)
}
