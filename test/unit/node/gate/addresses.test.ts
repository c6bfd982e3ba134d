import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Account,
  AddressRanges,
  AddressTable,
  addressKey,
  addressOf,
  Bucket,
  keyOfAddress,
  setAddress,
} from '../../../../src/node/gate/addresses.ts'

const group = fc.integer({ min: 0, max: 0xffff })
const groups = fc.tuple(group, group, group, group, group, group, group, group)
const octet = fc.integer({ min: 0, max: 255 })
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'))

/** The same address in the ways that RFC 4291 2.2 has for it. */
function spellings(numbers: readonly number[]): readonly string[] {
  const full = numbers.map((number) => number.toString(16))
  const [, , , , , , high = 0, low = 0] = numbers
  const dotted = [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const zeros = numbers.findIndex((number, i) => number === 0 && numbers[i + 1] === 0)
  const short = `${full.slice(0, zeros).join(':')}::${full.slice(zeros + 2).join(':')}`
  return [
    full.join(':'),
    full.map((text) => text.padStart(4, '0').toUpperCase()).join(':'),
    `${full.slice(0, 6).join(':')}:${dotted}`,
    // As the platform writes it, and sockets say it.
    new URL(`http://[${full.join(':')}]`).hostname.slice(1, -1),
    ...(zeros < 0 ? [] : [short]),
  ]
}

describe('the key of an address', () => {
  it('is the address itself for IPv4', () => {
    fc.assert(fc.property(ipv4, (address) => keyOfAddress(address) === address))
  })

  it('is that of the IPv4 address where one is written as IPv6', () => {
    fc.assert(
      fc.property(ipv4, fc.constantFrom('::ffff:', '::FFFF:', '0:0:0:0:0:ffff:', '64:ff9b::'), (address, prefix) => {
        expect(keyOfAddress(prefix + address)).toBe(address)
      }),
    )
    expect(keyOfAddress('::ffff:7f00:1')).toBe('127.0.0.1')
  })

  it('is one for all addresses of a /64, however they are written, and another for the next', () => {
    fc.assert(
      fc.property(groups, groups, (numbers, others) => {
        // Prefixes of IPv4 addresses are tested elsewhere.
        fc.pre(numbers[0] !== 0 && numbers[0] !== 0x64)
        const neighbour = [...numbers.slice(0, 4), ...others.slice(4)]
        const stranger = [...numbers.slice(0, 3), numbers[3] ^ 1, ...numbers.slice(4)]
        const keys = new Set([...spellings(numbers), ...spellings(neighbour)].map(keyOfAddress))
        expect([...keys]).toEqual([expect.stringMatching(/^[0-9a-f:]+::\/64$/)])
        for (const spelling of spellings(stranger)) expect(keys).not.toContain(keyOfAddress(spelling))
      }),
    )
  })

  it.each([
    ['::', '0:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
  ])('of %s is %s', (address, key) => {
    expect(keyOfAddress(address)).toBe(key)
  })

  it.each(['', 'localhost', '1.2.3', '01.2.3.4', '1.2.3.4:80', '[::1]', '::1::', '2001:db8::/32', ' 1.2.3.4'])(
    'does not exist for %j',
    (text) => {
      expect(keyOfAddress(text)).toBeUndefined()
    },
  )

  it('of a socket is that of what was said of it, and of its other end where nothing was', () => {
    const socket = new Socket()
    expect([addressOf(socket), addressKey(socket)]).toEqual([undefined, undefined])
    Object.defineProperty(socket, 'remoteAddress', { value: '10.0.0.1' })
    expect([addressOf(socket), addressKey(socket)]).toEqual(['10.0.0.1', '10.0.0.1'])
    setAddress(socket, '2001:db8::7')
    setAddress(socket, '2001:db8::8')
    expect([addressOf(socket), addressKey(socket)]).toEqual(['2001:db8::8', '2001:db8:0:0::/64'])
  })
})

describe('ranges of addresses', () => {
  const ranges = new AddressRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', 'fd00::1', '203.0.113.0/32'], 'exempt')

  it.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:11.1.2.3', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['203.0.113.0', true],
    ['203.0.113.1', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['fd00::1', true],
    ['fd00::1%eth0', true],
    ['fd00::2', false],
    ['localhost', false],
    ['', false],
  ])('%s: %s', (address, isWithin) => {
    expect(ranges.has(address)).toBe(isWithin)
  })

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/0x8',
    '::/129',
    'balancer',
    '',
    '::ffff:10.0.0.1',
    7,
  ])('cannot be made from %j', (entry) => {
    expect(() => new AddressRanges([entry as string], 'exempt')).toThrow(`exempt: ${entry} is not an IP address or CIDR range`)
  })
})

describe('a bucket', () => {
  it('gives as many tokens as have come, and no more than come in its window', () => {
    const perSecond = fc.integer({ min: 1, max: 1000 })
    const steps = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 })
    fc.assert(
      fc.property(perSecond, steps, (rate, waits) => {
        const bucket = new Bucket(rate, 1000)
        let now = 0
        let level = rate
        let state = Bucket.full
        for (const wait of waits) {
          now += wait
          level = Math.min(rate, level + (wait * rate) / 1000)
          // Cases in which the two may round differently are skipped.
          if (Math.abs(level - 1) < 1e-6) continue
          expect(bucket.isEmpty(state, now)).toBe(level < 1)
          if (Math.abs(level - rate / 2) > 1e-6) expect(bucket.isHalfEmpty(state, now)).toBe(level < rate / 2)
          for (const reserved of [1, 3]) {
            if (Math.abs(level - 1 - reserved) > 1e-6) expect(bucket.isEmpty(state, now, reserved)).toBe(level < 1 + reserved)
          }
          if (level < 1) continue
          state = bucket.take(state, 1, now)
          level--
        }
        expect(bucket.isFull(state, now + 1000)).toBe(true)
      }),
    )
  })

  it('has tokens again after its longest debt', () => {
    const bucket = new Bucket(50, 4000)
    const state = bucket.take(bucket.take(Bucket.full, 1e9, 0, 60_000), 1, 0, 10)
    expect([bucket.isEmpty(state, 60_000), bucket.isEmpty(state, 60_021)]).toEqual([true, false])
    expect([bucket.isFull(state, 63_000), bucket.isFull(state, 64_000)]).toEqual([false, true])
  })

  it('is never empty without a limit', () => {
    const bucket = new Bucket(Infinity, 1000)
    let state: number = Bucket.full
    for (let i = 0; i < 1000; i++) state = bucket.take(state, 1e6, 5, 60_000)
    expect(bucket.isEmpty(state, 5)).toBe(false)
  })
})

const isSettled = ({ open }: Account<string>): boolean => open === 0

describe('a table of addresses', () => {
  it('knows an address again', () => {
    const table = new AddressTable<string>(isSettled, 10)
    const account = table.accountOf('192.0.2.1', 0)
    account.open++
    expect(table.accountOf('192.0.2.1', 0)).toBe(account)
    expect(table.accountOf('192.0.2.2', 0)).not.toBe(account)
  })

  it('drops those that are as if they had never been there', () => {
    const table = new AddressTable<string>(isSettled, 1000)
    table.accountOf('192.0.2.1', 0).open++
    for (let i = 0; i < 10_000; i++) table.accountOf(`10.0.${i >> 8}.${i & 255}`, 0)
    expect(table.size).toBeLessThan(5)
    expect(table.accountOf('192.0.2.1', 0).open).toBe(1)
  })

  it('stays within its bounds: other addresses share accounts by network', () => {
    const table = new AddressTable<string>(isSettled, 100)
    const seen = new Set<Account<string>>()
    for (let i = 0; i < 200_000; i++) {
      const key = `2001:db8:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::/64`
      const account = table.accountOf(key, 0)
      account.open++
      seen.add(account)
    }
    expect([table.size, seen.size]).toEqual([100, 101])
    const others = ['198.51.100.1', '2001:db9:0:0::/64'].map((key) => table.accountOf(key, 0))
    expect(others.map(({ open }) => open)).toEqual([0, 0])
    expect(table.accountOf('198.51.7.7', 0)).toBe(others[0])
    expect(table.accountOf('198.52.7.7', 0)).not.toBe(others[0])
  })
})
