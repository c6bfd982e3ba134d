import { ServerResponse } from 'node:http'
import { Http2ServerResponse, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { clearTimeout, setTimeout } from 'node:timers'
import type { Server, TLSSocket } from 'node:tls'
import { Timer } from '../source/source.ts'

/** Bursts per second. Many small ones, because ending a TLS connection takes a tenth of a millisecond or more. */
const burstsPerSecond = 50

/** Closes items at a limited rate, so that their clients do not all reconnect at once. The first burst is immediate. */
export class Closings<Item> {
  readonly #queue = new Set<Item>()
  readonly #close: (item: Item) => void
  readonly #burst: number
  readonly #intervalMs: number
  #spent = 0
  readonly #timer: Timer = new Timer(() => {
    this.#spent = 0
    this.#drain()
  })

  constructor(perSecond: number, close: (item: Item) => void) {
    this.#close = close
    this.#burst = Math.max(1, Math.floor(perSecond / burstsPerSecond))
    this.#intervalMs = (1000 * this.#burst) / perSecond
  }

  add(item: Item): void {
    this.#queue.add(item)
    this.#drain()
  }

  delete(item: Item): void {
    this.#queue.delete(item)
  }

  #drain(): void {
    for (const item of this.#queue) {
      if (this.#spent >= this.#burst) break
      this.#queue.delete(item)
      this.#spent++
      this.#close(item)
    }
    if (this.#spent > 0 && !this.#timer.isSet) this.#timer.set(this.#intervalMs)
  }
}

/** Events that show how a connection is used. */
const usageEvents: ReadonlySet<string | symbol> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
  'upgrade',
  'connect',
  'session',
  'unknownProtocol',
])

export function isUsageEvent(event: string | symbol): boolean {
  return usageEvents.has(event)
}

/** How a connection is used. This decides how it ends. */
export class Usage {
  /** Not HTTP, or no longer HTTP after an upgrade or CONNECT: the application reads and writes the bytes. */
  #isRaw: boolean
  #session: ServerHttp2Session | undefined
  /** HTTP/1 responses that have not ended; several when requests are pipelined. */
  readonly #responses = new Set<ServerResponse>()
  #isEnding = false

  constructor(speaksHttp: boolean) {
    this.#isRaw = !speaksHttp
  }

  /** Records an accepted event for which `tellsUsage` is true. */
  record(event: string | symbol, socket: TLSSocket, args: readonly unknown[]): void {
    const [subject, response] = args
    if (event === 'session') this.#session = subject as ServerHttp2Session
    else if (response instanceof ServerResponse) this.#follow(response, socket)
    // An HTTP/2 tunnel is a stream, and ends with its session.
    else if (!(response instanceof Http2ServerResponse)) this.#isRaw = true
  }

  /**
   * Ends the connection. HTTP/2 sends GOAWAY. HTTP/2 streams and HTTP/1 responses in progress may continue for `withinMs`.
   * Everything else, upgraded connections included, ends at once.
   */
  end(socket: TLSSocket, withinMs: number): void {
    if (this.#isRaw) {
      socket.destroy()
      return
    }
    this.#isEnding = true
    const limit = setTimeout(() => {
      this.#session?.destroy()
      socket.destroy()
    }, withinMs).unref()
    socket.once('close', () => clearTimeout(limit))
    if (this.#session !== undefined) this.#session.close()
    else this.#endIdle(socket)
    for (const response of this.#responses) {
      // Tells the client not to reuse the connection.
      if (!response.headersSent) response.setHeader('connection', 'close')
    }
  }

  #follow(response: ServerResponse, socket: TLSSocket): void {
    this.#responses.add(response)
    response.once('close', () => {
      this.#responses.delete(response)
      if (this.#isEnding) this.#endIdle(socket)
    })
  }

  #endIdle(socket: TLSSocket): void {
    if (this.#responses.size === 0) socket.destroySoon()
  }
}

/**
 * Ends connections that are not accepted when the server closes. The server would otherwise wait for them: Node's `close` and
 * `closeAllConnections` only know connections that were handed to HTTP.
 */
export function endOnClose(server: Server, unaccepted: ReadonlySet<Socket>): void {
  // Connections that are being answered still get their answer.
  after(server, 'close', () => unaccepted.forEach((socket) => void socket.destroySoon()))
  after(server, 'closeAllConnections', () => unaccepted.forEach((socket) => void socket.destroy()))
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
