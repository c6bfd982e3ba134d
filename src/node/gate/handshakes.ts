import type { Socket } from 'node:net'

/** Counts handshakes that have begun and not ended. */
export class Handshakes {
  private readonly unfinished = new Set<string>()

  get size(): number {
    return this.unfinished.size
  }

  /** @param socket the TCP socket */
  begin(socket: Socket): void {
    const key = keyOf(socket)
    if (key === undefined) return
    this.unfinished.add(key)
    socket.once('close', () => this.unfinished.delete(key))
  }

  /** @param socket the TLS socket above it */
  end(socket: Socket): void {
    const key = keyOf(socket)
    if (key !== undefined) this.unfinished.delete(key)
  }
}

/** Node has no public link from a TLS socket to the one below. Both have the same ends, and no other open connection does. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
