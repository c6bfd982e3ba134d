/** The argument as bytes; anything else is the caller's mistake. */
export function requireBytes(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError(`${what} must be a string or Uint8Array, got ${value === null ? 'null' : typeof value}`)
}
