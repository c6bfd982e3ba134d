import { describe, expect, it } from 'vitest'
import { soak } from '../../bench/soak/run.ts'

/** A short `npm run soak`. Only the long one shows whether memory grows. */
describe('a gate with clients in other processes', () => {
  it('takes every verdict from the current version while versions are swapped', { timeout: 120_000 }, async () => {
    const report = await soak({ connections: 400, processes: 2, swapEvery: 50 })
    expect(report).toMatchObject({ connections: 400, wrong: [], unhandled: [] })
    expect([...report.answers.keys()].sort()).toEqual(['expired', 'no_certificate', 'ok', 'unknown_issuer'])
    expect(report.swaps).toBeGreaterThan(2)
    expect(report.resumed).toBeGreaterThan(50)
    expect(report.kept).toBeGreaterThanOrEqual(2)
    expect(Math.max(...report.residentByQuarter)).toBeGreaterThan(10_000_000)
  })
})
