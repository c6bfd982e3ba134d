import { noVerifyOptions, readOptions, type VerifyOptions } from '../path/options.ts'
import { type Verdict, verifyChain } from '../path/verify.ts'
import { type NoFields, readFields } from '../policy/fields.ts'
import { requireTruststore, type Truststore } from '../truststore/store.ts'
import type { HeaderFormat } from './format.ts'
import { formats, type HeaderFrom } from './formats.ts'
import type { HeaderFault } from './result.ts'

/** How `verifyRequest` finds and judges a client's certificate; `purpose` is 'client' whatever the policy says, unless given. */
export interface VerifyRequestOptions extends VerifyOptions {
  /** Who writes the certificate into the request, and in which format. */
  readonly from: HeaderFrom
  /**
   * Your word that nobody can reach this code but through that proxy, and that the proxy removes these headers from what
   * clients send. A certificate in a header proves nothing by itself: certificates are public, and whoever can set the
   * header can be anyone.
   */
  readonly trustedProxy: true
  /** Other names for the headers that are read, by what they carry, where the proxy is configured so. */
  readonly headers?: Readonly<Record<string, string>>
}

const noOptions: NoFields<VerifyRequestOptions> = {
  ...noVerifyOptions,
  from: undefined,
  trustedProxy: undefined,
  headers: undefined,
}

/** `verifyChain`'s verdict, or why there was no certificate to judge; the codes of the two differ. */
export type RequestVerdict = Verdict | HeaderFault

/**
 * Judges the client certificate that a trusted proxy handed on with a request. The proxy has proved that the client has
 * the private key; whether the certificate is to be trusted is decided here, by the truststore.
 *
 * @param request a `fetch` Request or Headers, Node's IncomingMessage, an object of headers, a Lambda event with `headers` or
 *   `multiValueHeaders`; a Worker's request (`from: 'cloudflare'`), or an event of API Gateway (`from: 'api-gateway'`)
 * @returns the verdict, or `no_certificate`, `malformed_header` and the like
 * @throws TypeError for arguments of the wrong type, and where `trustedProxy` is not `true`
 * @example
 * const verdict = verifyRequest(request, store, { from: 'rfc9440', trustedProxy: true })
 * if (!verdict.ok) console.warn(403, verdict.code)
 */
export function verifyRequest(request: object, store: Truststore, options: VerifyRequestOptions): RequestVerdict {
  const given = readFields<VerifyRequestOptions>('verifyRequest: options', options, noOptions)
  const { from, trustedProxy, headers = {}, purpose = 'client', ...rest } = given
  const verifyOptions = { ...rest, purpose } as VerifyOptions
  if (trustedProxy !== true) {
    throw new TypeError(
      'verifyRequest: options.trustedProxy must be true: your word that only the proxy, which removes such headers from what clients send, can reach this code',
    )
  }
  if (from === undefined || !Object.hasOwn(formats, from)) {
    throw new TypeError(`verifyRequest: options.from must be one of ${Object.keys(formats).join(', ')}, got ${String(from)}`)
  }
  const format = formats[from]
  const names = readNames(format, headers)
  if (typeof request !== 'object' || request === null) throw new TypeError('verifyRequest: request must be an object')
  const chain = format.readChain(request, names)
  if (chain.ok) return verifyChain(store, chain.value, verifyOptions)
  // Mistakes in the code show at the first request, not at the first one that has a certificate.
  readOptions(verifyOptions, requireTruststore(store, 'verifyRequest: store').policy)
  return chain
}

/** The names of a format's headers, with those in their place that the caller gives. */
function readNames({ headers }: HeaderFormat, renamed: unknown): Readonly<Record<string, string>> {
  const names = readFields<Record<string, string>>('verifyRequest: options.headers', renamed, headers)
  for (const [role, name] of Object.entries(names)) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`verifyRequest: options.headers.${role} must be a name`)
  }
  return names as Readonly<Record<string, string>>
}
