import { _SHA1 } from '@noble/hashes/legacy.js'
import { _SHA224, _SHA256, _SHA384, _SHA512 } from '@noble/hashes/sha2.js'

/** Hashes that signature algorithms name. Those without a function here are known only to be refused by name. */
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

/** A hash that is given its data piece by piece. */
export interface Hash {
  update(data: Uint8Array): Hash
  digest(): Uint8Array
}

/**
 * The digest of the data, or `undefined` for MD5. SHA-1 and SHA-224 can be computed, for PSS defaults and for telling a
 * weak self-signature from a forged one; whether they may carry trust is the policy's decision, and no policy can say yes.
 */
export function digest(hash: HashName, data: Uint8Array): Uint8Array | undefined {
  return newHash(hash)?.update(data).digest()
}

/** noble's classes by themselves: its functions around them read options that nobody gives here. */
export function newHash(hash: HashName): Hash | undefined {
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
      return undefined
  }
}
