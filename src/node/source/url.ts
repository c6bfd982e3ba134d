import { setTimeout as sleep } from 'node:timers/promises'
import { type NoFields, readFields } from '../../policy/fields.ts'
import { type DownloadTerms, download, type Known, printable, refuseUrl, type UrlAgent } from './download.ts'
import type { TruststoreSource } from './handle.ts'
import { type Loader, Source } from './source.ts'
import { booleanOption, noSourceOptions, numberOption, readSettings, type SourceOptions } from './source-options.ts'
import type { Loaded } from './versions.ts'

export interface UrlTruststoreOptions extends SourceOptions {
  /** Sent with every request, but not to other origins after a redirect. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * Time limit for one check, including redirects and the whole body, in milliseconds. The same limit applies to a function
   * that returns the URL. Default 10,000.
   */
  readonly timeoutMs?: number
  /** How many redirects are followed. Redirects from https: to http: never are. Default 3. */
  readonly maxRedirects?: number
  /** Allow plain http: to other hosts. Default false. */
  readonly allowHttp?: boolean
  /**
   * An agent of node:http or node:https, for your own CAs, client certificates or proxies. Like `headers`, it is only used
   * for the origin of the URL: redirects to other origins use no agent and Node's default CAs. A function returns the agent
   * for each URL, redirects included; `undefined` for none.
   */
  readonly agent?: UrlAgent
}

/** A URL, or a function that creates one for each request, for presigned URLs that expire. */
export type TruststoreUrl = string | URL | (() => string | URL | Promise<string | URL>)

const noOptions: NoFields<UrlTruststoreOptions> = {
  ...noSourceOptions,
  headers: undefined,
  timeoutMs: undefined,
  maxRedirects: undefined,
  allowHttp: undefined,
  agent: undefined,
}

/** Without this limit, a cache that always answers 304 would keep an old truststore in force forever. */
const mostNotModified = 60

/**
 * Keeps a truststore up to date from an HTTP(S) URL, such as a public or presigned S3 object. Polls every `pollMs` (default
 * 60,000) with the ETag of its last version; `refresh` bypasses the ETag.
 *
 * @returns the source, once its first version is loaded
 * @throws TruststoreSourceError (as a rejection) if the first version is rejected
 * @throws TypeError (as a rejection) for arguments of the wrong type
 * @example
 * async function start() {
 *   const source = await urlTruststore('https://bucket.s3.eu-central-1.amazonaws.com/truststore.pem')
 *   source.on('rejected', ({ error }) => console.error(error.message))
 *   return verifyChain(source.current, chain)
 * }
 */
export async function urlTruststore(url: TruststoreUrl, options: UrlTruststoreOptions = {}): Promise<TruststoreSource> {
  const label = 'urlTruststore'
  const given = readFields<UrlTruststoreOptions>(`${label}: options`, options, noOptions)
  const settings = readSettings(label, given, { pollMs: 60_000 })
  const terms = {
    headers: headersOption(label, given.headers),
    timeoutMs: numberOption(label, 'timeoutMs', given.timeoutMs, 10_000, 1, 2 ** 31 - 1),
    maxRedirects: numberOption(label, 'maxRedirects', given.maxRedirects, 3, 0, 20),
    allowHttp: booleanOption(label, 'allowHttp', given.allowHttp, false),
    agent: agentOption(label, given.agent),
    maxBytes: settings.maxBytes,
  }
  if (typeof url !== 'function') requireUrl(url, terms.allowHttp)
  return Source.start(new UrlLoader(url, terms), settings)
}

class UrlLoader implements Loader {
  readonly #url: TruststoreUrl
  readonly #terms: Omit<DownloadTerms, 'signal'>
  /** The validators of the last complete response, and its URL. */
  #known: Known | undefined
  #notModified = 0

  constructor(url: TruststoreUrl, terms: Omit<DownloadTerms, 'signal'>) {
    this.#url = url
    this.#terms = terms
  }

  async load(force: boolean, signal: AbortSignal): Promise<Loaded | undefined> {
    const terms = { ...this.#terms, signal }
    const url = requireUrl(typeof this.#url === 'function' ? await callUrl(this.#url, terms) : this.#url, terms.allowHttp)
    const known = !force && this.#notModified < mostNotModified ? this.#known : undefined
    const downloaded = await download(url, known, terms)
    if (downloaded === undefined) {
      this.#notModified++
      return undefined
    }
    const { loaded, address } = downloaded
    const { bytes: _, ...validators } = loaded
    this.#notModified = 0
    this.#known = { etag: undefined, versionId: undefined, ...validators, address }
    return loaded
  }

  close(): void {
    // The signal aborts requests.
  }
}

/** A function that never returns must not block all later checks. */
async function callUrl(url: Extract<TruststoreUrl, () => unknown>, { timeoutMs, signal }: DownloadTerms): Promise<string | URL> {
  const answered = new AbortController()
  const end = (): void => answered.abort()
  signal.addEventListener('abort', end)
  try {
    const returned = url()
    const late = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
      throw new Error(`the url function returned nothing within ${timeoutMs} ms`)
    })
    return await Promise.race([returned, late])
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

function requireUrl(value: unknown, allowHttp: boolean): URL {
  const text = value instanceof URL ? value.href : value
  if (typeof text !== 'string' || !URL.canParse(text)) throw new TypeError('urlTruststore: url must be an absolute URL')
  const url = new URL(text)
  const refusal = refuseUrl(url, allowHttp)
  if (refusal !== undefined) throw new TypeError(`urlTruststore: ${printable(url)}: ${refusal}`)
  return url
}

/** Headers that the source sets itself, for conditional requests and to read the response. */
const reservedHeaders: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'accept-encoding',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
])

function agentOption(label: string, agent: unknown): UrlAgent | undefined {
  if (agent === undefined || typeof agent === 'function' || (typeof agent === 'object' && agent !== null)) {
    return agent as UrlAgent | undefined
  }
  throw new TypeError(`${label}: options.agent must be an Agent, or a function that returns one for a URL`)
}

function headersOption(label: string, headers: unknown): Readonly<Record<string, string>> {
  if (headers === undefined) return {}
  if (typeof headers !== 'object' || headers === null)
    throw new TypeError(`${label}: options.headers must be an object of strings`)
  const entries = Object.entries(headers).map(([name, value]) => {
    const key = name.toLowerCase()
    if (typeof value !== 'string') throw new TypeError(`${label}: options.headers.${name} must be a string`)
    if (reservedHeaders.has(key)) throw new TypeError(`${label}: options.headers.${name} is set by the source itself`)
    return [key, value]
  })
  return Object.fromEntries(entries)
}
