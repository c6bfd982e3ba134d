import { Span, spanOf } from '../bytes/span.ts'
import { type ParseCode, type ParseResult, parseFault } from '../codes/parse.ts'

/**
 * A forward-only cursor over strict DER (X.690 section 10) in the caller's bytes. Nothing is copied and nothing is
 * allocated for an element: reading one leaves its tag and its place in `tag`, `header`, `start` and `end`. Whoever hands
 * it on asks for {@link content} or {@link element}.
 *
 * Faults are sticky. The first one is remembered with its offset, the cursor jumps to the end, and whatever is read
 * afterwards is empty, so parsers are written as straight lines in the order of their RFC, loops over `atEnd()` stop,
 * and {@link readAll} asks once at the end. A parser must not act on what it read before `readAll` has answered.
 */
export class Reader {
  readonly bytes: Uint8Array
  /** Offset of the next element. */
  position: number
  /** End of the container being read. */
  limit: number

  /** Identifier octet of the element read last. */
  tag = 0
  /** Offset of the identifier octet of the element read last. */
  header = 0
  /** First byte of its content. */
  start = 0
  /** Byte after its content. */
  end = 0

  fault: ParseCode | undefined = undefined
  faultOffset = 0
  faultWhat = ''
  faultDetail: string | undefined = undefined

  constructor(source: Span | Uint8Array) {
    const { bytes, start, end } = spanOf(source)
    this.bytes = bytes
    this.position = start
    this.limit = end
  }

  /** The content of the element read last. */
  content(): Span {
    return new Span(this.bytes, this.start, this.end)
  }

  /** The element read last, its header included. */
  element(): Span {
    return new Span(this.bytes, this.header, this.end)
  }

  /** What is left of the container. */
  rest(): Span {
    return new Span(this.bytes, this.position, this.limit)
  }

  /** Whether the container is used up; true after a fault, so that every loop ends. */
  atEnd(): boolean {
    return this.position >= this.limit
  }

  /** Whether the next element has this tag. */
  peek(tag: number): boolean {
    return this.position < this.limit && this.bytes[this.position] === tag
  }

  /** Reads the next element, whatever its tag. */
  next(what: string): void {
    const { bytes, limit } = this
    const header = this.position
    if (header + 2 > limit) return this.fail('truncated', header, what)
    const tag = bytes[header]!
    if ((tag & 0x1f) === 0x1f) return this.fail('high_tag_number', header, what)
    let start = header + 2
    let length = bytes[header + 1]!
    if (length >= 0x80) {
      if (length === 0x80) return this.fail('indefinite_length', header + 1, what)
      const count = length & 0x7f
      if (count > 4) return this.fail('too_large', header + 1, what)
      if (start + count > limit) return this.fail('truncated', header + 1, what)
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!
      if (length < 0x80 || bytes[start] === 0) return this.fail('non_minimal_length', header + 1, what)
      start += count
    }
    const end = start + length
    if (end > limit) return this.fail('truncated', header, what)
    this.tag = tag
    this.header = header
    this.start = start
    this.end = end
    this.position = end
  }

  /** Reads the next element, which must have this tag. */
  expect(tag: number, what: string): void {
    if (this.position < this.limit && this.bytes[this.position] !== tag) {
      return this.fail('unexpected_tag', this.position, what)
    }
    this.next(what)
  }

  /** Reads the next element if it has this tag. */
  optional(tag: number, what: string): boolean {
    if (!this.peek(tag)) return false
    this.next(what)
    return this.fault === undefined
  }

  /** Steps into the next element, which must have this tag; the answer is what {@link leave} takes. */
  enter(tag: number, what: string): number {
    this.expect(tag, what)
    return this.descend()
  }

  /** Steps into the element read last. */
  descend(): number {
    const outer = this.limit
    if (this.fault === undefined) {
      this.position = this.start
      this.limit = this.end
    }
    return outer
  }

  /** Steps out again: all of the content must have been read. */
  leave(outer: number, what: string): void {
    if (this.fault !== undefined) return
    if (this.position !== this.limit) return this.fail('trailing_bytes', this.position, what)
    this.limit = outer
  }

  /** Remembers the first fault and ends all reading. */
  fail(code: ParseCode, offset: number, what: string, detail?: string): void {
    if (this.fault === undefined) {
      this.fault = code
      this.faultOffset = offset
      this.faultWhat = what
      this.faultDetail = detail
    }
    this.position = this.bytes.length
    this.limit = this.bytes.length
    this.tag = 0
    this.header = this.start = this.end = this.bytes.length
  }

  /** The fault as a result; only to be asked for after one. */
  failure(): ParseResult<never> {
    return parseFault(this.fault ?? 'truncated', this.faultOffset, this.faultWhat, this.faultDetail)
  }
}

/** Runs a parser over bytes and refuses whatever it left unread. */
export function readAll<T>(source: Span | Uint8Array, what: string, parse: (reader: Reader) => T): ParseResult<T> {
  const reader = new Reader(source)
  const value = parse(reader)
  reader.leave(reader.limit, what)
  return reader.fault === undefined ? { ok: true, value } : reader.failure()
}

/** Identifier octets of context-specific tags. */

/** `[n]` IMPLICIT over a primitive type. */
export function contextPrimitive(number: number): number {
  return 0x80 | number
}

/** `[n]` EXPLICIT, or IMPLICIT over a constructed type. */
export function contextConstructed(number: number): number {
  return 0xa0 | number
}
