/** A header of a request, as it arrives: one line. */
export type HeaderLine = readonly [name: string, value: string]

/** One way in which servers, runtimes and platforms hand on header lines. */
export interface HeaderShape {
  /** What joins lines of one name; absent if they stay separate. */
  readonly joinedBy?: ',' | ', '
  readonly of: (lines: readonly HeaderLine[]) => object
}

/** All lines of a name under one spelling of it. */
function grouped(lines: readonly HeaderLine[], spelling: (name: string) => string): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const [name, value] of lines) {
    const key = spelling(name)
    groups[key] = [...(groups[key] ?? []), value]
  }
  return groups
}

const lower = (name: string): string => name.toLowerCase()
const asSent = (name: string): string => name

function mapped<T>(groups: Readonly<Record<string, string[]>>, value: (values: readonly string[]) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, value(values)]))
}

const joined = (lines: readonly HeaderLine[]): Record<string, string> =>
  mapped(grouped(lines, lower), (values) => values.join(', '))
const lasts = (lines: readonly HeaderLine[]): Record<string, string> => mapped(grouped(lines, asSent), (values) => values.at(-1)!)

/** Each further line of a name under a spelling that no other line has. */
function spellings(lines: readonly HeaderLine[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (const [name, value] of lines) {
    const forms = [name, name.toLowerCase(), name.toUpperCase(), `${name[0]}${name.slice(1).toUpperCase()}`]
    record[forms.find((form) => !Object.hasOwn(record, form))!] = value
  }
  return record
}

const fetched = (lines: readonly HeaderLine[]): Headers => new Headers(lines.map(([name, value]) => [name, value]))

/** Every shape in which a request's headers are read. */
export const headerShapes: Readonly<Record<string, HeaderShape>> = {
  'an object of arrays': { of: (lines) => grouped(lines, asSent) },
  'an object without a prototype': { of: (lines) => Object.assign(Object.create(null), grouped(lines, lower)) },
  'an object of spellings': { of: spellings },
  'a request with an object': { of: (lines) => ({ headers: grouped(lines, lower) }) },
  'joined by a server': { joinedBy: ', ', of: joined },
  'Node, with rawHeaders': { of: (lines) => ({ headers: joined(lines), rawHeaders: lines.flat() }) },
  'Node, which kept the last': {
    of: (lines) => ({ headers: mapped(grouped(lines, lower), (values) => values.at(-1)!), rawHeaders: lines.flat() }),
  },
  'rawHeaders in pairs': { of: (lines) => ({ headers: joined(lines), rawHeaders: lines }) },
  'Node, with headersDistinct': {
    of: (lines) => ({ headers: joined(lines), headersDistinct: Object.assign(Object.create(null), grouped(lines, lower)) }),
  },
  Headers: { joinedBy: ', ', of: fetched },
  'a Request': { joinedBy: ', ', of: (lines) => new Request('https://a.example/', { headers: fetched(lines) }) },
  'an event of a load balancer': {
    of: (lines) => ({ requestContext: { elb: {} }, multiValueHeaders: grouped(lines, lower) }),
  },
  'an event without headers': { of: (lines) => ({ headers: null, multiValueHeaders: grouped(lines, asSent) }) },
  'an event of API Gateway, payload 1.0': {
    of: (lines) => ({ headers: lasts(lines), multiValueHeaders: grouped(lines, asSent) }),
  },
  'an event of API Gateway, payload 2.0': {
    joinedBy: ',',
    of: (lines) => ({ version: '2.0', headers: mapped(grouped(lines, lower), (values) => values.join(',')) }),
  },
}
