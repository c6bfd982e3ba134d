import type { Certificate } from '../x509/certificate.ts'
import { checkSerial, checkValidity, firstFault, formatName, formatValidity, readLeaf } from './facts.ts'
import type { RequestLike } from './request-headers.ts'
import {
  collectHeaders,
  type HeaderFormat,
  type HeaderKinds,
  type HeaderNames,
  type HeaderValues,
  headerFormat,
} from './request-headers.ts'
import { type HeaderResult, headerFault, headerValue } from './result.ts'
import { readUrlPem, writeUrlPem } from './url-pem.ts'

/**
 * AWS Application Load Balancer. Passthrough mode forwards the whole chain, unverified, in `X-Amzn-Mtls-Clientcert`. Verify
 * mode forwards the verified client certificate in five headers. PEM is URL-encoded "with +=/ as safe characters".
 */

const safe = '-._~+=/'
const passthroughName = 'X-Amzn-Mtls-Clientcert'

type VerifyRole = 'leaf' | 'serialNumber' | 'issuer' | 'subject' | 'validity'

const verifyNames: HeaderNames<VerifyRole> = {
  leaf: 'X-Amzn-Mtls-Clientcert-Leaf',
  serialNumber: 'X-Amzn-Mtls-Clientcert-Serial-Number',
  issuer: 'X-Amzn-Mtls-Clientcert-Issuer',
  subject: 'X-Amzn-Mtls-Clientcert-Subject',
  validity: 'X-Amzn-Mtls-Clientcert-Validity',
}

const verifyKinds: HeaderKinds<VerifyRole> = { issuer: 'name', subject: 'name' }

/** What verify mode reports about a client. */
export interface AlbClientCertificate {
  /** Parsed. The other headers have been checked: the same serial number and dates. */
  readonly leaf: Certificate
  /** As ALB writes it (RFC 2253). For logs only: base decisions on `leaf`. */
  readonly issuer?: string
  readonly subject?: string
}

/**
 * Reads the value of `X-Amzn-Mtls-Clientcert` (passthrough mode).
 *
 * @returns the DER of each certificate, leaf first, not parsed
 * @throws TypeError if `value` is not a string
 * @example
 * const chain = parseAlbPassthrough(headers['x-amzn-mtls-clientcert'])
 * if (chain.ok) verifyChain(store, chain.value)
 */
export function parseAlbPassthrough(value: string): HeaderResult<readonly Uint8Array[]> {
  return readUrlPem(passthroughName, value)
}

/**
 * Writes the value of `X-Amzn-Mtls-Clientcert`. The chain starts with the leaf.
 *
 * @example
 * const value = formatAlbPassthrough([certificate.raw])
 * if (value.ok) headers['x-amzn-mtls-clientcert'] = value.value
 */
export function formatAlbPassthrough(chain: readonly Uint8Array[]): HeaderResult<string> {
  return writeUrlPem(passthroughName, chain, safe)
}

/**
 * Reads the headers of verify mode: the leaf, and any of the others, which must agree with it.
 *
 * @throws TypeError for an invalid request
 * @example
 * const client = parseAlbVerify({ headers })
 * if (client.ok) console.log(client.value.leaf.fingerprint, client.value.subject)
 */
export function parseAlbVerify(request: RequestLike): HeaderResult<AlbClientCertificate> {
  const values = collectHeaders(request, verifyNames, verifyKinds)
  return values.ok ? readVerify(values.value, verifyNames) : values
}

/**
 * Writes the headers of verify mode, by name.
 *
 * @example
 * const written = formatAlbVerify(certificate)
 * if (written.ok) console.log(parseAlbVerify({ headers: written.value }).ok)
 */
export function formatAlbVerify(leaf: Certificate): HeaderResult<Readonly<Record<string, string>>> {
  const pem = writeUrlPem(verifyNames.leaf, [leaf.raw], safe)
  if (!pem.ok) return pem
  return headerValue({
    [verifyNames.serialNumber]: leaf.serialNumber,
    [verifyNames.issuer]: formatName(leaf.issuer),
    [verifyNames.subject]: formatName(leaf.subject),
    [verifyNames.validity]: formatValidity(leaf),
    [verifyNames.leaf]: pem.value,
  })
}

function readVerify(values: HeaderValues<VerifyRole>, names: HeaderNames<VerifyRole>): HeaderResult<AlbClientCertificate> {
  if (values.leaf === undefined) {
    if (Object.keys(values).length === 0) return headerFault('no_certificate', `there is no ${names.leaf}`)
    return headerFault('inconsistent_headers', `${names.leaf} is missing but other headers of the load balancer are present`)
  }
  const chain = readUrlPem(names.leaf, values.leaf)
  if (!chain.ok) return chain
  if (chain.value.length !== 1) return headerFault('malformed_header', `${names.leaf} has ${chain.value.length} certificates`)
  const leaf = readLeaf(names.leaf, chain.value[0]!)
  if (!leaf.ok) return leaf
  const { issuer, subject } = values
  const fault = firstFault([
    [values.serialNumber, (value) => checkSerial(names.serialNumber, value, leaf.value)],
    [values.validity, (value) => checkValidity(names.validity, value, leaf.value)],
  ])
  return (
    fault ??
    headerValue({ leaf: leaf.value, ...(issuer === undefined ? {} : { issuer }), ...(subject === undefined ? {} : { subject }) })
  )
}

/** `from: 'alb'`: passthrough mode. */
export const alb: HeaderFormat = /* @__PURE__ */ headerFormat({ chain: passthroughName }, {}, ({ chain }, names) => {
  if (chain === undefined) return headerFault('no_certificate', `there is no ${names.chain}`)
  return readUrlPem(names.chain, chain)
})

/** `from: 'alb-verify'`: verify mode. */
export const albVerify: HeaderFormat = /* @__PURE__ */ headerFormat(verifyNames, verifyKinds, (values, names) => {
  const read = readVerify(values, names)
  return read.ok ? headerValue([read.value.leaf.raw]) : read
})
