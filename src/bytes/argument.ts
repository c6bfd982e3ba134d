/** Whether it is a Uint8Array, and not what only passes for one: a proxy of it, an object with its prototype. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && ArrayBuffer.isView(value)
}

/** The argument as bytes; anything else is the caller's mistake. */
export function requireBytes(value: unknown, what: string): Uint8Array {
  if (isBytes(value)) return value
  throw new TypeError(`${what} must be a string or Uint8Array, got ${value === null ? 'null' : typeof value}`)
}
