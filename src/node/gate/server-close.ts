import type { Socket } from 'node:net'
import type { Server } from 'node:tls'

/**
 * Ends connections that are not accepted when the server closes. The server would otherwise wait for them: Node's `close` and
 * `closeAllConnections` only know connections that were handed to HTTP.
 */
export function endOnClose(server: Server, outside: ReadonlySet<Socket>): void {
  // Connections that are being answered still get their answer.
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
