/**
 * Reads objects of callers. Other code in the process may have put anything on `Object.prototype`, so only own fields count for
 * options, records and answers. Objects of classes count by their own fields and those of their classes.
 */

/** The names of the fields that an options object may have, none of them set. */
export type NoFields<Options> = { readonly [Name in keyof Required<Options>]: undefined }

/** An options object that was read: every field is its own, and `undefined` where it was left out. */
export type Fields<Options> = { readonly [Name in keyof Required<Options>]: Options[Name] | undefined }

export const hasOwn: (this: object, name: PropertyKey) => boolean = Object.prototype.hasOwnProperty

/**
 * The own fields of an options object. Unknown and inherited fields throw: a misspelt or inherited setting that is silently
 * ignored is a hole.
 *
 * @throws TypeError naming the field
 */
export function readFields<Options extends object>(what: string, value: unknown, none: Fields<Options>): Fields<Options> {
  if (!isObject(value)) throw new TypeError(`${what} must be an object`)
  const fields: Record<string, unknown> = { ...none }
  const names = Object.keys(none)
  refuseForeign(what, value, names)
  for (const field of names) if (hasOwn.call(value, field)) fields[field] = value[field]
  return fields as Fields<Options>
}

/** @throws TypeError if an options object has a field that is not an option, or inherits one from a prototype of the caller's */
export function refuseForeign(what: string, given: object, names: readonly string[]): void {
  for (const field in given) {
    if (!names.includes(field) && hasOwn.call(given, field)) throw new TypeError(`${what}.${field} is not an option`)
  }
  const prototype: unknown = Object.getPrototypeOf(given)
  if (prototype === Object.prototype || prototype === null) return
  for (const field of names) {
    if (!Object.hasOwn(given, field) && member(given, field) !== undefined)
      throw new TypeError(`${what}.${field} is inherited; only an object's own fields are options`)
  }
}

/** An own field of what may be anything. */
export function own(value: unknown, field: string): unknown {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
}

/** A field that an object has itself or of its class, such as a getter of a request. */
export function member(value: unknown, field: string): unknown {
  if (!isObject(value)) return undefined
  for (let at: object | null = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, field)) return value[field]
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** The elements of an array; `undefined` for its holes, whatever `Array.prototype` has there. */
export function elements(list: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: list.length }, (_, i) => (Object.hasOwn(list, i) ? list[i] : undefined))
}

/** What a Date can hold (ECMAScript 21.4.1.1). */
const latestTime = 8.64e15

/**
 * An optional time argument as milliseconds since the epoch; the clock is read only where none is given.
 *
 * @throws TypeError for anything but a valid Date or a finite number
 */
export function requireTime(value: unknown, what: string): number {
  if (value === undefined) return Date.now()
  const time = value instanceof Date ? value.getTime() : value
  if (typeof time !== 'number' || !(Math.abs(time) <= latestTime)) {
    throw new TypeError(`${what} must be a valid Date or milliseconds since the epoch, got ${String(value)}`)
  }
  return time
}

/** A time to the second, as messages write it: `2026-11-23T20:08:00Z`. */
export function isoTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, -5)}Z`
}

/** How many days ahead is looked where the caller does not say. */
const defaultDays = 30

/**
 * An optional number of days, 0 or more.
 *
 * @throws TypeError for anything else
 */
export function requireDays(value: unknown, what: string): number {
  const days = value ?? defaultDays
  if (typeof days !== 'number' || !(days >= 0)) throw new TypeError(`${what} must be a number of days, got ${String(days)}`)
  return days
}
