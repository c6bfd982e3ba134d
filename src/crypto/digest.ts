import { sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'

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

/**
 * The digest of the data, or `undefined` for MD5. SHA-1 and SHA-224 can be computed, for PSS defaults and for telling a
 * weak self-signature from a forged one; whether they may carry trust is the policy's decision, and no policy can say yes.
 */
export function digest(hash: HashName, data: Uint8Array): Uint8Array | undefined {
  switch (hash) {
    case 'sha256':
      return sha256(data)
    case 'sha384':
      return sha384(data)
    case 'sha512':
      return sha512(data)
    case 'sha224':
      return sha224(data)
    case 'sha1':
      return sha1(data)
    case 'md5':
      return undefined
  }
}
