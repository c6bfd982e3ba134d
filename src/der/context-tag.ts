/** Identifier octets of context-specific tags. */

/** `[n]` IMPLICIT over a primitive type. */
export function contextPrimitive(number: number): number {
  return 0x80 | number
}

/** `[n]` EXPLICIT, or IMPLICIT over a constructed type. */
export function contextConstructed(number: number): number {
  return 0xa0 | number
}
