import { _MD5, _SHA1 } from '@noble/hashes/legacy.js'
import { _SHA224, _SHA256, _SHA384, _SHA512 } from '@noble/hashes/sha2.js'

/** Hashes of signature algorithms. */
export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** Output lengths in bytes. */
export const digestLength: Readonly<Record<HashName, number>> = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
}

/** An incremental hash. */
export interface Hash {
  update(data: Uint8Array): Hash
  digest(): Uint8Array
}

/**
 * The digest of the data. MD5, SHA-1 and SHA-224 are needed for PSS defaults and to distinguish a weak self-signature from a forged
 * one. No policy can trust them.
 */
export function digest(hash: HashName, data: Uint8Array): Uint8Array {
  return newHash(hash).update(data).digest()
}

/** Uses noble's classes directly. Its wrapper functions parse options that are not needed here. */
export function newHash(hash: HashName): Hash {
  switch (hash) {
    case 'sha256':
      return new _SHA256()
    case 'sha384':
      return new _SHA384()
    case 'sha512':
      return new _SHA512()
    case 'sha224':
      return new _SHA224()
    case 'sha1':
      return new _SHA1()
    case 'md5':
      return new _MD5()
  }
}
