import { Span } from '../bytes/span.ts'
import { elements, type NoFields, readFields } from '../policy/fields.ts'
import { type Certificate, CertificateView } from '../x509/certificate.ts'
import { canonicalName } from '../x509/name.ts'
import { nameOfText } from './distinguished-name.ts'
import { parseSpiffeId, spiffeIdOf } from './spiffe.ts'

type OneOrMore = string | readonly string[]

/** An allow-list. Every list that is present must have a matching entry. An empty list matches no certificate. */
export interface AllowedIdentities {
  /**
   * URIs in subjectAltName, compared exactly. A `spiffe://` entry only matches an X.509-SVID with that ID: a certificate with
   * exactly one URI that is not a CA.
   */
  readonly uri?: OneOrMore
  /** DNS names in subjectAltName, compared without regard to ASCII case. A wildcard only matches the identical wildcard. */
  readonly dns?: OneOrMore
  /** E-mail addresses in subjectAltName. The part after the `@` is compared without regard to ASCII case (RFC 5280 7.5). */
  readonly email?: OneOrMore
  /** Distinguished names in RFC 4514 form, as `Certificate.subject` writes them; compared as names (RFC 5280 7.1). */
  readonly subject?: OneOrMore
  /** SHA-256 of the certificate in hexadecimal, colons allowed. */
  readonly fingerprint?: OneOrMore
}

/** The matching identity of each list, or the first list without a match. */
export type IdentityMatch =
  | { readonly ok: true; readonly matched: Readonly<Partial<Record<keyof AllowedIdentities, string>>> }
  | { readonly ok: false; readonly message: string }

/** The function that `identityMatcher` returns. */
export type IdentityMatcher = (certificate: Certificate) => IdentityMatch

/**
 * Checks whether a client that `verifyChain` accepted is on your allow-list. Names are compared one by one and in full: they
 * are never joined, split, mapped or matched as substrings, and the common name is never treated as a host name.
 *
 * @throws TypeError for an entry that cannot match anything, such as a malformed SPIFFE ID, and if no list is given
 * @example
 * if (verdict.ok) {
 *   const match = matchIdentity(verdict.leaf, { uri: 'spiffe://example.org/service/a' })
 *   if (!match.ok) console.warn(403, match.message)
 * }
 */
export function matchIdentity(certificate: Certificate, allowed: AllowedIdentities): IdentityMatch {
  return identityMatcher(allowed)(certificate)
}

/**
 * Like {@link matchIdentity}, but parses the lists once. Use it for long lists, or if you match every request.
 *
 * @example
 * const isPartner = identityMatcher({ subject: ['CN=partner-1,O=Example', 'CN=partner-2,O=Example'] })
 * if (verdict.ok && !isPartner(verdict.leaf).ok) console.warn(403)
 */
export function identityMatcher(allowed: AllowedIdentities): IdentityMatcher {
  readFields<AllowedIdentities>('matchIdentity: allowed', allowed, noLists)
  const lists = (Object.keys(matchers) as Form[]).flatMap((form) => {
    if (!Object.hasOwn(allowed, form)) return []
    const entries = allowed[form]
    // Ignoring a missing setting would widen what the other lists allow.
    if (entries === undefined) throw new TypeError(`matchIdentity: allowed.${form} is undefined; omit it, or give a list`)
    return [[form, readList(form, entries)] as const]
  })
  if (lists.length === 0) throw new TypeError('matchIdentity: allowed has no list, so it would match everyone')
  return (certificate) => {
    if (!(certificate instanceof CertificateView)) throw new TypeError('matchIdentity: certificate must be a Certificate')
    const matched: Partial<Record<Form, string>> = {}
    for (const [form, list] of lists) {
      const found = matchers[form].find(certificate, list)
      if (found === undefined)
        return { ok: false, message: `allowed.${form} does not contain ${matchers[form].noun} of the certificate` }
      matched[form] = found
    }
    return { ok: true, matched }
  }
}

type Form = keyof AllowedIdentities

interface Matcher {
  /** For the rejection message. */
  readonly noun: string
  /** The entry in the form that is compared; `undefined` if it cannot match anything. */
  readonly read: (entry: string) => string | undefined
  /** The identity of the certificate that is on the list. */
  readonly find: (certificate: CertificateView, list: ReadonlySet<string>) => string | undefined
}

const matchers: Readonly<Record<Form, Matcher>> = {
  uri: {
    noun: 'a URI',
    read: (entry) => (/^[!-~]+$/.test(entry) && (!isSpiffe(entry) || parseSpiffeId(entry).ok) ? entry : undefined),
    find(certificate, list) {
      const svid = spiffeIdOf(certificate)
      return namesOf(certificate, 'uri').find((uri) => list.has(uri) && (!isSpiffe(uri) || svid.ok))
    },
  },
  dns: {
    noun: 'a DNS name',
    read: (entry) => (/^[!-~]+$/.test(entry) ? entry.toLowerCase() : undefined),
    find: (certificate, list) => namesOf(certificate, 'dns').find((name) => list.has(name.toLowerCase())),
  },
  email: {
    noun: 'an e-mail address',
    read: (entry) => (/^[!-~]+@[!-~]+$/.test(entry) ? foldedAddress(entry) : undefined),
    find: (certificate, list) => namesOf(certificate, 'email').find((address) => list.has(foldedAddress(address))),
  },
  subject: {
    noun: 'the subject',
    read(entry) {
      const name = entry === '' ? undefined : nameOfText(entry)
      return name === undefined ? undefined : canonicalName(new Span(name))
    },
    find: (certificate, list) => (list.has(certificate.subjectKey) ? certificate.subject : undefined),
  },
  fingerprint: {
    noun: 'the fingerprint',
    read(entry) {
      const hex = entry.replaceAll(':', '').toLowerCase()
      return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined
    },
    find: ({ fingerprint }, list) => (list.has(fingerprint) ? fingerprint : undefined),
  },
}

const noLists: NoFields<AllowedIdentities> = {
  uri: undefined,
  dns: undefined,
  email: undefined,
  subject: undefined,
  fingerprint: undefined,
}

function readList(form: Form, entries: unknown): ReadonlySet<string> {
  const list: readonly unknown[] = Array.isArray(entries) ? elements(entries) : [entries]
  return new Set(
    list.map((entry) => {
      const key = typeof entry === 'string' ? matchers[form].read(entry) : undefined
      if (key !== undefined) return key
      throw new TypeError(`matchIdentity: allowed.${form} has ${JSON.stringify(entry)}, which cannot match any certificate`)
    }),
  )
}

/** In any case, so that no spelling of the scheme bypasses the rules for SPIFFE IDs. */
function isSpiffe(uri: string): boolean {
  return /^spiffe:/i.test(uri)
}

function namesOf(certificate: Certificate, type: 'uri' | 'dns' | 'email'): readonly string[] {
  return certificate.subjectAltNames.filter((name) => name.type === type).map(({ value }) => value)
}

/** The last `@` ends the local part. A quoted local part may contain others. */
function foldedAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return address.slice(0, at) + address.slice(at).toLowerCase()
}
