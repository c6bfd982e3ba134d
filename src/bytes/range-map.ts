import { hashRange, rangesEqual } from './range.ts'

/** Entries of the same hash are chained. */
interface Entry<Value> {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly value: Value
  readonly next: Entry<Value> | undefined
}

/**
 * A map whose keys are ranges of bytes, without copies or strings. For the operator's bytes only: anyone who chooses keys can
 * make many with one hash.
 */
export class RangeMap<Value> {
  readonly #entries = new Map<number, Entry<Value>>()

  get(bytes: Uint8Array, start: number, end: number): Value | undefined {
    let entry = this.#entries.get(hashRange(bytes, start, end))
    while (entry !== undefined && !rangesEqual(entry.bytes, entry.start, entry.end, bytes, start, end)) entry = entry.next
    return entry?.value
  }

  /** Adds a key that is not there yet. */
  add(bytes: Uint8Array, start: number, end: number, value: Value): void {
    const hash = hashRange(bytes, start, end)
    this.#entries.set(hash, { bytes, start, end, value, next: this.#entries.get(hash) })
  }
}
