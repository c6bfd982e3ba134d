import { Buffer } from 'node:buffer'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { clearTimeout, setTimeout } from 'node:timers'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { TruststoreSourceError } from './handle.ts'
import type { Loaded } from './versions.ts'

/** How a server names a version: by HTTP's entity tag (RFC 9110 8.8.3) or S3's version ID. */
export interface Validators {
  readonly etag: string | undefined
  readonly versionId: string | undefined
}

/**
 * The validators of the last response, and its URL including the query. An entity tag is only meaningful for the same URL
 * (RFC 9110 8.8.3), and another query may mean another object, version or tenant.
 */
export interface Known extends Validators {
  readonly address: string
}

/** The agent for the given URL, or a function that returns the agent for each URL, redirects included. */
export type UrlAgent = Agent | ((url: URL) => Agent | undefined)

export interface DownloadTerms {
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly maxRedirects: number
  readonly allowHttp: boolean
  readonly agent: UrlAgent | undefined
  readonly signal: AbortSignal
}

const longestRetryAfterMs = 3_600_000

/**
 * Downloads a URL and follows redirects. One time limit applies to everything, so that a server that sends one byte per
 * second is cut off.
 *
 * @param known validators, for a conditional request to the URL that they came from
 * @returns the body and validators of the last URL, with that URL; `undefined` if it has not changed
 * @throws TruststoreSourceError for everything but a complete body or a 304 about the right version
 */
export async function download(
  from: URL,
  known: Known | undefined,
  terms: DownloadTerms,
): Promise<{ readonly loaded: Loaded; readonly address: string } | undefined> {
  let url = from
  let believed = known?.etag === undefined ? undefined : known
  const limit = limitTime(terms.timeoutMs, terms.signal)
  try {
    for (let redirects = 0; ; ) {
      const address = addressOf(url)
      const condition = believed?.address === address ? believed : undefined
      const headers = headersFor(url, from, condition?.etag, terms.headers)
      const agent = agentFor(url, from, terms.agent)
      const answer = await exchange(url, { ...terms, signal: limit.signal, headers, agent })
      if (answer.status === 304 && condition !== undefined) {
        if (isSame(validatorsOf(answer.headers), condition)) return undefined
        // The 304 is about another version than the one we have: request the body unconditionally.
        believed = undefined
        continue
      }
      if (!isRedirect(answer.status)) return { loaded: await read(answer, terms.maxBytes), address }
      if (++redirects > terms.maxRedirects) throw new Error(`more than ${terms.maxRedirects} redirects (maxRedirects)`)
      url = redirectTarget(answer, url, terms.allowHttp)
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const problem = limit.isOver() ? `no complete response within ${terms.timeoutMs} ms` : message
    const retryAfterMs = error instanceof StatusError ? error.retryAfterMs : 0
    throw new TruststoreSourceError('unreadable', `${printable(url)}: ${problem}`, { retryAfterMs, cause: error })
  } finally {
    limit.end()
  }
}

/** Aborts with the outer signal, or when the time is up. Not AbortSignal.any, which leaks in some versions of Node. */
function limitTime(ms: number, outer: AbortSignal): { signal: AbortSignal; isOver: () => boolean; end: () => void } {
  const inner = new AbortController()
  const abort = (): void => inner.abort()
  const timer = setTimeout(abort, ms)
  outer.addEventListener('abort', abort)
  if (outer.aborted) abort()
  return {
    signal: inner.signal,
    isOver: () => inner.signal.aborted && !outer.aborted,
    end() {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}

/** Without the query and credentials: these may be presigned secrets, and messages are logged. */
export function printable({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`
}

/** Why a URL may not be requested: over plain HTTP, anyone on the network path could replace the truststore. */
export function refuseUrl({ protocol, hostname }: URL, allowHttp: boolean): string | undefined {
  if (protocol === 'https:') return undefined
  if (protocol !== 'http:') return `the protocol must be https: or http:, got ${protocol}`
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
  return allowHttp || isLoopback
    ? undefined
    : 'plain http: lets anyone on the network replace your truststore; use https:, or set allowHttp'
}

class StatusError extends Error {
  readonly retryAfterMs: number

  constructor({ status, headers }: Answer) {
    super(`status 200 is expected, got ${status}`)
    const seconds = /^\d{1,9}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : 0
    this.retryAfterMs = Math.min(seconds * 1000, longestRetryAfterMs)
  }
}

/** The caller's headers, which may hold credentials, only go to the origin that they were given for. */
function headersFor(
  url: URL,
  from: URL,
  ifNoneMatch: string | undefined,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    ...(url.origin === from.origin && headers),
    accept: 'application/x-pem-file, application/octet-stream, */*',
    'accept-encoding': 'gzip, identity',
    ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
  }
}

/** An agent may hold a client certificate, so it is as secret as a password in a header. */
function agentFor(url: URL, from: URL, agent: UrlAgent | undefined): Agent | undefined {
  if (typeof agent === 'function') return agent(new URL(url))
  return url.origin === from.origin ? agent : undefined
}

/** The URL without the fragment, which is never sent. */
function addressOf(url: URL): string {
  const sent = new URL(url)
  sent.hash = ''
  return sent.href
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

function redirectTarget({ status, headers }: Answer, url: URL, allowHttp: boolean): URL {
  const { location } = headers
  if (location === undefined || !URL.canParse(location, url.href)) throw new Error(`redirect ${status} without a valid Location`)
  const target = new URL(location, url)
  const isDowngrade = url.protocol === 'https:' && target.protocol !== 'https:'
  const refusal = isDowngrade ? 'it leaves https:' : refuseUrl(target, allowHttp)
  if (refusal !== undefined) throw new Error(`redirect to ${printable(target)} is not followed: ${refusal}`)
  return target
}

async function read(answer: Answer, maxBytes: number): Promise<Loaded> {
  const { status, headers, body } = answer
  if (status !== 200) throw new StatusError(answer)
  return { bytes: await decode(body, headers['content-encoding'], maxBytes), ...validatorsOf(headers) }
}

/** A 304 may omit the validators (RFC 9110 15.4.5 requires the ETag), but those that it has must match. */
function isSame(answer: Validators, known: Validators): boolean {
  const opaque = (etag: string | undefined): string | undefined => etag?.replace(/^W\//, '')
  return (
    (answer.etag === undefined || opaque(answer.etag) === opaque(known.etag)) &&
    (answer.versionId === undefined || answer.versionId === known.versionId)
  )
}

/** A malformed entity tag is ignored: it could not be sent back. */
function validatorsOf(headers: IncomingHttpHeaders): Validators {
  const { etag, 'x-amz-version-id': versionId } = headers
  return {
    etag: etag !== undefined && /^(W\/)?"[!#-~\x80-\xff]*"$/.test(etag) ? etag : undefined,
    versionId: typeof versionId === 'string' ? versionId : undefined,
  }
}

/** S3 objects may be stored compressed, with a Content-Encoding. The limit applies to the decompressed bytes. */
async function decode(body: Uint8Array, encoding: string | undefined, maxBytes: number): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? 'identity'
  if (name === 'identity' || name === '') return body
  if (name !== 'gzip' && name !== 'x-gzip') throw new Error(`the response has Content-Encoding ${name} that was not requested`)
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBytes })
  } catch (error) {
    throw new Error(`the compressed response cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

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
  contentLength: string | undefined,
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
    if (response.complete && (contentLength === undefined || Number(contentLength) === size)) done(Buffer.concat(chunks))
    else fail(new Error(`the response ended after ${size} bytes of ${contentLength ?? 'unknown length'}`))
  })
  // If our side closes the connection, there is neither `end` nor `error`.
  response.on('close', () => fail(new Error(`the connection was closed after ${size} bytes of the response`)))
}
