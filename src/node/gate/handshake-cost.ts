/** More than honest clients send in a handshake: four RSA-4096 certificates and a post-quantum key share are 10 KB. */
const honestBytes = 12_288

/** Longer than such a handshake takes. */
const honestMs = 20

/** A handshake that takes longer counts more than once. */
const ordinaryMs = 3

/**
 * The most that a kilobyte of a handshake is held to have cost, so that a client does not pay for what the application did
 * meanwhile. Chains on sect571r1, the dearest there are, take about as long.
 */
const msPerKilobyte = 8

/** What a connection has sent, and how long its handshake seems to have kept the server busy. */
export class HandshakeCost {
  ms = 0
  #bytes = 0

  /** Takes into account that the server was busy so long while the connection came to have sent so many bytes. */
  add(busyMs: number, bytes: number): void {
    const most = ((bytes - this.#bytes) / 1024) * msPerKilobyte
    this.ms += Math.min(busyMs, most)
    this.#bytes = bytes
  }

  /** Whether it was too costly even for a client that is let in. What follows a handshake at once looks like a part of it. */
  get isExcessive(): boolean {
    return this.#bytes > honestBytes && this.ms > honestMs
  }

  /**
   * For how many handshakes it counts. Whoever comes at any time waits for half of the rest of what is under way: the mean
   * delay grows with the square of the time that one handshake takes (Pollaczek–Khinchine).
   */
  get weight(): number {
    return Math.max(1, (this.ms / ordinaryMs) ** 2)
  }
}
