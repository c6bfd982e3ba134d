import { hexOf, latin1Of, ucsOf, utf8Of } from '../bytes/encoding.ts'
import type { Span } from '../bytes/span.ts'
import { readAny } from '../der/content.ts'
import { readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { equalAtSight } from './name-difference.ts'

/**
 * Distinguished names (RFC 5280 4.1.2.4) as spans of the certificate: checked in one pass, compared by RFC 5280 7.1,
 * walked attribute by attribute for display.
 */

/** Reads a Name; it is the reader's element then. */
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

/** One attribute of a name. */
export interface Attribute {
  /** Index of its RDN; attributes of a multi-valued RDN share it. */
  readonly rdn: number
  /** The content of its OID. */
  readonly type: Span
  /** Tag and content of its value, and the whole of that element. */
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

/** The text of a directory string, or `undefined` for values of other types. */
export function stringValue(tag: number, value: Span): string | undefined {
  switch (tag) {
    case Tag.printableString:
    case Tag.ia5String:
    case Tag.visibleString:
    case Tag.numericString:
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
 * A text that is equal for two names exactly when RFC 5280 section 7.1 calls them equal: attributes of one RDN in any
 * order, values of PrintableString, UTF8String, BMPString, UniversalString and IA5String without regard to ASCII case,
 * leading, trailing and repeated spaces; values of other types by type and bytes. Folding beyond ASCII is left out:
 * it could only make more names equal, and no CA relies on it. Every part carries its length, so that no value can
 * imitate a boundary.
 */
export function canonicalName(name: Span): string {
  const rdns: string[] = []
  eachRdn(name, (reader) => rdns.push(readCanonicalRdn(reader)))
  return rdns.join('')
}

/** One RDN, given the content of its SET, as {@link canonicalName} has it. */
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

/** Calls `read` at the content of each RDN of a name, which it must read to its end. */
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

/** Folds the case of ASCII only: the lower case of other letters may be an ASCII letter, such as that of the Kelvin sign. */
function foldedCase(text: string): string {
  return /^[ -~]*$/.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Whether two names are equal: by bytes, which is what CAs write, and only where those differ by RFC 5280 7.1. */
export function namesEqual(a: Span, b: Span): boolean {
  return equalAtSight(a, b) ?? canonicalName(a) === canonicalName(b)
}

/**
 * A comparison of names that is looser than RFC 5280 7.1, for exclusions: a name that only might be the excluded one must not
 * pass.
 */

/** Characters that RFC 4518 2.2 maps to nothing, and similar ones: controls, format characters, invisible characters. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC]|(?![\t-\r\x85])\p{Cc}/gu

/**
 * More marks in a row than any real text has (UAX #15, Stream-Safe Text Format). Normalisation sorts them in quadratic time.
 * Unicode classes the two half-width Katakana marks as letters, but they fold to marks.
 */
const longRun = /[\p{M}\uFF9E\uFF9F]{31}/u

/** White space that folding would change: anything but single blanks. */
const untidySpace = /(?:[^\S ]|\x85)[\s\x85]*| [\s\x85]+/gu

/**
 * One RDN as text, given the content of its SET. All string types are alike; compatibility characters and the case of every
 * script are folded (by way of upper case, which folds ß to ss and both small sigmas to one); invisible characters are dropped.
 * `undefined` if that would cost too much.
 */
export function looseRdn(rdn: Span): string | undefined {
  const parts: string[] = []
  for (const { type, tag, value } of attributesOfRdn(rdn)) {
    // Values of other types are read as Latin-1, so that another tag does not hide an excluded name.
    const text = folded(stringValue(tag, value) ?? latin1Of(value))
    if (text === undefined) return undefined
    parts.push(`${hexOf(type)}:${text.length}:${text}`)
  }
  return joinRdn(parts)
}

function folded(text: string): string | undefined {
  const visible = text.replace(invisible, '')
  if (longRun.test(visible)) return undefined
  const compatible = visible.normalize('NFKC')
  const lower = compatible.toUpperCase().toLowerCase()
  // Text without case is normalised already.
  const value = lower === compatible ? compatible : lower.normalize('NFKC')
  return value.replace(untidySpace, ' ').trim()
}
