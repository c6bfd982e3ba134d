import { member } from '../policy/fields.ts'
import { checkHeader, type HeaderResult, headerFault, headerValue } from './result.ts'

/** Headers with a method `get`, such as those of `fetch`: names in any case, `null` for what is absent. */
export interface HeadersLike {
  /** The value, by a name in any case. */
  get(name: string): string | null | undefined
}

/** Headers as an object; an array holds one value for each time the header occurred. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * A request or its headers: a `fetch` Request or Headers, Node's IncomingMessage (whose `rawHeaders` tell duplicates), or
 * a plain object.
 */
export type RequestLike =
  | { readonly headers: HeadersLike | HeaderRecord; readonly rawHeaders?: readonly string[] }
  | HeadersLike
  | HeaderRecord

/** The value of one header, by its lower-case name; `undefined` where it is absent or empty. */
export type HeaderReader = (name: string) => HeaderResult<string | undefined>

/**
 * How to read the headers of a request. A header that occurs twice is refused, for one of them is not the proxy's: with
 * `rawHeaders`, arrays and names that differ in case it can be seen; `fetch` joins the values by commas, and the strict
 * formats refuse that.
 *
 * @throws TypeError for what is no request
 */
export function headerReader(request: unknown): HeaderReader {
  const { headers, rawHeaders } = headersOf(request)
  const valuesOf = isGetter(headers) ? fromGetter(headers) : fromRecord(headers)
  return (name) => {
    const values = valuesOf(name.toLowerCase()).filter((value) => value !== '')
    const [value] = values
    if (value === undefined) return headerValue(undefined)
    const count = Math.max(values.length, countRaw(rawHeaders, name.toLowerCase()))
    if (count > 1) return headerFault('duplicate_header', `${name} occurs ${count} times`)
    return checkHeader(name, value) ?? headerValue(value)
  }
}

interface Source {
  readonly headers: object
  readonly rawHeaders: unknown
}

function headersOf(request: unknown): Source {
  if (typeof request !== 'object' || request === null) throw new TypeError('the request must be an object with headers')
  const headers = member(request, 'headers')
  const rawHeaders = member(request, 'rawHeaders')
  if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) return { headers, rawHeaders }
  return { headers: request, rawHeaders: undefined }
}

function isGetter(headers: object): headers is HeadersLike {
  return typeof member(headers, 'get') === 'function'
}

type Values = (lowerCaseName: string) => readonly string[]

function fromGetter(headers: HeadersLike): Values {
  return (name) => {
    const value = headers.get(name)
    return value === null || value === undefined ? [] : [value]
  }
}

/**
 * How often a header arrived, by Node's list of name, value, name, value …. Values are never taken from there: what an
 * application has removed from `headers` must stay removed.
 */
function countRaw(raw: unknown, lowerCaseName: string): number {
  if (!Array.isArray(raw)) return 0
  let count = 0
  for (let i = 0; i < raw.length; i += 2) if (isNamed(raw[i], lowerCaseName)) count++
  return count
}

function fromRecord(headers: object): Values {
  return (name) => {
    const values: string[] = []
    for (const [key, value] of Object.entries(headers)) {
      if (!isNamed(key, name) || value === undefined || value === null) continue
      if (Array.isArray(value)) values.push(...value.slice(0, mostValues))
      else values.push(value)
    }
    return values
  }
}

/** Two are too many already. */
const mostValues = 100

function isNamed(key: unknown, lowerCaseName: string): boolean {
  return typeof key === 'string' && key.length === lowerCaseName.length && key.toLowerCase() === lowerCaseName
}
