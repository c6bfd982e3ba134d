import type { Certificate } from '../x509/certificate.ts'

/** SPIFFE IDs (SPIFFE-ID) and the certificates that carry them (X509-SVID). */

/** A SPIFFE ID in its parts. */
export interface SpiffeId {
  /** `spiffe://example.org/service/a` */
  readonly id: string
  /** `example.org` */
  readonly trustDomain: string
  /** `/service/a`; empty for the trust domain itself. */
  readonly path: string
}

/** A SPIFFE ID, or what is wrong with it. */
export type SpiffeResult = { readonly ok: true; readonly value: SpiffeId } | { readonly ok: false; readonly message: string }

const scheme = 'spiffe://'
/** SPIFFE-ID 2.3. */
const longestId = 2048
const longestTrustDomain = 255

/**
 * Reads a SPIFFE ID to the letter: the scheme in lower case, a trust domain of `a-z0-9.-_`, a path of segments of
 * `A-Za-z0-9.-_` of which none is empty, `.` or `..`. No port, user, query, fragment or percent-encoding, so that one
 * identity has one text and equality is equality of texts.
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
 * The SPIFFE ID of a leaf (X509-SVID 5.2): exactly one URI among its names, which is a SPIFFE ID with a path; no CA, and a
 * key that signs no certificates and no revocation lists. That its chain is good must have been verified before.
 *
 * @example
 * if (verdict.ok) console.log(spiffeIdOf(verdict.leaf))
 */
export function spiffeIdOf(leaf: Certificate): SpiffeResult {
  const uris = leaf.subjectAltNames.filter(({ type }) => type === 'uri')
  const [uri] = uris
  if (uri === undefined || uris.length > 1) {
    return { ok: false, message: `an X.509-SVID has one URI among its names, this certificate ${uris.length}` }
  }
  if (leaf.basicConstraints?.ca === true) return { ok: false, message: 'a CA certificate is not an identity' }
  if (leaf.keyUsage?.some((usage) => usage === 'keyCertSign' || usage === 'cRLSign') === true) {
    return { ok: false, message: 'a key that signs certificates or revocation lists is not an identity' }
  }
  const id = parseSpiffeId(uri.value)
  if (id.ok && id.value.path === '') return { ok: false, message: 'the SPIFFE ID of a leaf has a path' }
  return id
}
