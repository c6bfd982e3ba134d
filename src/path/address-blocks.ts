import { compareBytes } from '../bytes/span.ts'

/** Addresses from `low` on that agree with it where the mask has ones. */
interface Block {
  readonly low: Uint8Array
  readonly mask: Uint8Array
}

/**
 * Blocks of addresses of one width, as name constraints have them: `address ‖ mask`, the ones of a mask first (RFC 4632). Two
 * of them are one within the other or apart, so that an address has to be held against one alone.
 */
export class AddressBlocks {
  readonly #added: Block[] = []
  /** Those that are not within another one, in order; made when first needed. */
  #apart: readonly Block[] | undefined = undefined

  add(addressAndMask: Uint8Array): void {
    const width = addressAndMask.length / 2
    const mask = addressAndMask.subarray(width)
    // Bits of the address outside its mask do not count.
    this.#added.push({ low: masked(addressAndMask.subarray(0, width), mask), mask })
  }

  has(address: Uint8Array): boolean {
    this.#apart ??= apartOf(this.#added)
    const blocks = this.#apart
    let first = 0
    let end = blocks.length
    while (first < end) {
      const middle = (first + end) >> 1
      if (compareBytes(blocks[middle]!.low, address) <= 0) first = middle + 1
      else end = middle
    }
    const block = blocks[first - 1]
    return block !== undefined && isWithin(address, block)
  }
}

function apartOf(blocks: readonly Block[]): readonly Block[] {
  const apart: Block[] = []
  // The wider one first where two begin alike.
  for (const block of [...blocks].sort((a, b) => compareBytes(a.low, b.low) || compareBytes(a.mask, b.mask))) {
    const last = apart[apart.length - 1]
    if (last === undefined || !isWithin(block.low, last)) apart.push(block)
  }
  return apart
}

function masked(address: Uint8Array, mask: Uint8Array): Uint8Array {
  return address.map((byte, i) => byte & mask[i]!)
}

function isWithin(address: Uint8Array, { low, mask }: Block): boolean {
  return low.every((byte, i) => byte === (address[i]! & mask[i]!))
}
