import { bigintOfBytes } from '../bytes/bigint.ts'

/** An RSA public key, checked: odd modulus, odd exponent of at least 3. */
export class RsaKey {
  readonly bits: number
  private readonly modulus: bigint
  private readonly exponent: number
  private cachedReduction: Reduction | undefined = undefined

  constructor(modulus: bigint, exponent: number, bits: number) {
    this.modulus = modulus
    this.exponent = exponent
    this.bits = bits
  }

  /**
   * RSAVP1 (RFC 8017 5.2.2) with the length rule of section 8: the signature is as long as the modulus and below it.
   *
   * @returns the encoded message as a number
   */
  recover(signature: Uint8Array): bigint | undefined {
    const { modulus, exponent, bits } = this
    if (signature.length !== Math.ceil(bits / 8)) return undefined
    const s = bigintOfBytes(signature)
    if (s >= modulus) return undefined
    this.cachedReduction ??= new Reduction(modulus, bits)
    const reduction = this.cachedReduction
    let power = s
    for (let bit = 30 - Math.clz32(exponent); bit >= 0; bit--) {
      power = reduction.apply(power * power)
      if (((exponent >>> bit) & 1) === 1) power = reduction.apply(power * s)
    }
    return power >= modulus ? power - modulus : power
  }
}

/**
 * x modulo n for x < 4n², up to n too much: a sixth faster than `%`, which has to find n's reciprocal anew every time. Twice
 * the upper part is folded back by a multiple of a known power; then Barrett's method finds the rest of the quotient.
 *
 * With B the bits of n, F = B + ⌊B/2⌋ and G = B + ⌊B/4⌋: x is below 2^(2B + 2), so the first folding leaves less than
 * 2^F + 2^(F + 3), and the second less than 2^G + 9 · 2^(G + 2). The quotient is estimated from that without its low B − 2
 * bits and from 2^(G + 8) / n, both rounded down, and is rounded down itself: it is too small by less than
 * 1/2 + 37/256 + 1, and never too large. What is left is at least 0 and below 2n.
 */
class Reduction {
  private readonly modulus: bigint
  private readonly first: Fold
  private readonly second: Fold
  private readonly reciprocal: bigint
  private readonly lowShift: bigint
  private readonly highShift: bigint

  constructor(modulus: bigint, bits: number) {
    this.modulus = modulus
    this.first = foldAt(modulus, bits + (bits >> 1))
    this.second = foldAt(modulus, bits + (bits >> 2))
    const { shift } = this.second
    this.reciprocal = (1n << (shift + 8n)) / modulus
    this.lowShift = BigInt(bits - 2)
    this.highShift = shift + 8n - this.lowShift
  }

  apply(x: bigint): bigint {
    const { first, second } = this
    const y = BigInt.asUintN(first.bits, x) + (x >> first.shift) * first.power
    const z = BigInt.asUintN(second.bits, y) + (y >> second.shift) * second.power
    return z - (((z >> this.lowShift) * this.reciprocal) >> this.highShift) * this.modulus
  }
}

/** Bits from which a number is folded back, and what the power of two there is modulo n. */
interface Fold {
  readonly bits: number
  readonly shift: bigint
  readonly power: bigint
}

function foldAt(modulus: bigint, bits: number): Fold {
  const shift = BigInt(bits)
  return { bits, shift, power: (1n << shift) % modulus }
}
