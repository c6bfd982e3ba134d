import { hexOfRange } from '../bytes/hex.ts'
import { rangesEqual } from '../bytes/range.ts'
import { latin1OfRange, ucsOfRange, utf8OfRange } from '../bytes/text.ts'
import { readOid } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { readAny } from '../der/walk.ts'
import { namesDiffer } from './name-difference.ts'

/**
 * Distinguished names (RFC 5280 4.1.2.4) as ranges of the certificate: checked in one pass, compared by RFC 5280 7.1,
 * walked attribute by attribute by whoever prints them.
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
  const reader = new Reader(bytes, start, end)
  reader.enter(Tag.sequence, 'Name')
  for (let rdn = 0; !reader.atEnd(); rdn++) {
    const names = reader.enter(Tag.set, 'Name')
    while (!reader.atEnd()) attributes.push(readAttribute(reader, rdn))
    reader.leave(names, 'Name')
  }
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
  return canonicalRdns(bytes, start, end).join('')
}

/** One RDN, given the content of its SET, in the canonical form of {@link canonicalName}: what a name would continue with. */
export function canonicalRdn(bytes: Uint8Array, start: number, end: number): string {
  const parts: string[] = []
  const reader = new Reader(bytes, start, end)
  while (!reader.atEnd()) parts.push(canonicalAttribute(bytes, readAttribute(reader, 0)))
  return joinRdn(parts)
}

/** What the preparation of RFC 4518 2.2 maps to nothing, and more of the kind: controls, format characters, what is not seen. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC]|(?![\t-\r\x85])\p{Cc}/gu

/**
 * The parts of a name under a comparison that calls more names equal than RFC 5280 7.1 does: all string types alike, with
 * compatibility characters and the case of every script folded (by way of upper case, which makes SS of ß and one letter of
 * both small sigmas), and without characters that are not seen. For exclusions, where a name that only might be the
 * excluded one must not pass.
 */
export function looseRdns(bytes: Uint8Array, start: number, end: number): readonly string[] {
  return rdnsOf(bytes, start, end, ({ oidStart, oidEnd, tag, valueStart, valueEnd }) => {
    // A value of a type that is no string is taken for its characters, lest another tag hide an excluded name.
    const text = stringValue(bytes, tag, valueStart, valueEnd) ?? latin1OfRange(bytes, valueStart, valueEnd)
    const folded = text.replace(invisible, '').normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
    const value = folded.replace(/[\s\x85]+/gu, ' ').trim()
    return `${hexOfRange(bytes, oidStart, oidEnd)}:${value.length}:${value}`
  })
}

/** The parts of {@link canonicalName}, one an RDN: names below another one start with the same parts. */
export function canonicalRdns(bytes: Uint8Array, start: number, end: number): readonly string[] {
  return rdnsOf(bytes, start, end, (attribute) => canonicalAttribute(bytes, attribute))
}

/** The RDNs of a name as texts, each attribute written by `write`. */
function rdnsOf(bytes: Uint8Array, start: number, end: number, write: (attribute: AttributeRange) => string): readonly string[] {
  const rdns: string[][] = []
  for (const attribute of attributesOf(bytes, start, end)) {
    const part = write(attribute)
    const siblings = rdns[attribute.rdn]
    if (siblings === undefined) rdns[attribute.rdn] = [part]
    else siblings.push(part)
  }
  return rdns.map(joinRdn)
}

function joinRdn(parts: string[]): string {
  return `${parts.length}/${parts.sort().join('')}`
}

function canonicalAttribute(bytes: Uint8Array, { oidStart, oidEnd, tag, valueStart, valueEnd }: AttributeRange): string {
  const folds = tag !== Tag.teletexString && tag !== Tag.numericString && tag !== Tag.visibleString
  const text = folds ? stringValue(bytes, tag, valueStart, valueEnd) : undefined
  const value =
    text === undefined
      ? `${tag}#${hexOfRange(bytes, valueStart, valueEnd)}`
      : `=${text
          .replace(/ +/g, ' ')
          .replace(/^ | $/g, '')
          .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())}`
  return `${hexOfRange(bytes, oidStart, oidEnd)}:${value.length}:${value}`
}

/** Whether two names are equal: by bytes, which is what CAs write, and only where those differ by RFC 5280 7.1. */
export function namesEqual(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): boolean {
  if (rangesEqual(a, aStart, aEnd, b, bStart, bEnd)) return true
  if (namesDiffer(a, aStart, aEnd, b, bStart, bEnd)) return false
  return canonicalName(a, aStart, aEnd) === canonicalName(b, bStart, bEnd)
}
