import { encodePem } from '../../bytes/pem.ts'
import { encodeElement } from '../../der/encode.ts'

/** The domain that a server name belongs to, and why. */
export type DomainSelection =
  | {
      readonly ok: true
      /** The domain's name, as given. */
      readonly domain: string
      readonly match: 'exact' | 'wildcard'
      /** Why this domain was selected, for people. */
      readonly reason: string
    }
  | { readonly ok: false; readonly reason: string }

const longestName = 253

/**
 * Selects the domain that serves a name, and with it the server certificate and the truststore. An exact name wins over a
 * wildcard, and a wildcard stands for exactly one label. A host name with its own entry therefore keeps its certificate when
 * you add a wildcard, until you remove the entry. `reason` explains the choice.
 *
 * @param serverName the name that the client sent by SNI (RFC 6066 3)
 * @param domains exact names and wildcards such as `*.example.com`
 * @example
 * const selection = selectServerCertificate('api.example.com', ['api.example.com', '*.example.com'])
 * console.log(selection.reason)
 */
export function selectServerCertificate(serverName: string | undefined, domains: Iterable<string>): DomainSelection {
  const name = serverName === undefined ? undefined : domainName(serverName)
  if (serverName === undefined) return { ok: false, reason: 'the client sent no server name' }
  if (name === undefined) return { ok: false, reason: 'the requested server name is not a DNS name' }
  const wildcard = wildcardOf(name)
  let byWildcard: string | undefined
  let exact: string | undefined
  for (const domain of domains) {
    const known = domain.toLowerCase()
    if (known === name) exact = domain
    else if (known === wildcard) byWildcard = domain
  }
  if (exact !== undefined) {
    const before = byWildcard === undefined ? '' : `, which takes precedence over ${byWildcard}`
    return { ok: true, domain: exact, match: 'exact', reason: `${name} has its own entry${before}` }
  }
  if (byWildcard === undefined)
    return { ok: false, reason: `neither ${name} nor ${wildcard ?? 'a wildcard'} is in the list of domains` }
  return { ok: true, domain: byWildcard, match: 'wildcard', reason: `${name} has no entry; ${byWildcard} covers it` }
}

/** Domains by name, parsed once. */
export class DomainMap<Value> {
  readonly #values = new Map<string, Value>()

  /** @throws TypeError for a name that is neither a DNS name nor a wildcard, and for duplicates */
  constructor(entries: Iterable<readonly [name: string, value: Value]>, label: string) {
    for (const [name, value] of entries) {
      const known = domainName(name.startsWith('*.') ? name.slice(2) : name)
      if (known === undefined || (name.startsWith('*.') && !known.includes('.')))
        throw new TypeError(`${label}: ${name} is neither a DNS name (IDNs as A-labels) nor a wildcard such as *.example.com`)
      const key = name.startsWith('*.') ? `*.${known}` : known
      if (this.#values.has(key)) throw new TypeError(`${label}: ${name} occurs twice`)
      this.#values.set(key, value)
    }
    if (this.#values.size === 0) throw new TypeError(`${label} must name at least one domain`)
  }

  /** Selects like `selectServerCertificate`, without a reason. */
  find(serverName: string | undefined): Value | undefined {
    const name = serverName === undefined ? undefined : domainName(serverName)
    if (name === undefined) return undefined
    const wildcard = wildcardOf(name)
    return this.#values.get(name) ?? (wildcard === undefined ? undefined : this.#values.get(wildcard))
  }
}

/**
 * The host of a `Host` header or an `:authority` (RFC 9110 7.2), without its port. `undefined` for IPv6 addresses and invalid
 * values.
 */
export function hostOfAuthority(authority: string): string | undefined {
  return /^([^:@/?#\s]+)(:\d{0,5})?$/.exec(authority)?.[1]
}

/** A DNS name of A-labels in lower case, without its final dot; `undefined` for everything else. */
export function domainName(text: string): string | undefined {
  // Check before lower-casing: letters of other alphabets may become ASCII.
  if (text.length > longestName + 1 || !/^[!-~]+$/.test(text)) return undefined
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase()
  return name.length <= longestName && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) ? name : undefined
}

function wildcardOf(name: string): string | undefined {
  const dot = name.indexOf('.')
  return dot > 0 && name.includes('.', dot + 1) ? `*${name.slice(dot)}` : undefined
}

/** 2.5.29.0, which is not an algorithm: no library can verify a signature with it. */
const noAlgorithm = encodeElement(0x30, Uint8Array.of(0x06, 0x03, 0x55, 0x1d, 0x00))
const noBits = Uint8Array.of(0x03, 0x01, 0x00)
const noKey = encodeElement(0x30, noAlgorithm, noBits)
const anyTime = encodeElement(0x17, new TextEncoder().encode('700101000000Z'))
const validity = encodeElement(0x30, anyTime, anyTime)
const serialNumber = Uint8Array.of(0x02, 0x01, 0x01)

/**
 * A certificate, as PEM, that holds only a name. Node can only advertise CA names as subjects of certificates in its option
 * `ca`. OpenSSL would trust the real CA certificates, and parsing them would take sixteen times as long.
 *
 * @param name DER of a Name
 */
export function carrierOf(name: Uint8Array): string {
  const tbs = encodeElement(0x30, serialNumber, noAlgorithm, name, validity, name, noKey)
  return encodePem('CERTIFICATE', encodeElement(0x30, tbs, noAlgorithm, noBits))
}
