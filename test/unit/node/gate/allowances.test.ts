import { performance } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Account, AddressTable } from '../../../../src/node/gate/addresses.ts'
import { Allowances, readLimits } from '../../../../src/node/gate/allowances.ts'

describe('the rejections of an address', () => {
  let now = 1000
  beforeEach(() => {
    now = 1000
    vi.spyOn(performance, 'now').mockImplementation(() => now)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  /** How many rejections of a weight pass in ten seconds of one attempt per millisecond. */
  function passed(isKnown: boolean, weight: number): number {
    const allowances = new Allowances(readLimits('test', undefined))
    const account = new AddressTable<unknown>(() => false).accountOf('192.0.2.1', now)
    let count = 0
    for (const end = now + 10_000; now < end; now++) {
      if (isKnown) account.lastAdmitted = now
      if (allowances.isBlocked(account)) continue
      allowances.charge(account, weight)
      count++
    }
    return count
  }

  it('count double while none of its clients was accepted recently', () => {
    // 25 per second, and at the start a saved amount: four seconds' worth, or a quarter of it.
    expect(passed(true, 1)).toBeCloseTo(25 * 14, -1)
    expect(passed(false, 1)).toBeCloseTo((25 * 11) / 2, -1)
  })

  it('count by their weight', () => {
    expect(passed(true, 5)).toBeCloseTo((25 * 14) / 5, -1)
    expect(passed(false, 5)).toBeCloseTo((25 * 11) / 10, -1)
  })

  /** An address table that drops entries like the gate's, and the number of handshakes that an account may have in progress. */
  function gateTable(): {
    allowances: Allowances
    table: AddressTable<unknown>
    mayStart: (account: Account<unknown>) => number
  } {
    const allowances = new Allowances(readLimits('test', undefined))
    const table = new AddressTable<unknown>((account, at, isCrowded) => allowances.isUnused(account, at, isCrowded))
    const mayStart = (account: Account<unknown>): number => {
      let count = 0
      while (allowances.canAfford(account)) account.unfinished.add(count++)
      account.unfinished.clear()
      return count
    }
    return { allowances, table, mayStart }
  }

  it('of all handshakes in progress are affordable, four at most', () => {
    const { allowances, table, mayStart } = gateTable()
    const account = table.accountOf('192.0.2.1', now)
    for (let rejected = 0; rejected < 30; rejected++) {
      const started = mayStart(account)
      expect(started).toBeLessThanOrEqual(4)
      // 25 at once, at two for each.
      expect([rejected, started]).toEqual([rejected, Math.max(0, Math.min(4, 13 - rejected))])
      allowances.charge(account, 1)
    }
  })

  it('include all handshakes in progress of a known address, once half of them are used', () => {
    const { allowances, table } = gateTable()
    const account = table.accountOf('192.0.2.1', now)
    account.lastAdmitted = now
    for (let started = 0; started < 150; started++) account.unfinished.add(started)
    let rejected = 0
    for (; !allowances.isBlocked(account); rejected++) allowances.charge(account, 1)
    // The address may have 100.
    expect(rejected).toBe(51)
    account.unfinished.clear()
    for (; !allowances.isBlocked(account); rejected++) allowances.charge(account, 1)
    expect(rejected).toBe(100)
  })

  it('are expected to cost as much as before, for minutes', () => {
    const { allowances, table, mayStart } = gateTable()
    const account = table.accountOf('192.0.2.1', now)
    allowances.charge(account, 20)
    now += 10_000
    expect(mayStart(account)).toBe(1)
    allowances.charge(account, 1)
    now += 10_000
    expect(mayStart(account)).toBeLessThan(3)
    for (let i = 0; i < 10; i++) table.accountOf(`198.51.100.${i}`, now)
    expect(table.accountOf('192.0.2.1', now)).toBe(account)
    now += 300_000
    for (let i = 0; i < 20; i++) table.accountOf(`203.0.113.${i}`, now)
    expect(table.accountOf('192.0.2.1', now)).not.toBe(account)
  })

  it('count once while a client of the address is connected, and for a minute after', () => {
    const { allowances, table } = gateTable()
    const account = table.accountOf('192.0.2.1', now)
    account.lastAdmitted = now
    const weightOf = (): number => {
      const before = account.refusals
      allowances.charge(account, 1)
      const taken = account.refusals - Math.max(before, now - 4000)
      return Math.round(taken / 40)
    }
    expect(weightOf()).toBe(1)
    now += 50_000
    for (let i = 0; i < 20; i++) table.accountOf(`198.51.100.${i}`, now)
    expect(table.accountOf('192.0.2.1', now)).toBe(account)
    expect(weightOf()).toBe(1)
    now += 20_000
    expect(weightOf()).toBe(2)
    account.admitted = 1
    expect(weightOf()).toBe(1)
  })

  it('make a known address worth remembering when places get scarce, and nothing else does', () => {
    const allowances = new Allowances(readLimits('test', undefined))
    const table = new AddressTable<unknown>(() => false)
    const [quiet, rejected] = ['192.0.2.1', '192.0.2.2'].map((key) => table.accountOf(key, now))
    for (const account of [quiet!, rejected!]) account.lastAdmitted = now
    allowances.charge(rejected!, 1)
    now += 10_000
    expect([quiet!, rejected!].map((account) => allowances.isUnused(account, now, false))).toEqual([false, false])
    expect([quiet!, rejected!].map((account) => allowances.isUnused(account, now, true))).toEqual([true, false])
  })
})
