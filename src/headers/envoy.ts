import { hexOf } from '../bytes/encoding.ts'
import { bytesEqual } from '../bytes/span.ts'
import { digest } from '../crypto/digest.ts'
import type { NoFields } from '../policy/fields.ts'
import { type HeaderFormat, headerFormat } from './request-headers.ts'
import { checkHeader, type HeaderFault, type HeaderResult, headerFault, headerValue } from './result.ts'
import { readUrlPem, writeUrlPem } from './url-pem.ts'

/**
 * Envoy's `X-Forwarded-Client-Cert` (XFCC), also used by Istio. One element per proxy, separated by commas. Each has
 * `key=value` pairs, separated by semicolons. Values with `,` `;` or `=` are in double quotes, with `\"` for a quote. Keys
 * are case-insensitive. Envoy escapes quotes but not backslashes, so two backslashes before a quote are ambiguous, and
 * rejected.
 */

const headerName = 'X-Forwarded-Client-Cert'

/** What one proxy reports about its client. */
export interface XfccElement {
  /** URIs of the proxy's own certificate. */
  readonly by: readonly string[]
  /** SHA-256 of the client's certificate, in lower-case hexadecimal. */
  readonly hash?: string
  /** DER of the client's certificate. */
  readonly cert?: Uint8Array
  /** DER of the client's chain, its certificate first. */
  readonly chain?: readonly Uint8Array[]
  /** As Envoy writes it. For logs only: base decisions on the certificate. */
  readonly subject?: string
  /** URIs of the client's certificate. */
  readonly uri: readonly string[]
  /** DNS names of the client's certificate. */
  readonly dns: readonly string[]
}

/** Keys that an element may have only once. */
const single: ReadonlySet<string> = /* @__PURE__ */ new Set(['hash', 'cert', 'chain', 'subject'])
const repeated: ReadonlySet<string> = /* @__PURE__ */ new Set(['by', 'uri', 'dns'])

/**
 * Reads the value of `X-Forwarded-Client-Cert`.
 *
 * @returns the elements in order. The last one is from the nearest proxy, earlier ones from proxies that it trusted
 * @throws TypeError if `value` is not a string
 * @example
 * const elements = parseXfcc(headers['x-forwarded-client-cert'])
 * const nearest = elements.ok ? elements.value.at(-1) : undefined
 * if (nearest?.chain !== undefined) verifyChain(store, nearest.chain)
 */
export function parseXfcc(value: string): HeaderResult<readonly XfccElement[]> {
  return readXfcc(headerName, value)
}

function readXfcc(name: string, value: string): HeaderResult<readonly XfccElement[]> {
  const fault = checkHeader(name, value)
  if (fault !== undefined) return fault
  const elements: XfccElement[] = []
  let pairs = new Map<string, string[]>()
  for (let at = 0; ; at++) {
    // Spaces may follow a comma: Envoy writes none, but servers that join headers do.
    if (pairs.size === 0) while (value.at(at) === ' ') at++
    const pair = readPair(name, value, at)
    if (!pair.ok) return pair
    const { key, text, end } = pair.value
    const known = pairs.get(key)
    if (known !== undefined && single.has(key)) return headerFault('malformed_header', `${name} has ${key} twice`, at)
    if (known === undefined) pairs.set(key, [text])
    else known.push(text)
    at = end
    if (value.at(at) === ';') continue
    const element = readElement(name, pairs)
    if (!element.ok) return element
    elements.push(element.value)
    if (at === value.length) return headerValue(elements)
    pairs = new Map()
  }
}

interface Pair {
  /** Lower case. */
  readonly key: string
  readonly text: string
  /** Index of the `;` or `,` that follows, or of the end. */
  readonly end: number
}

function readPair(name: string, value: string, start: number): HeaderResult<Pair> {
  const equals = value.indexOf('=', start)
  const key = equals < 0 || equals - start > 10 ? '' : value.slice(start, equals).toLowerCase()
  if (!single.has(key) && !repeated.has(key)) {
    return headerFault('malformed_header', `${name} has no known key here`, start)
  }
  const from = equals + 1
  if (value.at(from) === '"') return readQuoted(name, value, key, from + 1)
  let end = from
  while (end < value.length && value[end] !== ';' && value[end] !== ',') {
    if (value[end] === '"' || value[end] === '=' || value[end] === ' ') {
      return headerFault('malformed_header', `${name} has a ${value[end]} outside quotes`, end)
    }
    end++
  }
  return headerValue({ key, text: value.slice(from, end), end })
}

function readQuoted(name: string, value: string, key: string, start: number): HeaderResult<Pair> {
  let text = ''
  let from = start
  for (let at = start; ; at++) {
    at = value.indexOf('"', at)
    if (at < 0) return headerFault('malformed_header', `${name} has an unterminated quote`, start - 1)
    if (value[at - 1] !== '\\' || at === start) {
      const end = at + 1
      const next = value.at(end)
      if (next !== undefined && next !== ';' && next !== ',') {
        return headerFault('malformed_header', `${name} has text after a quoted value`, end)
      }
      return headerValue({ key, text: text + value.slice(from, at), end })
    }
    if (value[at - 2] === '\\' && at - 2 >= start) {
      return headerFault('malformed_header', `${name} has ambiguous backslashes before a quote`, at - 2)
    }
    text += `${value.slice(from, at - 1)}"`
    from = at + 1
  }
}

function readElement(name: string, pairs: ReadonlyMap<string, readonly string[]>): HeaderResult<XfccElement> {
  const one = (key: string): string | undefined => pairs.get(key)?.[0]
  const hash = one('hash')?.toLowerCase()
  if (hash !== undefined && !isHash(hash)) return headerFault('malformed_header', `${name}: ${hashRule}`)
  const certs = readCertificates(`${name}: Cert`, one('cert'))
  if (!certs.ok) return certs
  const chain = readCertificates(`${name}: Chain`, one('chain'))
  if (!chain.ok) return chain
  const cert = certs.value?.[0]
  const fault = contradiction(name, certs.value, chain.value, hash)
  if (fault !== undefined) return fault
  const subject = one('subject')
  return headerValue({
    by: pairs.get('by') ?? [],
    ...(hash === undefined ? {} : { hash }),
    ...(cert === undefined ? {} : { cert }),
    ...(chain.value === undefined ? {} : { chain: chain.value }),
    ...(subject === undefined ? {} : { subject }),
    uri: pairs.get('uri') ?? [],
    dns: pairs.get('dns') ?? [],
  })
}

const hashRule = 'Hash is not 64 hexadecimal digits'

function isHash(hash: string): boolean {
  return /^[0-9A-Fa-f]{64}$/.test(hash)
}

function readCertificates(name: string, value: string | undefined): HeaderResult<readonly Uint8Array[] | undefined> {
  return value === undefined ? headerValue(undefined) : readUrlPem(name, value)
}

/** Cert must be one certificate, Chain must begin with it, and Hash must be its hash. */
function contradiction(
  name: string,
  certs: readonly Uint8Array[] | undefined,
  chain: readonly Uint8Array[] | undefined,
  hash: string | undefined,
): HeaderFault | undefined {
  if (certs !== undefined && certs.length !== 1) {
    return headerFault('malformed_header', `${name}: Cert has ${certs.length} certificates`)
  }
  const leaf = certs?.[0] ?? chain?.[0]
  if (leaf !== undefined && chain !== undefined && !bytesEqual(leaf, chain[0]!)) {
    return headerFault('inconsistent_headers', `${name}: Chain does not begin with Cert`)
  }
  if (leaf === undefined || hash === undefined || hexOf(digest('sha256', leaf)) === hash) return undefined
  return headerFault('inconsistent_headers', `${name}: Hash is not the hash of the certificate`)
}

/**
 * Writes the value of `X-Forwarded-Client-Cert`. Values that Envoy's quoting cannot express are a fault.
 *
 * @example
 * const value = formatXfcc([{ by: [], uri: ['spiffe://example.org/a'], dns: [], chain: [certificate.raw] }])
 * if (value.ok) headers['x-forwarded-client-cert'] = value.value
 */
export function formatXfcc(elements: readonly XfccElement[]): HeaderResult<string> {
  const parts: string[] = []
  for (const element of elements) {
    const pairs = elementPairs(element)
    if (!pairs.ok) return pairs
    if (pairs.value.length === 0) return headerFault('malformed_header', `${headerName}: an element is empty`)
    parts.push(pairs.value.join(';'))
  }
  const value = parts.join(',')
  // Parse the result again: this proves that no value can be mistaken for anything else.
  const read = readXfcc(headerName, value)
  return read.ok ? headerValue(value) : read
}

/** Defaults, so that a missing field is not read from a prototype. */
const nothing: NoFields<Pick<XfccElement, 'hash' | 'cert' | 'chain' | 'subject'>> = {
  hash: undefined,
  cert: undefined,
  chain: undefined,
  subject: undefined,
}

function elementPairs(element: XfccElement): HeaderResult<readonly string[]> {
  const { by, hash, cert, chain, subject, uri, dns } = { ...nothing, ...element }
  const pairs = by.map((value) => `By=${quotedIfNeeded(value)}`)
  // Check the hash first. Parsing the result would take whatever follows a valid hash for further pairs or elements.
  if (hash !== undefined && !isHash(hash)) return headerFault('malformed_header', `${headerName}: ${hashRule}`)
  if (hash !== undefined) pairs.push(`Hash=${hash}`)
  for (const [key, certificates] of [
    ['Cert', cert === undefined ? undefined : [cert]],
    ['Chain', chain],
  ] as const) {
    const pem = certificates === undefined ? undefined : writeUrlPem(`${headerName}: ${key}`, certificates, '-._~')
    if (pem?.ok === false) return pem
    if (pem !== undefined) pairs.push(`${key}="${pem.value}"`)
  }
  if (subject !== undefined) pairs.push(`Subject=${quotedAlways(subject)}`)
  pairs.push(...uri.map((value) => `URI=${quotedIfNeeded(value)}`), ...dns.map((value) => `DNS=${quotedIfNeeded(value)}`))
  const isAmbiguous = [...by, ...uri, ...dns, subject ?? ''].some((value) => /\\("|$)/.test(value))
  return isAmbiguous
    ? headerFault('malformed_header', `${headerName} cannot express a backslash before a quote`)
    : headerValue(pairs)
}

function quotedIfNeeded(value: string): string {
  return /[",;= ]/.test(value) ? quotedAlways(value) : value
}

function quotedAlways(value: string): string {
  return `"${value.replaceAll('"', '\\"')}"`
}

/** `from: 'envoy'`: a single element that has `Chain` or `Cert`. */
export const envoy: HeaderFormat = /* @__PURE__ */ headerFormat({ xfcc: headerName }, { xfcc: 'own' }, ({ xfcc }, names) => {
  if (xfcc === undefined) return headerFault('no_certificate', `there is no ${names.xfcc}`)
  const elements = readXfcc(names.xfcc, xfcc)
  if (!elements.ok) return elements
  const [element] = elements.value
  if (elements.value.length > 1) {
    const remedy = 'set forward_client_cert_details to SANITIZE_SET, or use parseXfcc and choose the element to trust'
    return headerFault('duplicate_header', `${names.xfcc} has ${elements.value.length} elements: ${remedy}`)
  }
  const { chain, cert } = { ...nothing, ...element }
  if (chain !== undefined || cert !== undefined) return headerValue(chain ?? [cert!])
  const remedy = 'set_current_client_cert_details needs cert or chain'
  return headerFault('no_certificate', `${names.xfcc} has neither Cert nor Chain: ${remedy}`)
})
