import type { ParseCode } from '../codes/parse.ts'

/**
 * The boundaries of elements in BER: definite and indefinite lengths (X.690 8.1.3). Windows writes PKCS #7 with indefinite lengths.
 * Only the wrapping is read with it: certificates and lists are cut out and then read by the DER parser alone.
 */

/** An element: its tag byte, and the offsets of its header, content and end. */
export interface BerElement {
  readonly tag: number
  readonly start: number
  readonly content: number
  /** Offset behind the element; `undefined` for an indefinite length, whose end is not searched. */
  readonly end: number | undefined
}

/** A fault, which ends reading. */
export interface BerFault {
  readonly code: ParseCode
  readonly offset: number
}

/** Elements of indefinite length nested deeper than this are refused. PKCS #7 needs five levels. */
const maxDepth = 32

/** Counts the elements of a file. Each becomes an object, so there must not be more than its size suggests. */
export class ElementCount {
  #left = 100_000

  /** Counts one more; false if there are too many. Public collections have a few thousand certificates. */
  add(): boolean {
    return this.#left-- > 0
  }
}

/** Reads the header of the element at an offset. The element must end at `limit` at the latest. */
export function readHeader(bytes: Uint8Array, start: number, limit: number): BerElement | BerFault {
  if (start + 2 > limit) return { code: 'truncated', offset: start }
  const tag = bytes[start]!
  // End-of-contents octets, where no indefinite length ends.
  if (tag === 0) return { code: 'unexpected_tag', offset: start }
  if ((tag & 0x1f) === 0x1f) return { code: 'high_tag_number', offset: start }
  const first = bytes[start + 1]!
  if (first === 0x80) {
    return (tag & 0x20) === 0 ? { code: 'indefinite_length', offset: start } : { tag, start, content: start + 2, end: undefined }
  }
  let length = first
  let content = start + 2
  if (first > 0x80) {
    const count = first - 0x80
    // Longer lengths exceed every input that is read.
    if (count > 4 || content + count > limit) return { code: 'truncated', offset: start }
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + bytes[content + i]!
    content += count
  }
  return content + length > limit ? { code: 'truncated', offset: start } : { tag, start, content, end: content + length }
}

/** The offset behind an element. Linear in its length, without recursion. */
export function endOf(bytes: Uint8Array, element: BerElement, limit: number): number | BerFault {
  if (element.end !== undefined) return element.end
  let at = element.content
  for (let open = 1; open > 0; ) {
    if (isEndOfContents(bytes, at, limit)) {
      at += 2
      open--
      continue
    }
    const inner = readHeader(bytes, at, limit)
    if ('code' in inner) return inner
    if (inner.end !== undefined) at = inner.end
    else if (++open > maxDepth) return { code: 'too_deep', offset: at }
    else at = inner.content
  }
  return at
}

/** The elements in an element, without descending into them, and the offset behind it. */
export function childrenOf(
  bytes: Uint8Array,
  parent: BerElement,
  limit: number,
  count: ElementCount,
): { readonly children: readonly BerElement[]; readonly end: number } | BerFault {
  const children: BerElement[] = []
  const last = parent.end ?? limit
  let at = parent.content
  while (parent.end === undefined ? !isEndOfContents(bytes, at, limit) : at < last) {
    const child = readHeader(bytes, at, last)
    if ('code' in child) return child
    const end = endOf(bytes, child, last)
    if (typeof end !== 'number') return end
    if (!count.add()) return { code: 'too_many', offset: at }
    children.push({ ...child, end })
    at = end
  }
  return { children, end: parent.end ?? at + 2 }
}

function isEndOfContents(bytes: Uint8Array, at: number, limit: number): boolean {
  return at + 2 <= limit && bytes[at] === 0 && bytes[at + 1] === 0
}
