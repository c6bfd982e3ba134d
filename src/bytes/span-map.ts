import { hashOf } from './hash.ts'
import type { Span } from './span.ts'

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
