import { checkContent, isPlainText } from './content.ts'
import type { Reader } from './reader.ts'

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
