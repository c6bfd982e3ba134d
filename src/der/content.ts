import { ucsOf, utf8Of } from '../bytes/encoding.ts'
import { checkOid } from './oid.ts'
import { checkBitString, checkBoolean, checkInteger, checkTime } from './primitives.ts'
import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/**
 * Checks the element read last by its tag alone: the form of universal types (X.690 10.2) and the content of primitive
 * ones (X.690 8, 11). Types that X.509 has no use for, such as REAL and EXTERNAL, are refused.
 *
 * @param inName whether a string is compared as one, so that it may hold only the characters of its type, and no NUL.
 *   Elsewhere only encodings are checked: real CAs write Latin-1 into a VisibleString, and NUL at the end of an IA5String
 */
export function checkContent(reader: Reader, what: string, inName: boolean): void {
  const { bytes, tag, start, end } = reader
  if (reader.fault !== undefined) return
  switch (tag) {
    case Tag.null:
      if (start !== end) reader.fail('bad_null', start, what)
      return
    case Tag.oid:
    case Tag.relativeOid:
      return checkOid(reader, what)
    case Tag.integer:
    case Tag.enumerated:
      return checkInteger(reader, what)
    case Tag.boolean:
      return checkBoolean(reader, what)
    case Tag.bitString:
      return checkBitString(reader, what)
    case Tag.octetString:
    case Tag.sequence:
    case Tag.set:
      return
    case Tag.utf8String: {
      const at = inName ? firstOutside(reader, 1, 0xff) : end
      if (at < end) reader.fail('bad_string', at, what)
      else if (utf8Of(reader.content()) === undefined) reader.fail('bad_string', start, what)
      return
    }
    // X.680 41.4 has no `_`, `@`, `&` or `*` in PrintableString, but certificates made in JavaScript are full of them, and
    // refusing those is left to strict conformance.
    case Tag.printableString:
    case Tag.visibleString:
      if (inName) checkCharacters(reader, what, 0x20, 0x7e)
      return
    case Tag.ia5String:
      if (inName) checkCharacters(reader, what, 1, 0x7f)
      return
    case Tag.numericString:
      for (let i = start; inName && i < end; i++) {
        if (bytes[i] !== 0x20 && (bytes[i]! < 0x30 || bytes[i]! > 0x39)) return reader.fail('bad_string', i, what)
      }
      return
    case Tag.teletexString:
    case Tag.videotexString:
    case Tag.graphicString:
    case Tag.generalString:
      if (inName) checkCharacters(reader, what, 1, 0xff)
      return
    case Tag.bmpString:
    case Tag.universalString: {
      const text = ucsOf(reader.content(), tag === Tag.bmpString ? 2 : 4)
      if (text === undefined || (inName && text.includes('\0'))) reader.fail('bad_string', start, what)
      return
    }
    case Tag.utcTime:
    case Tag.generalizedTime:
      checkTime(reader, what)
      return
    default:
      // Tags of other classes do not tell the type.
      if (tag < 0x40) reader.fail('unexpected_tag', reader.header, what, 'no type that X.509 has, or not in its DER form')
  }
}

function checkCharacters(reader: Reader, what: string, lowest: number, highest: number): void {
  const at = firstOutside(reader, lowest, highest)
  if (at < reader.end) reader.fail('bad_string', at, what)
}

/** Offset of the first byte of the content that is not in the range; its end where all are. */
function firstOutside({ bytes, start, end }: Reader, lowest: number, highest: number): number {
  let at = start
  while (at < end && bytes[at]! >= lowest && bytes[at]! <= highest) at++
  return at
}

/** Whether the element read last is a string of printable ASCII, as nearly all in names are: there is nothing more to check. */
export function isPlainText(reader: Reader): boolean {
  const { tag } = reader
  const isText = tag === Tag.utf8String || tag === Tag.printableString || tag === Tag.ia5String
  return isText && firstOutside(reader, 0x20, 0x7e) === reader.end
}

/** Deepest nesting of an open type (attribute values, otherName, algorithm parameters) that is read. */
const maxDepth = 16

/**
 * Reads one element of any type and checks that it is DER all the way down: lengths, the primitive or constructed form
 * of universal types, and the content of primitive ones. It is left as the reader's element. Iterative, and bounded in depth.
 *
 * @param inName whether it is the value of an attribute of a name, whose characters count; see {@link checkContent}
 */
export function readAny(reader: Reader, what: string, inName = false): void {
  reader.next(what)
  const { tag, header, start, end } = reader
  if (isPlainText(reader)) return
  checkContent(reader, what, inName)
  if ((tag & 0x20) === 0) return
  const outerLimits = [reader.descend()]
  while (outerLimits.length > 0 && reader.fault === undefined) {
    if (reader.position === reader.limit) {
      reader.limit = outerLimits.pop()!
      continue
    }
    reader.next(what)
    checkContent(reader, what, false)
    if ((reader.tag & 0x20) === 0) continue
    if (outerLimits.length >= maxDepth) reader.fail('too_deep', reader.header, what)
    else outerLimits.push(reader.descend())
  }
  if (reader.fault !== undefined) return
  reader.position = end
  reader.tag = tag
  reader.header = header
  reader.start = start
  reader.end = end
}
