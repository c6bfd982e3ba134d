import { Timer } from '../source/timer.ts'

/** Bursts per second. Many small ones, because ending a TLS connection takes a tenth of a millisecond or more. */
const burstsPerSecond = 50

/** Closes items at a limited rate, so that their clients do not all reconnect at once. The first burst is immediate. */
export class Closings<Item> {
  readonly #queue = new Set<Item>()
  readonly #close: (item: Item) => void
  readonly #burst: number
  readonly #intervalMs: number
  #spent = 0
  readonly #timer: Timer = new Timer(() => {
    this.#spent = 0
    this.#drain()
  })

  constructor(perSecond: number, close: (item: Item) => void) {
    this.#close = close
    this.#burst = Math.max(1, Math.floor(perSecond / burstsPerSecond))
    this.#intervalMs = (1000 * this.#burst) / perSecond
  }

  add(item: Item): void {
    this.#queue.add(item)
    this.#drain()
  }

  delete(item: Item): void {
    this.#queue.delete(item)
  }

  #drain(): void {
    for (const item of this.#queue) {
      if (this.#spent >= this.#burst) break
      this.#queue.delete(item)
      this.#spent++
      this.#close(item)
    }
    if (this.#spent > 0 && !this.#timer.isSet) this.#timer.set(this.#intervalMs)
  }
}
