/** A small seeded generator (mulberry32): good enough to choose mutations, and reproducible on every machine. */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed | 0
  }

  /** The next 32 bits. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** From 0 to `limit - 1`. */
  below(limit: number): number {
    return this.bits() % limit
  }

  /** One time in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** Mostly small numbers, rarely up to `limit`. */
  small(limit: number): number {
    return 1 + this.below(this.oneIn(8) ? limit : Math.min(limit, 8))
  }

  byte(): number {
    return this.bits() & 0xff
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.byte())
  }
}
