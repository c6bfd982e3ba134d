import { ucsOf, utf8Of } from '../bytes/encoding.ts'
import { checkOid } from './oid.ts'
import { checkBitString, checkBoolean, checkInteger, checkTime } from './primitives.ts'
import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/** DER of any type: the content of elements, and open types (attribute values, otherName, algorithm parameters). */

/** A check of the last element, which is nested in `depth` others of an open type. */
export type CheckElement = (reader: Reader, element: string, depth: number) => void

const checkNested: CheckElement = (reader, element) => checkContent(reader, element, false)

/**
 * Checks the last element according to its tag: the form of universal types (X.690 10.2) and the content of primitive types
 * (X.690 8, 11). Types that X.509 does not use, such as REAL and EXTERNAL, are faults.
 *
 * @param inName whether the element is an attribute value of a name, which is compared as text. Strings may then contain only
 *   the characters of their type and no NUL. Elsewhere only encodings are checked, because real CAs write Latin-1 into
 *   VisibleString and end an IA5String with NUL.
 */
export function checkContent(reader: Reader, element: string, inName: boolean): void {
  const { tag, start, end } = reader
  if (reader.fault !== undefined) return
  switch (tag) {
    case Tag.null:
      if (start !== end) reader.fail('bad_null', start, element)
      return
    case Tag.oid:
    case Tag.relativeOid:
      return checkOid(reader, element)
    case Tag.integer:
    case Tag.enumerated:
      return checkInteger(reader, element)
    case Tag.boolean:
      return checkBoolean(reader, element)
    case Tag.bitString:
      return checkBitString(reader, element)
    case Tag.octetString:
    case Tag.sequence:
    case Tag.set:
      return
    case Tag.utf8String: {
      const at = inName ? firstOutside(reader, 1, 0xff) : end
      if (at < end) reader.fail('bad_string', at, element)
      else if (utf8Of(reader.content()) === undefined) reader.fail('bad_string', start, element)
      return
    }
    // X.680 41.4 forbids `_`, `@`, `&` and `*` in PrintableString, but many certificates made with JavaScript contain them.
    // Only strict conformance rejects them.
    case Tag.printableString:
      if (inName) checkAscii(reader, element, isPrintable)
      return
    case Tag.visibleString:
      if (inName) checkCharacters(reader, element, 0x20, 0x7e)
      return
    case Tag.ia5String:
      if (inName) checkAscii(reader, element, isNotNul)
      return
    case Tag.numericString:
      if (inName) checkAscii(reader, element, isNumeric)
      return
    case Tag.teletexString:
    case Tag.videotexString:
    case Tag.graphicString:
    case Tag.generalString:
      if (inName) checkCharacters(reader, element, 1, 0xff)
      return
    case Tag.bmpString:
    case Tag.universalString: {
      const text = ucsOf(reader.content(), tag === Tag.bmpString ? 2 : 4)
      if (text === undefined || (inName && text.includes('\0'))) reader.fail('bad_string', start, element)
      return
    }
    case Tag.utcTime:
    case Tag.generalizedTime:
      checkTime(reader, element)
      return
    default:
      // Tags of other classes do not determine the type.
      if (tag < 0x40) reader.fail('unexpected_tag', reader.header, element, 'not a type that X.509 uses, or not in DER form')
  }
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f
const isNotNul = (byte: number): boolean => byte > 0
const isNumeric = (byte: number): boolean => byte === 0x20 || (byte >= 0x30 && byte <= 0x39)

/** Bytes above 7F are a deviation, whatever they mean. ASCII must be of the string's type. */
function checkAscii(reader: Reader, element: string, isAllowed: (byte: number) => boolean): void {
  const { bytes, start, end } = reader
  let deviation = end
  for (let i = start; i < end; i++) {
    if (bytes[i]! > 0x7f) deviation = Math.min(deviation, i)
    else if (!isAllowed(bytes[i]!)) return reader.fail('bad_string', i, element)
  }
  if (deviation < end) reader.deviate('non_ascii_string', deviation)
}

function checkCharacters(reader: Reader, element: string, lowest: number, highest: number): void {
  const at = firstOutside(reader, lowest, highest)
  if (at < reader.end) reader.fail('bad_string', at, element)
}

/** The offset of the first content byte outside the range, or the content's end. */
function firstOutside({ bytes, start, end }: Reader, lowest: number, highest: number): number {
  let at = start
  while (at < end && bytes[at]! >= lowest && bytes[at]! <= highest) at++
  return at
}

/** Whether the last element is a string of printable ASCII, like nearly all in names. Such strings need no further check. */
export function isPlainText(reader: Reader): boolean {
  const { tag } = reader
  const isText = tag === Tag.utf8String || tag === Tag.printableString || tag === Tag.ia5String
  return isText && firstOutside(reader, 0x20, 0x7e) === reader.end
}

/** Deepest supported nesting of an open type. */
const maxDepth = 16

/**
 * Reads one element of any type and checks that it is DER at every level: lengths, the primitive or constructed form of
 * universal types, and the content of primitive types. It stays the reader's last element. The loop is iterative and bounded
 * in depth.
 *
 * @param inName whether it is an attribute value of a name; see {@link checkContent}
 * @param checkInside checks the elements inside it
 */
export function readAny(reader: Reader, element: string, inName = false, checkInside: CheckElement = checkNested): void {
  reader.next(element)
  const { tag, header, start, end } = reader
  if (isPlainText(reader)) return
  checkContent(reader, element, inName)
  if ((tag & 0x20) === 0) return
  const outerLimits = [reader.descend()]
  while (outerLimits.length > 0 && reader.fault === undefined) {
    if (reader.position === reader.limit) {
      reader.limit = outerLimits.pop()!
      continue
    }
    reader.next(element)
    checkInside(reader, element, outerLimits.length)
    if ((reader.tag & 0x20) === 0) continue
    if (outerLimits.length >= maxDepth) reader.fail('too_deep', reader.header, element)
    else outerLimits.push(reader.descend())
  }
  if (reader.fault !== undefined) return
  reader.position = end
  reader.tag = tag
  reader.header = header
  reader.start = start
  reader.end = end
}
