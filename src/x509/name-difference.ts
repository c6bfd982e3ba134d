import { Span } from '../bytes/span.ts'
import * as Tag from '../der/tag.ts'

/** Quick comparison of names, which decides nearly all cases without folding. */

/**
 * Whether two well-formed names certainly differ (RFC 5280 7.1). If the result is `false`, only {@link canonicalName} can
 * decide.
 *
 * Walks both names in parallel while RDNs have a single attribute and lengths are below 128. The names differ if a type
 * differs, or if an ASCII value differs by more than case.
 */
export function namesDiffer(left: Span, right: Span): boolean {
  const { bytes: a, end: leftEnd } = left
  const { bytes: b, end: rightEnd } = right
  let i = left.start + 2
  let j = right.start + 2
  if (i > leftEnd || j > rightEnd || left.at(1) >= 0x80 || right.at(1) >= 0x80) return false
  while (i < leftEnd && j < rightEnd) {
    if (!isSingleRdn(a, i) || !isSingleRdn(b, j)) return false
    // SET, SEQUENCE and OBJECT IDENTIFIER have two octets before their content.
    const aValue = i + 6 + a[i + 5]!
    const bValue = j + 6 + b[j + 5]!
    if (!new Span(a, i + 6, aValue).equals(new Span(b, j + 6, bValue))) return true
    if (!isPlainText(a, aValue) || !isPlainText(b, bValue)) return false
    if (!equalIgnoringCase(a, aValue + 2, b, bValue + 2, a[aValue + 1]!, b[bValue + 1]!)) return true
    i += 2 + a[i + 1]!
    j += 2 + b[j + 1]!
  }
  return i < leftEnd || j < rightEnd
}

/** Whether two names are equal (RFC 5280 7.1). `undefined` if only {@link canonicalName} can decide. */
export function equalWithoutFolding(a: Span, b: Span): boolean | undefined {
  if (a.equals(b)) return true
  return namesDiffer(a, b) ? false : undefined
}

/** Whether there is a SET with a single AttributeTypeAndValue and short lengths. */
function isSingleRdn(bytes: Uint8Array, set: number): boolean {
  const length = bytes[set + 1]!
  if (length >= 0x80 || bytes[set + 3] !== length - 2) return false
  return bytes[set + 5]! < 0x80
}

/**
 * Whether folding can change only the case of a value: an ASCII string of a type that is folded, without leading, trailing or
 * repeated spaces.
 */
function isPlainText(bytes: Uint8Array, header: number): boolean {
  const tag = bytes[header]
  if (tag !== Tag.utf8String && tag !== Tag.printableString && tag !== Tag.ia5String) return false
  const end = header + 2 + bytes[header + 1]!
  let previous = 0x20
  for (let i = header + 2; i < end; i++) {
    const byte = bytes[i]!
    if (byte >= 0x80 || (byte === 0x20 && previous === 0x20)) return false
    previous = byte
  }
  return previous !== 0x20
}

function equalIgnoringCase(a: Uint8Array, i: number, b: Uint8Array, j: number, length: number, otherLength: number): boolean {
  if (length !== otherLength) return false
  for (let k = 0; k < length; k++) {
    const left = a[i + k]!
    const right = b[j + k]!
    if (left !== right && lower(left) !== lower(right)) return false
  }
  return true
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}
