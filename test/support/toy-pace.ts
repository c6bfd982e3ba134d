import type { Pace } from '../../src/node/slices.ts'

/** A clock that stands still unless it is moved, and calls that wait until they are run. */
export class ToyPace implements Pace {
  time = 0
  readonly waiting: (() => void)[] = []

  now(): number {
    return this.time
  }

  defer(call: () => void): void {
    this.waiting.push(call)
  }

  /** Runs one of the calls, as the event loop would, and tells how long it took by the clock. */
  turn(): number {
    const before = this.time
    this.waiting.shift()?.()
    return this.time - before
  }
}
