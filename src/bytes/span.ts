/** Whether it is a Uint8Array, and not what only passes for one: a proxy of it, an object with its prototype. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && ArrayBuffer.isView(value)
}

/** The argument as bytes; anything else is the caller's mistake. */
export function requireBytes(value: unknown, what: string): Uint8Array {
  if (isBytes(value)) return value
  throw new TypeError(`${what} must be a string or Uint8Array, got ${value === null ? 'null' : typeof value}`)
}

/**
 * A stretch of bytes that belong to someone else: an element of a certificate, its content, a line of a text. Nothing is
 * copied. `start` and `end` are offsets in `bytes`, so that faults can say where they are.
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

  /** The byte at this place, counted from the span's first one. */
  at(index: number): number {
    return this.bytes[this.start + index]!
  }

  /** The content of a DER INTEGER without the zero byte that keeps it positive. */
  unpadded(): Span {
    return this.length > 1 && this.at(0) === 0 ? new Span(this.bytes, this.start + 1, this.end) : this
  }

  /** Compares from the end, where names, keys and OIDs are most likely to differ. */
  equals(other: Span): boolean {
    const { start, end } = this
    return end - start === other.end - other.start && matches(this.bytes, start, end, other.bytes, other.start - start)
  }

  /** Whether it holds exactly these bytes, such as a constant that is an OID's content. */
  is(expected: Uint8Array): boolean {
    const { start, end } = this
    return end - start === expected.length && matches(this.bytes, start, end, expected, -start)
  }

  /** Its bytes themselves, for those who only read them. */
  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  /** A copy, which a caller may change. */
  copy(): Uint8Array {
    return new Uint8Array(this.view())
  }
}

/** Bytes as a span: all of them, where it is not a span already. */
export function spanOf(bytes: Span | Uint8Array): Span {
  return bytes instanceof Span ? bytes : new Span(bytes)
}

/**
 * Compares whole arrays. A third of a returning client's call is spent here, since it is recognised by all of its bytes:
 * without spans, and eight bytes per branch.
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

/** Whether `b` has the same bytes as this part of `a`, `shift` places further on. */
function matches(a: Uint8Array, start: number, end: number, b: Uint8Array, shift: number): boolean {
  for (let i = end - 1; i >= start; i--) if (a[i] !== b[i + shift]) return false
  return true
}

/** Big-endian order of two unsigned numbers of equal width; negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/**
 * 32-bit FNV-1a hashes, the keys of indexes in memory over names and key ids. Not collision-resistant, so every hit is
 * compared in full, and only the operator's certificates are ever inserted.
 */

export function hashOf({ bytes, start, end }: Span): number {
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

/** Entries of the same hash are chained. */
interface Entry<Value> {
  readonly key: Span
  readonly value: Value
  readonly next: Entry<Value> | undefined
}

/**
 * A map whose keys are spans, without copies or strings. For the operator's bytes only: anyone who chooses keys can make
 * many with one hash.
 */
export class SpanMap<Value> {
  readonly #entries = new Map<number, Entry<Value>>()

  get(key: Span): Value | undefined {
    let entry = this.#entries.get(hashOf(key))
    while (entry !== undefined && !entry.key.equals(key)) entry = entry.next
    return entry?.value
  }

  /** Adds a key that is not there yet. */
  add(key: Span, value: Value): void {
    const hash = hashOf(key)
    this.#entries.set(hash, { key, value, next: this.#entries.get(hash) })
  }
}
