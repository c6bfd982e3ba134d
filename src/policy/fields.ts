/**
 * Reads objects from callers. Other code in the process may have changed `Object.prototype`, so only own fields of options, records
 * and results count. For instances of classes, fields and accessors of their classes count too.
 */

/** All fields of an options type, unset. */
export type NoFields<Options> = { readonly [Name in keyof Required<Options>]: undefined }

/** An options object after validation: every field is an own field, `undefined` if the caller left it out. */
export type Fields<Options> = { readonly [Name in keyof Required<Options>]: Options[Name] | undefined }

export const hasOwn: (this: object, name: PropertyKey) => boolean = Object.prototype.hasOwnProperty

/**
 * The own fields of an options object. Unknown and inherited fields throw, because silently ignoring a misspelt or inherited
 * setting could disable a check.
 *
 * @throws TypeError naming the field
 */
export function readFields<Options extends object>(label: string, value: unknown, none: Fields<Options>): Fields<Options> {
  if (!isObject(value)) throw new TypeError(`${label} must be an object`)
  const fields: Record<string, unknown> = { ...none }
  const names = Object.keys(none)
  refuseForeign(label, value, names)
  for (const field of names) if (hasOwn.call(value, field)) fields[field] = value[field]
  return fields as Fields<Options>
}

/** @throws TypeError if an options object has an unknown field, or inherits an option from its prototype */
export function refuseForeign(label: string, given: object, names: readonly string[]): void {
  for (const field in given) {
    if (!names.includes(field) && hasOwn.call(given, field)) throw new TypeError(`${label}.${field} is not an option`)
  }
  const prototype: unknown = Object.getPrototypeOf(given)
  if (prototype === Object.prototype || prototype === null) return
  for (const field of names) {
    if (!Object.hasOwn(given, field) && member(given, field) !== undefined)
      throw new TypeError(`${label}.${field} is inherited; only an object's own fields are options`)
  }
}

/** An own field of any value. */
export function own(value: unknown, field: string): unknown {
  return isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
}

/** A field that an object has itself or inherits from its class, such as a getter of a request. */
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

/** The elements of an array. Holes become `undefined`, even if `Array.prototype` has such an element. */
export function elements(list: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: list.length }, (_, i) => (Object.hasOwn(list, i) ? list[i] : undefined))
}

/** The latest time of a Date (ECMAScript 21.4.1.1). */
const latestTime = 8.64e15

/**
 * An optional time argument as milliseconds since the epoch. Default now.
 *
 * @throws TypeError for anything but a valid Date or a finite number
 */
export function requireTime(value: unknown, label: string): number {
  if (value === undefined) return Date.now()
  const time = value instanceof Date ? value.getTime() : value
  if (typeof time !== 'number' || !(Math.abs(time) <= latestTime)) {
    throw new TypeError(`${label} must be a valid Date or milliseconds since the epoch, got ${String(value)}`)
  }
  return time
}

/** A time for a message, to the second: `2026-11-23T20:08:00Z`. */
export function isoTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, -5)}Z`
}

/** Default of `expiresWithinDays`. */
const defaultDays = 30

/**
 * An optional number of days, 0 or more.
 *
 * @throws TypeError for anything else
 */
export function requireDays(value: unknown, label: string): number {
  const days = value ?? defaultDays
  if (typeof days !== 'number' || !(days >= 0)) throw new TypeError(`${label} must be a number of days, got ${String(days)}`)
  return days
}
