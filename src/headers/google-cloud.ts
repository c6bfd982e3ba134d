import { decodeBase64, encodeBase64, hexOf } from '../bytes/encoding.ts'
import { bytesOfPemText } from '../bytes/pem.ts'
import { isoTime } from '../policy/fields.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkFingerprint, checkSerialOfAnyBase, firstFault, inconsistent, readLeaf } from './facts.ts'
import type { RequestLike } from './request-headers.ts'
import {
  collectHeaders,
  type HeaderFormat,
  type HeaderKinds,
  type HeaderNames,
  type HeaderValues,
  headerFormat,
} from './request-headers.ts'
import { type HeaderFault, type HeaderResult, headerFault, headerValue } from './result.ts'
import { formatClientCert, formatClientCertChain, readCertificateAndChain } from './rfc9440.ts'

/**
 * Google Cloud's Application Load Balancers use custom request headers: the operator chooses their names, and their values
 * are variables `{client_cert_…}`. The default names here are from Google's examples.
 */

type Role = 'present' | 'chainVerified' | 'error' | 'fingerprint' | 'serialNumber' | 'notBefore' | 'notAfter' | 'leaf' | 'chain'

const headers: HeaderNames<Role> = {
  present: 'X-Client-Cert-Present',
  chainVerified: 'X-Client-Cert-Chain-Verified',
  error: 'X-Client-Cert-Error',
  fingerprint: 'X-Client-Cert-Hash',
  serialNumber: 'X-Client-Cert-Serial-Number',
  notBefore: 'X-Client-Cert-Valid-Not-Before',
  notAfter: 'X-Client-Cert-Valid-Not-After',
  leaf: 'X-Client-Cert-Leaf',
  chain: 'X-Client-Cert-Chain',
}

/** Google writes the whole chain on one line, so a second line is not Google's. */
const kinds: HeaderKinds<Role> = { chain: 'own' }

/** What Google Cloud reports about a client. */
export interface GoogleCloudClientCertificate {
  /** `{client_cert_leaf}`, parsed. The other headers have been checked: the same fingerprint, serial number and dates. */
  readonly leaf: Certificate
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[]
  /** `{client_cert_chain_verified}`, by Google's trust config; absent if the header is. */
  readonly chainVerified?: boolean
  /** `{client_cert_error}`, such as `client_cert_not_provided`; absent if there is none. */
  readonly error?: string
}

/**
 * Reads the custom headers: the leaf, and any of the others, which must agree with it.
 *
 * @param names the header names that the backend service is configured with; the default is the names from Google's examples
 * @throws TypeError for an invalid request
 * @example
 * const client = parseGoogleCloud({ headers }, { leaf: 'X-Client-Leaf' })
 * if (client.ok) verifyChain(store, client.value.chain)
 */
export function parseGoogleCloud(
  request: RequestLike,
  names: Partial<HeaderNames<Role>> = {},
): HeaderResult<GoogleCloudClientCertificate> {
  const all = { ...headers, ...names }
  const values = collectHeaders(request, all, kinds)
  return values.ok ? readValues(values.value, all) : values
}

/**
 * Writes the custom headers for a certificate that Google could verify, with the names from Google's examples.
 *
 * @example
 * const written = formatGoogleCloud(certificate)
 * if (written.ok) console.log(parseGoogleCloud({ headers: written.value }).ok)
 */
export function formatGoogleCloud(
  leaf: Certificate,
  intermediates: readonly Uint8Array[] = [],
): HeaderResult<Readonly<Record<string, string>>> {
  const certificate = formatClientCert(leaf.raw)
  if (!certificate.ok) return certificate
  const chain = intermediates.length === 0 ? undefined : formatClientCertChain(intermediates)
  if (chain?.ok === false) return chain
  return headerValue({
    [headers.present]: 'true',
    [headers.chainVerified]: 'true',
    [headers.fingerprint]: encodeBase64(
      Uint8Array.from(leaf.fingerprint.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    ),
    [headers.serialNumber]: leaf.serialNumber,
    [headers.notBefore]: rfc3339(leaf.notBefore),
    [headers.notAfter]: rfc3339(leaf.notAfter),
    [headers.leaf]: certificate.value,
    ...(chain === undefined ? {} : { [headers.chain]: chain.value }),
  })
}

/** With an offset, as Google writes it: `2022-07-01T18:05:09+00:00`. */
function rfc3339(date: Date): string {
  return isoTime(date.getTime()).replace('Z', '+00:00')
}

function readValues(values: HeaderValues<Role>, names: HeaderNames<Role>): HeaderResult<GoogleCloudClientCertificate> {
  const present = readBoolean(names.present, values.present)
  if (!present.ok) return present
  const chainVerified = readBoolean(names.chainVerified, values.chainVerified)
  if (!chainVerified.ok) return chainVerified
  const { leaf: certificate, error } = values
  if (certificate === undefined) return absence(names, present.value, error)
  if (present.value === false)
    return headerFault('inconsistent_headers', `${names.present} is false but ${names.leaf} is present`)
  const chain = readCertificateAndChain(names.leaf, certificate, names.chain, values.chain)
  if (!chain.ok) return chain
  const leaf = readLeaf(names.leaf, chain.value[0]!)
  if (!leaf.ok) return leaf
  const fault = firstFault([
    [values.fingerprint, (value) => checkBase64Fingerprint(names.fingerprint, value, leaf.value)],
    [values.serialNumber, (value) => checkSerialOfAnyBase(names.serialNumber, value, leaf.value)],
    [values.notBefore, (value) => checkDate(names.notBefore, value, leaf.value.notBefore)],
    [values.notAfter, (value) => checkDate(names.notAfter, value, leaf.value.notAfter)],
  ])
  const verified = chainVerified.value === undefined ? {} : { chainVerified: chainVerified.value }
  return fault ?? headerValue({ leaf: leaf.value, chain: chain.value, ...verified, ...(error === undefined ? {} : { error }) })
}

/** Google leaves the value empty if there is no certificate, or if it exceeds 16 KB. */
function absence(names: HeaderNames<Role>, present: boolean | undefined, error: string | undefined): HeaderFault {
  if (present !== true)
    return headerFault('no_certificate', `there is no ${names.leaf}${error === undefined ? '' : `: ${error}`}`)
  return headerFault(
    'oversized_header',
    `${names.present} is true but ${names.leaf} is missing: the certificate may be too large`,
  )
}

function readBoolean(name: string, value: string | undefined): HeaderResult<boolean | undefined> {
  if (value === undefined || value === 'true' || value === 'false')
    return headerValue(value === undefined ? value : value === 'true')
  return headerFault('malformed_header', `${name} is neither true nor false`, 0)
}

function checkBase64Fingerprint(name: string, value: string, leaf: Certificate): HeaderFault | undefined {
  const digest = decodeBase64(bytesOfPemText(value))
  if (typeof digest === 'number') return headerFault('malformed_header', `${name} is not base64 with padding`, digest)
  return checkFingerprint(name, hexOf(digest), leaf)
}

function checkDate(name: string, value: string, date: Date): HeaderFault | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)$/.test(value)) {
    return headerFault('malformed_header', `${name} is not an RFC 3339 date in UTC`, 0)
  }
  return value.slice(0, 19) === isoTime(date.getTime()).slice(0, 19) ? undefined : inconsistent(name)
}

/** `from: 'google-cloud'`. */
export const googleCloud: HeaderFormat = /* @__PURE__ */ headerFormat(headers, kinds, (values, names) => {
  const read = readValues(values, names)
  return read.ok ? headerValue(read.value.chain) : read
})
