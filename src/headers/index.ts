/**
 * Client certificates that a proxy or platform forwards with a request: read, write, verify and match them against
 * allow-lists, in any runtime.
 *
 * @module
 */
export {
  type AlbClientCertificate,
  formatAlbPassthrough,
  formatAlbVerify,
  parseAlbPassthrough,
  parseAlbVerify,
} from './alb.ts'
export {
  type ApiGatewayClientCert,
  type ApiGatewayIdentity,
  formatApiGatewayClientCert,
  parseApiGatewayEvent,
} from './api-gateway.ts'
export {
  type CloudflareClientCertificate,
  type CloudflareTlsClientAuth,
  formatCloudflareHeaders,
  formatCloudflareTlsClientAuth,
  parseCloudflareHeaders,
  parseCloudflareTlsClientAuth,
} from './cloudflare.ts'
export { type CloudFrontClientCertificate, formatCloudFront, parseCloudFront } from './cloudfront.ts'
export { formatXfcc, parseXfcc, type XfccElement } from './envoy.ts'
export type { HeaderFrom } from './formats.ts'
export { formatGoogleCloud, type GoogleCloudClientCertificate, parseGoogleCloud } from './google-cloud.ts'
export {
  type AllowedIdentities,
  type IdentityMatch,
  type IdentityMatcher,
  identityMatcher,
  matchIdentity,
} from './match-identity.ts'
export {
  formatNginxEscapedCert,
  formatNginxLegacyCert,
  formatNginxVerify,
  type NginxVerify,
  parseNginxEscapedCert,
  parseNginxLegacyCert,
  parseNginxVerify,
} from './nginx.ts'
export type { HeaderRecord, HeadersLike, RequestLike } from './request-headers.ts'
export type { HeaderCode, HeaderFault, HeaderResult } from './result.ts'
export { formatClientCert, formatClientCertChain, parseClientCert, parseClientCertChain } from './rfc9440.ts'
export { parseSpiffeId, type SpiffeId, type SpiffeResult, spiffeIdOf } from './spiffe.ts'
export { type RequestVerdict, type VerifyRequestOptions, verifyRequest } from './verify-request.ts'
