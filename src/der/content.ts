import { ucsOfRange, utf8OfRange } from '../bytes/text.ts'
import { isOid } from './oid.ts'
import { checkBitString, checkBoolean, checkInteger } from './primitives.ts'
import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'
import { checkTime } from './time.ts'

/**
 * Checks the element read last by its tag alone: the form of universal types (X.690 10.2) and the content of primitive
 * ones (X.690 8, 11). Types that X.509 has no use for, such as REAL and EXTERNAL, are refused.
 *
 * @param inName whether a string must also hold what its type allows, and no NUL. Where nobody compares strings they may
 *   hold other characters: real CAs write Latin-1 into a VisibleString, and NUL at the end of an IA5String
 */
export function checkContent(reader: Reader, what: string, inName: boolean): void {
  const { bytes, tag, start, end } = reader
  if (reader.fault !== undefined) return
  switch (tag) {
    case Tag.utf8String: {
      if (firstOutside(reader, 1, 0x7f) === end) return
      const at = inName ? firstOutside(reader, 1, 0xff) : end
      if (at < end) reader.fail('bad_string', at, what)
      else if (utf8OfRange(bytes, start, end) === undefined) reader.fail('bad_string', start, what)
      return
    }
    // X.680 41.4 has no `_`, `@`, `&` or `*` in PrintableString, but certificates made in JavaScript are full of them, and
    // refusing those is left to strict conformance.
    case Tag.printableString:
    case Tag.visibleString:
      return inName ? checkCharacters(reader, what, 0x20, 0x7e) : undefined
    case Tag.ia5String:
      return inName ? checkCharacters(reader, what, 1, 0x7f) : undefined
    case Tag.numericString:
      for (let i = start; inName && i < end; i++) {
        if (bytes[i] !== 0x20 && (bytes[i]! < 0x30 || bytes[i]! > 0x39)) return reader.fail('bad_string', i, what)
      }
      return
    case Tag.teletexString:
    case Tag.videotexString:
    case Tag.graphicString:
    case Tag.generalString:
      return inName ? checkCharacters(reader, what, 1, 0xff) : undefined
    case Tag.bmpString:
    case Tag.universalString: {
      const text = ucsOfRange(bytes, start, end, tag === Tag.bmpString ? 2 : 4)
      if (text === undefined || (inName && text.includes('\0'))) reader.fail('bad_string', start, what)
      return
    }
    case Tag.integer:
    case Tag.enumerated:
      return checkInteger(reader, what)
    case Tag.boolean:
      return checkBoolean(reader, what)
    case Tag.bitString:
      return checkBitString(reader, what)
    case Tag.null:
      if (start !== end) reader.fail('bad_null', start, what)
      return
    case Tag.oid:
    case Tag.relativeOid:
      if (!isOid(bytes, start, end)) reader.fail('bad_oid', start, what)
      return
    case Tag.utcTime:
    case Tag.generalizedTime:
      checkTime(reader, what)
      return
    case Tag.octetString:
    case Tag.sequence:
    case Tag.set:
      return
    default:
      // What is behind a tag of another class, nobody can tell here.
      if (tag < 0x40) reader.fail('unexpected_tag', reader.header, what)
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
