import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressKey } from '../../../../src/node/gate/address.ts'

const key = (remoteAddress: string | undefined): string | undefined => addressKey({ remoteAddress })

describe('addressKey', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0001::', '2001:db8:0:1::/64'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, undefined],
  ])('%s counts as %s', (address, expected) => expect(key(address)).toBe(expected))

  it('is the network of an IPv6 address, however it is written', () => {
    const group = fc.integer({ min: 0, max: 0xffff })
    fc.assert(
      fc.property(fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), (network, host) => {
        const all = [...network, ...host].map((number) => number.toString(16))
        const padded = all.map((text) => text.padStart(4, '0').toUpperCase()).join(':')
        const expected = `${all.slice(0, 4).join(':')}::/64`
        expect([key(all.join(':')), key(padded)]).toEqual([expected, expected])
        // What the platform makes of it is what sockets say.
        const canonical = new URL(`http://[${all.join(':')}]`).hostname.slice(1, -1)
        if (!canonical.startsWith('::ffff:')) expect(key(canonical)).toBe(expected)
      }),
    )
  })
})
