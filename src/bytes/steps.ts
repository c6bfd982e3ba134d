/**
 * Work that pauses at every `yield`, so that the caller decides when to continue. {@link finish} continues at once. A server
 * continues in slices of a few milliseconds and handles connections in between.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Runs the work to its end without pauses. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
