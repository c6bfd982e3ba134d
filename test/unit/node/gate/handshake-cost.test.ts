import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HandshakeCost, Stopwatch } from '../../../../src/node/gate/handshake-cost.ts'

function costOf(...steps: readonly (readonly [busyMs: number, bytes: number])[]): HandshakeCost {
  const cost = new HandshakeCost()
  for (const [busyMs, bytes] of steps) cost.add(busyMs, bytes)
  return cost
}

describe('what a handshake costs', () => {
  it('is at most the time that passed, and at most what its bytes can cost', () => {
    const step = fc.tuple(fc.double({ min: 0, max: 10_000, noNaN: true }), fc.nat(100_000))
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const bytes = steps.reduce((sum, [, more]) => sum + more, 0)
        const sent = steps.map((_, i) => steps.slice(0, i + 1).reduce((sum, [, more]) => sum + more, 0))
        const cost = costOf(...steps.map(([busyMs], i) => [busyMs, sent[i]!] as const))
        const busy = steps.reduce((sum, [busyMs]) => sum + busyMs, 0)
        expect(cost.ms).toBeLessThanOrEqual(Math.min(busy, (bytes / 1024) * 8) + 1e-6)
        expect(cost.weight).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it('weighs by its square, and an ordinary one weighs one', () => {
    expect([costOf().weight, costOf([2, 3000]).weight, costOf([30, 50_000]).weight]).toEqual([1, 1, 100])
  })

  it("does not include the application's work, for a client that sent little", () => {
    expect(costOf([500, 1024]).ms).toBe(8)
    expect(costOf([500, 1024], [500, 1024]).ms).toBe(8)
  })

  it('is excessive where both time and size are', () => {
    expect([costOf([300, 10_000]), costOf([10, 50_000]), costOf([300, 50_000])].map((cost) => cost.isExcessive)).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('a stopwatch of the event loop', () => {
  function work(ms: number): void {
    const { user } = process.cpuUsage()
    while (process.cpuUsage().user - user < ms * 1000);
  }

  it('tells what kept it busy, and not how long it waited', async () => {
    const stopwatch = new Stopwatch(() => false)
    stopwatch.lap()
    work(30)
    expect(stopwatch.lap()).toBeGreaterThan(20)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(stopwatch.lap()).toBeLessThan(150)
  })

  it('looks at every turn until it is told to stop, and keeps no process alive', async () => {
    const turns: number[] = []
    const stopwatch = new Stopwatch((busyMs) => turns.push(busyMs) < 3)
    stopwatch.start()
    stopwatch.start()
    work(30)
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(turns).toHaveLength(3)
    expect(turns[0]).toBeGreaterThan(20)
  })
})
