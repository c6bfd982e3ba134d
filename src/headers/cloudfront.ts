import type { Certificate } from '../x509/certificate.ts'
import { checkFingerprint, checkSerial, checkValidity, firstFault, formatName, formatValidity, readLeaf } from './facts.ts'
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
 * Amazon CloudFront's `CloudFront-Viewer-Cert-*`, as selected by the origin request policy. The leaf is in `-Pem`, which edge
 * functions never see. In passthrough mode CloudFront writes the headers of RFC 9440 instead.
 */

const safe = '-._~'

type Role = 'pem' | 'present' | 'serialNumber' | 'issuer' | 'subject' | 'sha256' | 'validity'

const headers: HeaderNames<Role> = {
  pem: 'CloudFront-Viewer-Cert-Pem',
  present: 'CloudFront-Viewer-Cert-Present',
  serialNumber: 'CloudFront-Viewer-Cert-Serial-Number',
  issuer: 'CloudFront-Viewer-Cert-Issuer',
  subject: 'CloudFront-Viewer-Cert-Subject',
  sha256: 'CloudFront-Viewer-Cert-Sha256',
  validity: 'CloudFront-Viewer-Cert-Validity',
}

const kinds: HeaderKinds<Role> = { issuer: 'name', subject: 'name' }

/** What CloudFront reports about a viewer. */
export interface CloudFrontClientCertificate {
  /** Parsed. The other headers have been checked: the same serial number, dates and fingerprint. */
  readonly leaf: Certificate
  /** As CloudFront writes it (RFC 2253). For logs only: base decisions on `leaf`. */
  readonly issuer?: string
  readonly subject?: string
}

/**
 * Reads CloudFront's headers: the leaf, and any of the others, which must agree with it.
 *
 * @throws TypeError for an invalid request
 * @example
 * const viewer = parseCloudFront({ headers })
 * if (viewer.ok) verifyChain(store, viewer.value.leaf.raw)
 */
export function parseCloudFront(request: RequestLike): HeaderResult<CloudFrontClientCertificate> {
  const values = collectHeaders(request, headers, kinds)
  return values.ok ? readValues(values.value, headers) : values
}

/**
 * Writes CloudFront's headers, by name.
 *
 * @example
 * const written = formatCloudFront(certificate)
 * if (written.ok) console.log(parseCloudFront({ headers: written.value }).ok)
 */
export function formatCloudFront(leaf: Certificate): HeaderResult<Readonly<Record<string, string>>> {
  const pem = writeUrlPem(headers.pem, [leaf.raw], safe)
  if (!pem.ok) return pem
  return headerValue({
    [headers.serialNumber]: leaf.serialNumber.replace(/..(?!$)/g, '$&:'),
    [headers.issuer]: formatName(leaf.issuer),
    [headers.subject]: formatName(leaf.subject),
    [headers.present]: '1',
    [headers.sha256]: leaf.fingerprint,
    [headers.validity]: formatValidity(leaf),
    [headers.pem]: pem.value,
  })
}

function readValues(values: HeaderValues<Role>, names: HeaderNames<Role>): HeaderResult<CloudFrontClientCertificate> {
  const { pem, present, issuer, subject } = values
  if (present !== undefined && present !== '0' && present !== '1') {
    return headerFault('malformed_header', `${names.present} is neither 0 nor 1`, 0)
  }
  if (pem === undefined) {
    if (present === '1') return headerFault('inconsistent_headers', `${names.present} is 1 but there is no ${names.pem}`)
    return headerFault('no_certificate', present === '0' ? `${names.present} is 0` : `there is no ${names.pem}`)
  }
  if (present === '0') return headerFault('inconsistent_headers', `${names.present} is 0 but ${names.pem} is present`)
  const chain = readUrlPem(names.pem, pem)
  if (!chain.ok) return chain
  if (chain.value.length !== 1) return headerFault('malformed_header', `${names.pem} has ${chain.value.length} certificates`)
  const leaf = readLeaf(names.pem, chain.value[0]!)
  if (!leaf.ok) return leaf
  const fault = firstFault([
    [values.serialNumber, (value) => checkSerial(names.serialNumber, value, leaf.value)],
    [values.sha256, (value) => checkFingerprint(names.sha256, value, leaf.value)],
    [values.validity, (value) => checkValidity(names.validity, value, leaf.value)],
  ])
  return (
    fault ??
    headerValue({ leaf: leaf.value, ...(issuer === undefined ? {} : { issuer }), ...(subject === undefined ? {} : { subject }) })
  )
}

/** `from: 'cloudfront'`. */
export const cloudfront: HeaderFormat = /* @__PURE__ */ headerFormat(headers, kinds, (values, names) => {
  const read = readValues(values, names)
  return read.ok ? headerValue([read.value.leaf.raw]) : read
})
