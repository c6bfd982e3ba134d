import { alb, albVerify } from './alb.ts'
import { apiGateway } from './api-gateway.ts'
import { cloudflare, cloudflareHeaders } from './cloudflare.ts'
import { cloudfront } from './cloudfront.ts'
import { envoy } from './envoy.ts'
import { googleCloud } from './google-cloud.ts'
import { nginx, nginxLegacy } from './nginx.ts'
import type { HeaderFormat } from './request-headers.ts'
import { rfc9440 } from './rfc9440.ts'

/** The source of a request's client certificate. */
export type HeaderFrom =
  | 'api-gateway'
  | 'alb'
  | 'alb-verify'
  | 'cloudflare'
  | 'cloudflare-headers'
  | 'cloudfront'
  | 'envoy'
  | 'google-cloud'
  | 'nginx'
  | 'nginx-legacy'
  | 'rfc9440'

/** Every system that `verifyRequest` supports. To add one, write its file, add its name above and a line here. */
export const formats: Readonly<Record<HeaderFrom, HeaderFormat>> = {
  'api-gateway': apiGateway,
  alb,
  'alb-verify': albVerify,
  cloudflare,
  'cloudflare-headers': cloudflareHeaders,
  cloudfront,
  envoy,
  'google-cloud': googleCloud,
  nginx,
  'nginx-legacy': nginxLegacy,
  rfc9440,
}
