import { opensslTime, parseOpensslTime } from '../bytes/encoding.ts'
import { bytesOfPemText } from '../bytes/pem.ts'
import { own } from '../policy/fields.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkSerialOfAnyBase, inconsistent, readLeaf } from './facts.ts'
import type { HeaderFormat } from './request-headers.ts'
import { type HeaderFault, type HeaderResult, headerFault, headerValue, maxHeaderLength } from './result.ts'
import { readPem } from './url-pem.ts'

/**
 * Lambda events of Amazon API Gateway: `requestContext.identity.clientCert` in payload 1.0 (REST APIs, and HTTP APIs that
 * choose it), `requestContext.authentication.clientCert` in payload 2.0. They hold only the leaf, which API Gateway has
 * verified.
 */

/** `clientCert` as it appears in the event. */
export interface ApiGatewayClientCert {
  readonly clientCertPem: string
  /** In DER order: `C=US,O=Example,CN=client`. */
  readonly subjectDN: string
  readonly issuerDN: string
  readonly serialNumber: string
  readonly validity: {
    /** `May 28 12:30:02 2019 GMT` */
    readonly notBefore: string
    readonly notAfter: string
  }
}

/** What an event reports about its client. */
export interface ApiGatewayIdentity {
  /** Parsed. The event's serial number and dates have been checked against it. */
  readonly leaf: Certificate
  /** As API Gateway writes it. For logs only: base decisions on `leaf`. */
  readonly subjectDN: string
  readonly issuerDN: string
}

/**
 * Reads the client's certificate from a Lambda event.
 *
 * @param event of a REST or HTTP API, or of its REQUEST authorizer
 * @example
 * const client = parseApiGatewayEvent(event)
 * if (!client.ok) console.warn(client.code, client.message)
 */
export function parseApiGatewayEvent(event: unknown): HeaderResult<ApiGatewayIdentity> {
  const context = own(event, 'requestContext')
  const v1 = own(own(context, 'identity'), 'clientCert') ?? undefined
  const v2 = own(own(context, 'authentication'), 'clientCert') ?? undefined
  if (v1 === undefined && v2 === undefined) return headerFault('no_certificate', 'the event has no clientCert')
  if (v1 !== undefined && v2 !== undefined) return headerFault('duplicate_header', 'the event has clientCert in two places')
  return readClientCert(v1 ?? v2)
}

function readClientCert(clientCert: unknown): HeaderResult<ApiGatewayIdentity> {
  const text = (field: string): string | undefined => textOf(own(clientCert, field))
  const pem = text('clientCertPem')
  const subjectDN = text('subjectDN')
  const issuerDN = text('issuerDN')
  const serialNumber = text('serialNumber')
  if (pem === undefined || subjectDN === undefined || issuerDN === undefined || serialNumber === undefined) {
    const message = 'clientCert needs clientCertPem, subjectDN, issuerDN and serialNumber, each a string of moderate length'
    return headerFault('malformed_header', message)
  }
  const chain = readPem('clientCertPem', bytesOfPemText(pem))
  if (!chain.ok) return chain
  if (chain.value.length !== 1) return headerFault('malformed_header', `clientCertPem has ${chain.value.length} certificates`)
  const leaf = readLeaf('clientCertPem', chain.value[0]!)
  if (!leaf.ok) return leaf
  const validity = own(clientCert, 'validity')
  const fault =
    checkSerialOfAnyBase('serialNumber', serialNumber, leaf.value) ??
    checkDate('validity.notBefore', textOf(own(validity, 'notBefore')), leaf.value.notBefore) ??
    checkDate('validity.notAfter', textOf(own(validity, 'notAfter')), leaf.value.notAfter)
  return fault ?? headerValue({ leaf: leaf.value, subjectDN, issuerDN })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= maxHeaderLength ? value : undefined
}

function checkDate(name: string, text: string | undefined, date: Date): HeaderFault | undefined {
  const time = text === undefined ? undefined : parseOpensslTime(text)
  if (time === undefined) return headerFault('malformed_header', `${name} is not a date in the form Aug  5 09:36:04 2021 GMT`)
  return time === date.getTime() ? undefined : inconsistent(name)
}

/**
 * Formats a certificate as API Gateway passes it to a Lambda function or authorizer. Use it as `clientCert` in
 * `requestContext.identity` (payload 1.0) or `requestContext.authentication` (2.0). The serial number has the documented
 * form.
 *
 * @example
 * const event = { requestContext: { identity: { clientCert: formatApiGatewayClientCert(certificate) } } }
 */
export function formatApiGatewayClientCert(certificate: Certificate): ApiGatewayClientCert {
  return {
    clientCertPem: certificate.toPem(),
    subjectDN: certificate.formatSubject('der'),
    issuerDN: certificate.formatIssuer('der'),
    serialNumber: certificate.serialNumber.replace(/..(?!$)/g, '$&:'),
    validity: {
      notBefore: opensslTime(certificate.notBefore.getTime()),
      notAfter: opensslTime(certificate.notAfter.getTime()),
    },
  }
}

/** `from: 'api-gateway'`: reads the Lambda event instead of a request. */
export const apiGateway: HeaderFormat = {
  headers: {},
  readChain(event) {
    const read = parseApiGatewayEvent(event)
    return read.ok ? headerValue([read.value.leaf.raw]) : read
  },
}
