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
