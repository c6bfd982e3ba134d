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
