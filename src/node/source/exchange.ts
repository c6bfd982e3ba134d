import { Buffer } from 'node:buffer'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A response. The body is empty unless the status is 200. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

export interface ExchangeTerms {
  readonly headers: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly agent: Agent | undefined
  readonly signal: AbortSignal
}

/**
 * One GET request, without following redirects. The body is complete, or this throws. The response must state where it ends,
 * by Content-Length or chunked encoding: otherwise a connection that was closed early looks like a complete response.
 *
 * @throws Error for any failure, and when the signal is aborted
 */
export function exchange(url: URL, { headers, maxBytes, agent, signal }: ExchangeTerms): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    // A new connection: the server may be closing a kept-alive one right now.
    const request = send(url, { headers: { ...headers }, agent: agent ?? false, signal })
    const fail = (error: Error): void => {
      reject(error)
      request.destroy()
    }
    request.on('error', reject)
    let answered = false
    // The only event if the server switches protocols without being asked.
    request.on('close', () => answered || reject(new Error('the connection was closed without a response')))
    request.on('response', (response) => {
      answered = true
      response.on('error', reject)
      const { statusCode: status = 0 } = response
      // Without a prototype, so that a missing header cannot be found there.
      const received: IncomingHttpHeaders = Object.assign(Object.create(null), response.headers)
      if (status !== 200) {
        resolve({ status, headers: received, body: new Uint8Array() })
        request.destroy()
        return
      }
      const refusal = refuseFraming(received, maxBytes)
      if (refusal !== undefined) fail(new Error(refusal))
      else collect(response, received['content-length'], maxBytes, (body) => resolve({ status, headers: received, body }), fail)
    })
    request.end()
  })
}

function refuseFraming(headers: IncomingHttpHeaders, maxBytes: number): string | undefined {
  const length = headers['content-length']
  const encoding = headers['transfer-encoding']?.toLowerCase()
  // RFC 9112 6.3: with any other encoding, the body ends where the connection does.
  if (encoding !== undefined && encoding !== 'chunked')
    return `the response has Transfer-Encoding ${encoding} that was not requested`
  if (length === undefined && encoding === undefined) {
    return 'the response has neither Content-Length nor chunked encoding, so it may be incomplete'
  }
  return length !== undefined && Number(length) > maxBytes ? tooLarge(`${length} bytes`, maxBytes) : undefined
}

function tooLarge(size: string, maxBytes: number): string {
  return `the response has ${size}; maxBytes allows ${maxBytes}`
}

function collect(
  response: IncomingMessage,
  stated: string | undefined,
  maxBytes: number,
  done: (body: Uint8Array) => void,
  fail: (error: Error) => void,
): void {
  const chunks: Uint8Array[] = []
  let size = 0
  response.on('data', (chunk: Uint8Array) => {
    size += chunk.length
    if (size > maxBytes) fail(new Error(tooLarge('more', maxBytes)))
    else chunks.push(chunk)
  })
  response.on('end', () => {
    if (response.complete && (stated === undefined || Number(stated) === size)) done(Buffer.concat(chunks))
    else fail(new Error(`the response ended after ${size} bytes of ${stated ?? 'unknown length'}`))
  })
  // If our side closes the connection, there is neither `end` nor `error`.
  response.on('close', () => fail(new Error(`the connection was closed after ${size} bytes of the response`)))
}
