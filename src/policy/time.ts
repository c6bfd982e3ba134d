/**
 * An optional time argument as milliseconds since the epoch; the clock is read only where none is given.
 *
 * @throws TypeError for anything but a valid Date or a finite number
 */
export function requireTime(value: unknown, what: string): number {
  if (value === undefined) return Date.now()
  const time = value instanceof Date ? value.getTime() : value
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw new TypeError(`${what} must be a valid Date or milliseconds since the epoch, got ${String(value)}`)
  }
  return time
}
