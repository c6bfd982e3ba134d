/** Comparisons over ranges of caller-owned bytes, so that nothing has to be sliced out to be compared. */

/** Compares from the end, where names, keys and OIDs are most likely to differ. */
export function rangesEqual(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): boolean {
  const length = aEnd - aStart
  if (length !== bEnd - bStart) return false
  for (let i = length - 1; i >= 0; i--) {
    if (a[aStart + i] !== b[bStart + i]) return false
  }
  return true
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return rangesEqual(a, 0, a.length, b, 0, b.length)
}

/** Whether the range holds exactly these bytes; `expected` is a constant such as an OID's content. */
export function rangeIs(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  return rangesEqual(bytes, start, end, expected, 0, expected.length)
}

/** Big-endian order of two ranges read as unsigned numbers of equal width; negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/**
 * A 32-bit FNV-1a hash of a range: the key of in-memory indexes over names and key ids. Not collision-resistant, so
 * every hit is compared in full, and only the operator's certificates are ever inserted.
 */
export function hashRange(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash | 0
}

/** The same of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}
