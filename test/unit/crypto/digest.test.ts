import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digest, digestLength, type HashName } from '../../../src/crypto/digest.ts'

describe('digest', () => {
  it.each<HashName>(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('%s agrees with OpenSSL', (hash) => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000]) {
      const data = Uint8Array.from({ length }, (_, i) => i * 7)
      const hashed = digest(hash, data)!
      expect(Buffer.from(hashed).toString('hex')).toBe(createHash(hash).update(data).digest('hex'))
      expect(hashed).toHaveLength(digestLength[hash])
    }
  })
})
