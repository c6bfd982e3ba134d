import { describe, expect, it } from 'vitest'
import type { Steps } from '../../../src/bytes/steps.ts'
import { Slices } from '../../../src/node/slices.ts'
import { ToyPace } from '../../support/toy-pace.ts'

/** Steps of a given number and duration, by the clock of the pace. */
function* working(pace: ToyPace, count: number, costMs: number): Steps<string> {
  for (let i = 0; i < count; i++) {
    pace.time += costMs
    yield
  }
  return 'done'
}

describe('work in slices', () => {
  it('pauses every five milliseconds, and ends with its result', async () => {
    const pace = new ToyPace()
    const result = new Slices(pace).finish(working(pace, 100, 1))
    const turns: number[] = []
    while (pace.waiting.length > 0) turns.push(pace.turn())
    expect(turns).toEqual(new Array(20).fill(5).concat([0]))
    expect(await result).toBe('done')
  })

  it('pauses after every step that takes longer', async () => {
    const pace = new ToyPace()
    const result = new Slices(pace).finish(working(pace, 3, 12))
    const turns: number[] = []
    while (pace.waiting.length > 0) turns.push(pace.turn())
    expect(turns).toEqual([12, 12, 12, 0])
    expect(await result).toBe('done')
  })

  it('does nothing before the caller goes on', () => {
    const pace = new ToyPace()
    void new Slices(pace).finish(working(pace, 3, 1))
    expect([pace.time, pace.waiting.length]).toEqual([0, 1])
  })

  it('fails as a step does', async () => {
    const pace = new ToyPace()
    const result = new Slices(pace).finish(
      (function* (): Steps<never> {
        yield
        throw new RangeError('no')
      })(),
    )
    pace.turn()
    await expect(result).rejects.toThrow(RangeError)
    expect(pace.waiting).toHaveLength(0)
  })

  it('stops at the next step once it is aborted', async () => {
    const pace = new ToyPace()
    const controller = new AbortController()
    const result = new Slices(pace).finish(working(pace, 100, 3), controller.signal)
    pace.turn()
    controller.abort()
    pace.turn()
    await expect(result).rejects.toThrow(/abort/)
    expect([pace.time, pace.waiting.length]).toEqual([6, 0])
  })
})
