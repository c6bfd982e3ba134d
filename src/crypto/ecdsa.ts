import { p256, p384 } from '@noble/curves/nist.js'
import { readInteger } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import { Tag } from '../der/tags.ts'
import { bigintOfRange, type CurveName, curveConstants } from './curve.ts'
import { digest, type HashName } from './digest.ts'

/**
 * Verifies an ECDSA signature (FIPS 186-5 6.4.2) in the DER form of RFC 5480: strict DER, 1 ≤ r, s < n. A high s is as
 * valid as a low one. Where the digest is longer than n, its leftmost bits count.
 *
 * @param point the uncompressed public point, known to be on the curve
 */
export function verifyEcdsa(
  curve: CurveName,
  point: Uint8Array,
  hash: HashName,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const compact = compactSignature(curve, signature)
  const hashed = digest(hash, data)
  if (compact === undefined || hashed === undefined) return false
  const implementation = curve === 'P-256' ? p256 : p384
  return implementation.verify(compact, hashed, point, { prehash: false, lowS: false, format: 'compact' })
}

/** `r ‖ s` at full width from Ecdsa-Sig-Value. */
function compactSignature(curve: CurveName, signature: Uint8Array): Uint8Array | undefined {
  const { bytes: width, n } = curveConstants[curve]
  const out = new Uint8Array(2 * width)
  const reader = new Reader(signature)
  const what = 'Ecdsa-Sig-Value'
  const outer = reader.enter(Tag.sequence, what)
  for (const half of [0, width]) {
    readInteger(reader, what)
    if (reader.fault !== undefined) return undefined
    const { start, end } = reader
    if (signature[start]! >= 0x80) return undefined
    const first = signature[start] === 0 ? start + 1 : start
    if (end - first > width || first === end) return undefined
    if (bigintOfRange(signature, first, end) >= n) return undefined
    out.set(signature.subarray(first, end), half + width - (end - first))
  }
  reader.leave(outer, what)
  return reader.fault === undefined && reader.position === signature.length ? out : undefined
}
