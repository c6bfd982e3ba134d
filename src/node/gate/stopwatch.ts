import { performance } from 'node:perf_hooks'
import { cpuUsage } from 'node:process'
import { setImmediate } from 'node:timers'

/**
 * Measures how long the event loop was busy since the last lap. OpenSSL does not report how long it works between two
 * JavaScript callbacks, so the clocks are read at each of them.
 */
export class Stopwatch {
  readonly #onTurn: (busyMs: number) => boolean
  #isRunning = false
  #at = 0
  #idle = 0
  #cpu = 0

  /** @param onTurn called at every turn of the event loop, with the time since the last lap; return false to stop the watch */
  constructor(onTurn: (busyMs: number) => boolean) {
    this.#onTurn = onTurn
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.lap()
    this.#next()
  }

  /**
   * Milliseconds of work since the last lap, without the time that the event loop was idle. The lesser of two clocks:
   * wall-clock time includes other processes, CPU time includes other threads of this process.
   */
  lap(): number {
    const at = performance.now()
    // Deno does not report it.
    const idle = performance.nodeTiming.idleTime ?? 0
    const { user, system } = cpuUsage()
    const cpu = (user + system) / 1000
    const busy = Math.min(at - this.#at - (idle - this.#idle), cpu - this.#cpu)
    this.#at = at
    this.#idle = idle
    this.#cpu = cpu
    return Math.max(0, busy)
  }

  #next(): void {
    // Unreferenced, it runs once per turn but does not keep the loop alive.
    setImmediate(() => {
      this.#isRunning = this.#onTurn(this.lap())
      if (this.#isRunning) this.#next()
    }).unref()
  }
}
