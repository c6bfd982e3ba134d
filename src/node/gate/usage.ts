import { ServerResponse } from 'node:http'
import { Http2ServerResponse, type ServerHttp2Session } from 'node:http2'
import { clearTimeout, setTimeout } from 'node:timers'
import type { TLSSocket } from 'node:tls'

/** Events that show how a connection is used. */
const telling: ReadonlySet<string | symbol> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
  'upgrade',
  'connect',
  'session',
  'unknownProtocol',
])

export function tellsUsage(event: string | symbol): boolean {
  return telling.has(event)
}

/** How a connection is used. This decides how it ends. */
export class Usage {
  /** Not HTTP, or no longer HTTP after an upgrade or CONNECT: the application reads and writes the bytes. */
  #isRaw: boolean
  #session: ServerHttp2Session | undefined = undefined
  /** HTTP/1 responses that have not ended; several when requests are pipelined. */
  readonly #responses = new Set<ServerResponse>()
  #isEnding = false

  constructor(speaksHttp: boolean) {
    this.#isRaw = !speaksHttp
  }

  /** Records an accepted event for which `tellsUsage` is true. */
  note(event: string | symbol, socket: TLSSocket, args: readonly unknown[]): void {
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
