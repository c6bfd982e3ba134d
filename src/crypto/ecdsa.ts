import { Span } from '../bytes/span.ts'
import { readInteger } from '../der/primitives.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import { type CurveName, curves } from './curve/curves.ts'
import type { Group } from './curve/group.ts'
import { isBelow, type Limbs, readLimbs } from './curve/limbs.ts'
import { PointKey, type TableBudget } from './curve/point-key.ts'
import { digest, type HashName } from './digest.ts'

/** An ECDSA public key (FIPS 186-5 6.4.2). */
export class EcdsaKey {
  private readonly curve: CurveName
  private readonly point: Uint8Array
  private readonly budget: TableBudget
  private cachedKey: PointKey | undefined = undefined

  /** @param point the uncompressed public point, known to be on the curve */
  constructor(curve: CurveName, point: Uint8Array, budget: TableBudget) {
    this.curve = curve
    this.point = point
    this.budget = budget
  }

  private get key(): PointKey {
    this.cachedKey ??= new PointKey(this.curve, this.point, this.budget)
    return this.cachedKey
  }

  warmUp(): void {
    this.key.warmUp()
  }

  /**
   * Verifies a signature in strict DER (RFC 5480 appendix A) with 1 ≤ r, s < n. A high s is as valid as a low one. If the
   * digest is longer than n, its leftmost bits are used.
   */
  verify(hash: HashName, data: Uint8Array, signature: Uint8Array): boolean {
    const { key } = this
    const { group } = key
    const { e, r, s, u1, u2 } = group.scratch
    if (!readSignature(group, signature)) return false
    const hashed = digest(hash, data)
    const { bytes } = curves[this.curve]
    readLimbs(e, new Span(hashed, 0, Math.min(hashed.length, bytes)))
    group.scalars.divide(u1, u2, e, r, s)
    key.combine(u1, u2)
    return hasCoordinate(group, r)
  }
}

/** Reads r and s from Ecdsa-Sig-Value into group.scratch. Returns `false` unless both are in range and the DER is strict. */
function readSignature({ scratch, scalars, bytes }: Group, signature: Uint8Array): boolean {
  const reader = new Reader(signature)
  const element = 'Ecdsa-Sig-Value'
  const outer = reader.enter(Tag.sequence, element)
  for (const out of [scratch.r, scratch.s]) {
    readInteger(reader, element)
    if (reader.fault !== undefined) return false
    const { start, end } = reader
    if (signature[start]! >= 0x80) return false
    const first = signature[start] === 0 ? start + 1 : start
    if (end - first > bytes || first === end) return false
    readLimbs(out, new Span(signature, first, end))
    if (!isBelow(out, scalars.order)) return false
  }
  reader.leave(outer, element)
  return reader.fault === undefined && reader.position === signature.length
}

/** Whether the sum is not at infinity and its x-coordinate is r modulo n: x = r, or x = r + n if that is below p. */
function hasCoordinate({ field, scalars, gap, scratch }: Group, r: Limbs): boolean {
  const { sum, x: candidate, y: difference, s: work } = scratch
  if (sum.isEmpty) return false
  candidate.set(r)
  for (;;) {
    field.enter(difference, candidate)
    field.multiplySubtract(difference, difference, sum.zz, sum.x)
    if (field.isZero(difference, work)) return true
    if (candidate[0] !== r[0] || !isBelow(r, gap)) return false
    field.add(candidate, r, scalars.order)
  }
}
