import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { clearTimeout, setTimeout } from 'node:timers'
import type { TLSSocket } from 'node:tls'
import { type GateCode, refusalOf } from './codes.ts'

export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse

/** How long a refused client may take to ask and be answered, in milliseconds. */
const lingerMs = 5000

/** Refused connections that are open at a time; beyond it they are closed unanswered, so that refusals are no burden. */
const maxLingering = 1000

/**
 * Answers refused connections on servers of its own, which never listen: the application's server does not learn of them,
 * so that no handler, however it is registered, can be reached.
 */
export class RefusalServer {
  readonly #http1 = createServer()
  readonly #http2 = createHttp2Server()
  #open = 0

  constructor() {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      answerRequest(response, codeOfSocket(request.socket))
    }
    // Without these the server would ask for the body first.
    for (const event of ['request', 'checkContinue', 'checkExpectation']) this.#http1.on(event, answer)
    // Nor would it answer a request for a tunnel at all.
    this.#http1.on('connect', ({ socket }) => answerUpgrade(socket, codeOfSocket(socket)))
    this.#http2.on('session', (session) => {
      session.on('error', ignore)
      session.on('stream', (stream) => {
        answerStream(stream, codeOfSocket(session.socket))
        session.close()
      })
    })
  }

  /** Refused connections that are still open, to be answered. */
  get lingering(): number {
    return this.#open
  }

  /** Answers the connection's requests with the code, or closes it, and ends it in any case. */
  refuse(socket: TLSSocket, code: GateCode, how: 'answer' | 'close'): void {
    socket.on('error', ignore)
    if (how === 'close' || this.#open >= maxLingering) {
      socket.destroySoon()
      return
    }
    this.#open++
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref()
    socket.once('close', () => {
      clearTimeout(timer)
      this.#open--
    })
    Object.defineProperty(socket, codeOf, { value: code })
    const server = socket.alpnProtocol === 'h2' ? this.#http2 : this.#http1
    server.emit('connection', socket)
  }
}

/** HTTP/2 hands out proxies of sockets, which have their properties. */
const codeOf = Symbol('portcullis.refusal')

function codeOfSocket(socket: object): GateCode {
  return (socket as { readonly [codeOf]?: GateCode })[codeOf] ?? 'not_judged'
}

function ignore(): void {}

function headersOf(body: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'content-length': String(body.length), 'cache-control': 'no-store' }
}

/** Answers one request; over HTTP/1 the connection ends with it, since the rest of the request is not read. */
export function answerRequest(response: AnyResponse, code: GateCode): void {
  const { status, body } = refusalOf(code)
  if (response instanceof Http2ServerResponse) {
    answerStream(response.stream, code)
    return
  }
  response.on('error', ignore)
  response.writeHead(status, { ...headersOf(body), connection: 'close' }).end(body)
}

export function answerStream(stream: ServerHttp2Stream, code: GateCode): void {
  const { status, body } = refusalOf(code)
  stream.on('error', ignore)
  // A client may reset a stream in the packet that opens it: `respond` throws then, and nobody waits for an answer.
  if (stream.destroyed || stream.closed || stream.headersSent) return
  stream.respond({ ':status': status, ...headersOf(body) })
  stream.end(body)
}

/** Answers a request for an upgrade or a tunnel, for which there is no response object. */
export function answerUpgrade(socket: Duplex, code: GateCode): void {
  const { status, body } = refusalOf(code)
  const headers = Object.entries({ ...headersOf(body), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', ignore)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${body}`)
  socket.once('finish', () => socket.destroy())
}
