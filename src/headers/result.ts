/**
 * Why a request's client certificate could not be read:
 *
 * - `no_certificate`: the proxy says that the client presented none, or the header is absent
 * - `duplicate_header`: a header occurs more than once, even if empty, so it is unknown which one the proxy wrote
 * - `oversized_header`: longer than 65,536 characters, or omitted by the platform because of its size
 * - `malformed_header`: not exactly in the platform's format, for instance because a server in between has joined values
 * - `malformed_certificate`: the format is right, but the certificate inside is malformed
 * - `inconsistent_headers`: a header contradicts the certificate in another, or an event has the header twice with different
 *   values
 * - `refused_by_proxy`: the proxy knows that the certificate is revoked
 */
export type HeaderCode =
  | 'no_certificate'
  | 'duplicate_header'
  | 'oversized_header'
  | 'malformed_header'
  | 'malformed_certificate'
  | 'inconsistent_headers'
  | 'refused_by_proxy'

/** A rejection. */
export interface HeaderFault {
  readonly ok: false
  readonly code: HeaderCode
  /** What is wrong, with the header's name. */
  readonly message: string
  /** Index of the invalid character in the header's value. */
  readonly offset?: number
}

/** What parsers and formatters return. They never throw on what a client or proxy sent. */
export type HeaderResult<T> = { readonly ok: true; readonly value: T } | HeaderFault

export function headerFault(code: HeaderCode, message: string, offset?: number): HeaderFault {
  return offset === undefined ? { ok: false, code, message } : { ok: false, code, message, offset }
}

export function headerValue<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/**
 * A fault for a value that may be two: servers and `fetch` join headers that occur more than once with commas (RFC 9110 5.3).
 */
export function joinedFault(name: string, value: string): HeaderFault {
  return headerFault('malformed_header', `${name} has a comma, so it may be two headers joined into one`, value.indexOf(','))
}

/**
 * The most characters of one header. Application Load Balancers send up to 64 KB of headers, everyone else less. A chain of
 * four certificates takes about 12 KB.
 */
export const maxHeaderLength = 65536

/**
 * Checks that a header's value is not too long, and consists of printable ASCII and tabs.
 *
 * @throws TypeError if it is not a string
 */
export function checkHeader(name: string, value: unknown): HeaderFault | undefined {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, got ${value === null ? 'null' : typeof value}`)
  if (value.length > maxHeaderLength) {
    return headerFault('oversized_header', `${name} has ${value.length} characters, at most ${maxHeaderLength} are read`)
  }
  if (value === '') return headerFault('malformed_header', `${name} is empty`, 0)
  const at = value.search(/[^\t -~]/)
  return at < 0 ? undefined : headerFault('malformed_header', `${name} has a character that is not allowed in headers`, at)
}
