/**
 * Refuses an options object with fields that are not known: a misspelt setting that is silently ignored is a hole.
 *
 * @throws TypeError naming the field
 */
export function requireFields(what: string, value: unknown, fields: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${what} must be an object`)
  for (const field in value) {
    if (Object.hasOwn(value, field) && !fields.has(field)) throw new TypeError(`${what}.${field} is not an option`)
  }
}
