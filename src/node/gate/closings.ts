import { Timer } from '../source/timer.ts'

/** How often a second a burst is due, at most. */
const burstsPerSecond = 50

/**
 * Spreads what happens to many at a time, so that they do not all come back at a time: so many a second, in bursts, the
 * first of them at once.
 */
export class Closings<Item> {
  private readonly queue = new Set<Item>()
  private readonly close: (item: Item) => void
  private readonly burst: number
  private readonly intervalMs: number
  private spent = 0
  private readonly timer: Timer = new Timer(() => {
    this.spent = 0
    this.drain()
  })

  constructor(perSecond: number, close: (item: Item) => void) {
    this.close = close
    this.burst = Math.max(1, Math.floor(perSecond / burstsPerSecond))
    this.intervalMs = (1000 * this.burst) / perSecond
  }

  add(item: Item): void {
    this.queue.add(item)
    this.drain()
  }

  delete(item: Item): void {
    this.queue.delete(item)
  }

  private drain(): void {
    for (const item of this.queue) {
      if (this.spent >= this.burst) break
      this.queue.delete(item)
      this.spent++
      this.close(item)
    }
    if (this.spent > 0 && !this.timer.isSet) this.timer.set(this.intervalMs)
  }
}
