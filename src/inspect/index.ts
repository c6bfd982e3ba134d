/**
 * Certificates and revocation lists as text for people, like `openssl x509 -text` and `openssl crl -text`, in any runtime.
 *
 * @module
 */
export { type Inspection, type InspectionFault, inspect, type RenderOptions, renderText } from './inspect.ts'
