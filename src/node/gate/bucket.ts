/**
 * A token bucket whose whole state is one number, which the caller keeps: the moment, in milliseconds, at which the bucket
 * was, or will be, empty. What has come since is in it, but no more than comes in `fullAfterMs`.
 */
export class Bucket {
  /** The state of a full one. */
  static readonly full: number = -Infinity

  readonly #perMs: number
  readonly #fullAfterMs: number

  constructor(perSecond: number, fullAfterMs: number) {
    this.#perMs = perSecond / 1000
    this.#fullAfterMs = fullAfterMs
  }

  /** Not one whole token is in it. */
  isEmpty(state: number, now: number): boolean {
    return now < state + 1 / this.#perMs
  }

  isFull(state: number, now: number): boolean {
    return state <= now - this.#fullAfterMs
  }

  /**
   * The state after so many tokens were taken, whether they were there or not.
   *
   * @param longestDebtMs however many it were, tokens come again after so long
   */
  take(state: number, tokens: number, now: number, longestDebtMs = 0): number {
    const before = Math.max(state, now - this.#fullAfterMs)
    return Math.max(state, Math.min(before + tokens / this.#perMs, now + longestDebtMs))
  }
}
