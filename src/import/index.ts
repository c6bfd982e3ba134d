/**
 * Certificates and revocation lists from PKCS #7 files, and from files with several one after another, in any runtime.
 *
 * @module
 */
export { type ImportedBundle, importBundle } from './import-bundle.ts'
