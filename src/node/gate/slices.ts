import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers'

/** How long work may hold up the event loop at a time, in milliseconds; one item more may begin before it. */
const sliceMs = 5

/** The clock of slices, which never goes back, and what calls later; tests have their own. */
export interface Pace {
  now(): number
  defer(call: () => void): unknown
}

const ownPace: Pace = { now: () => performance.now(), defer: setImmediate }

/** Works through many items in slices, between which everybody else has a turn. */
export class Slices {
  private readonly pace: Pace

  constructor(pace: Pace = ownPace) {
    this.pace = pace
  }

  now(): number {
    return this.pace.now()
  }

  /**
   * Begins later, not at once.
   *
   * @param begin called at the beginning of every slice; it gives what is done with each item
   * @param finished called after the last item
   */
  run<Item>(items: Iterable<Item>, begin: () => (item: Item) => void, finished: () => void): void {
    const rest = items[Symbol.iterator]()
    const slice = (): void => {
      const work = begin()
      const end = this.pace.now() + sliceMs
      do {
        const next = rest.next()
        if (next.done === true) return finished()
        work(next.value)
      } while (this.pace.now() < end)
      this.pace.defer(slice)
    }
    this.pace.defer(slice)
  }
}
