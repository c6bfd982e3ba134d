/** What the user's code has thrown, as text. Anything can be thrown, and what cannot be made a text must not throw again. */
export function thrownText(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'something that has no text'
  }
}
