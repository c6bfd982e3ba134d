import { Buffer } from 'node:buffer'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A response: its body where the status is 200, empty otherwise. */
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
 * One GET request, without following redirects. The body is complete, or this throws: it has to say where it ends, by
 * Content-Length or by chunks, since a connection that is closed early looks like the end of one that does not.
 *
 * @throws Error for whatever goes wrong on the way, and when the signal is aborted
 */
export function exchange(url: URL, { headers, maxBytes, agent, signal }: ExchangeTerms): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    // A connection of its own: one that was kept open may be closed by the server just now.
    const request = send(url, { headers: { ...headers }, agent: agent ?? false, signal })
    const fail = (error: Error): void => {
      reject(error)
      request.destroy()
    }
    request.on('error', reject)
    let answered = false
    // Nothing else comes where the server switches protocols, unasked.
    request.on('close', () => answered || reject(new Error('the connection was closed without a response')))
    request.on('response', (response) => {
      answered = true
      response.on('error', reject)
      const { statusCode: status = 0 } = response
      // Without a prototype, on which a header that is missing might be found.
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
  // RFC 9112 6.3: whatever ends otherwise than by chunks ends with the connection.
  if (encoding !== undefined && encoding !== 'chunked')
    return `the response has Transfer-Encoding ${encoding}, which was not asked for`
  if (length === undefined && encoding === undefined) {
    return 'the response has no Content-Length and no chunks, so that nobody can tell whether it is complete'
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
  // Neither `end` nor `error` comes where the connection is closed by our side.
  response.on('close', () => fail(new Error(`the connection was closed after ${size} bytes of the response`)))
}
