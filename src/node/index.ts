/**
 * What needs Node's own modules: signatures by node:crypto, truststores that are kept up to date from files and URLs.
 *
 * @module
 */
export { nodeSignatures } from './native-signatures.ts'
export { type FileTruststoreOptions, fileTruststore } from './source/file.ts'
export {
  type ExpiringEvent,
  type Refresh,
  type RefreshOptions,
  type RejectedEvent,
  type SourceEvents,
  type SourceFailure,
  type TruststoreSource,
  TruststoreSourceError,
  type TruststoreVersion,
  type UpdatedEvent,
} from './source/handle.ts'
export type { SourceOptions } from './source/options.ts'
export { type TruststoreUrl, type UrlTruststoreOptions, urlTruststore } from './source/url.ts'
