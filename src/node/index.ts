/**
 * Everything that needs Node's own modules: a gate for TLS servers, signatures by node:crypto, and truststores that follow a
 * file or URL.
 *
 * @module
 */

export type { AddressCounters, LimitName } from './gate/address-limiter.ts'
export type { AddressLimits, ClientAddress } from './gate/allowances.ts'
export type { AdvertisedAuthorities } from './gate/authorities.ts'
export type { RememberedAuthorizations } from './gate/authorization.ts'
export type { ClientPurpose } from './gate/client-purpose.ts'
export type { GateCounters, Histogram } from './gate/counters.ts'
export { type DomainSelection, selectServerCertificate } from './gate/domain.ts'
export type {
  Authorize,
  ConnectionSettings,
  Consent,
  DomainRules,
  GateRejection,
  GateRules,
  GateSettings,
  MutualTlsOptions,
  TruststoreLike,
} from './gate/gate-options.ts'
export { type ClientIdentity, getClientIdentity, type Identified, type IdentitySource } from './gate/identity.ts'
export { type GateTlsOptions, type MutualTls, mutualTls } from './gate/mutual-tls.ts'
export type { CloseCode, GateCode } from './gate/refuse.ts'
export type { ServerCredentials } from './gate/server-identity.ts'
export { portcullisServerIdentity, ServerIdentityError, type ServerIdentityOptions } from './gate/server-identity.ts'
export { nodeSignatures } from './native-signatures.ts'
export type { UrlAgent } from './source/download.ts'
export { type FileTruststoreOptions, fileTruststore } from './source/file.ts'
export {
  type AcceptsNobodyEvent,
  type ExpiringEvent,
  type FailureDetails,
  type Refresh,
  type RefreshOptions,
  type RejectedEvent,
  type RollbackEvent,
  type SourceEvents,
  type SourceFailure,
  type TruststoreSource,
  TruststoreSourceError,
  type TruststoreVersion,
  type UpdatedEvent,
} from './source/handle.ts'
export type { SourceOptions } from './source/source-options.ts'
export { type TruststoreUrl, type UrlTruststoreOptions, urlTruststore } from './source/url.ts'
