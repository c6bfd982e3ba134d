/** Which of several domains a server name belongs to, and why. */
export type DomainSelection =
  | {
      readonly ok: true
      /** The domain's name, as it was given. */
      readonly domain: string
      readonly match: 'exact' | 'wildcard'
      /** Why this one, for people. */
      readonly reason: string
    }
  | { readonly ok: false; readonly reason: string }

const longestName = 253

/**
 * Chooses the domain, and with it the server certificate and the truststore, that serves a name: an exact name first, then a
 * wildcard, which stands for one whole label. So a host name that has its own entry keeps its own certificate after a
 * wildcard was added, until the entry is removed; `reason` says so.
 *
 * @param serverName what the client asked for by SNI (RFC 6066 3)
 * @param domains exact names and wildcards such as `*.example.com`
 * @example
 * const selection = selectServerCertificate('api.example.com', ['api.example.com', '*.example.com'])
 * console.log(selection.reason)
 */
export function selectServerCertificate(serverName: string | undefined, domains: Iterable<string>): DomainSelection {
  const name = serverName === undefined ? undefined : domainName(serverName)
  if (serverName === undefined) return { ok: false, reason: 'the client asked for no server name' }
  if (name === undefined) return { ok: false, reason: 'the client asked for what is no DNS name' }
  const wildcard = wildcardOf(name)
  let byWildcard: string | undefined
  let exact: string | undefined
  for (const domain of domains) {
    const known = domain.toLowerCase()
    if (known === name) exact = domain
    else if (known === wildcard) byWildcard = domain
  }
  if (exact !== undefined) {
    const before = byWildcard === undefined ? '' : `, which comes before ${byWildcard}`
    return { ok: true, domain: exact, match: 'exact', reason: `${name} has an entry of its own${before}` }
  }
  if (byWildcard === undefined)
    return { ok: false, reason: `neither ${name} nor ${wildcard ?? 'a wildcard'} is among the domains` }
  return { ok: true, domain: byWildcard, match: 'wildcard', reason: `${name} has no entry of its own; ${byWildcard} covers it` }
}

/** Domains by name, read once. */
export class DomainMap<Value> {
  readonly #values = new Map<string, Value>()

  /** @throws TypeError for a name that is neither a DNS name nor a wildcard, and for one that occurs twice */
  constructor(entries: Iterable<readonly [name: string, value: Value]>, what: string) {
    for (const [name, value] of entries) {
      const known = domainName(name.startsWith('*.') ? name.slice(2) : name)
      if (known === undefined || (name.startsWith('*.') && !known.includes('.')))
        throw new TypeError(`${what}: ${name} is neither a DNS name of A-labels nor a wildcard such as *.example.com`)
      const key = name.startsWith('*.') ? `*.${known}` : known
      if (this.#values.has(key)) throw new TypeError(`${what}: ${name} occurs twice`)
      this.#values.set(key, value)
    }
    if (this.#values.size === 0) throw new TypeError(`${what} must name at least one domain`)
  }

  /** As `selectServerCertificate` chooses, without giving reasons. */
  find(serverName: string | undefined): Value | undefined {
    const name = serverName === undefined ? undefined : domainName(serverName)
    if (name === undefined) return undefined
    const wildcard = wildcardOf(name)
    return this.#values.get(name) ?? (wildcard === undefined ? undefined : this.#values.get(wildcard))
  }
}

/** The name of a `Host` header or an `:authority` (RFC 9110 7.2), without its port; `undefined` for junk and IPv6 addresses. */
export function hostOfAuthority(authority: string): string | undefined {
  return /^([^:@/?#\s]+)(:\d{0,5})?$/.exec(authority)?.[1]
}

/** A DNS name of A-labels in lower case, without its final dot; `undefined` for everything else. */
export function domainName(text: string): string | undefined {
  // Before folding: other alphabets have letters whose lower case is ASCII.
  if (text.length > longestName + 1 || !/^[!-~]+$/.test(text)) return undefined
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
  return name.length <= longestName && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) ? name : undefined
}

function wildcardOf(name: string): string | undefined {
  const dot = name.indexOf('.')
  return dot > 0 && name.includes('.', dot + 1) ? `*${name.slice(dot)}` : undefined
}
