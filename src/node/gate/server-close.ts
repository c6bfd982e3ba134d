import type { Socket } from 'node:net'
import type { Server } from 'node:tls'

/**
 * Ends connections that were not let through when the server closes: Node's own `close` and `closeAllConnections` of HTTP
 * servers know those that were handed to HTTP, and a server would wait for the others.
 */
export function endOnClose(server: Server, outside: ReadonlySet<Socket>): void {
  // Those that are being answered get their answer.
  after(server, 'close', () => outside.forEach((socket) => void socket.destroySoon()))
  after(server, 'closeAllConnections', () => outside.forEach((socket) => void socket.destroy()))
}

function after(server: object, name: 'close' | 'closeAllConnections', then: () => void): void {
  const method: unknown = Reflect.get(server, name)
  if (typeof method !== 'function') return
  const value = (...args: readonly unknown[]): unknown => {
    const result: unknown = Reflect.apply(method, server, args)
    then()
    return result
  }
  Object.defineProperty(server, name, { value, configurable: true, writable: true })
}
