/** More than honest clients send in a handshake: four RSA-4096 certificates and a post-quantum key share are 10 KB. */
const honestBytes = 12_288

/** Longer than such a handshake takes. */
const honestMs = 20

/** A handshake that takes longer counts more than once. */
const ordinaryMs = 3

/**
 * The most that a kilobyte of a handshake is charged, so that a client does not pay for the application's work. Chains on
 * sect571r1, the slowest curve, take about as long.
 */
const msPerKilobyte = 8

/** What a connection has sent, and how long its handshake seems to have kept the server busy. */
export class HandshakeCost {
  ms = 0
  #bytes = 0

  /** @param bytes how many the connection has sent so far */
  add(busyMs: number, bytes: number): void {
    const most = ((bytes - this.#bytes) / 1024) * msPerKilobyte
    this.ms += Math.min(busyMs, most)
    this.#bytes = bytes
  }

  /** Whether it was too costly even for an accepted client. Work right after a handshake cannot be told from the handshake. */
  get isExcessive(): boolean {
    return this.#bytes > honestBytes && this.ms > honestMs
  }

  /**
   * How many handshakes it counts for: the mean delay of other clients grows with the square of the time that one handshake
   * takes (Pollaczek–Khinchine).
   */
  get weight(): number {
    return Math.max(1, (this.ms / ordinaryMs) ** 2)
  }
}
