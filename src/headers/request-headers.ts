import { member } from '../policy/fields.ts'
import { checkHeader, type HeaderResult, headerFault, headerValue, joinedFault } from './result.ts'

/** Headers with a `get` method, such as those of `fetch`: case-insensitive names, `null` for absent headers. */
export interface HeadersLike {
  /** The value of a header, by its case-insensitive name. */
  get(name: string): string | null | undefined
}

/** Headers as an object. An array holds one value per occurrence of the header. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * A request or its headers: a `fetch` Request or Headers, Node's IncomingMessage (`rawHeaders` and `headersDistinct` show
 * duplicates), a Lambda event of an Application Load Balancer or API Gateway (`multiValueHeaders` shows duplicates), or a
 * plain object.
 */
export type RequestLike =
  | {
      readonly headers: HeadersLike | HeaderRecord
      readonly rawHeaders?: readonly string[]
      readonly headersDistinct?: HeaderRecord
      readonly multiValueHeaders?: HeaderRecord | null
    }
  | { readonly headers?: HeaderRecord | null; readonly multiValueHeaders: HeaderRecord }
  | HeadersLike
  | HeaderRecord

/**
 * How often a header may occur, and what a comma in it means. The two go together: servers, `fetch` and some events join the
 * values of repeated headers with commas (RFC 9110 5.3).
 *
 * - `single`: once, and its value has no commas
 * - `name`: once; a distinguished name of RFC 2253, in which a comma separates two parts and no space follows it
 * - `own`: once; the value may contain commas, so its parser must detect joined values
 * - `list`: any number of times; all lines form one list
 */
export type HeaderKind = 'single' | 'name' | 'own' | 'list'

/** The value of one header; `undefined` if it is absent or empty. */
export type HeaderReader = (name: string, kind?: HeaderKind) => HeaderResult<string | undefined>

/**
 * Returns a function that reads the headers of a request. A header that occurs twice is rejected, because only one of them is
 * the proxy's. Empty ones count: an empty value may be how the proxy reports a client without a certificate.
 *
 * @throws TypeError for an invalid request
 */
export function headerReader(request: unknown): HeaderReader {
  const { headers, multiValueHeaders, rawHeaders, headersDistinct } = sourceOf(request)
  return (name, kind = 'single') => {
    const lowerCaseName = name.toLowerCase()
    const single = headers && valuesOf(headers, lowerCaseName)
    const multiple = multiValueHeaders && valuesOf(multiValueHeaders, lowerCaseName)
    const most = Math.max(single?.length ?? 0, multiple?.length ?? 0)
    // Even if other lists still have it: the application has removed it.
    if (most === 0) return headerValue(undefined)
    if (kind !== 'list') {
      const distinct = headersDistinct && valuesOf(headersDistinct, lowerCaseName)
      const received = Math.max(
        distinct?.length ?? 0,
        countNames(rawHeaders, lowerCaseName),
        countEntries(headers, lowerCaseName),
      )
      const count = Math.max(most, received)
      if (count > 1) return headerFault('duplicate_header', `${name} occurs ${count} times`)
    }
    if (single !== undefined && multiple !== undefined && !areConsistent(single, multiple)) {
      return headerFault('inconsistent_headers', `headers and multiValueHeaders differ in ${name}`)
    }
    return readLines(name, multiple ?? single ?? [], kind)
  }
}

interface Source {
  readonly headers: object | undefined
  readonly multiValueHeaders: object | undefined
  readonly rawHeaders: unknown
  readonly headersDistinct: object | undefined
}

function sourceOf(request: unknown): Source {
  if (typeof request !== 'object' || request === null) throw new TypeError('the request must be an object with headers')
  const headers = recordOf(member(request, 'headers'))
  const multiValueHeaders = recordOf(member(request, 'multiValueHeaders'))
  if (headers === undefined && multiValueHeaders === undefined) {
    return { headers: request, multiValueHeaders, rawHeaders: undefined, headersDistinct: undefined }
  }
  const rawHeaders = member(request, 'rawHeaders')
  return { headers, multiValueHeaders, rawHeaders, headersDistinct: recordOf(member(request, 'headersDistinct')) }
}

function recordOf(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

function isGetter(headers: object): headers is HeadersLike {
  return typeof member(headers, 'get') === 'function'
}

/** All values of a header, in order. Their types are checked when they are read. */
function valuesOf(headers: object, lowerCaseName: string): readonly unknown[] {
  if (isGetter(headers)) {
    const value = headers.get(lowerCaseName)
    return value === null || value === undefined ? [] : [value]
  }
  const values: unknown[] = []
  for (const [key, value] of Object.entries(headers)) {
    if (!isNamed(key, lowerCaseName) || value === undefined || value === null) continue
    if (Array.isArray(value)) for (const multiple of value) values.push(multiple)
    else values.push(value)
  }
  return values
}

/**
 * How often a header arrived, by Node's list of name, value, name, value …; some runtimes have a list of pairs. Values are
 * never read from there: a header that the application removed from `headers` must stay removed.
 */
function countNames(raw: unknown, lowerCaseName: string): number {
  if (!Array.isArray(raw)) return 0
  const flat: readonly unknown[] = raw.flat()
  let count = 0
  for (let i = 0; i < flat.length; i += 2) if (isNamed(flat[i], lowerCaseName)) count++
  return count
}

/** How often a header is among the entries of an object with `get`. A Map keeps two spellings of one name apart. */
function countEntries(headers: object | undefined, lowerCaseName: string): number {
  if (headers === undefined || !isGetter(headers) || !(Symbol.iterator in headers)) return 0
  let count = 0
  for (const entry of headers as Iterable<unknown>) if (Array.isArray(entry) && isNamed(entry[0], lowerCaseName)) count++
  return count
}

function isNamed(key: unknown, lowerCaseName: string): boolean {
  return typeof key === 'string' && key.length === lowerCaseName.length && key.toLowerCase() === lowerCaseName
}

/** An event's `headers` hold one value per name: the last line, or all lines joined. */
function areConsistent(single: readonly unknown[], multiple: readonly unknown[]): boolean {
  if (single.length === 1 && multiple.length > 0)
    return [multiple.at(-1), multiple.join(','), multiple.join(', ')].includes(single[0])
  return single.length === multiple.length && single.every((value, i) => value === multiple[i])
}

function readLines(name: string, lines: readonly unknown[], kind: HeaderKind): HeaderResult<string | undefined> {
  if (lines.length === 1 && lines[0] === '') return headerValue(undefined)
  for (const line of lines) if (typeof line !== 'string') checkHeader(name, line)
  const value = lines.join(', ')
  const fault = checkHeader(name, value)
  if (fault !== undefined) return fault
  if (!isJoined(value, kind)) return headerValue(value)
  return joinedFault(name, value)
}

/** Whether the value may be two values joined by a comma. */
function isJoined(value: string, kind: HeaderKind): boolean {
  if (kind === 'single') return value.includes(',')
  // RFC 2253 2.4: a comma within a part is escaped, and so is a leading space.
  return kind === 'name' && /^,|,([ \t,]|$)/.test(value.replace(/\\./g, ''))
}

/** Header names by what the headers carry. */
export type HeaderNames<Role extends string> = Readonly<Record<Role, string>>

/** Header values by what they carry; absent headers are missing. */
export type HeaderValues<Role extends string> = Readonly<Partial<Record<Role, string>>>

/** The headers that may contain a comma, and why; see {@link HeaderKind}. */
export type HeaderKinds<Role extends string> = Readonly<Partial<Record<Role, HeaderKind>>>

/** How one system forwards a client's certificate; `formats.ts` has the table. */
export interface HeaderFormat {
  /** The headers that are read, by what they carry, with the names that the system gives them. */
  readonly headers: Readonly<Record<string, string>>
  /** Reads the chain, leaf first, as DER. `renamed` has other names for some of the headers. */
  readonly readChain: (request: object, renamed: Readonly<Record<string, string>>) => HeaderResult<readonly Uint8Array[]>
}

/** A format based on headers, given a function that turns their values into a chain. */
export function headerFormat<Role extends string>(
  headers: HeaderNames<Role>,
  kinds: HeaderKinds<Role>,
  read: (values: HeaderValues<Role>, names: HeaderNames<Role>) => HeaderResult<readonly Uint8Array[]>,
): HeaderFormat {
  return {
    headers,
    readChain(request, renamed) {
      const names = { ...headers, ...renamed }
      const values = collectHeaders(request, names, kinds)
      return values.ok ? read(values.value, names) : values
    },
  }
}

/** The values of several headers, or the first fault among them. */
export function collectHeaders<Role extends string>(
  request: object,
  names: HeaderNames<Role>,
  kinds: HeaderKinds<Role>,
): HeaderResult<HeaderValues<Role>> {
  const read = headerReader(request)
  const values: Partial<Record<Role, string>> = Object.create(null)
  for (const role of Object.keys(names) as Role[]) {
    const value = read(names[role], Object.hasOwn(kinds, role) ? kinds[role] : undefined)
    if (!value.ok) return value
    if (value.value !== undefined) values[role] = value.value
  }
  return headerValue(values)
}
