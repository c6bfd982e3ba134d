import type { Severity } from '../../codes/lint.ts'
import { own } from '../../policy/fields.ts'
import type { LintRule } from '../../rules/rule.ts'

type LimitName = Exclude<keyof PlatformLimits, 'name'>
type ValueOf<Name extends LimitName> = NonNullable<PlatformLimits[Name]>['value']

const severities: Readonly<Record<Consequence, Severity>> = {
  bundle_refused: 'error',
  quota: 'warning',
  clients_refused: 'warning',
}

/**
 * A rule about one kind of limit, for all platforms that have it. The rule decides whether the limit is exceeded; the platform's
 * entry below gives the consequence and the source.
 */
export function limitRule<Subject, Name extends LimitName>(
  limit: Name,
  rule: LintRule<Subject, ValueOf<Name>>,
): LintRule<Subject, PlatformLimits> & { readonly limit: LimitName } {
  return {
    ...rule,
    limit,
    check(subject, platform) {
      const has = own(platform, limit) as Limit<ValueOf<Name>> | undefined
      const found = has && rule.check(subject, has.value)
      if (has === undefined || found === undefined) return undefined
      const { problem, ...rest } = typeof found === 'string' ? { problem: found } : found
      const unless = has.consequence === 'quota' ? ' unless the quota was raised' : ''
      return {
        ...rest,
        problem: `${platform.name}: ${problem}${unless}`,
        severity: severities[has.consequence],
        citation: has.source,
      }
    },
  }
}

/*
 * The limits of each platform, with their sources. To add a platform, add an entry to `platforms`; `lintTruststore`, the CLI and
 * the generated documentation pick it up.
 */

/** A supported platform; see docs/reference/platforms.md. */
export type Platform = 'api-gateway' | 'alb' | 'cloudfront' | 'google-cloud' | 'azure-application-gateway'

/**
 * What happens if a bundle exceeds a limit: the platform rejects the bundle, accepts it only with a raised quota, or accepts it but
 * rejects clients.
 */
export type Consequence = 'bundle_refused' | 'quota' | 'clients_refused'

export interface Limit<T> {
  readonly value: T
  readonly consequence: Consequence
  readonly source: string
}

export interface PlatformLimits {
  /** The name in messages. */
  readonly name: string
  /** Only PEM blocks and `#` comments without `-`: no blank lines, no other text. */
  readonly strictPem?: Limit<true>
  /** Bytes of the PEM file. */
  readonly bundleBytes?: Limit<number>
  /** Bytes of one certificate's DER. */
  readonly certificateBytes?: Limit<number>
  readonly certificates?: Limit<number>
  /** Number of certificates that are not self-signed. */
  readonly intermediates?: Limit<number>
  /** Bytes of all subjects' DER, which TLS sends to clients as the list of acceptable CAs. */
  readonly subjectBytes?: Limit<number>
  readonly roots?: Limit<{ readonly least: number; readonly most: number }>
  /** At least one certificate must be a CA. */
  readonly needsCa?: Limit<true>
  /** CA certificates from root to issuing CA, both included. */
  readonly chainLength?: Limit<number>
  /** Every chain must reach a root of the bundle. */
  readonly completeChains?: Limit<true>
  readonly rsaBits?: Limit<{ readonly least: number; readonly most: number | undefined }>
  readonly curves?: Limit<readonly string[]>
  /** Hashes of signatures, except those of roots. */
  readonly hashes?: Limit<readonly string[]>
  /** X.509 versions. */
  readonly versions?: Limit<readonly number[]>
  /** Number of intermediates with the same subject and key. */
  readonly sameSubjectAndKey?: Limit<number>
  /** Number of subtrees in one certificate's name constraints. */
  readonly nameConstraints?: Limit<number>
  /** If a CA has extendedKeyUsage, it must include clientAuth. */
  readonly clientAuth?: Limit<true>
}

const kilobyte = 1024

const apiGateway = 'API Gateway Developer Guide, How to turn on mutual TLS authentication'
const albQuotas = 'Elastic Load Balancing, Quotas for your Application Load Balancers'
const albGuide = 'Elastic Load Balancing, Mutual authentication with TLS in Application Load Balancer'
const cloudFront = 'CloudFront Developer Guide, Trust stores and certificate management'
const googleLimits = 'Google Cloud Certificate Manager, Quotas and limits: trust config'
const googleLogs = 'Google Cloud Load Balancing, Mutual TLS overview: logged errors for closed connections'
const azure = 'Azure Application Gateway, Overview of mutual authentication'
const azureErrors = 'Azure Application Gateway, Troubleshooting mutual authentication errors'

function refusesBundle<T>(value: T, source: string): Limit<T> {
  return { value, consequence: 'bundle_refused', source }
}

function quota<T>(value: T, source: string): Limit<T> {
  return { value, consequence: 'quota', source }
}

function refusesClients<T>(value: T, source: string): Limit<T> {
  return { value, consequence: 'clients_refused', source }
}

const sha2 = ['sha256', 'sha384', 'sha512'] as const

export const platforms: Readonly<Record<Platform, PlatformLimits>> = {
  // Accepts any bundle. It warns once, at the update, "but some clients might not be able to access your API".
  'api-gateway': {
    name: 'API Gateway',
    chainLength: refusesClients(4, `${apiGateway}: maximum chain length of four`),
    completeChains: refusesClients(true, `${apiGateway}: the complete chain from the issuing CA to the root`),
    rsaBits: refusesClients({ least: 2048, most: undefined }, `${apiGateway}: RSA-2048 or stronger`),
    curves: refusesClients(['P-256', 'P-384'], `${apiGateway}: ECDSA-256 or ECDSA-384`),
    hashes: refusesClients(sha2, `${apiGateway}: SHA-256 or stronger`),
  },
  alb: {
    name: 'Application Load Balancer',
    strictPem: refusesBundle(true, albGuide),
    certificateBytes: refusesBundle(16 * kilobyte, `${albQuotas}: CA certificate size`),
    certificates: quota(25, `${albQuotas}: CA certificates per trust store`),
    subjectBytes: quota(10_000, `${albQuotas}: CA certificates subject size per trust store`),
    chainLength: refusesClients(4, `${albQuotas}: maximum certificate chain depth`),
    rsaBits: refusesBundle({ least: 2048, most: 8192 }, albGuide),
    curves: refusesBundle(['P-256', 'P-384', 'P-521'], albGuide),
    hashes: refusesBundle(sha2, albGuide),
    versions: refusesBundle([3], `${albGuide}: X.509v1 certificates are not supported`),
  },
  cloudfront: {
    name: 'CloudFront',
    bundleBytes: refusesBundle(64 * kilobyte, cloudFront),
    certificateBytes: refusesBundle(16 * kilobyte, cloudFront),
    certificates: quota(25, cloudFront),
    chainLength: refusesClients(4, cloudFront),
    rsaBits: refusesBundle({ least: 2048, most: 8192 }, cloudFront),
    curves: refusesBundle(['P-256', 'P-384', 'P-521'], cloudFront),
    hashes: refusesBundle(sha2, cloudFront),
  },
  'google-cloud': {
    name: 'Google Cloud',
    certificates: refusesBundle(200, `${googleLimits}: combined number of trust anchors and intermediate certificates`),
    intermediates: refusesBundle(100, `${googleLimits}: number of intermediate certificates`),
    // The documented limit of ten includes the client's certificate.
    chainLength: refusesClients(9, `${googleLimits}: certificate chain depth, including the root and client certificates`),
    rsaBits: refusesClients({ least: 2048, most: 4096 }, `${googleLimits}: supported key types`),
    curves: refusesClients(['P-256', 'P-384'], `${googleLimits}: supported key types`),
    sameSubjectAndKey: refusesClients(10, `${googleLogs}: client_cert_pki_too_large`),
    nameConstraints: refusesClients(10, `${googleLogs}: client_cert_chain_max_name_constraints_exceeded`),
    clientAuth: refusesClients(true, `${googleLogs}: client_cert_chain_invalid_eku`),
  },
  'azure-application-gateway': {
    name: 'Azure Application Gateway',
    bundleBytes: refusesBundle(25 * kilobyte, `${azure}: maximum size of each uploaded file`),
    roots: refusesBundle({ least: 1, most: 1 }, azureErrors),
    needsCa: refusesBundle(true, `${azureErrors}: ApplicationGatewayTrustedClientCertificateDoesNotContainAnyCACertificate`),
  },
}

export function isPlatform(value: unknown): value is Platform {
  return typeof value === 'string' && Object.hasOwn(platforms, value)
}
