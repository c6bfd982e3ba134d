/**
 * A token bucket. Its state is one number that the caller keeps: the time in milliseconds at which the bucket was, or will
 * be, empty. It holds the tokens gained since then, up to those of `fullAfterMs`.
 */
export class Bucket {
  /** The state of a full bucket. */
  static readonly full: number = -Infinity

  readonly #perMs: number
  readonly #fullAfterMs: number

  constructor(perSecond: number, fullAfterMs: number) {
    this.#perMs = perSecond / 1000
    this.#fullAfterMs = fullAfterMs
  }

  get capacity(): number {
    return this.#perMs * this.#fullAfterMs
  }

  /**
   * Whether less than one token is left.
   *
   * @param reserved tokens that must remain untouched
   */
  isEmpty(state: number, now: number, reserved = 0): boolean {
    return this.#tokens(state, now) < 1 + reserved
  }

  /** Whether less than half of its capacity is left. */
  isHalfEmpty(state: number, now: number): boolean {
    return now - state < this.#fullAfterMs / 2
  }

  #tokens(state: number, now: number): number {
    return Math.min(now - state, this.#fullAfterMs) * this.#perMs
  }

  isFull(state: number, now: number): boolean {
    return state <= now - this.#fullAfterMs
  }

  /**
   * The state after taking tokens, even if fewer were left.
   *
   * @param longestDebtMs the longest time that the bucket then stays empty
   */
  take(state: number, tokens: number, now: number, longestDebtMs = 0): number {
    const before = Math.max(state, now - this.#fullAfterMs)
    return Math.max(state, Math.min(before + tokens / this.#perMs, now + longestDebtMs))
  }
}
