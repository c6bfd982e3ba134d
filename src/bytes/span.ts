/** Byte ranges, how they are compared, and maps with byte ranges as keys. */

/** Whether a value is a genuine Uint8Array. `instanceof` alone also accepts proxies and objects with its prototype. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && ArrayBuffer.isView(value)
}

/** Returns an argument that must be bytes; throws `TypeError` otherwise. */
export function requireBytes(value: unknown, label: string): Uint8Array {
  if (isBytes(value)) return value
  throw new TypeError(`${label} must be a string or Uint8Array, got ${value === null ? 'null' : typeof value}`)
}

/**
 * A range of a larger byte array, such as an element of a certificate or a line of a text. Nothing is copied. `start` and
 * `end` are offsets in `bytes`, so that errors can report an offset.
 */
export class Span {
  readonly bytes: Uint8Array
  readonly start: number
  /** Offset of the byte after the last one. */
  readonly end: number

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  get length(): number {
    return this.end - this.start
  }

  /** The byte at an index, counted from `start`. */
  at(index: number): number {
    return this.bytes[this.start + index]!
  }

  /** The content of a DER INTEGER without the zero byte that keeps it positive. */
  unpadded(): Span {
    return this.length > 1 && this.at(0) === 0 ? new Span(this.bytes, this.start + 1, this.end) : this
  }

  /** Whether two spans have the same bytes. Starts at the end, where names, keys and OIDs are most likely to differ. */
  equals(other: Span): boolean {
    const { start, end } = this
    return end - start === other.end - other.start && matches(this.bytes, start, end, other.bytes, other.start - start)
  }

  /** Whether the span has exactly these bytes, such as those of a constant OID. */
  is(expected: Uint8Array): boolean {
    const { start, end } = this
    return end - start === expected.length && matches(this.bytes, start, end, expected, -start)
  }

  /** The bytes themselves, for callers that only read them. */
  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  /** A copy, which the caller may change. */
  copy(): Uint8Array {
    return new Uint8Array(this.view())
  }
}

/** A span as it is, or an array as a span of all its bytes. */
export function spanOf(bytes: Span | Uint8Array): Span {
  return bytes instanceof Span ? bytes : new Span(bytes)
}

/**
 * Whether two arrays have the same bytes. A returning client is recognised by comparing its whole certificate, and a third of
 * that call is spent here. So this function compares eight bytes per branch and needs no spans.
 */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  const { length } = a
  if (b.length !== length) return false
  let i = 0
  for (; i + 8 <= length; i += 8) {
    const low = (a[i]! ^ b[i]!) | (a[i + 1]! ^ b[i + 1]!) | (a[i + 2]! ^ b[i + 2]!) | (a[i + 3]! ^ b[i + 3]!)
    const high = (a[i + 4]! ^ b[i + 4]!) | (a[i + 5]! ^ b[i + 5]!) | (a[i + 6]! ^ b[i + 6]!) | (a[i + 7]! ^ b[i + 7]!)
    if ((low | high) !== 0) return false
  }
  return matches(a, i, length, b, 0)
}

/** Whether the bytes of `a` from `start` to `end` equal those of `b` from `start + shift`. */
function matches(a: Uint8Array, start: number, end: number, b: Uint8Array, shift: number): boolean {
  for (let i = end - 1; i >= start; i--) if (a[i] !== b[i + shift]) return false
  return true
}

/** Compares two unsigned big-endian numbers of equal width. Returns a negative number, zero, or a positive number. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/**
 * 32-bit FNV-1a hash, for in-memory indexes of names and key identifiers. It is not collision-resistant: compare every match in
 * full, and insert only the operator's certificates.
 */
export function hashOf({ bytes, start, end }: Span): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash | 0
}

/** The same hash of a text's UTF-16 code units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}

/** Entries with the same hash form a linked list. */
interface Entry<Value> {
  readonly key: Span
  readonly value: Value
  readonly next: Entry<Value> | undefined
}

/**
 * A map whose keys are spans, without copies or strings. Use it only for the operator's bytes: a peer that chooses keys could
 * make them collide.
 */
export class SpanMap<Value> {
  readonly #entries = new Map<number, Entry<Value>>()

  get(key: Span): Value | undefined {
    let entry = this.#entries.get(hashOf(key))
    while (entry !== undefined && !entry.key.equals(key)) entry = entry.next
    return entry?.value
  }

  /** Adds a key that is not in the map yet. */
  add(key: Span, value: Value): void {
    const hash = hashOf(key)
    this.#entries.set(hash, { key, value, next: this.#entries.get(hash) })
  }
}
