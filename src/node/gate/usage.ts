import { ServerResponse } from 'node:http'
import { Http2ServerResponse, type ServerHttp2Session } from 'node:http2'
import { clearTimeout, setTimeout } from 'node:timers'
import type { TLSSocket } from 'node:tls'

/** The events that say how a connection is used. */
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

/** What a connection is used for, and with it how it is ended. */
export class Usage {
  /** HTTP no longer has it, or never had: an application reads and writes as it likes. */
  private isRaw: boolean
  private session: ServerHttp2Session | undefined = undefined
  /** Of HTTP/1: those that have not ended. Clients that do not wait for an answer may have several. */
  private readonly responses = new Set<ServerResponse>()
  private isEnding = false

  constructor(speaksHttp: boolean) {
    this.isRaw = !speaksHttp
  }

  /** An event that was let through, one of those that tell something. */
  note(event: string | symbol, socket: TLSSocket, args: readonly unknown[]): void {
    const [subject, response] = args
    if (event === 'session') this.session = subject as ServerHttp2Session
    else if (response instanceof ServerResponse) this.follow(response, socket)
    // A tunnel of HTTP/2 is a stream, and ends with its session.
    else if (!(response instanceof Http2ServerResponse)) this.isRaw = true
  }

  /**
   * Ends the connection. HTTP/2 is told by GOAWAY; streams, and responses of HTTP/1, that are under way may go on for
   * `withinMs`. What is not HTTP, or no longer, ends at once.
   */
  end(socket: TLSSocket, withinMs: number): void {
    if (this.isRaw) {
      socket.destroy()
      return
    }
    this.isEnding = true
    const limit = setTimeout(() => {
      this.session?.destroy()
      socket.destroy()
    }, withinMs).unref()
    socket.once('close', () => clearTimeout(limit))
    if (this.session !== undefined) this.session.close()
    else this.endIdle(socket)
    for (const response of this.responses) {
      // So that the client asks nothing more here.
      if (!response.headersSent) response.setHeader('connection', 'close')
    }
  }

  private follow(response: ServerResponse, socket: TLSSocket): void {
    this.responses.add(response)
    response.once('close', () => {
      this.responses.delete(response)
      if (this.isEnding) this.endIdle(socket)
    })
  }

  private endIdle(socket: TLSSocket): void {
    if (this.responses.size === 0) socket.destroySoon()
  }
}
