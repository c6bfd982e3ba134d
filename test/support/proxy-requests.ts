import {
  formatAlbPassthrough,
  formatAlbVerify,
  formatApiGatewayClientCert,
  formatClientCert,
  formatClientCertChain,
  formatCloudFront,
  formatCloudflareHeaders,
  formatCloudflareTlsClientAuth,
  formatGoogleCloud,
  formatNginxEscapedCert,
  formatNginxLegacyCert,
  formatXfcc,
  type HeaderFrom,
} from '../../src/headers/index.ts'
import { mint } from './mint.ts'
import { parsed, valued } from './parsed.ts'

/** One client behind every proxy: an issuing CA below a root. */
export const root = mint({ subject: 'CN=root', ca: true })
export const issuer = mint({ subject: 'CN=issuer', ca: true }, root)
export const leaf = mint({ subject: 'CN=client' }, issuer)
export const certificate = parsed(leaf.der)

/** What each system sends with and without a certificate, and whether it forwards intermediates. */
export const proxyRequests: Readonly<
  Record<HeaderFrom, { readonly good: object; readonly none: object; readonly chain: boolean }>
> = {
  'api-gateway': {
    good: { requestContext: { identity: { clientCert: formatApiGatewayClientCert(certificate) } } },
    none: { requestContext: { identity: {} } },
    chain: false,
  },
  alb: { good: { 'X-Amzn-Mtls-Clientcert': valued(formatAlbPassthrough([leaf.der, issuer.der])) }, none: {}, chain: true },
  'alb-verify': { good: valued(formatAlbVerify(certificate)), none: {}, chain: false },
  cloudflare: {
    good: { cf: { tlsClientAuth: valued(formatCloudflareTlsClientAuth(certificate, [issuer.der])) } },
    none: { cf: { tlsClientAuth: { certPresented: '0' } } },
    chain: true,
  },
  'cloudflare-headers': { good: valued(formatCloudflareHeaders(certificate)), none: {}, chain: false },
  cloudfront: { good: valued(formatCloudFront(certificate)), none: { 'CloudFront-Viewer-Cert-Present': '0' }, chain: false },
  envoy: {
    good: { 'x-forwarded-client-cert': valued(formatXfcc([{ by: ['urn:a'], chain: [leaf.der, issuer.der], uri: [], dns: [] }])) },
    none: {},
    chain: true,
  },
  'google-cloud': {
    good: valued(formatGoogleCloud(certificate, [issuer.der])),
    none: { 'X-Client-Cert-Present': 'false' },
    chain: true,
  },
  nginx: {
    good: { 'X-SSL-Client-Cert': valued(formatNginxEscapedCert(leaf.der)), 'X-SSL-Client-Verify': 'SUCCESS' },
    none: { 'X-SSL-Client-Verify': 'NONE' },
    chain: false,
  },
  'nginx-legacy': { good: { 'X-SSL-Client-Cert': valued(formatNginxLegacyCert(leaf.der)) }, none: {}, chain: false },
  rfc9440: {
    good: { 'Client-Cert': valued(formatClientCert(leaf.der)), 'Client-Cert-Chain': valued(formatClientCertChain([issuer.der])) },
    none: {},
    chain: true,
  },
}

/** Those that read headers; the others read an object that the platform makes. */
export const headerFormats = (Object.keys(proxyRequests) as HeaderFrom[]).filter(
  (from) => from !== 'api-gateway' && from !== 'cloudflare',
)
