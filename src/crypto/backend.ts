import type { TableBudget } from './curve/table-budget.ts'

/** How signatures are checked. `pureSignatures` is the default; `nodeSignatures` of `./node` is another. */
export interface SignatureBackend {
  readonly name: string
  /**
   * Prepares a public key.
   *
   * @param spki DER SubjectPublicKeyInfo
   * @param tables memory that the keys of one truststore share, for a backend that prepares more than a few bytes a key
   * @returns `undefined` for a key that is unsupported or refused. Never throws.
   */
  importKey(spki: Uint8Array, tables?: TableBudget): VerifyingKey | undefined
}

/** A public key that was checked once, with whatever is worth preparing once. */
export interface VerifyingKey {
  /**
   * Whether `signature` was made over `data` by this key with this algorithm.
   *
   * @param algorithm DER AlgorithmIdentifier; anything but the exact encoding of a known one is `false`
   * @param signature the signature's bytes (the content of the BIT STRING, without its unused-bits octet)
   * @returns `false` for anything that does not verify. Never throws.
   */
  verify(algorithm: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean
  /** Prepares whatever speeds up later calls now, instead of when the key has proved to be in frequent use. */
  warmUp?(): void
}
