import type { IncomingMessage } from 'node:http'
import { Http2ServerRequest, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Admission } from './admission.ts'
import { type AnyRequest, type AnyResponse, answerRequest, answerStream, answerUpgrade } from './refuse.ts'

/** Decides whether something that arrived over a connection is accepted. */
export type RequestGuard = (source: object, authorities: readonly string[]) => Admission

/** Passes an event's arguments on (true), or answers the client itself. */
export type EventGuard = (args: readonly unknown[], guard: RequestGuard) => boolean

/** The events that hand requests to an application. HTTP/2 emits `stream`, and `request` for its compatibility API. */
const eventGuards: Readonly<Record<string, EventGuard>> = {
  request: passRequest,
  checkContinue: passRequest,
  checkExpectation: passRequest,
  upgrade: passUpgrade,
  // The server answers it: the socket has reached maxRequestsPerSocket.
  dropRequest: ([request], guard) => guard(request as IncomingMessage, authoritiesOf(request as IncomingMessage)).ok,
  connect(args, guard) {
    // HTTP/2 passes a request and a response here, HTTP/1 a socket.
    return args[0] instanceof Http2ServerRequest ? passRequest(args, guard) : passUpgrade(args, guard)
  },
  stream([stream, headers], guard) {
    // The stream was reset before its event. Its connection is gone, and no one is waiting for an answer.
    if ((stream as ServerHttp2Stream).destroyed) return false
    const admission = guard(stream as ServerHttp2Stream, authoritiesOfHttp2(headers as IncomingHttpHeaders))
    if (!admission.ok) answerStream(stream as ServerHttp2Stream, admission.code)
    return admission.ok
  },
}

/** The guard of an event. `undefined` for events that carry no request. */
export function eventGuardOf(event: string | symbol): EventGuard | undefined {
  return typeof event === 'string' && Object.hasOwn(eventGuards, event) ? eventGuards[event] : undefined
}

function passRequest([request, response]: readonly unknown[], guard: RequestGuard): boolean {
  const admission = guard(request as AnyRequest, authoritiesOf(request as AnyRequest))
  if (!admission.ok) answerRequest(response as AnyResponse, admission.code)
  return admission.ok
}

function passUpgrade([request, socket]: readonly unknown[], guard: RequestGuard): boolean {
  const admission = guard(request as IncomingMessage, authoritiesOf(request as IncomingMessage))
  if (!admission.ok) answerUpgrade(socket as Duplex, admission.code)
  return admission.ok
}

function authoritiesOf(request: AnyRequest): readonly string[] {
  if (request instanceof Http2ServerRequest) return authoritiesOfHttp2(request.headers)
  const authorities: string[] = []
  // All of them: `headers` keeps the first, but the application may read the last from `rawHeaders`.
  const { rawHeaders, url = '', method } = request
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === 'host') authorities.push(rawHeaders[i + 1]!)
  }
  // RFC 9112 3.2.2 and 3.2.3: a target in absolute or authority form names the host; Host is ignored.
  if (method === 'CONNECT') authorities.push(url)
  else if (!url.startsWith('/') && url !== '*') authorities.push(/^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '')
  return authorities
}

function authoritiesOfHttp2(headers: IncomingHttpHeaders): readonly string[] {
  return [headers[':authority'], headers.host].filter((authority) => typeof authority === 'string')
}
