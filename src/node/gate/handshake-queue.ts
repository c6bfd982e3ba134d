import type { Socket } from 'node:net'

/** Who has waited so long is asked about, whatever becomes of the handshakes under way: some of them may never end. */
const longWaitMs = 500

/** Connections of one address that TLS has not begun on, in the order in which they came. */
export class HandshakeQueue {
  readonly #waiting = new Map<Socket, () => void>()

  get size(): number {
    return this.#waiting.size
  }

  /**
   * @param begin called once: when its turn comes or after a long wait, and never after the connection was closed
   * @param isDue whether a long wait ends without its turn; if not, it waits as long again
   */
  add(raw: Socket, begin: () => void, isDue: () => boolean): void {
    const leave = (): void => {
      clearInterval(timer)
      raw.off('error', ignore)
      raw.off('close', leave)
      this.#waiting.delete(raw)
    }
    const begun = (): void => {
      leave()
      begin()
    }
    const timer = setInterval(() => {
      if (isDue()) begun()
    }, longWaitMs)
    // TLS hears of errors once it has the connection. Until then nobody would.
    raw.on('error', ignore)
    raw.once('close', leave)
    this.#waiting.set(raw, begun)
  }

  /** Begins the handshake that has waited longest. */
  next(): void {
    for (const begin of this.#waiting.values()) return begin()
  }
}

const ignore = (): void => undefined
