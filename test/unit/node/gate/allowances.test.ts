import { performance } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AddressTable } from '../../../../src/node/gate/addresses.ts'
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
      if (allowances.isShutOut(account)) continue
      allowances.charge(account, weight)
      count++
    }
    return count
  }

  it('count double while no client of it was accepted recently', () => {
    // 25 per second, and at the start what was saved: four seconds' worth, or a quarter of it.
    expect(passed(true, 1)).toBeCloseTo(25 * 14, -1)
    expect(passed(false, 1)).toBeCloseTo((25 * 11) / 2, -1)
  })

  it('count by their weight', () => {
    expect(passed(true, 5)).toBeCloseTo((25 * 14) / 5, -1)
    expect(passed(false, 5)).toBeCloseTo((25 * 11) / 10, -1)
  })
})
