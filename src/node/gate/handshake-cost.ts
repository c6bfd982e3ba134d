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
