import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers'

/**
 * How long the event loop was busy since it was last asked. OpenSSL works between two moments at which JavaScript runs, and
 * tells nobody; what is left is to look at the clock at every moment there is, and to take off the time spent waiting.
 */
export class Stopwatch {
  private readonly onTurn: (busyMs: number) => boolean
  private isRunning = false
  private at = 0
  private idle = 0

  /** @param onTurn called at every turn of the event loop, with the time since the last lap; false stops the watch */
  constructor(onTurn: (busyMs: number) => boolean) {
    this.onTurn = onTurn
  }

  start(): void {
    if (this.isRunning) return
    this.isRunning = true
    this.lap()
    this.next()
  }

  /** Milliseconds since the last lap, without those in which the event loop had nothing to do. */
  lap(): number {
    const at = performance.now()
    // Deno has no such figure.
    const idle = performance.nodeTiming.idleTime ?? 0
    const busy = at - this.at - (idle - this.idle)
    this.at = at
    this.idle = idle
    return Math.max(0, busy)
  }

  private next(): void {
    // Unreferenced, it runs once a turn and causes none.
    setImmediate(() => {
      this.isRunning = this.onTurn(this.lap())
      if (this.isRunning) this.next()
    }).unref()
  }
}
