import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddressBlocks } from '../../../src/path/names/name-match.ts'
import { addressBytes } from '../../support/names.ts'

function blocksOf(...blocks: readonly string[]): AddressBlocks {
  const made = new AddressBlocks()
  for (const block of blocks) made.add(addressBytes(block))
  return made
}

describe('an address in a block', () => {
  it.each<readonly [string, string, boolean]>([
    ['192.0.2.0', '192.0.2.0/24', true],
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['192.0.1.255', '192.0.2.0/24', false],
    ['192.0.2.129', '192.0.2.128/25', true],
    ['192.0.2.127', '192.0.2.128/25', false],
    ['192.0.2.1', '192.0.2.1/32', true],
    ['192.0.2.2', '192.0.2.1/32', false],
    ['192.0.2.1', '0.0.0.0/0', true],
    // Bits of the address outside its mask do not count.
    ['192.0.2.7', '192.0.2.99/24', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8::1', '::/0', true],
  ])('%s in %s: %s', (address, block, expected) => {
    expect(blocksOf(block).has(addressBytes(address))).toBe(expected)
  })

  it('of many, one within another or not, is found as by asking each', () => {
    const block = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 255 }), fc.nat({ max: 32 }))
    const address = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 255 }))
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), address, (blocks, [high, low]) => {
        const name = (high << 8) | low
        const naive = blocks.some(([a, b, prefix]) => {
          const bits = Math.max(0, prefix - 16)
          return name >> (16 - bits) === ((a << 8) | b) >> (16 - bits)
        })
        const made = blocksOf(...blocks.map(([a, b, prefix]) => `10.7.${a}.${b}/${prefix}`))
        expect(made.has(addressBytes(`10.7.${high}.${low}`))).toBe(naive)
      }),
    )
  })
})
