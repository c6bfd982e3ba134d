import type { Certificate } from '../x509/certificate.ts'

/** SPIFFE IDs (SPIFFE-ID) and the certificates that carry them (X509-SVID). */

/** A parsed SPIFFE ID. */
export interface SpiffeId {
  /** `spiffe://example.org/service/a` */
  readonly id: string
  /** `example.org` */
  readonly trustDomain: string
  /** `/service/a`; empty for the trust domain itself. */
  readonly path: string
}

/** A SPIFFE ID, or why it is invalid. */
export type SpiffeResult = { readonly ok: true; readonly value: SpiffeId } | { readonly ok: false; readonly message: string }

const scheme = 'spiffe://'
/** SPIFFE-ID 2.3. */
const longestId = 2048
const longestTrustDomain = 255

/**
 * Parses a SPIFFE ID strictly: the scheme in lower case, a trust domain of `a-z0-9.-_`, and a path of segments of
 * `A-Za-z0-9.-_`, none of them empty, `.` or `..`. No port, user, query, fragment or percent-encoding. Each identity
 * therefore has exactly one text, and IDs can be compared as strings.
 *
 * @throws TypeError if `text` is not a string
 * @example
 * const id = parseSpiffeId('spiffe://example.org/service/a')
 * if (id.ok) console.log(id.value.trustDomain, id.value.path)
 */
export function parseSpiffeId(text: string): SpiffeResult {
  if (typeof text !== 'string') throw new TypeError('parseSpiffeId: text must be a string')
  if (text.length > longestId) return { ok: false, message: `a SPIFFE ID has at most ${longestId} characters` }
  if (!text.startsWith(scheme)) return { ok: false, message: 'a SPIFFE ID begins with spiffe://' }
  const slash = text.indexOf('/', scheme.length)
  const trustDomain = slash < 0 ? text.slice(scheme.length) : text.slice(scheme.length, slash)
  const path = slash < 0 ? '' : text.slice(slash)
  if (trustDomain.length > longestTrustDomain || !/^[a-z0-9._-]+$/.test(trustDomain)) {
    return { ok: false, message: `a trust domain has 1 to ${longestTrustDomain} characters of a-z, 0-9, ".", "-" and "_"` }
  }
  const segments = path === '' ? [] : path.slice(1).split('/')
  if (!segments.every((segment) => /^[A-Za-z0-9._-]+$/.test(segment) && segment !== '.' && segment !== '..')) {
    return { ok: false, message: 'a path has segments of A-Z, a-z, 0-9, ".", "-" and "_", none of them empty, "." or ".."' }
  }
  return { ok: true, value: { id: text, trustDomain, path } }
}

/**
 * Reads the SPIFFE ID of a leaf (X509-SVID 5.2): the only URI in subjectAltName, with a path. The leaf must not be a CA, nor
 * have a key usage for signing certificates or CRLs. Verify its chain first.
 *
 * @example
 * if (verdict.ok) console.log(spiffeIdOf(verdict.leaf))
 */
export function spiffeIdOf(leaf: Certificate): SpiffeResult {
  const uris = leaf.subjectAltNames.filter(({ type }) => type === 'uri')
  const [uri] = uris
  if (uri === undefined || uris.length > 1) {
    return { ok: false, message: `an X.509-SVID has exactly one URI in subjectAltName, this certificate has ${uris.length}` }
  }
  if (leaf.basicConstraints?.ca === true)
    return { ok: false, message: 'the certificate is a CA certificate, not an X.509-SVID of a workload' }
  if (leaf.keyUsage?.some((usage) => usage === 'keyCertSign' || usage === 'cRLSign') === true) {
    return { ok: false, message: 'an X.509-SVID leaf must not have keyCertSign or cRLSign' }
  }
  const id = parseSpiffeId(uri.value)
  if (id.ok && id.value.path === '') return { ok: false, message: 'the SPIFFE ID of a leaf must have a path' }
  return id
}
