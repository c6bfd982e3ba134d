import type { Socket } from 'node:net'

/** After this wait, `isDue` decides whether the handshake begins. The handshakes ahead of it may never finish. */
const longWaitMs = 500

/** Connections of one address whose TLS handshake has not begun, oldest first. */
export class HandshakeQueue {
  readonly #waiting = new Map<Socket, () => void>()

  get size(): number {
    return this.#waiting.size
  }

  /**
   * @param begin called at most once: when its turn comes or after a long wait, and never after the connection was closed
   * @param isDue whether to begin after a long wait without its turn; if not, the wait starts over
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
    // TLS handles errors once it has the connection. Until then an `error` event would be unhandled.
    raw.on('error', ignore)
    raw.once('close', leave)
    this.#waiting.set(raw, begun)
  }

  /** Begins the oldest handshake. */
  next(): void {
    for (const begin of this.#waiting.values()) return begin()
  }
}

const ignore = (): void => undefined
