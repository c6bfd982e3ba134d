import { member } from '../policy/fields.ts'
import { checkHeader, type HeaderResult, headerFault, headerValue, joinedFault } from './result.ts'

/** Headers with a method `get`, such as those of `fetch`: names in any case, `null` for what is absent. */
export interface HeadersLike {
  /** The value, by a name in any case. */
  get(name: string): string | null | undefined
}

/** Headers as an object; an array holds one value for each time the header occurred. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * A request or its headers: a `fetch` Request or Headers, Node's IncomingMessage (whose `rawHeaders` and `headersDistinct`
 * tell duplicates), a Lambda event of an Application Load Balancer or API Gateway (whose `multiValueHeaders` do), or a plain
 * object.
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
 * What a comma in a header means, and how often the header may occur. Servers on the way, `fetch` and some events join the
 * values of a header that occurs more than once by commas (RFC 9110 5.3), so that both are one question.
 *
 * - `single`: once, and its value has no commas
 * - `name`: once, a distinguished name of RFC 2253, which has a comma between two parts and no blank after it
 * - `own`: once, with commas of its own; its parser has to detect joined values
 * - `list`: a list by its RFC; its lines are one list
 */
export type HeaderKind = 'single' | 'name' | 'own' | 'list'

/** The value of one header; `undefined` where it is absent or empty. */
export type HeaderReader = (name: string, kind?: HeaderKind) => HeaderResult<string | undefined>

/**
 * How to read the headers of a request. A header that occurs twice is refused, for one of them is not the proxy's. An empty
 * one counts: it may be what the proxy says of a client without a certificate.
 *
 * @throws TypeError for what is no request
 */
export function headerReader(request: unknown): HeaderReader {
  const { headers, multiValueHeaders, rawHeaders, headersDistinct } = sourceOf(request)
  return (name, kind = 'single') => {
    const lowerCaseName = name.toLowerCase()
    const told = headers && valuesOf(headers, lowerCaseName)
    const each = multiValueHeaders && valuesOf(multiValueHeaders, lowerCaseName)
    const most = Math.max(told?.length ?? 0, each?.length ?? 0)
    // Even if the other lists still have it: a header that the application removed stays removed.
    if (most === 0) return headerValue(undefined)
    if (kind !== 'list') {
      const distinct = headersDistinct && valuesOf(headersDistinct, lowerCaseName)
      const arrived = Math.max(distinct?.length ?? 0, countNames(rawHeaders, lowerCaseName), countEntries(headers, lowerCaseName))
      const count = Math.max(most, arrived)
      if (count > 1) return headerFault('duplicate_header', `${name} occurs ${count} times`)
    }
    if (told !== undefined && each !== undefined && !saysTheSame(told, each)) {
      return headerFault('inconsistent_headers', `headers and multiValueHeaders do not say the same of ${name}`)
    }
    return readLines(name, each ?? told ?? [], kind)
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

/** Every value that is there, in order. Only strings are values, which is looked at where one is read. */
function valuesOf(headers: object, lowerCaseName: string): readonly unknown[] {
  if (isGetter(headers)) {
    const value = headers.get(lowerCaseName)
    return value === null || value === undefined ? [] : [value]
  }
  const values: unknown[] = []
  for (const [key, value] of Object.entries(headers)) {
    if (!isNamed(key, lowerCaseName) || value === undefined || value === null) continue
    if (Array.isArray(value)) for (const each of value) values.push(each)
    else values.push(value)
  }
  return values
}

/**
 * How often a header arrived, by Node's list of name, value, name, value …; some runtimes have it as a list of pairs. Values
 * are never taken from there: what an application has removed from `headers` must stay removed.
 */
function countNames(raw: unknown, lowerCaseName: string): number {
  if (!Array.isArray(raw)) return 0
  const flat: readonly unknown[] = raw.flat()
  let count = 0
  for (let i = 0; i < flat.length; i += 2) if (isNamed(flat[i], lowerCaseName)) count++
  return count
}

/** How often a header is among the entries of what has a `get`: a Map keeps two spellings of one name apart. */
function countEntries(headers: object | undefined, lowerCaseName: string): number {
  if (headers === undefined || !isGetter(headers) || !(Symbol.iterator in headers)) return 0
  let count = 0
  for (const entry of headers as Iterable<unknown>) if (Array.isArray(entry) && isNamed(entry[0], lowerCaseName)) count++
  return count
}

function isNamed(key: unknown, lowerCaseName: string): boolean {
  return typeof key === 'string' && key.length === lowerCaseName.length && key.toLowerCase() === lowerCaseName
}

/** An event's `headers` have room for one value: the last line, or all lines joined. */
function saysTheSame(told: readonly unknown[], each: readonly unknown[]): boolean {
  if (told.length === 1 && each.length > 0) return [each.at(-1), each.join(','), each.join(', ')].includes(told[0])
  return told.length === each.length && told.every((value, i) => value === each[i])
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

/** Whether the value may be two, joined by a comma. */
function isJoined(value: string, kind: HeaderKind): boolean {
  if (kind === 'single') return value.includes(',')
  // RFC 2253 2.4: a comma within a part is escaped, and so is a blank at the beginning of one.
  return kind === 'name' && /^,|,([ \t,]|$)/.test(value.replace(/\\./g, ''))
}
