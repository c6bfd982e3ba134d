import { performance } from 'node:perf_hooks'
import { cpuUsage } from 'node:process'
import { setImmediate } from 'node:timers'

/**
 * More bytes than an honest client sends in a handshake: four RSA-4096 certificates and a post-quantum key share take 10 KB.
 */
const honestBytes = 12_288

/** Longer than an honest handshake takes. */
const honestMs = 20

/** A handshake that takes longer than this counts more than once. */
const ordinaryMs = 3

/**
 * The most that one kilobyte of a handshake is charged, so that a client does not pay for the application's work. Chains on
 * sect571r1, the slowest curve, take about this long.
 */
const msPerKilobyte = 8

/** The bytes that a connection has sent, and an estimate of how long its handshake kept the server busy. */
export class HandshakeCost {
  ms = 0
  #bytes = 0

  /** @param bytes total bytes that the connection has sent so far */
  add(busyMs: number, bytes: number): void {
    const most = ((bytes - this.#bytes) / 1024) * msPerKilobyte
    this.ms += Math.min(busyMs, most)
    this.#bytes = bytes
  }

  /**
   * Whether it was too expensive even for an accepted client. Work of the application right after a handshake counts too: the
   * two cannot be told apart.
   */
  get isExcessive(): boolean {
    return this.#bytes > honestBytes && this.ms > honestMs
  }

  /**
   * How many handshakes this one counts for. Quadratic, because the mean delay of other clients grows with the square of the
   * service time (Pollaczek–Khinchine).
   */
  get weight(): number {
    return Math.max(1, (this.ms / ordinaryMs) ** 2)
  }
}

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
