import { type HeaderResult, headerValue } from './result.ts'
import { type HeaderKind, headerReader } from './source.ts'

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
