/** Whether it is a Uint8Array, and not what only passes for one: a proxy of it, an object with its prototype. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && ArrayBuffer.isView(value)
}

const { get: lengthGetter } = /* @__PURE__ */ Object.getOwnPropertyDescriptor(
  /* @__PURE__ */ Object.getPrototypeOf(Uint8Array.prototype),
  'length',
)!

/** How many bytes there are, whatever the object says: a class of the caller's may have a `length` of its own. */
export function lengthOf(bytes: Uint8Array): number {
  return lengthGetter!.call(bytes)
}

/** The argument as bytes; anything else is the caller's mistake. */
export function requireBytes(value: unknown, what: string): Uint8Array {
  if (isBytes(value)) return value
  throw new TypeError(`${what} must be a string or Uint8Array, got ${value === null ? 'null' : typeof value}`)
}
