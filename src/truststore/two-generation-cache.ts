import { bytesEqual } from '../bytes/span.ts'

/** What is remembered of a certificate. */
interface Entry {
  readonly der: Uint8Array
}

/**
 * A memory by certificate, of bounded bytes, in two generations: when the young one is full it becomes the old one, and what
 * was not asked for in the meantime is forgotten. Certificates are compared byte for byte; the hash only finds them.
 */
export class TwoGenerationCache<Remembered extends Entry> {
  young: Map<number, Remembered> = new Map()
  old: Map<number, Remembered> = new Map()
  youngBytes = 0
  readonly #limit: number
  readonly #costOf: (entry: Remembered) => number

  /**
   * @param limit bytes that one generation holds
   * @param costOf bytes of an entry, which must stay what they are
   */
  constructor(limit: number, costOf: (entry: Remembered) => number) {
    this.#limit = limit
    this.#costOf = costOf
  }

  find(der: Uint8Array): Remembered | undefined {
    const slot = slotOf(der)
    const young = this.young.get(slot)
    if (young !== undefined && isOf(young, der)) return young
    const old = this.old.get(slot)
    if (old === undefined || !isOf(old, der)) return undefined
    this.put(old)
    return old
  }

  put(entry: Remembered): void {
    const slot = slotOf(entry.der)
    const bytes = this.#costOf(entry)
    // What gives way to it counts no more, or two certificates of one slot could fill a generation by turns.
    const displaced = this.young.get(slot)
    if (displaced !== undefined) this.youngBytes -= this.#costOf(displaced)
    if (this.youngBytes + bytes > this.#limit) {
      this.old = this.young
      this.young = new Map()
      this.youngBytes = 0
    }
    this.youngBytes += bytes
    this.young.set(slot, entry)
  }
}

/** At once where they are the very bytes that are remembered. */
function isOf(entry: Entry, der: Uint8Array): boolean {
  return entry.der === der || bytesEqual(entry.der, der)
}

/** The last four bytes of a certificate are those of its signature. */
export function slotOf(der: Uint8Array): number {
  const end = der.length
  return der[end - 1]! | (der[end - 2]! << 8) | (der[end - 3]! << 16) | (der[end - 4]! << 24)
}
