import { Span, spanOf } from '../bytes/span.ts'
import type { Deviation, DeviationCode } from '../codes/deviation.ts'
import { type ParseCode, type ParseResult, parseFault } from '../codes/parse.ts'
import * as Tag from './tag.ts'

/** More are not recorded, unless they are of another kind: a revocation list has millions of elements. */
const maxDeviations = 64

/**
 * A forward-only cursor over strict DER (X.690 section 10). Nothing is copied, and reading an element allocates nothing: it
 * sets `tag`, `header`, `start` and `end`, which describe the last element until the next one is read. {@link content} and
 * {@link element} return it as a span.
 *
 * Faults are sticky: the reader keeps the first one, moves to the end, and reads only empty elements from then on. So parsers
 * are straight-line code in the order of the RFC, loops over `atEnd()` stop, and {@link readAll} checks for a fault once, at
 * the end. Do not use anything a parser has read before that check. The parameter `element` is the ASN.1 name of what is read,
 * for the message of a fault.
 */
export class Reader {
  readonly bytes: Uint8Array
  /** Offset of the next element. */
  position: number
  /** End of the container being read. */
  limit: number

  /** Identifier octet of the last element. */
  tag = 0
  /** Offset of its identifier octet. */
  header = 0
  /** Offset of its content. */
  start = 0
  /** Offset after its content. */
  end = 0

  fault: ParseCode | undefined = undefined
  faultOffset = 0
  faultElement = ''
  faultDetail: string | undefined = undefined

  /** What was read although it is not DER or not the syntax of RFC 5280. */
  deviations: Deviation[] | undefined = undefined

  constructor(source: Span | Uint8Array) {
    const { bytes, start, end } = spanOf(source)
    this.bytes = bytes
    this.position = start
    this.limit = end
  }

  /** The content of the last element. */
  content(): Span {
    return new Span(this.bytes, this.start, this.end)
  }

  /** The last element, including its header. */
  element(): Span {
    return new Span(this.bytes, this.header, this.end)
  }

  /** The unread part of the container. */
  rest(): Span {
    return new Span(this.bytes, this.position, this.limit)
  }

  /** Whether the container has been read completely. Also true after a fault, so that every loop ends. */
  atEnd(): boolean {
    return this.position >= this.limit
  }

  /** Whether the next element has this tag. */
  peek(tag: number): boolean {
    return this.position < this.limit && this.bytes[this.position] === tag
  }

  /** Whether the next element is a SEQUENCE without content, and the last one of the container. */
  isEmptySequence(): boolean {
    return this.limit - this.position === 2 && this.peek(Tag.sequence) && this.bytes[this.position + 1] === 0
  }

  /** Reads the next element, whatever its tag. */
  next(element: string): void {
    const { bytes, limit } = this
    const header = this.position
    if (header + 2 > limit) return this.fail('truncated', header, element)
    const tag = bytes[header]!
    if ((tag & 0x1f) === 0x1f) return this.fail('high_tag_number', header, element)
    let start = header + 2
    let length = bytes[header + 1]!
    if (length >= 0x80) {
      if (length === 0x80) return this.fail('indefinite_length', header + 1, element)
      const count = length & 0x7f
      if (count > 4) return this.fail('too_large', header + 1, element)
      if (start + count > limit) return this.fail('truncated', header + 1, element)
      length = 0
      for (let i = 0; i < count; i++) length = length * 256 + bytes[start + i]!
      if (length < 0x80 || bytes[start] === 0) return this.fail('non_minimal_length', header + 1, element)
      start += count
    }
    const end = start + length
    if (end > limit) return this.fail('truncated', header, element)
    this.tag = tag
    this.header = header
    this.start = start
    this.end = end
    this.position = end
  }

  /** Reads the next element, which must have this tag. */
  expect(tag: number, element: string): void {
    if (this.position < this.limit && this.bytes[this.position] !== tag) {
      return this.fail('unexpected_tag', this.position, element)
    }
    this.next(element)
  }

  /** Reads the next element if it has this tag. */
  optional(tag: number, element: string): boolean {
    if (!this.peek(tag)) return false
    this.next(element)
    return this.fault === undefined
  }

  /** Enters the next element, which must have this tag. Returns the value to pass to {@link leave}. */
  enter(tag: number, element: string): number {
    this.expect(tag, element)
    return this.descend()
  }

  /** Enters the last element. Returns the value to pass to {@link leave}. */
  descend(): number {
    const outer = this.limit
    if (this.fault === undefined) {
      this.position = this.start
      this.limit = this.end
    }
    return outer
  }

  /** Leaves the element that was entered. Its content must have been read completely. */
  leave(outer: number, element: string): void {
    if (this.fault !== undefined) return
    if (this.position !== this.limit) return this.fail('trailing_bytes', this.position, element)
    this.limit = outer
  }

  /** Records the first fault and moves to the end. */
  fail(code: ParseCode, offset: number, element: string, detail?: string): void {
    if (this.fault === undefined) {
      this.fault = code
      this.faultOffset = offset
      this.faultElement = element
      this.faultDetail = detail
    }
    this.position = this.bytes.length
    this.limit = this.bytes.length
    this.tag = 0
    this.header = this.start = this.end = this.bytes.length
  }

  /** Records a deviation at this offset, and reads on. */
  deviate(code: DeviationCode, offset: number): void {
    if (this.fault !== undefined) return
    this.deviations ??= []
    if (this.deviations.length < maxDeviations || this.deviations.every((known) => known.code !== code)) {
      this.deviations.push({ code, offset })
    }
  }

  /** Returns to an element after a fault in its content, to read it in another way. Deviations after the first `kept` are dropped. */
  rewind(position: number, limit: number, kept: number): void {
    this.fault = undefined
    this.faultDetail = undefined
    this.position = position
    this.limit = limit
    if (this.deviations !== undefined) this.deviations.length = kept
  }

  /** The fault as a parse result. Call it only after a fault. */
  failure(): ParseResult<never> {
    return parseFault(this.fault ?? 'truncated', this.faultOffset, this.faultElement, this.faultDetail)
  }
}

/** Runs a parser over bytes. Bytes that it leaves unread are a fault. */
export function readAll<T>(source: Span | Uint8Array, element: string, parse: (reader: Reader) => T): ParseResult<T> {
  const reader = new Reader(source)
  const value = parse(reader)
  reader.leave(reader.limit, element)
  return reader.fault === undefined ? { ok: true, value } : reader.failure()
}

/** The identifier octet of `[n]` IMPLICIT over a primitive type. */
export function contextPrimitive(number: number): number {
  return 0x80 | number
}

/** The identifier octet of `[n]` EXPLICIT, or of `[n]` IMPLICIT over a constructed type. */
export function contextConstructed(number: number): number {
  return 0xa0 | number
}
