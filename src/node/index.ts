/**
 * What needs Node's own modules: signatures by node:crypto. Runs in Deno and Bun as well.
 *
 * @module
 */
export { nodeSignatures } from './native-signatures.ts'
