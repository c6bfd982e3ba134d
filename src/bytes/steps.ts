/**
 * Work that pauses at every `yield`, so that its caller decides when it continues: {@link finish} at once, a server a few
 * milliseconds at a time, between its connections.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Runs the work to its end. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
