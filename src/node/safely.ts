import { emitWarning } from 'node:process'

/**
 * Calls a user's listener. Whatever it throws or rejects with becomes a process warning: it must not affect what it reports
 * on, nor end the process.
 *
 * @param label names the listener in the warning, such as `a listener of the truststore event "updated"`
 */
export function callSafely<Event>(listener: (event: Event) => unknown, event: Event, label: string, warning: string): void {
  const warn = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : thrownText(error)
    emitWarning(`${label} failed: ${text}`, warning)
  }
  try {
    // An async listener's rejection would otherwise be unhandled, and end the process.
    Promise.resolve(listener(event)).catch(warn)
  } catch (error) {
    warn(error)
  }
}

/**
 * The text of a value that the user's code has thrown. Anything can be thrown, and converting it to a string must not throw
 * again.
 */
export function thrownText(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'a value that cannot be converted to a string'
  }
}
