/** The elements of a DER structure, so that a mutation can change one and correct the lengths around it. */

export interface Element {
  readonly header: number
  readonly start: number
  readonly end: number
  /** Index of the enclosing element; -1 at the top. */
  readonly parent: number
}

const octetString = 0x04
const bitString = 0x03

/** Every element, also inside OCTET STRINGs and BIT STRINGs. Expects well-formed DER, as seeds are. */
export function elementsOf(der: Uint8Array): readonly Element[] {
  const elements: Element[] = []
  walk(der, 0, der.length, -1, elements)
  return elements
}

/** Adds the elements of a range; adds nothing and returns false if the range does not consist of elements. */
function walk(der: Uint8Array, from: number, to: number, parent: number, elements: Element[]): boolean {
  const known = elements.length
  let at = from
  while (at < to) {
    const element = elementAt(der, at, to, parent)
    if (element === undefined) {
      elements.length = known
      return false
    }
    const index = elements.push(element) - 1
    const tag = der[at]!
    if ((tag & 0x20) !== 0 || tag === octetString) walk(der, element.start, element.end, index, elements)
    else if (tag === bitString && der[element.start] === 0) walk(der, element.start + 1, element.end, index, elements)
    at = element.end
  }
  return at === to
}

function elementAt(der: Uint8Array, header: number, limit: number, parent: number): Element | undefined {
  let start = header + 2
  let length = der[header + 1]
  if (length === undefined || start > limit) return undefined
  if (length >= 0x80) {
    const count = length & 0x7f
    if (count === 0 || count > 3) return undefined
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (der[start + i] ?? 0)
    start += count
  }
  return start + length <= limit ? { header, start, end: start + length, parent } : undefined
}

/** Replaces one element and corrects the lengths of all elements around it. */
export function replaceElement(der: Uint8Array, elements: readonly Element[], index: number, by: Uint8Array): Uint8Array {
  let inner = by
  let child = elements[index]!
  while (child.parent >= 0) {
    const outer = elements[child.parent]!
    inner = element(der[outer.header]!, der.subarray(outer.start, child.header), inner, der.subarray(child.end, outer.end))
    child = outer
  }
  return join(der.subarray(0, child.header), inner, der.subarray(child.end))
}

/** Encodes an element with its length in the shortest form. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0)
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | octets.length, ...octets]
  return join(Uint8Array.from(header), ...content)
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
