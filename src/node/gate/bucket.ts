/**
 * A token bucket whose whole state is one number, which the caller keeps: the moment, in milliseconds, at which the bucket
 * was, or will be, empty. What has come since is in it, but no more than comes in `fullAfterMs`.
 */
export class Bucket {
  /** The state of a full one. */
  static readonly full: number = -Infinity

  private readonly perMs: number
  private readonly fullAfterMs: number
  private readonly longestDebtMs: number

  /** @param longestDebtMs however much was taken, the bucket has tokens again after so long */
  constructor(perSecond: number, fullAfterMs: number, longestDebtMs = 0) {
    this.perMs = perSecond / 1000
    this.fullAfterMs = fullAfterMs
    this.longestDebtMs = longestDebtMs
  }

  /** Not one whole token is in it. */
  isEmpty(state: number, now: number): boolean {
    return now < state + 1 / this.perMs
  }

  isFull(state: number, now: number): boolean {
    return state <= now - this.fullAfterMs
  }

  /** The state after so many tokens were taken, whether they were there or not. */
  take(state: number, tokens: number, now: number): number {
    const before = Math.max(state, now - this.fullAfterMs)
    return Math.min(before + tokens / this.perMs, now + this.longestDebtMs)
  }
}
