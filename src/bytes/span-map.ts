import { hashOf } from './hash.ts'
import { Span } from './span.ts'

/** A key and its value. Entries of the same hash are chained. An entry is its key, which saves an object for each. */
class Entry<Value> extends Span {
  readonly value: Value
  readonly next: Entry<Value> | undefined

  constructor(key: Span, value: Value, next: Entry<Value> | undefined) {
    super(key.bytes, key.start, key.end)
    this.value = value
    this.next = next
  }
}

/**
 * A map whose keys are spans, without copies or strings. For the operator's bytes only: anyone who chooses keys can make
 * many with one hash.
 */
export class SpanMap<Value> {
  readonly #entries = new Map<number, Entry<Value>>()

  get(key: Span): Value | undefined {
    let entry = this.#entries.get(hashOf(key))
    while (entry !== undefined && !entry.equals(key)) entry = entry.next
    return entry?.value
  }

  /** Adds a key that is not there yet. */
  add(key: Span, value: Value): void {
    const hash = hashOf(key)
    this.#entries.set(hash, new Entry(key, value, this.#entries.get(hash)))
  }
}
