import type { Socket } from 'node:net'

/** Handshakes that have begun and not ended. */
export class Handshakes {
  private readonly unfinished = new Set<string>()

  get size(): number {
    return this.unfinished.size
  }

  /** @param socket the one that TLS is about to use */
  begin(socket: Socket): void {
    const key = keyOf(socket)
    if (key === undefined) return
    this.unfinished.add(key)
    socket.once('close', () => this.unfinished.delete(key))
  }

  /** @param socket the one that TLS has made of it */
  end(socket: Socket): void {
    const key = keyOf(socket)
    if (key !== undefined) this.unfinished.delete(key)
  }
}

/** Node does not tell which of its sockets is below a TLS socket. No two connections that are open have both ends alike. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}
