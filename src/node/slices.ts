import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers'
import type { Steps } from '../bytes/steps.ts'

/** Milliseconds until a slice ends. Its last item or step may take longer. */
const sliceMs = 5

/** A monotonic clock and a way to continue later. Tests supply their own. */
export interface Pace {
  now(): number
  defer(call: () => void): unknown
}

const ownPace: Pace = { now: () => performance.now(), defer: setImmediate }

/** Processes many items in slices, so that the event loop stays responsive. */
export class Slices {
  readonly #pace: Pace

  constructor(pace: Pace = ownPace) {
    this.#pace = pace
  }

  now(): number {
    return this.#pace.now()
  }

  /**
   * Starts asynchronously.
   *
   * @param begin called at the start of every slice; returns the function that handles each item
   * @param finished called after the last item
   */
  run<Item>(items: Iterable<Item>, begin: () => (item: Item) => void, finished: () => void): void {
    const rest = items[Symbol.iterator]()
    this.#repeat(() => {
      const work = begin()
      return () => {
        const next = rest.next()
        if (next.done === true) finished()
        else work(next.value)
        return next.done === true
      }
    })
  }

  /** Runs steps to the end, starting asynchronously; rejects once the signal is aborted. */
  finish<Result>(steps: Steps<Result>, signal?: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const step = (): boolean => {
        try {
          signal?.throwIfAborted()
          const { done, value } = steps.next()
          if (done === true) resolve(value)
          return done === true
        } catch (error) {
          reject(error)
          return true
        }
      }
      this.#repeat(() => step)
    })
  }

  /** @param begin called at the start of every slice; returns the step to repeat, which returns true if it was the last */
  #repeat(begin: () => () => boolean): void {
    const slice = (): void => {
      const isLast = begin()
      const end = this.#pace.now() + sliceMs
      do {
        if (isLast()) return
      } while (this.#pace.now() < end)
      this.#pace.defer(slice)
    }
    this.#pace.defer(slice)
  }
}
