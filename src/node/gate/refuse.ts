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
import { type RejectCode, rejectInfo } from '../../codes/reject.ts'

interface GateRow {
  readonly status: number
  readonly message: string
}

type OwnCode =
  | 'no_certificate'
  | 'unknown_domain'
  | 'misdirected_request'
  | 'not_authorized'
  | 'authorizer_failed'
  | 'authorizer_timeout'
  | 'overloaded'
  | 'not_judged'
  | 'internal_error'

/** The codes that only a gate has. Those of `verifyChain` have their own table, and always status 403. */
const table: Readonly<Record<OwnCode, GateRow>> = {
  no_certificate: { status: 403, message: 'The client presented no certificate.' },
  unknown_domain: { status: 403, message: 'This server does not serve the requested server name.' },
  misdirected_request: { status: 421, message: 'The request is for a different domain than the connection.' },
  not_authorized: { status: 403, message: 'The client is not authorized.' },
  authorizer_failed: { status: 403, message: 'The authorization check failed.' },
  authorizer_timeout: { status: 403, message: 'The authorization check timed out.' },
  overloaded: { status: 503, message: 'Too many clients are waiting for authorization.' },
  not_judged: { status: 403, message: 'The connection was not verified.' },
  internal_error: { status: 403, message: 'The connection could not be verified.' },
}

/**
 * Why a gate rejects a connection or request: the codes of `verifyChain`, and those that only a gate has. `internal_error`:
 * the gate's own configuration fails, for instance a `revocation` function that throws; `onReject` gets the error.
 */
export type GateCode = RejectCode | OwnCode

/** Why a gate ends an open connection: a rejection code, or `max_age_reached` for `maxConnectionAgeMs`. */
export type CloseCode = GateCode | 'max_age_reached'

/** Rejections that say nothing about the client: the server lacks what it needs to verify it. */
const troubles: ReadonlySet<GateCode> = new Set<GateCode>([
  'authorizer_failed',
  'authorizer_timeout',
  'overloaded',
  'internal_error',
  'revocation_unknown',
])

/** Whether the client is to blame for the rejection. */
export function isOfClient(code: GateCode): boolean {
  return !troubles.has(code)
}

/** Whether it is one of the codes above. */
export function isGateCode(code: unknown): code is GateCode {
  return typeof code === 'string' && (Object.hasOwn(table, code) || rejectInfo(code) !== undefined)
}

/** What a client receives: the code and its sentence. They are the same for everyone, and reveal nothing about certificates. */
export interface Refusal {
  readonly status: number
  readonly body: string
}

const refusals = new Map<GateCode, Refusal>()

/** The answer for a code. */
export function refusalOf(code: GateCode): Refusal {
  const known = refusals.get(code)
  if (known !== undefined) return known
  const status = Object.hasOwn(table, code) ? table[code as OwnCode].status : 403
  const refusal = { status, body: `${JSON.stringify({ code, message: messageOf(code) })}\n` }
  refusals.set(code, refusal)
  return refusal
}

/** The code's sentence. */
export function messageOf(code: GateCode): string {
  return Object.hasOwn(table, code) ? table[code as OwnCode].message : rejectInfo(code)!.summary
}

export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse

/** How long a rejected client may take to send its request and receive the answer, in milliseconds. */
const lingerMs = 5000

/** The most rejected connections open at a time. Beyond it they are closed without an answer, so that rejections stay cheap. */
const maxLingering = 1000

/**
 * Answers rejected connections on separate servers that never listen. The application's server never sees them, so they
 * cannot reach any of its handlers.
 */
export class RefusalServer {
  readonly #http1 = createServer()
  readonly #http2 = createHttp2Server()
  #open = 0

  constructor() {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      answerRequest(response, codeOfSocket(request.socket))
    }
    // Without these listeners the server would ask for the body first.
    for (const event of ['request', 'checkContinue', 'checkExpectation']) this.#http1.on(event, answer)
    // Without this one it would not answer CONNECT at all.
    this.#http1.on('connect', ({ socket }) => answerUpgrade(socket, codeOfSocket(socket)))
    this.#http2.on('session', (session) => {
      session.on('error', ignore)
      session.on('stream', (stream) => {
        answerStream(stream, codeOfSocket(session.socket))
        session.close()
      })
    })
  }

  /** The rejected connections that are open, to be answered. */
  get lingering(): number {
    return this.#open
  }

  /** Answers the connection's requests with the code, or closes it at once. It ends in either case. */
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

/** HTTP/2 hands out proxies of sockets, which share their properties. */
const codeOf = Symbol('portcullis.refusal')

function codeOfSocket(socket: object): GateCode {
  return (socket as { readonly [codeOf]?: GateCode })[codeOf] ?? 'not_judged'
}

function ignore(): void {}

function headersOf(body: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'content-length': String(body.length), 'cache-control': 'no-store' }
}

/** Answers one request. With HTTP/1 this ends the connection, since the rest of the request is not read. */
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
  // A client may reset a stream in the packet that opens it. `respond` would throw, and no one is waiting for an answer.
  if (stream.destroyed || stream.closed || stream.headersSent) return
  stream.respond({ ':status': status, ...headersOf(body) })
  stream.end(body)
}

/** Answers an upgrade or CONNECT request, which has no response object. */
export function answerUpgrade(socket: Duplex, code: GateCode): void {
  const { status, body } = refusalOf(code)
  const headers = Object.entries({ ...headersOf(body), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', ignore)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${body}`)
  socket.once('finish', () => socket.destroy())
}
