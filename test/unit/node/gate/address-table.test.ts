import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Account, AddressTable, Bucket } from '../../../../src/node/gate/addresses.ts'

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
          // Where the two are not sure to round alike, nothing is compared.
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

  it('has tokens again after its longest debt, however much was taken', () => {
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

  it('holds no more than it may, whatever an attacker has: those that are left share accounts by network', () => {
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
