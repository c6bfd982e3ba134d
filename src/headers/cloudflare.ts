import { decodeBase64, encodeBase64 } from '../bytes/encoding.ts'
import { bytesOfPemText } from '../bytes/pem.ts'
import { member, own } from '../policy/fields.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkFingerprint, checkSerial, firstFault, readLeaf } from './facts.ts'
import type { RequestLike } from './request-headers.ts'
import { collectHeaders, type HeaderFormat, type HeaderNames, type HeaderValues, headerFormat } from './request-headers.ts'
import { checkHeader, type HeaderResult, headerFault, headerValue } from './result.ts'
import { formatClientCert, formatClientCertChain, readCertificateAndChain } from './rfc9440.ts'

/**
 * Cloudflare. In a Worker, `request.cf.tlsClientAuth` describes the client's certificate, whether or not Cloudflare could
 * verify it. An origin receives `Cf-Client-Cert-Der-Base64` and `-Sha256`, or the headers of RFC 9440 if a rule writes them.
 */

/** What Cloudflare reports about a client. */
export interface CloudflareClientCertificate {
  /** Parsed. The reported serial number and fingerprint have been checked against it. */
  readonly leaf: Certificate
  /** DER, leaf first, without the root. */
  readonly chain: readonly Uint8Array[]
  /** `SUCCESS` or `FAILED:reason`, by the CAs that you gave Cloudflare. */
  readonly verified: string
  /** Whether Cloudflare knows that it is revoked. */
  readonly revoked: boolean
}

/** The fields of `request.cf.tlsClientAuth` that this library reads. Cloudflare has more. */
export interface CloudflareTlsClientAuth {
  readonly certPresented: '0' | '1'
  readonly certVerified: string
  readonly certRevoked: '0' | '1'
  readonly certSerial: string
  readonly certFingerprintSHA256: string
  readonly certRFC9440: string
  readonly certRFC9440TooLarge: boolean
  readonly certChainRFC9440: string
  readonly certChainRFC9440TooLarge: boolean
}

const property = 'tlsClientAuth'

/** Fields read as strings. Any other type, such as a list of two values, is a fault and does not count as absent. */
const textFields = [
  'certPresented',
  'certVerified',
  'certRevoked',
  'certSerial',
  'certFingerprintSHA256',
  'certRFC9440',
  'certChainRFC9440',
] as const

/**
 * Reads `request.cf.tlsClientAuth`.
 *
 * @param auth the runtime's value; `undefined` and `null` mean no certificate
 * @example
 * const client = parseCloudflareTlsClientAuth(request.cf?.tlsClientAuth)
 * if (client.ok && !client.value.revoked) verifyChain(store, client.value.chain)
 */
export function parseCloudflareTlsClientAuth(auth: unknown): HeaderResult<CloudflareClientCertificate> {
  if (auth === undefined || auth === null) return headerFault('no_certificate', `there is no ${property}`)
  if (typeof auth !== 'object') return headerFault('malformed_header', `${property} is not an object`)
  const wrong = textFields.find((field) => typeof (own(auth, field) ?? '') !== 'string')
  if (wrong !== undefined) return headerFault('malformed_header', `${property}.${wrong} is not a string`)
  const text = (field: (typeof textFields)[number]): string => String(own(auth, field) ?? '')
  const presented = text('certPresented')
  if (presented === '0') return headerFault('no_certificate', `${property}.certPresented is 0`)
  if (presented !== '1') return headerFault('malformed_header', `${property}.certPresented is neither 0 nor 1`)
  if (own(auth, 'certRFC9440TooLarge') === true || own(auth, 'certChainRFC9440TooLarge') === true) {
    return headerFault('oversized_header', `${property} omits certificates that are too large for Cloudflare`)
  }
  const revoked = text('certRevoked')
  if (revoked !== '0' && revoked !== '1') return headerFault('malformed_header', `${property}.certRevoked is neither 0 nor 1`)
  const verified = text('certVerified')
  if (!/^(SUCCESS|FAILED(:[ -~]*)?)$/.test(verified)) {
    return headerFault('malformed_header', `${property}.certVerified is neither SUCCESS nor FAILED:reason`)
  }
  const chain = readPair(text('certRFC9440'), text('certChainRFC9440'))
  if (!chain.ok) return chain
  const leaf = readLeaf(`${property}.certRFC9440`, chain.value[0]!)
  if (!leaf.ok) return leaf
  const fault = firstFault([
    [text('certSerial') || undefined, (value) => checkSerial(`${property}.certSerial`, value, leaf.value)],
    [
      text('certFingerprintSHA256') || undefined,
      (value) => checkFingerprint(`${property}.certFingerprintSHA256`, value, leaf.value),
    ],
  ])
  return fault ?? headerValue({ leaf: leaf.value, chain: chain.value, verified, revoked: revoked === '1' })
}

function readPair(certificate: string, chain: string): HeaderResult<readonly Uint8Array[]> {
  const name = `${property}.certRFC9440`
  const chainName = `${property}.certChainRFC9440`
  const others = chain === '' ? undefined : chain
  const fault = checkHeader(name, certificate) ?? (others === undefined ? undefined : checkHeader(chainName, others))
  return fault ?? readCertificateAndChain(name, certificate, chainName, others)
}

/**
 * Writes the fields of `request.cf.tlsClientAuth` that this library reads, for tests and emulators.
 *
 * @example
 * const auth = formatCloudflareTlsClientAuth(certificate)
 * if (auth.ok) verifyRequest({ cf: { tlsClientAuth: auth.value } }, store, { from: 'cloudflare', trustedProxy: true })
 */
export function formatCloudflareTlsClientAuth(
  leaf: Certificate,
  intermediates: readonly Uint8Array[] = [],
): HeaderResult<CloudflareTlsClientAuth> {
  const certificate = formatClientCert(leaf.raw)
  if (!certificate.ok) return certificate
  const chain = intermediates.length === 0 ? headerValue('') : formatClientCertChain(intermediates)
  if (!chain.ok) return chain
  return headerValue({
    certPresented: '1',
    certVerified: 'SUCCESS',
    certRevoked: '0',
    certSerial: leaf.serialNumber.toUpperCase(),
    certFingerprintSHA256: leaf.fingerprint,
    certRFC9440: certificate.value,
    certRFC9440TooLarge: false,
    certChainRFC9440: chain.value,
    certChainRFC9440TooLarge: false,
  })
}

type Role = 'certificate' | 'sha256'

const headers: HeaderNames<Role> = { certificate: 'Cf-Client-Cert-Der-Base64', sha256: 'Cf-Client-Cert-Sha256' }

/**
 * Reads the headers that Cloudflare forwards to an origin.
 *
 * @throws TypeError for an invalid request
 * @example
 * const leaf = parseCloudflareHeaders({ headers })
 * if (leaf.ok) verifyChain(store, leaf.value.raw)
 */
export function parseCloudflareHeaders(request: RequestLike): HeaderResult<Certificate> {
  const values = collectHeaders(request, headers, {})
  return values.ok ? readForwarded(values.value, headers) : values
}

/**
 * Writes the headers that Cloudflare forwards to an origin, by name.
 *
 * @example
 * const written = formatCloudflareHeaders(certificate)
 * if (written.ok) console.log(parseCloudflareHeaders({ headers: written.value }).ok)
 */
export function formatCloudflareHeaders(leaf: Certificate): HeaderResult<Readonly<Record<string, string>>> {
  const value = encodeBase64(leaf.raw)
  return (
    checkHeader(headers.certificate, value) ?? headerValue({ [headers.certificate]: value, [headers.sha256]: leaf.fingerprint })
  )
}

function readForwarded({ certificate, sha256 }: HeaderValues<Role>, names: HeaderNames<Role>): HeaderResult<Certificate> {
  if (certificate === undefined) {
    if (sha256 === undefined) return headerFault('no_certificate', `there is no ${names.certificate}`)
    return headerFault('inconsistent_headers', `${names.sha256} is present without ${names.certificate}`)
  }
  const blank = certificate.search(/[ \t]/)
  if (blank >= 0) return headerFault('malformed_header', `${names.certificate} has white space in its base64`, blank)
  const der = decodeBase64(bytesOfPemText(certificate))
  if (typeof der === 'number') return headerFault('malformed_header', `${names.certificate} is not base64 with padding`, der)
  const leaf = readLeaf(names.certificate, der)
  if (!leaf.ok || sha256 === undefined) return leaf
  return checkFingerprint(names.sha256, sha256, leaf.value) ?? leaf
}

/** `from: 'cloudflare'`: a Worker's request. */
export const cloudflare: HeaderFormat = {
  headers: {},
  readChain(request) {
    const read = parseCloudflareTlsClientAuth(own(member(request, 'cf'), 'tlsClientAuth'))
    if (!read.ok) return read
    return read.value.revoked ? headerFault('refused_by_proxy', `${property}.certRevoked is 1`) : headerValue(read.value.chain)
  },
}

/** `from: 'cloudflare-headers'`: the headers that Cloudflare forwards to an origin. */
export const cloudflareHeaders: HeaderFormat = /* @__PURE__ */ headerFormat(headers, {}, (values, names) => {
  const leaf = readForwarded(values, names)
  return leaf.ok ? headerValue([leaf.value.raw]) : leaf
})
