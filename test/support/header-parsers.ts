import * as headers from '../../src/headers/index.ts'
import { valued } from './parsed.ts'
import { certificate, issuer, leaf } from './proxy-requests.ts'

/** The parsers of forwarded certificates, each with input to read. A new parser is added here and nowhere else. */

interface HeaderParser {
  /** Reads what a proxy sends for a genuine client. */
  readonly genuine: () => unknown
  /** Reads input that leaves out what may be absent. */
  readonly sparse: readonly (() => unknown)[]
}

/** Parsers of one header's value. */
export const valueParsers = {
  parseAlbPassthrough: headers.parseAlbPassthrough,
  parseClientCert: headers.parseClientCert,
  parseClientCertChain: headers.parseClientCertChain,
  parseNginxEscapedCert: headers.parseNginxEscapedCert,
  parseNginxLegacyCert: headers.parseNginxLegacyCert,
  parseNginxVerify: headers.parseNginxVerify,
  parseXfcc: headers.parseXfcc,
}

const chain = [leaf.der, issuer.der]
const xfcc = { by: [], uri: [], dns: [], cert: leaf.der, chain }

const values: Readonly<Record<keyof typeof valueParsers, readonly [genuine: string, ...sparse: readonly string[]]>> = {
  parseAlbPassthrough: [valued(headers.formatAlbPassthrough(chain)), 'a'],
  parseClientCert: [valued(headers.formatClientCert(leaf.der)), ':AA==:'],
  parseClientCertChain: [valued(headers.formatClientCertChain(chain)), ':AA==:'],
  parseNginxEscapedCert: [valued(headers.formatNginxEscapedCert(leaf.der)), 'a'],
  parseNginxLegacyCert: [valued(headers.formatNginxLegacyCert(leaf.der)), 'a'],
  parseNginxVerify: ['SUCCESS', 'NONE', 'FAILED:certificate revoked'],
  parseXfcc: [valued(headers.formatXfcc([xfcc])), 'By=a;URI=b', 'Hash=00'],
}

function reading<Input>(parse: (input: Input) => unknown, genuine: Input, ...sparse: readonly Input[]): HeaderParser {
  return { genuine: () => parse(genuine), sparse: sparse.map((input) => () => parse(input)) }
}

const clientCert = headers.formatApiGatewayClientCert(certificate)

/** All parsers, by name. */
export const headerParsers: Readonly<Record<string, HeaderParser>> = {
  ...Object.fromEntries(
    Object.entries(valueParsers).map(([name, parse]) => {
      const [genuine, ...sparse] = values[name as keyof typeof valueParsers]
      return [name, reading<string>(parse, genuine, ...sparse)]
    }),
  ),
  parseApiGatewayEvent: reading(
    headers.parseApiGatewayEvent,
    { requestContext: { identity: { clientCert } } },
    {},
    { requestContext: { identity: {}, authentication: {} } },
    { requestContext: { identity: { clientCert: {} } } },
  ),
  parseCloudflareTlsClientAuth: reading(
    headers.parseCloudflareTlsClientAuth,
    valued(headers.formatCloudflareTlsClientAuth(certificate, [issuer.der])),
    {},
    { certPresented: '1', certRevoked: '0' },
  ),
  parseAlbVerify: reading(headers.parseAlbVerify, { headers: valued(headers.formatAlbVerify(certificate)) }, {}, { headers: {} }),
  parseCloudFront: reading(
    headers.parseCloudFront,
    { headers: valued(headers.formatCloudFront(certificate)) },
    {},
    { 'CloudFront-Viewer-Cert-Present': '1' },
  ),
  parseCloudflareHeaders: reading(
    headers.parseCloudflareHeaders,
    { headers: valued(headers.formatCloudflareHeaders(certificate)) },
    {},
    new Headers(),
  ),
  parseGoogleCloud: {
    genuine: () => headers.parseGoogleCloud({ headers: valued(headers.formatGoogleCloud(certificate, [issuer.der])) }),
    sparse: [() => headers.parseGoogleCloud({}), () => headers.parseGoogleCloud({}, { leaf: 'a' })],
  },
}
