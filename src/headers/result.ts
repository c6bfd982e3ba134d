/**
 * Why a request's client certificate could not be read:
 *
 * - `no_certificate`: the proxy says that the client presented none, or the header is absent
 * - `duplicate_header`: a header occurs more than once, empty ones included, so that nobody can say which one the proxy wrote
 * - `oversized_header`: longer than 65,536 characters, or left out by the platform for its size
 * - `malformed_header`: not in the platform's format, to the letter; values that a server on the way has joined among them
 * - `malformed_certificate`: the format is right and the certificate inside is not
 * - `inconsistent_headers`: what one header says is not what the certificate in another says, or an event has the header
 *   twice, differently
 * - `refused_by_proxy`: the proxy knows the certificate to be revoked
 */
export type HeaderCode =
  | 'no_certificate'
  | 'duplicate_header'
  | 'oversized_header'
  | 'malformed_header'
  | 'malformed_certificate'
  | 'inconsistent_headers'
  | 'refused_by_proxy'

/** A refusal. */
export interface HeaderFault {
  readonly ok: false
  readonly code: HeaderCode
  /** What is wrong, with the header's name. */
  readonly message: string
  /** Index of the character at fault in the header's value. */
  readonly offset?: number
}

/** What parsers and formatters answer. They never throw on what a client or proxy sent. */
export type HeaderResult<T> = { readonly ok: true; readonly value: T } | HeaderFault

export function headerFault(code: HeaderCode, message: string, offset?: number): HeaderFault {
  return offset === undefined ? { ok: false, code, message } : { ok: false, code, message, offset }
}

export function headerValue<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/** A value that may be two: servers and `fetch` join a header that occurs more than once by commas (RFC 9110 5.3). */
export function joinedFault(name: string, value: string): HeaderFault {
  return headerFault('malformed_header', `${name} has a comma, by which a header that occurs twice is joined`, value.indexOf(','))
}

/**
 * Most characters of one header. Application Load Balancers send up to 64 KB of headers, everyone else less; a chain of
 * four certificates has about 12.
 */
export const maxHeaderLength = 65536

/**
 * A header's value as it may be: a string that is not too long, of printable ASCII and tabs.
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
  return at < 0 ? undefined : headerFault('malformed_header', `${name} has a character that no header has`, at)
}
