import { decodeBase64 } from '../bytes/encoding.ts'
import { bytesOfPemText, encodePem } from '../bytes/pem.ts'
import { type HeaderFormat, headerFormat } from './request-headers.ts'
import { checkHeader, type HeaderFault, type HeaderResult, headerFault, headerValue, joinedFault } from './result.ts'
import { readUrlPem, requireDer, writeUrlPem } from './url-pem.ts'

/**
 * nginx and its derivatives. The configuration chooses the headers: `proxy_set_header X-SSL-Client-Cert
 * $ssl_client_escaped_cert` (URL-encoded PEM), or `$ssl_client_cert`, which nginx deprecates because of its line breaks, and
 * `X-SSL-Client-Verify $ssl_client_verify`.
 */

const certificateName = 'X-SSL-Client-Cert'
const verifyName = 'X-SSL-Client-Verify'

/** `$ssl_client_verify`. */
export type NginxVerify =
  | { readonly status: 'success' | 'none' }
  /** With OpenSSL's reason. */
  | { readonly status: 'failed'; readonly reason: string }

/**
 * Reads `$ssl_client_escaped_cert`: the leaf.
 *
 * @returns its DER, not parsed
 * @throws TypeError if `value` is not a string
 * @example
 * const leaf = parseNginxEscapedCert(headers['x-ssl-client-cert'])
 * if (leaf.ok) verifyChain(store, leaf.value)
 */
export function parseNginxEscapedCert(value: string): HeaderResult<Uint8Array> {
  return readEscaped(certificateName, value)
}

/**
 * Writes `$ssl_client_escaped_cert`.
 *
 * @example
 * const value = formatNginxEscapedCert(certificate.raw)
 * if (value.ok) headers['x-ssl-client-cert'] = value.value
 */
export function formatNginxEscapedCert(leaf: Uint8Array): HeaderResult<string> {
  return writeUrlPem(certificateName, [leaf], '-._~')
}

/**
 * Reads `$ssl_client_cert`: PEM in which nginx adds a tab after each line break. Servers in between turn these into spaces.
 *
 * @returns the leaf's DER, not parsed
 * @throws TypeError if `value` is not a string
 * @example
 * const leaf = parseNginxLegacyCert(headers['x-ssl-client-cert'])
 * if (leaf.ok) verifyChain(store, leaf.value)
 */
export function parseNginxLegacyCert(value: string): HeaderResult<Uint8Array> {
  return readLegacy(certificateName, typeof value === 'string' ? value.replace(/\r?\n/g, ' ') : value)
}

/**
 * Writes `$ssl_client_cert` as it arrives after another server has unfolded it, with the lines joined by tabs.
 *
 * @example
 * const value = formatNginxLegacyCert(certificate.raw)
 * if (value.ok) headers['x-ssl-client-cert'] = value.value
 */
export function formatNginxLegacyCert(leaf: Uint8Array): HeaderResult<string> {
  const value = encodePem('CERTIFICATE', requireDer(leaf)).trimEnd().replaceAll('\n', '\t')
  return checkHeader(certificateName, value) ?? headerValue(value)
}

/**
 * Reads `$ssl_client_verify`: `SUCCESS`, `NONE` or `FAILED:reason`.
 *
 * @example
 * const verify = parseNginxVerify('FAILED:certificate has expired')
 * if (verify.ok && verify.value.status === 'failed') console.warn(verify.value.reason)
 */
export function parseNginxVerify(value: string): HeaderResult<NginxVerify> {
  return checkHeader(verifyName, value) ?? readVerify(verifyName, value)
}

/**
 * Writes `$ssl_client_verify`.
 *
 * @example
 * const value = formatNginxVerify({ status: 'success' })
 * if (value.ok) headers['x-ssl-client-verify'] = value.value
 */
export function formatNginxVerify(verify: NginxVerify): HeaderResult<string> {
  const value = verify.status === 'failed' ? `FAILED:${verify.reason}` : verify.status.toUpperCase()
  const fault = checkHeader(verifyName, value)
  if (fault !== undefined) return fault
  const read = readVerify(verifyName, value)
  return read.ok ? headerValue(value) : read
}

function readVerify(name: string, value: string): HeaderResult<NginxVerify> {
  if (value === 'SUCCESS') return headerValue({ status: 'success' })
  if (value === 'NONE') return headerValue({ status: 'none' })
  const reason = value.startsWith('FAILED:') ? value.slice('FAILED:'.length) : ''
  if (reason === '') return headerFault('malformed_header', `${name} is not SUCCESS, NONE or FAILED:reason`, 0)
  return headerValue({ status: 'failed', reason })
}

function readEscaped(name: string, value: string): HeaderResult<Uint8Array> {
  const chain = readUrlPem(name, value)
  if (!chain.ok) return chain
  const [leaf] = chain.value
  if (chain.value.length !== 1) return headerFault('malformed_header', `${name} has ${chain.value.length} certificates`)
  return headerValue(leaf!)
}

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'

function readLegacy(name: string, value: string): HeaderResult<Uint8Array> {
  const fault = checkHeader(name, value)
  if (fault !== undefined) return fault
  const text = value.trim()
  if (!text.startsWith(begin) || !text.endsWith(end) || text.length < begin.length + end.length) {
    return headerFault('malformed_header', `${name} is not a single PEM block CERTIFICATE`, 0)
  }
  const der = decodeBase64(bytesOfPemText(text.slice(begin.length, -end.length)))
  if (typeof der !== 'number' && der.length > 0) return headerValue(der)
  return headerFault('malformed_header', `${name} has a PEM block that is not base64`)
}

const headers = { certificate: certificateName, verify: verifyName }

/**
 * Uses `$ssl_client_verify` only for what nginx knows better: that there is no certificate, or that it is revoked. Whether
 * the chain is valid is for `verifyChain` to decide.
 */
function nginxFormat(read: (name: string, value: string) => HeaderResult<Uint8Array>): HeaderFormat {
  return headerFormat(headers, { verify: 'own' }, ({ certificate, verify }, names) => {
    // Anywhere in the value: if the header occurred twice, `fetch` has joined the two.
    if (certificate !== undefined && verify?.includes('certificate revoked')) {
      return headerFault('refused_by_proxy', `${names.verify} is ${verify}`)
    }
    // OpenSSL has no reason with a comma for a certificate.
    if (verify?.includes(',')) return joinedFault(names.verify, verify)
    const status = verify === undefined ? undefined : readVerify(names.verify, verify)
    if (status !== undefined && !status.ok) return status
    const fault = absence(names.certificate, certificate, status?.value)
    if (fault !== undefined) return fault
    const leaf = read(names.certificate, certificate!)
    return leaf.ok ? headerValue([leaf.value]) : leaf
  })
}

function absence(name: string, certificate: string | undefined, verify: NginxVerify | undefined): HeaderFault | undefined {
  if (certificate === undefined) {
    if (verify?.status === 'success') return headerFault('inconsistent_headers', `nginx says SUCCESS but there is no ${name}`)
    return headerFault('no_certificate', `there is no ${name}`)
  }
  return verify?.status === 'none' ? headerFault('inconsistent_headers', `nginx says NONE but ${name} is present`) : undefined
}

/** `from: 'nginx'`: `$ssl_client_escaped_cert`. */
export const nginx: HeaderFormat = /* @__PURE__ */ nginxFormat(readEscaped)

/** `from: 'nginx-legacy'`: `$ssl_client_cert`. */
export const nginxLegacy: HeaderFormat = /* @__PURE__ */ nginxFormat(readLegacy)
