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
