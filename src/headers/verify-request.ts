import { type Verdict, verifyChain } from '../path/verify.ts'
import { noVerifyOptions, readOptions, type VerifyOptions } from '../path/verify-options.ts'
import { type NoFields, readFields } from '../policy/fields.ts'
import { requireTruststore, type Truststore } from '../truststore/store.ts'
import { formats, type HeaderFrom } from './formats.ts'
import type { HeaderFormat } from './request-headers.ts'
import type { HeaderFault } from './result.ts'

/** How `verifyRequest` finds and verifies a client's certificate. `purpose` defaults to 'client', whatever the policy says. */
export interface VerifyRequestOptions extends VerifyOptions {
  /** The proxy that writes the certificate into the request, and the format it uses. */
  readonly from: HeaderFrom
  /**
   * Confirms that only the proxy can reach this code, and that it removes these headers from what clients send. A certificate
   * in a header proves nothing by itself: certificates are public, so anyone who can set the header can impersonate anyone.
   */
  readonly trustedProxy: true
  /** Other header names, by what the headers carry, if your proxy is configured to use them. */
  readonly headers?: Readonly<Record<string, string>>
}

const noOptions: NoFields<VerifyRequestOptions> = {
  ...noVerifyOptions,
  from: undefined,
  trustedProxy: undefined,
  headers: undefined,
}

/** The verdict of `verifyChain`, or why the request has no certificate to verify. Their codes differ. */
export type RequestVerdict = Verdict | HeaderFault

/**
 * Verifies the client certificate that a trusted proxy forwards with a request. The proxy has proved that the client has the
 * private key. Whether to trust the certificate is decided here, by the truststore.
 *
 * @param request a `fetch` Request or Headers, Node's IncomingMessage, an object of headers, a Lambda event with `headers` or
 *   `multiValueHeaders`; a Worker's request (`from: 'cloudflare'`), or an event of API Gateway (`from: 'api-gateway'`)
 * @returns the verdict, or a header fault such as `no_certificate` or `malformed_header`
 * @throws TypeError for arguments of the wrong type, and if `trustedProxy` is not `true`
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
      'verifyRequest: options.trustedProxy must be true: confirm that only the proxy can reach this code, and that it removes these headers from what clients send',
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
  // Report invalid options at the first request, not at the first one with a certificate.
  readOptions(verifyOptions, requireTruststore(store, 'verifyRequest: store').policy)
  return chain
}

/** The header names of a format, with the caller's names where given. */
function readNames({ headers }: HeaderFormat, renamed: unknown): Readonly<Record<string, string>> {
  const names = readFields<Record<string, string>>('verifyRequest: options.headers', renamed, headers)
  for (const [role, name] of Object.entries(names)) {
    if (typeof name !== 'string' || name === '') throw new TypeError(`verifyRequest: options.headers.${role} must be a name`)
  }
  return names as Readonly<Record<string, string>>
}
