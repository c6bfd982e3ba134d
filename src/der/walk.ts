import { isOid } from './oid.ts'
import { checkBoolean, checkInteger } from './primitives.ts'
import type { Reader } from './reader.ts'
import * as Tag from './tag.ts'

/** Deepest nesting of an open type (attribute values, otherName, algorithm parameters) that is read. */
const maxDepth = 16

/**
 * Reads one element of any type and checks that it is DER all the way down: lengths, the primitive or constructed form
 * of universal types, and the content of BOOLEAN, INTEGER, NULL and OBJECT IDENTIFIER. Its range is left in the reader.
 * Iterative, and bounded in depth.
 */
export function readAny(reader: Reader, what: string): void {
  reader.next(what)
  const { tag, header, start, end } = reader
  if (reader.fault !== undefined) return
  check(reader, what)
  if ((tag & 0x20) !== 0) {
    const outerLimits = [reader.descend()]
    while (outerLimits.length > 0 && reader.fault === undefined) {
      if (reader.position === reader.limit) {
        reader.limit = outerLimits.pop()!
        continue
      }
      reader.next(what)
      check(reader, what)
      if ((reader.tag & 0x20) === 0) continue
      if (outerLimits.length >= maxDepth) reader.fail('too_deep', reader.header, what)
      else outerLimits.push(reader.descend())
    }
  }
  if (reader.fault !== undefined) return
  reader.position = end
  reader.tag = tag
  reader.header = header
  reader.start = start
  reader.end = end
}

function check(reader: Reader, what: string): void {
  const { bytes, tag, start, end } = reader
  if (reader.fault !== undefined) return
  if (tag < 0x40 && !hasDerForm(tag)) reader.fail('unexpected_tag', reader.header, what)
  else if (tag === Tag.integer || tag === Tag.enumerated) checkInteger(reader, what)
  else if (tag === Tag.boolean) checkBoolean(reader, what)
  else if (tag === Tag.null && start !== end) reader.fail('bad_null', start, what)
  else if (tag === Tag.oid && !isOid(bytes, start, end)) reader.fail('bad_oid', start, what)
}

/** Universal types that consist of elements: EXTERNAL, EMBEDDED PDV, SEQUENCE, SET, CHARACTER STRING. */
const constructedTypes = (1 << 8) | (1 << 11) | (1 << 16) | (1 << 17) | (1 << 29)

/** DER encodes those constructed and everything else, strings above all, primitive (X.690 10.2); type 0 is none. */
function hasDerForm(tag: number): boolean {
  const type = tag & 0x1f
  return type !== 0 && ((constructedTypes >> type) & 1) === tag >> 5
}
